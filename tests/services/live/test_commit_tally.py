import threading
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from pump_desktop.domain.errors import NotFoundError
from pump_desktop.domain.live import Accepted, BetsLanded, Event, MessageKind
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.services.background import Beside, followed
from pump_desktop.services.live.commit_tally import Landed
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.services.samples import bet as honest_bet
from tests.services.samples import heartbeat as honest_heartbeat
from tests.services.samples import send

ONE, TWO = UUID(int=1), UUID(int=2)


def bet(
    stream: UUID, bet_id: int, *, accepted: bool = True, new: bool = False, met: bool = False
) -> Accepted:
    return Accepted(stream, accepted, MessageKind.BET, bet_id, new, new_round=accepted and not met)


def heartbeat(stream: UUID) -> Accepted:
    return Accepted(stream, accepted=True, kind=MessageKind.HEARTBEAT, new_round=True)


def no_bets(_stream: UUID) -> int:
    return 0


def test_one_event_per_stream_and_commit() -> None:
    told: list[BetsLanded] = []
    landed = Landed(told.append, no_bets)
    landed.add([bet(ONE, 5, new=True), bet(TWO, 6), heartbeat(ONE)])
    landed.add([bet(ONE, 8), bet(ONE, 7, met=True), bet(ONE, 3, accepted=False)])
    landed.publish()
    landed.publish()
    assert told == [
        BetsLanded(ONE, last_bet_id=8, bets=3, rounds=3, new_stream=True),
        BetsLanded(TWO, last_bet_id=6, bets=1, rounds=1, new_stream=False),
    ]


def test_heartbeats_alone_name_the_last_bet_that_was_seen() -> None:
    told: list[BetsLanded] = []
    landed = Landed(told.append, no_bets)
    for accepted in (heartbeat(ONE), bet(ONE, 9), heartbeat(ONE)):
        landed.add([accepted])
        landed.publish()
    landed.forget(ONE)
    landed.add([heartbeat(ONE)])
    landed.publish()
    assert [event.last_bet_id for event in told] == [0, 9, 9, 0]


def test_heartbeats_after_a_start_name_the_last_stored_bet(tmp_path: Path) -> None:
    paths = resolve_paths(tmp_path)
    with closing(open_backend(Settings(), paths)) as before:
        bet_id = send(before.live, [honest_bet(1), honest_bet(2)])[1].bet_id
    with closing(open_backend(Settings(), paths)) as backend:
        told: list[Event] = []
        backend.hub.subscribe(told.append)
        send(backend.live, [honest_heartbeat(3)])
        send(backend.live, [honest_heartbeat(4)])
        send(backend.live, [honest_heartbeat(1, clientSeed="another")])
        backend._writer.submit(lambda _connection: None).result(10)
    assert [event.last_bet_id for event in told if isinstance(event, BetsLanded)] == [bet_id, bet_id, 0]


def test_what_changes_nothing_is_not_told() -> None:
    told: list[BetsLanded] = []
    landed = Landed(told.append, no_bets)
    landed.add([bet(ONE, 5, accepted=False)])
    landed.publish()
    assert told == []


def test_a_commit_waits_for_the_answer_of_work_being_submitted() -> None:
    told: list[BetsLanded] = []
    landed = Landed(told.append, no_bets)
    with landed.attaching():
        # The writer is quicker than the caller: it committed, and now it publishes.
        writer = threading.Thread(target=landed.publish)
        writer.start()
        landed.add([bet(ONE, 5)])
    writer.join()
    assert [event.last_bet_id for event in told] == [5]


def test_live_holds_back_the_commit_until_its_callback_is_attached(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    landed, store = backend.live._landed, backend.live._store
    ingest, held = store.ingest, list[bool]()

    def look_from_another_thread() -> None:
        free = landed._lock.acquire(blocking=False)
        held.append(not free)
        if free:
            landed._lock.release()

    def watched(*arguments: Any) -> Any:
        other = threading.Thread(target=look_from_another_thread)
        other.start()
        other.join()
        return ingest(*arguments)

    monkeypatch.setattr(store, "ingest", watched)
    send(backend.live, [honest_bet(1)])
    assert held == [True]


def test_an_answer_comes_after_what_follows_it() -> None:
    source: Future[int] = Future()
    heard: list[int] = []
    answer = followed(source, heard.append)
    assert not answer.cancel()
    source.set_result(7)
    assert (answer.result(0), heard) == (7, [7])


def test_an_error_is_answered_and_nothing_follows() -> None:
    source: Future[int] = Future()
    heard: list[int] = []
    answer = followed(source, heard.append)
    source.set_exception(NotFoundError("gone"))
    with pytest.raises(NotFoundError, match="gone"):
        answer.result(0)
    assert heard == []


@pytest.mark.expects_warning
def test_work_beside_that_fails_is_logged_and_the_next_is_done(caplog: pytest.LogCaptureFixture) -> None:
    beside = Beside("test")
    done = threading.Event()

    def known() -> None:
        raise NotFoundError("Stream with ID x not found")

    def bug() -> None:
        raise RuntimeError("a bug")

    for work in (known, bug, done.set):
        beside.do(work)
    assert done.wait(5)
    beside.close()
    beside.close()
    beside.do(bug)
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
    assert beside.closing


@pytest.mark.expects_warning
def test_what_never_ends_does_not_keep_the_program(caplog: pytest.LogCaptureFixture) -> None:
    beside = Beside("test")
    begun, let_go, dropped = threading.Event(), threading.Event(), threading.Event()

    def stubborn() -> None:
        begun.set()
        assert let_go.wait(10)

    beside.do(stubborn)
    beside.do(dropped.set)
    assert begun.wait(5)
    beside.close(0.01)
    told = [record.getMessage() for record in caplog.records]
    assert told == ["work beside the streams did not end in 0 s"]
    let_go.set()
    beside.close()
    assert not dropped.is_set()
    assert "test" not in {thread.name for thread in threading.enumerate()}
