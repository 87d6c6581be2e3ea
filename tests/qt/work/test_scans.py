from __future__ import annotations

import time
from concurrent.futures import Future

import numpy as np
import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from pump_desktop.domain.errors import FieldError, StoreError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import RunQuery
from pump_desktop.qt.work.jobs import JobRunner
from pump_desktop.qt.work.scans import Scans
from pump_desktop.services.backend import Backend
from pump_desktop.services.runs.collector import LEAST_INTERVAL_S, ScanProgress
from pump_desktop.services.runs.runs import Replay
from tests.qt.listener import Listener

ENDLESS = 100_000_000


def request(count: int = 5000, start: int = 1) -> ScanRequest:
    return ScanRequest("server", "client", start, start + count - 1, Difficulty.EXPERT, (73.21,))


@pytest.fixture
def scans(runner: JobRunner, door: Future[Backend]) -> Scans:
    return Scans(runner, door)


def under_way(scans: Scans) -> ScanRequest | None:
    return scans.request


def stored(backend: Backend) -> int:
    return backend.runs.list(RunQuery()).total


def test_a_scan_is_started_told_about_and_finished(qtbot: QtBot, scans: Scans, backend: Backend) -> None:
    listener = Listener(scans)
    wanted = request(3_000_000, start=2**31 - 1000)
    with qtbot.waitSignal(scans.finished):
        assert scans.start(wanted, "a name")
        assert under_way(scans) == wanted
    assert under_way(scans) is None
    assert listener.words[0] == "started"
    assert listener.words[1:-1] == ["progress"] * (len(listener.words) - 2)
    assert listener.last_words == ["finished"]
    assert listener.threads == {QThread.currentThread()}
    assert listener.values[0] == wanted

    replay = listener.values[-1]
    assert isinstance(replay, Replay)
    assert replay.run == backend.runs.get(replay.run.id)
    assert replay.run.name == "a name"
    assert (replay.run.nonce_start, replay.run.nonce_end) == (wanted.start, wanted.end)
    assert np.array_equal(replay.outcomes, backend.runs.outcomes(replay.run.id))


def test_progress_comes_at_most_twenty_times_a_second(qtbot: QtBot, scans: Scans) -> None:
    listener = Listener(scans)
    began = time.perf_counter()
    with qtbot.waitSignal(scans.finished):
        scans.start(request(8_000_000))
    elapsed = time.perf_counter() - began
    told = [value for value in listener.told("progress") if isinstance(value, ScanProgress)]
    counted = [progress.done for progress in told if not progress.preparing]
    assert counted == sorted(set(counted))
    assert counted[-1] == 8_000_000
    # Two more: the first comes at once, and so does the last.
    assert 2 <= len(counted) <= elapsed / LEAST_INTERVAL_S + 2


def test_a_cancelled_scan_ends_soon_and_leaves_nothing(qtbot: QtBot, scans: Scans, backend: Backend) -> None:
    listener = Listener(scans)

    def counting(progress: ScanProgress) -> bool:
        return progress.done > 0

    with qtbot.waitSignal(scans.progress, check_params_cb=counting):
        scans.start(request(ENDLESS))
    # How soon is a figure of the bench; here a scan that went on would end with another word.
    with qtbot.waitSignal(scans.cancelled):
        scans.cancel()
    assert scans.request is None
    assert listener.last_words == ["cancelled"]
    assert stored(backend) == 0


def test_a_scan_cancelled_at_once_leaves_nothing(qtbot: QtBot, scans: Scans, backend: Backend) -> None:
    listener = Listener(scans)
    with qtbot.waitSignal(scans.cancelled):
        scans.start(request(ENDLESS))
        scans.cancel()
        scans.cancel()
    assert listener.last_words == ["cancelled"]
    assert stored(backend) == 0


def test_cancel_without_a_scan_does_nothing(qtbot: QtBot, scans: Scans) -> None:
    listener = Listener(scans)
    scans.cancel()
    with qtbot.waitSignal(scans.finished):
        scans.start(request())
    scans.cancel()
    assert listener.last_words == ["finished"]


def test_a_second_scan_is_refused_while_one_runs(qtbot: QtBot, scans: Scans, backend: Backend) -> None:
    listener = Listener(scans)
    first, second = request(2_000_000), request(1000)
    with qtbot.waitSignal(scans.finished):
        assert scans.start(first)
        assert not scans.start(second)
        assert scans.request == first
    assert listener.told("started") == [first]
    assert stored(backend) == 1
    with qtbot.waitSignal(scans.finished):
        assert scans.start(second)
    assert stored(backend) == 2


def test_the_next_scan_may_start_from_the_last_word(qtbot: QtBot, scans: Scans, backend: Backend) -> None:
    """The queue of the window does that."""
    listener = Listener(scans)
    accepted: list[bool] = []

    def go_on() -> None:
        if not accepted:
            accepted.append(scans.start(request(1000)))

    scans.finished.connect(go_on)
    scans.start(request(2000))
    qtbot.waitUntil(lambda: listener.last_words == ["finished"] * 2)
    assert accepted == [True]
    assert stored(backend) == 2


def test_a_failure_carries_its_error(qtbot: QtBot, scans: Scans, backend: Backend) -> None:
    listener = Listener(scans)
    with qtbot.waitSignal(scans.failed):
        scans.start(request(), "n" * 121)
    (error,) = listener.told("failed")
    assert isinstance(error, FieldError)
    assert error.field == "name"
    assert (listener.last_words, scans.request, stored(backend)) == (["failed"], None, 0)


def test_a_database_that_cannot_be_opened_fails_the_scan(qtbot: QtBot, runner: JobRunner) -> None:
    future: Future[Backend] = Future()
    refused = StoreError("The database is damaged.")
    future.set_exception(refused)
    scans = Scans(runner, future)
    listener = Listener(scans)
    with qtbot.waitSignal(scans.failed):
        assert scans.start(request())
    assert (listener.words, listener.values[-1]) == (["started", "failed"], refused)
    assert scans.request is None


@pytest.mark.expects_warning
def test_a_bug_fails_the_scan_and_the_next_one_may_start(qtbot: QtBot, runner: JobRunner) -> None:
    future: Future[Backend] = Future()
    future.set_exception(ZeroDivisionError("a bug"))
    scans = Scans(runner, future)
    for _ in range(2):
        listener = Listener(scans)
        with qtbot.waitSignal(scans.failed):
            assert scans.start(request())
        assert isinstance(listener.values[-1], ZeroDivisionError)


def test_a_scan_started_before_the_database_is_open_waits_for_it(
    qtbot: QtBot, runner: JobRunner, backend: Backend
) -> None:
    future: Future[Backend] = Future()
    scans = Scans(runner, future)
    with qtbot.waitSignal(scans.finished):
        scans.start(request())
        future.set_result(backend)
    assert stored(backend) == 1


def test_a_scan_under_way_ends_with_the_program(qtbot: QtBot, door: Future[Backend]) -> None:
    runner = JobRunner("closing")
    scans = Scans(runner, door)
    listener = Listener(scans)
    with qtbot.waitSignal(scans.progress):
        scans.start(request(ENDLESS))
    assert runner.stop()
    qtbot.waitUntil(lambda: not runner.busy)
    assert listener.last_words == ["cancelled"]
    assert stored(door.result()) == 0


def test_an_extension_takes_the_place_of_a_scan(qtbot: QtBot, scans: Scans, backend: Backend) -> None:
    run = backend.runs.create(request(5000, start=1001), name="mine").run
    listener = Listener(scans)
    with qtbot.waitSignal(scans.finished):
        assert scans.start_extension(run, 1, 3_000_000, ENDLESS)
        assert under_way(scans) == request(3_000_000)
        assert not scans.start(request())
        assert not scans.start_extension(run, 1, 3_000_000, ENDLESS)
    assert scans.request is None
    assert listener.told("started") == [request(3_000_000)]
    assert listener.words[1:-1] == ["progress"] * (len(listener.words) - 2)
    assert listener.threads == {QThread.currentThread()}
    replay = listener.values[-1]
    assert isinstance(replay, Replay)
    assert (replay.run.id, replay.run.name, replay.run.count) == (run.id, "mine", 3_000_000)
    assert backend.runs.get(run.id) == replay.run
    assert stored(backend) == 1


def test_a_cancelled_extension_leaves_the_run(qtbot: QtBot, scans: Scans, backend: Backend) -> None:
    run = backend.runs.create(request()).run
    listener = Listener(scans)

    def counting(progress: ScanProgress) -> bool:
        return progress.done > run.count

    with qtbot.waitSignal(scans.progress, check_params_cb=counting):
        scans.start_extension(run, 1, ENDLESS, ENDLESS)
    with qtbot.waitSignal(scans.cancelled):
        scans.cancel()
    assert listener.last_words == ["cancelled"]
    assert backend.runs.get(run.id) == run


def test_an_extension_that_is_refused_carries_its_error(qtbot: QtBot, scans: Scans, backend: Backend) -> None:
    run = backend.runs.create(request()).run
    listener = Listener(scans)
    with qtbot.waitSignal(scans.failed):
        scans.start_extension(run, 1, 6000, 5999)
    (error,) = listener.told("failed")
    assert isinstance(error, FieldError)
    assert str(error) == "Nonce range 6000 exceeds maximum of 5999"
