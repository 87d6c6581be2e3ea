from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from pytestqt.qtbot import QtBot

from pump_desktop.domain.errors import KnownError, PortTakenError
from pump_desktop.qt.app.listening import Endpoint, ListenerState, ListenerStatus, Listening
from pump_desktop.qt.work.jobs import BackendDoor, JobRunner
from pump_desktop.services.backend import Backend
from pump_desktop.services.connect.doctor import SeenRequest
from pump_desktop.system.settings import Settings

NOON = datetime(2026, 5, 9, 12, tzinfo=UTC)


@dataclass
class Traffic:
    messages_last_minute: int = 0
    last_message_at: datetime | None = None
    last_request: SeenRequest | None = None
    last_refusal: SeenRequest | None = None


class Server:
    """A listener that does what the test says, and keeps what was asked of it."""

    def __init__(self, on_start: Callable[[], None] = lambda: None) -> None:
        self.port = 0
        self.now = Traffic()
        self.asked: list[str] = []
        self.thread: threading.Thread | None = None
        self._on_start = on_start

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, port: int) -> None:
        self.asked.append(f"start {port}")
        self.thread = threading.current_thread()
        self._on_start()
        self.port = port or 40_000

    def stop(self) -> None:
        self.asked.append("stop")

    def change(self, settings: Settings, token: str) -> None:
        self.asked.append(f"change {settings.ingest_rate_limit} {token}")

    def traffic(self) -> Traffic:
        return self.now


class Door(BackendDoor):
    """Lets everybody in; nobody looks at what is behind it."""

    def result(self) -> Backend:
        return object()  # type: ignore[return-value]  # never used


Make = Callable[..., Listening]


@pytest.fixture
def listen(runner: JobRunner) -> Iterator[Make]:
    made: list[Listening] = []

    def make(*servers: Server) -> Listening:
        """Let each start have its own server, as long as there are some."""
        waiting = list(servers)

        def endpoint(_backend: Backend) -> Endpoint:
            return Endpoint(waiting.pop(0) if len(waiting) > 1 else waiting[0], "word")

        made.append(Listening(runner, Door(), endpoint))
        return made[-1]

    yield make
    for listening in made:
        listening.stop()
        listening.deleteLater()


def states(listening: Listening) -> list[ListenerStatus]:
    told: list[ListenerStatus] = []
    listening.changed.connect(told.append)
    return told


def test_it_starts_beside_the_window_and_says_where(listen: Make, qtbot: QtBot) -> None:
    server = Server()
    listening = listen(server)
    told = states(listening)
    listening.start(17_888)
    qtbot.waitUntil(lambda: listening.status.state is ListenerState.LISTENING)
    assert [status.state for status in told] == [ListenerState.STARTING, ListenerState.LISTENING]
    assert listening.status == ListenerStatus(
        ListenerState.LISTENING, 17_888, "http://127.0.0.1:17888", "word", 0, None
    )
    assert server.thread is not threading.main_thread()


def test_it_looks_once_a_second(listen: Make, qtbot: QtBot) -> None:
    server = Server()
    listening = listen(server)
    listening._watch.setInterval(10)
    listening.start(0)
    qtbot.waitUntil(lambda: listening.status.state is ListenerState.LISTENING)
    server.now = Traffic(42, NOON)
    qtbot.waitUntil(lambda: listening.status.messages_last_minute == 42)
    assert listening.status.last_message_at == NOON
    listening.stop()
    server.now = Traffic(43, NOON)
    assert not listening._watch.isActive()
    assert server.asked == ["start 0", "stop"]
    listening.stop()
    assert server.asked == ["start 0", "stop"]


def test_it_tells_of_the_last_request_and_the_last_refusal(listen: Make, qtbot: QtBot) -> None:
    server = Server()
    refused = SeenRequest(NOON, "POST", "/live/ingest", 401, reason="Invalid ingest token")
    taken = SeenRequest(NOON, "POST", "/live/ingest/batch", 200)
    server.now = Traffic(1, NOON, taken, refused)
    listening = listen(server)
    listening.start(0)
    qtbot.waitUntil(lambda: listening.status.state is ListenerState.LISTENING)
    assert (listening.status.last_request, listening.status.last_refusal) == (taken, refused)


def test_a_taken_port_is_a_sentence_and_another_one_can_be_tried(listen: Make, qtbot: QtBot) -> None:
    def refuse() -> None:
        if server.asked == ["start 17888"]:
            raise KnownError("Port 17888 is in use by another program.")

    server = Server(refuse)
    listening = listen(server)
    listening.start(17_888)
    qtbot.waitUntil(lambda: listening.status.state is ListenerState.REFUSED)
    assert listening.status.sentence == "Port 17888 is in use by another program."
    assert listening.status.port == 17_888
    listening.start(0)
    qtbot.waitUntil(lambda: listening.status.state is ListenerState.LISTENING)
    assert listening.status.port == 40_000
    assert listening.status.sentence == ""


def test_a_taken_port_is_tried_again_quietly_until_it_is_free(listen: Make, qtbot: QtBot) -> None:
    def refuse() -> None:
        if len(server.asked) < 4:
            raise PortTakenError("Port 17888 is in use by another program.")

    server = Server(refuse)
    listening = listen(server)
    listening._retry.setInterval(1)
    told = states(listening)
    listening.start(17_888)
    qtbot.waitUntil(lambda: listening.status.state is ListenerState.LISTENING)
    assert server.asked == ["start 17888"] * 4
    assert [(status.state, status.retried) for status in told] == [
        (ListenerState.STARTING, False),
        (ListenerState.REFUSED, True),
        (ListenerState.LISTENING, False),
    ]
    assert not listening._retry.isActive()


def test_another_port_that_was_chosen_ends_the_tries_for_the_first(listen: Make, qtbot: QtBot) -> None:
    def refuse() -> None:
        if server.asked[-1] == "start 17888":
            raise PortTakenError("Port 17888 is in use by another program.")

    server = Server(refuse)
    listening = listen(server)
    listening.start(17_888)
    qtbot.waitUntil(lambda: listening.status.retried)
    # Both are under way at once: what was tried late may not undo what was chosen.
    listening.move(17_889)
    listening._try_again()
    listening._try_again()
    qtbot.waitUntil(lambda: listening.status.state is ListenerState.LISTENING and not listening._runner.busy)
    assert server.asked == ["start 17888", "start 17889"]
    listening.start(17_888)
    listening._try_again()
    qtbot.waitUntil(lambda: listening.status.retried and not listening._runner.busy)
    listening._try_again()
    listening.start(0)
    qtbot.waitUntil(lambda: listening.status.state is ListenerState.LISTENING)
    assert listening.status.port == 40_000
    assert not listening._retry.isActive()
    listening.start(17_888)
    qtbot.waitUntil(lambda: listening.status.retried)
    listening.stop()
    assert not listening._retry.isActive()


def test_a_refusal_that_will_not_pass_is_not_tried_again(listen: Make, qtbot: QtBot) -> None:
    def refuse() -> None:
        raise (PortTakenError if server.asked == ["start 80"] else KnownError)("Port 80 may not be used.")

    server = Server(refuse)
    listening = listen(server)
    listening._retry.setInterval(1)
    listening.start(80)
    qtbot.waitUntil(lambda: len(server.asked) == 2 and not listening.status.retried)
    assert listening.status.state is ListenerState.REFUSED
    assert not listening._retry.isActive()


@pytest.mark.expects_warning
def test_a_bug_is_told_as_one(listen: Make, qtbot: QtBot) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    listening = listen(Server(fail))
    with qtbot.waitSignal(listening.broke) as told:
        listening.start(0)
    assert isinstance(told.args[0], ZeroDivisionError)
    assert listening.status.state is ListenerState.OFF


def test_a_stop_while_it_starts_waits_for_it_and_stops_it(listen: Make, runner: JobRunner) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def be_slow() -> None:
        inside.set()
        assert go_on.wait(5)

    server = Server(be_slow)
    listening = listen(server)
    listening.start(0)
    assert inside.wait(5)
    threading.Timer(0.05, go_on.set).start()
    # No event loop runs from here on, as at the end of the program.
    listening.stop()
    assert server.asked == ["start 0", "stop"]
    assert not runner._thread.is_alive()


def test_it_moves_by_listening_there_before_it_stops_here(listen: Make, qtbot: QtBot) -> None:
    def look() -> None:
        seen.append(list(old.asked))

    seen: list[list[str]] = []
    old, new = Server(), Server(look)
    listening = listen(old, new)
    listening.start(17_888)
    qtbot.waitUntil(lambda: listening.status.state is ListenerState.LISTENING)
    told = states(listening)
    with qtbot.waitSignal(listening.moved):
        listening.move(17_889)
    assert seen == [["start 17888"]]
    assert old.asked == ["start 17888", "stop"]
    assert (listening.status.state, listening.status.port) == (ListenerState.LISTENING, 17_889)
    assert {status.state for status in told} == {ListenerState.LISTENING}
    listening.stop()
    assert (old.asked.count("stop"), new.asked.count("stop")) == (1, 1)


def test_it_stays_where_it_is_when_the_other_port_is_taken(listen: Make, qtbot: QtBot) -> None:
    def refuse() -> None:
        raise KnownError("Port 17889 is in use by another program.")

    old = Server()
    listening = listen(old, Server(refuse))
    listening.start(17_888)
    qtbot.waitUntil(lambda: listening.status.state is ListenerState.LISTENING)
    with qtbot.waitSignal(listening.not_moved) as told:
        listening.move(17_889)
    assert told.args == ["Port 17889 is in use by another program."]
    assert (listening.status.state, listening.status.port) == (ListenerState.LISTENING, 17_888)
    assert old.asked == ["start 17888"]


def test_it_takes_another_token_without_a_start(listen: Make, qtbot: QtBot) -> None:
    server = Server()
    listening = listen(server)
    # Nothing listens yet: the next start asks for the token itself.
    listening.change(Settings(), lambda: "unasked")
    listening.start(0)
    qtbot.waitUntil(lambda: listening.status.state is ListenerState.LISTENING)
    listening.change(Settings(ingest_rate_limit=5), lambda: "other")
    qtbot.waitUntil(lambda: server.asked == ["start 0", "change 5 other"])
    qtbot.waitUntil(lambda: listening.status.token != "word")  # noqa: S105 - what the test calls it

    def unreadable() -> str:
        raise KnownError("The token file cannot be used.")

    with qtbot.waitSignal(listening.not_changed) as told:
        listening.change(Settings(), unreadable)
    assert told.args == ["The token file cannot be used."]
    assert listening.status.token == "other"  # noqa: S105 - what the test calls it
