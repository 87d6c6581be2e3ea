from __future__ import annotations

import gc
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Event
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread
from pytestqt.qtbot import QtBot

from pump_desktop.domain.errors import CancelledError, KnownError, NotEnoughMemoryError
from pump_desktop.qt.work.jobs import STOP_TIMEOUT_S, Job, JobRunner
from pump_desktop.qt.work.query import Asker
from pump_desktop.services.backend import Backend
from tests.qt.listener import Listener

Work = Callable[[Job], Any]


def wait_until_idle(qtbot: QtBot, runner: JobRunner) -> None:
    qtbot.waitUntil(lambda: not runner.busy)


def run(qtbot: QtBot, runner: JobRunner, work: Work) -> Listener:
    """Run one job to its end and a job after it, so that a second last word would have come by then."""
    listener = Listener(runner.submit(work))
    after = Listener(runner.submit(lambda _job: None))
    wait_until_idle(qtbot, runner)
    assert after.words == ["finished"]
    return listener


def cancelling(job: Job) -> None:
    job.cancel()
    raise CancelledError


def test_a_job_that_ends_says_finished(qtbot: QtBot, runner: JobRunner) -> None:
    listener = run(qtbot, runner, lambda _job: "answer")
    assert (listener.words, listener.values) == (["finished"], ["answer"])


def test_nothing_is_an_answer_too(qtbot: QtBot, runner: JobRunner) -> None:
    listener = run(qtbot, runner, lambda _job: None)
    assert (listener.words, listener.values) == (["finished"], [None])


def test_a_known_error_is_the_last_word_and_no_line_in_the_log(qtbot: QtBot, runner: JobRunner) -> None:
    error = KnownError("The disk is full.")

    def work(_job: Job) -> None:
        raise error

    listener = run(qtbot, runner, work)
    assert (listener.words, listener.values) == (["failed"], [error])


@pytest.mark.expects_warning
def test_a_bug_is_the_last_word_and_stands_in_the_log(
    qtbot: QtBot, runner: JobRunner, caplog: pytest.LogCaptureFixture
) -> None:
    listener = run(qtbot, runner, lambda _job: int("a bug"))
    assert listener.words == ["failed"]
    assert isinstance(listener.values[0], ValueError)
    (record,) = caplog.records
    assert record.exc_info is not None


def test_a_job_cancelled_before_its_start_never_runs(qtbot: QtBot, runner: JobRunner) -> None:
    gate, ran = Event(), Event()
    first = Listener(runner.submit(lambda _job: gate.wait(5)))
    job = runner.submit(lambda _job: ran.set())
    second = Listener(job)
    job.cancel()
    gate.set()
    wait_until_idle(qtbot, runner)
    assert (first.words, second.words) == (["finished"], ["cancelled"])
    assert not ran.is_set()


def test_a_job_cancelled_while_it_runs_says_cancelled(qtbot: QtBot, runner: JobRunner) -> None:
    begun = Event()

    def work(job: Job) -> None:
        begun.set()
        while not job.is_cancelled():
            pass
        raise CancelledError

    job = runner.submit(work)
    listener = Listener(job)
    assert begun.wait(5)
    with qtbot.waitSignal(job.cancelled):
        job.cancel()
    wait_until_idle(qtbot, runner)
    assert listener.words == ["cancelled"]


def test_a_job_that_was_done_when_the_stop_came_says_finished(qtbot: QtBot, runner: JobRunner) -> None:
    job = runner.submit(lambda job: job.cancel())
    listener = Listener(job)
    wait_until_idle(qtbot, runner)
    assert listener.words == ["finished"]


def test_words_said_before_anybody_connected_are_heard(qtbot: QtBot, runner: JobRunner) -> None:
    first = runner.submit(lambda job: job.tell(2**31))
    begun = Event()
    runner.submit(lambda _job: begun.set())
    # The second job runs, so the first has said everything.
    assert begun.wait(5)
    listener = Listener(first)
    wait_until_idle(qtbot, runner)
    assert (listener.words, listener.values) == (["progress", "finished"], [2**31, None])


def test_progress_comes_in_order_before_the_last_word(qtbot: QtBot, runner: JobRunner) -> None:
    def work(job: Job) -> int:
        for nonce in (1, 2**31, 2**53 - 1):
            job.tell(nonce)
        return 2**40

    listener = run(qtbot, runner, work)
    assert listener.words == ["progress"] * 3 + ["finished"]
    assert listener.values == [1, 2**31, 2**53 - 1, 2**40]


@pytest.mark.parametrize(
    "work", [lambda _job: threading.current_thread(), cancelling], ids=["finished", "cancelled"]
)
def test_work_runs_beside_the_window_and_words_come_to_its_thread(
    qtbot: QtBot, runner: JobRunner, work: Work
) -> None:
    worked_in: list[threading.Thread] = []

    def watched(job: Job) -> object:
        worked_in.append(threading.current_thread())
        job.tell("here")
        return work(job)

    listener = run(qtbot, runner, watched)
    assert listener.threads == {QThread.currentThread()}
    assert worked_in == [runner._thread]
    assert runner._thread is not threading.current_thread()


def test_jobs_run_one_after_another_in_order(qtbot: QtBot, runner: JobRunner) -> None:
    running: list[int] = []
    most: list[int] = []

    def work(number: int) -> Work:
        def numbered(_job: Job) -> int:
            running.append(number)
            most.append(len(running))
            running.remove(number)
            return number

        return numbered

    listeners = [Listener(runner.submit(work(number))) for number in range(200)]
    wait_until_idle(qtbot, runner)
    assert [listener.values for listener in listeners] == [[number] for number in range(200)]
    assert set(most) == {1}


def test_a_job_may_be_submitted_from_a_last_word(qtbot: QtBot, runner: JobRunner) -> None:
    first = Listener(runner.submit(lambda _job: 1))
    second: list[Listener] = []
    first.heard.connect(lambda: second.append(Listener(runner.submit(lambda _job: 2))))
    qtbot.waitUntil(lambda: bool(second and second[0].words))
    assert first.values + second[0].values == [1, 2]


def test_a_job_is_freed_with_all_its_work_held(qtbot: QtBot, runner: JobRunner) -> None:
    class Page:
        """What a closure drags along."""

    page = Page()
    held = weakref.ref(page)

    def work(job: Job, page: Page = page) -> str:
        job.tell("on the way")
        return type(page).__name__

    job = runner.submit(work)
    listener = Listener(job)
    del work, page
    gc.disable()
    try:
        with qtbot.waitSignal(job.destroyed):
            pass
        # The window's thread let go of it: a page that died in the worker's would take its widgets along.
        assert held() is None
    finally:
        gc.enable()
    assert not shiboken6.isValid(job)
    assert listener.words == ["progress", "finished"]
    assert runner._post.children() == []


def test_a_stop_cancels_what_runs_and_what_waits_and_ends_the_thread(qtbot: QtBot) -> None:
    runner = JobRunner("stopped")
    begun = Event()

    def work(job: Job) -> None:
        begun.set()
        while not job.is_cancelled():
            pass
        raise CancelledError

    listeners = [Listener(runner.submit(work)) for _ in range(3)]
    thread = runner._thread
    assert begun.wait(5)
    began = time.perf_counter()
    assert runner.stop()
    assert time.perf_counter() - began < STOP_TIMEOUT_S / 5
    assert not thread.is_alive()
    wait_until_idle(qtbot, runner)
    assert [listener.words for listener in listeners] == [["cancelled"]] * 3
    assert runner.stop(), "a second stop has nothing to do"


def test_a_stop_right_after_the_start_ends_the_thread(qtbot: QtBot) -> None:
    for _ in range(50):
        runner = JobRunner("brief")
        listener = Listener(runner.submit(lambda _job: None))
        assert runner.stop()
        assert not runner._thread.is_alive()
        wait_until_idle(qtbot, runner)
        assert len(listener.words) == 1


def test_a_job_submitted_after_the_stop_is_cancelled(qtbot: QtBot) -> None:
    runner = JobRunner("ended")
    assert runner.stop()
    listener = Listener(runner.submit(lambda _job: None))
    assert listener.words == [], "a word never comes before control is back in the event loop"
    wait_until_idle(qtbot, runner)
    assert listener.words == ["cancelled"]


@contextmanager
def deaf(runner: JobRunner) -> Iterator[Job]:
    """Give the runner a job that hears no stop, until the block is left."""
    gate, begun = Event(), Event()

    def work(_job: Job) -> str:
        begun.set()
        return "heard at last" if gate.wait(60) else "never let go"

    job = runner.submit(work)
    assert begun.wait(60)
    try:
        yield job
    finally:
        gate.set()
        runner._thread.join(60)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pump_desktop.qt.work.jobs.STOP_TIMEOUT_S", 0.05)


@pytest.mark.expects_warning
@pytest.mark.usefixtures("impatient")
def test_a_stop_that_takes_too_long_says_so_once_and_then_how_it_is(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    runner = JobRunner("hard of hearing")
    with deaf(runner) as job:
        listener = Listener(job)
        behind = Listener(runner.submit(lambda _job: None))
        assert not runner.stop()
        assert not runner.stop()
        assert [record.getMessage() for record in caplog.records] == [
            "The thread hard of hearing did not end in 0.05 s"
        ]
    assert runner.stop()
    wait_until_idle(qtbot, runner)
    assert (listener.words, listener.values) == (["finished"], ["heard at last"])
    assert behind.words == ["cancelled"]


@pytest.mark.expects_warning
@pytest.mark.usefixtures("qapp")
def test_stops_that_were_asked_for_together_are_waited_for_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runners = [JobRunner(f"number {number}") for number in range(3)]
    with deaf(runners[0]), deaf(runners[1]), deaf(runners[2]):
        monkeypatch.setattr("pump_desktop.qt.work.jobs.time", SimpleNamespace(monotonic=lambda: 1000.0))
        for runner in runners:
            runner.quit()
        # What the first is waited for is over for the others, too.
        late = 1000.0 + STOP_TIMEOUT_S
        monkeypatch.setattr("pump_desktop.qt.work.jobs.time", SimpleNamespace(monotonic=lambda: late))
        assert [runner.stop() for runner in runners] == [False] * 3


@pytest.mark.usefixtures("qapp")
def test_what_is_deleted_while_a_job_runs_takes_no_thread_along() -> None:
    """A page in the hands of a test, a window in those of Qt, a constructor that fails: all end like this."""
    door: Future[Backend] = Future()
    page, runner = QObject(), JobRunner("left alone")
    asker = Asker(runner, door, page)
    thread = runner._thread
    answers: list[object] = []
    with deaf(runner):
        asker.ask(page, lambda backend: backend, answers.append)
        asker.ask(page, lambda _backend: 1 // 0, answers.append)
        page.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        assert not shiboken6.isValid(asker)
        runner.quit()
        del runner, asker
        gc.collect()
        assert thread.is_alive()
    assert not thread.is_alive()
    # The last words come to nobody, and the next runner works as ever.
    QCoreApplication.sendPostedEvents()
    assert answers == []


def test_too_little_memory_is_told_and_no_bug(qtbot: QtBot, runner: JobRunner) -> None:
    listener = run(qtbot, runner, lambda _job: np.empty(2**53))
    assert listener.words == ["failed"]
    assert isinstance(listener.values[0], NotEnoughMemoryError)


@pytest.mark.expects_warning
def test_work_that_ends_by_an_exit_does_not_take_the_thread_along(
    qtbot: QtBot, runner: JobRunner, caplog: pytest.LogCaptureFixture
) -> None:
    listener = run(qtbot, runner, lambda _job: sys.exit("from a library"))
    assert listener.words == ["failed"]
    assert caplog.records[0].exc_info is not None
