"""The listener and the store as the Live page and the status line tell of them, above all in trouble."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from pytestqt.qtbot import QtBot

from pump_desktop.domain.errors import StoreError
from pump_desktop.domain.live import BetQuery, BetTail
from pump_desktop.qt.app.listening import ListenerState, ListenerStatus
from pump_desktop.services.backend import Backend
from pump_desktop.services.connect.doctor import SeenRequest
from pump_desktop.store.db.connections import driver_of
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.listener_words import listener_words
from tests.api.samples import bet
from tests.live_samples import sample_bets
from tests.ui.support.live_program import LiveProgram
from tests.ui.support.program import Start, click, texts, toasts

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
FULL = "The disk is full: nothing was stored in pump.db. Free some space and try again."


@contextmanager
def full_disk(backend: Backend) -> Iterator[None]:
    """Let the database have no page more than it has, as on a full disk."""

    def pragma(text: str) -> int:
        work = backend.storage._writer.submit(
            lambda connection: driver_of(connection).execute(f"PRAGMA {text}").fetchone()
        )
        return int(work.result(10)[0])

    pragma(f"max_page_count = {pragma('page_count')}")
    yield
    pragma("max_page_count = 1000000")


def post_many(status: ListenerStatus) -> int:
    body = [bet(number, id=f"b-{number}", nonce=number) for number in range(100, 1000)]
    headers = {"X-Ingest-Token": status.token}
    return httpx.post(f"{status.url}/live/ingest/batch", json=body, headers=headers).status_code


class TestTrouble:
    def test_what_cannot_be_read_is_said_and_tried_again(
        self, at: LiveProgram, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        at.post(sample_bets(1, 3))
        at.wait_for(lambda: at.table.isVisible() and len(at.nonces) == 3)

        def fail(stream_id: UUID, since_id: int, query: BetQuery) -> BetTail:
            raise StoreError(f"The disk is tired ({stream_id}, {since_id}, {query.limit}).")

        with monkeypatch.context() as broken:
            broken.setattr(at.live, "following", fail)
            at.post(sample_bets(4, 2))
            at.wait_for(lambda: any(text.startswith("The disk is tired") for text in texts(at.page)))
        click(at.page, "Try again")
        at.wait_for(lambda: at.nonces == [5, 4, 3, 2, 1])
        assert not [banner for banner in at.page.findChildren(Banner) if banner.isVisible()]

    def test_a_taken_port_is_said_and_another_one_used(self, start: Start, qtbot: QtBot) -> None:
        with closing(socket.socket()) as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            running = start(ingest_port=port)
            at = LiveProgram(running, qtbot)
            listening = running.program.listening
            qtbot.waitUntil(lambda: listening.status.state is ListenerState.REFUSED)
            (sentence,) = toasts(running.window)
            assert str(port) in sentence
            running.window.clear_toasts()
            at.show()
            assert any(
                text.startswith(f"Port {port} is in use")
                and text.endswith(f"Port {port} is tried again every few seconds.")
                for text in texts(at.page)
            )
            # The rest of the program works.
            assert running.store(end=100).count == 100
            click(at.page, "Use a free port")
            qtbot.waitUntil(lambda: listening.status.state is ListenerState.LISTENING)
            assert listening.status.port not in {0, port}
            (sentence,) = toasts(running.window)
            assert f"Listening on 127.0.0.1:{listening.status.port}; scripts must post there" in sentence
            assert not [banner for banner in at.page.findChildren(Banner) if banner.isVisible()]
            health = httpx.get(f"{listening.status.url}/healthz")
            assert health.status_code == 200

    def test_a_port_that_comes_free_is_listened_on(self, start: Start, qtbot: QtBot) -> None:
        with closing(socket.socket()) as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            running = start(ingest_port=port)
            listening = running.program.listening
            listening._retry.setInterval(10)
            qtbot.waitUntil(lambda: listening.status.retried)
            LiveProgram(running, qtbot).show()
        qtbot.waitUntil(lambda: listening.status.state is ListenerState.LISTENING)
        # The offer of another port has gone with its reason.
        assert toasts(running.window) == [f"Listening on 127.0.0.1:{port}."]
        page = running.window.live_page
        assert not [banner for banner in page.findChildren(Banner) if banner.isVisible()]
        assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200

    def test_the_program_ends_while_bets_arrive(self, at: LiveProgram) -> None:
        at.post(sample_bets(1, 3))
        at.wait_for(at.table.isVisible)
        url = at.running.program.listening.status.url
        at.post(sample_bets(4, 500))
        at.running.close()
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{url}/healthz")


class TestStatus:
    def test_the_line_tells_port_rate_and_last_message(self, at: LiveProgram) -> None:
        status = at.running.program.listening.status
        at.wait_for(lambda: f"Listening on 127.0.0.1:{status.port}" in at.line())
        assert "0 messages/min · no message yet" in at.line()
        (bet,) = sample_bets(1, 1)
        body = {
            "type": "heartbeat",
            "nonce": 1,
            "roundResult": bet.round_result,
            "clientSeed": "a",
            "serverSeedHashed": "b" * 64,
        }
        httpx.post(f"{status.url}/live/ingest", json=body, headers={"X-Ingest-Token": status.token})
        at.wait_for(lambda: "1 message/min · last " in at.line())


@pytest.mark.expects_warning
def test_bets_that_a_full_disk_refuses_are_told_until_one_is_taken(at: LiveProgram) -> None:
    listening = at.running.program.listening
    # The person may be on any page: the line at the foot of the window says it there.
    with full_disk(at.running.backend):
        assert post_many(listening.status) == 503
        at.wait_for(lambda: at.line().startswith("Listener: Bets are refused · The disk is full: "))
    assert any(text.startswith("Bets are refused. The disk is full: ") for text in texts(at.page))
    assert post_many(listening.status) == 200
    at.wait_for(lambda: " · 900 messages/min · last " in at.line())
    assert not [text for text in texts(at.page) if text.startswith("Bets are refused")]


def listening(refusal: SeenRequest, **more: Any) -> ListenerStatus:
    return ListenerStatus(ListenerState.LISTENING, 1, "http://127.0.0.1:1", last_refusal=refusal, **more)


def refusal(status: int = 503, path: str = "/live/ingest", reason: str = FULL) -> SeenRequest:
    return SeenRequest(NOON, "POST", path, status, reason=reason)


def test_the_line_says_why_bets_are_refused() -> None:
    assert listener_words(listening(refusal()), NOON) == ("bad", f"Bets are refused · {FULL}")
    before = listening(refusal(500, "/live/ingest/batch", ""), last_message_at=NOON - timedelta(seconds=1))
    assert listener_words(before, NOON) == ("bad", "Bets are refused · The log says why.")


@pytest.mark.parametrize(
    ("status", "later"),
    [
        (listening(refusal(401, reason="Invalid ingest token")), 0),
        (listening(refusal(path="/runs")), 0),
        (listening(refusal(), last_message_at=NOON + timedelta(seconds=1)), 1),
        (listening(refusal()), 301),
    ],
    ids=["it is the script's fault", "it was no bet", "one was taken since", "nobody posts any more"],
)
def test_the_line_says_nothing_of_it_when(status: ListenerStatus, later: int) -> None:
    state, words = listener_words(status, NOON + timedelta(seconds=later))
    assert state == "good"
    assert words.startswith("Listening on 127.0.0.1:1 · ")
