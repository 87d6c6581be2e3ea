"""What keeps bets from being stored, said where a person looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pytestqt.qtbot import QtBot

from pump_desktop.qt.listening import ListenerState, ListenerStatus
from pump_desktop.services.backend import Backend
from pump_desktop.services.connection_doctor import SeenRequest
from pump_desktop.store.connections import driver_of
from pump_desktop.ui.pages.live_words import listener_words
from tests.api.samples import bet
from tests.ui.live_program import LiveProgram
from tests.ui.program import Running, texts

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


@pytest.mark.expects_warning
def test_bets_that_a_full_disk_refuses_are_told_until_one_is_taken(running: Running, qtbot: QtBot) -> None:
    at = LiveProgram(running, qtbot)
    at.show()
    listening = running.program.listening
    at.wait_for(lambda: listening.status.state is ListenerState.LISTENING)
    # The person may be on any page: the line at the foot of the window says it there.
    with full_disk(running.backend):
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
