from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from pump_desktop.domain.errors import CancelledError, KnownError
from pump_desktop.qt.jobs import STOP_TIMEOUT_MS, Job, JobRunner
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
    "work", [lambda _job: QThread.currentThread(), cancelling], ids=["finished", "cancelled"]
)
def test_work_runs_beside_the_window_and_words_come_to_its_thread(
    qtbot: QtBot, runner: JobRunner, work: Work
) -> None:
    worked_in: list[QThread] = []

    def watched(job: Job) -> object:
        worked_in.append(QThread.currentThread())
        job.tell("here")
        return work(job)

    listener = run(qtbot, runner, watched)
    window = QThread.currentThread()
    assert listener.threads == {window}
    assert worked_in == [runner._thread]
    assert runner._thread is not window


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
    assert not [child for child in runner.children() if isinstance(child, Job)]


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
    assert time.perf_counter() - began < STOP_TIMEOUT_MS / 1000 / 5
    assert thread.isFinished()
    wait_until_idle(qtbot, runner)
    assert [listener.words for listener in listeners] == [["cancelled"]] * 3
    assert runner.stop(), "a second stop has nothing to do"
    runner.deleteLater()


def test_a_stop_right_after_the_start_ends_the_thread(qtbot: QtBot) -> None:
    for _ in range(50):
        runner = JobRunner("brief")
        listener = Listener(runner.submit(lambda _job: None))
        assert runner.stop()
        assert runner._thread.isFinished()
        wait_until_idle(qtbot, runner)
        assert len(listener.words) == 1
        runner.deleteLater()


def test_a_job_submitted_after_the_stop_is_cancelled(qtbot: QtBot) -> None:
    runner = JobRunner("ended")
    assert runner.stop()
    listener = Listener(runner.submit(lambda _job: None))
    assert listener.words == [], "a word never comes before control is back in the event loop"
    wait_until_idle(qtbot, runner)
    assert listener.words == ["cancelled"]
    runner.deleteLater()


@pytest.mark.expects_warning
@pytest.mark.usefixtures("qapp")
def test_a_stop_that_takes_too_long_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pump_desktop.qt.jobs.STOP_TIMEOUT_MS", 50)
    runner = JobRunner("deaf")
    gate, begun = Event(), Event()

    def deaf(_job: Job) -> None:
        begun.set()
        gate.wait(10)

    runner.submit(deaf)
    assert begun.wait(5)
    assert not runner.stop()
    gate.set()
    assert runner._thread.wait(5000)
    runner.deleteLater()
