"""Work beside the window: a thread that runs jobs one after another, and the word each job ends with.

The thread is Python's and belongs to no QObject. A QThread ends the whole process when it is deleted while
it runs ("QThread: Destroyed while thread is still running"), and a parent, an exception or the end of the
interpreter may delete it at any time; a thread of Python's keeps itself alive until it ends.

A job lives in the window's thread, and its signals are emitted there: the worker only posts what is to be
said. A signal of the worker's own would be lost whenever a short job ended before somebody had connected to
it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from pump_desktop.domain.errors import CancelledError, KnownError, NotEnoughMemoryError
from pump_desktop.qt.work.post import post

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend


class BackendSource(Protocol):
    """Anything that gives the open backend, waiting for it, or raises why there is none."""

    def result(self) -> Backend:
        """Give the backend."""
        ...


class BackendDoor:
    """The backend once it is open; ``result()`` waits on any thread, the rest belongs to the program's."""

    def __init__(self) -> None:
        self._future: Future[Backend] = Future()

    def result(self) -> Backend:
        """Give the backend, waiting until it is open; raises the error that kept it shut."""
        return self._future.result()

    def open(self, backend: Backend) -> None:
        """Let everybody in."""
        self._future.set_result(backend)

    def fail(self, error: Exception) -> None:
        """Tell everybody why not."""
        self._future.set_exception(error)

    def reset(self) -> None:
        """Shut it again, before another try."""
        self._future = Future()

    def opened(self) -> Backend | None:
        """Give the backend if it is open now."""
        ready = self._future.done() and self._future.exception() is None
        return self._future.result() if ready else None


_log = logging.getLogger(__name__)

STOP_TIMEOUT_S = 5.0


class Job(QObject):
    """One piece of work: any number of ``progress``, then exactly one of the other three."""

    progress = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(self, work: Callable[[Job], Any]) -> None:
        # A child, so that Qt destroys it in the window's thread, whoever drops the last Python reference.
        super().__init__(post())
        self._post = post()
        self._stop = Event()
        self.work = work

    def cancel(self) -> None:
        """Ask the work to stop; it answers within a chunk."""
        self._stop.set()

    def is_cancelled(self) -> bool:
        """Tell whether somebody asked for a stop; may be called from any thread."""
        return self._stop.is_set()

    def tell(self, value: object) -> None:
        """Send a frozen value to the window; called by the work, at most 20 times a second."""
        self._post.send(partial(self.progress.emit, value))


class JobRunner:
    """A worker thread; ``submit()`` queues work for it, ``stop()`` cancels all of it and ends the thread.

    No QObject and nobody's child, so that nothing but ``stop()`` ends it.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._post = post()
        self._live: list[Job] = []
        self._deadline: float | None = None
        self._told = False
        # None ends the thread.
        self._waiting: SimpleQueue[Job | None] = SimpleQueue()
        # A daemon: work that does not end must not keep the process from ending.
        self._thread = Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits."""
        return bool(self._live)

    def submit(self, work: Callable[[Job], Any]) -> Job:
        """Queue ``work(job)``; connect to the job's signals before control returns to the event loop.

        After ``quit()`` the job's only word is ``cancelled``.
        """
        job = Job(work)
        self._live.append(job)
        if self._deadline is None:
            self._waiting.put(job)
        else:
            self._post.send(partial(self._end, job, error=CancelledError()))
        return job

    def quit(self) -> None:
        """Take no more work, cancel what runs and waits, and have the thread end behind it."""
        if self._deadline is not None:
            return
        self._deadline = time.monotonic() + STOP_TIMEOUT_S
        for job in self._live:
            job.cancel()
        self._waiting.put(None)

    def stop(self) -> bool:
        """Quit, wait for the thread, and tell whether it has ended.

        The wait is over STOP_TIMEOUT_S after ``quit()``; from then on this tells at once how it is by now.
        """
        self.quit()
        assert self._deadline is not None  # noqa: S101 - quit() has set it
        self._thread.join(max(0.0, self._deadline - time.monotonic()))
        ended = not self._thread.is_alive()
        if not (ended or self._told):
            self._told = True
            _log.error("The thread %s did not end in %g s", self.name, STOP_TIMEOUT_S)
        return ended

    def _serve(self) -> None:
        while (job := self._waiting.get()) is not None:
            self._run(job)
            # Not held while waiting for the next: what a job drags along may be widgets.
            del job

    def _run(self, job: Job) -> None:
        """Run one job on the worker's thread and post how it ended."""
        # No local variable may hold an error: its traceback holds this frame, and only the garbage
        # collector could free the two, in whichever thread it happens to run.
        try:
            if job.is_cancelled():
                raise CancelledError  # noqa: TRY301 - the same word, whether it began or not
            result = job.work(job)
        except KnownError as error:
            self._post.send(partial(self._end, job, error=error))
        except MemoryError:
            self._post.send(partial(self._end, job, error=NotEnoughMemoryError()))
        except BaseException as error:  # noqa: BLE001 - a bug is reported, and the next job runs
            _log.exception("A job failed")
            self._post.send(partial(self._end, job, error=error))
        else:
            self._post.send(partial(self._end, job, result=result))

    def _end(self, job: Job, *, result: object = None, error: BaseException | None = None) -> None:
        """Say a job's last word in the window's thread."""
        self._live.remove(job)
        # The work may hold widgets. Dropped here, they cannot die with the last reference of the worker.
        del job.work
        job.deleteLater()
        match error:
            case None:
                job.finished.emit(result)
            case CancelledError():
                job.cancelled.emit()
            case _:
                job.failed.emit(error)


S = TypeVar("S")


class OneAtATime(QObject, Generic[S]):
    """Runs one job about one subject; a subclass says how it is told of, and how it ended.

    ``_went_on`` gets what the work tells, then exactly one of ``_succeeded``, ``_broke_off`` and ``_stopped``
    is called; by then the next job may be started.
    """

    def __init__(self, runner: JobRunner, backend: BackendSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._backend = backend
        self._job: Job | None = None
        self._subject: S | None = None

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""
        return self._job is not None

    @Slot()
    def cancel(self) -> None:
        """Ask the job under way to stop; its last word follows at its next step."""
        if self._job is not None:
            self._job.cancel()

    def _begin(self, subject: S, work: Callable[[Job], object]) -> bool:
        """Start work about a subject, unless a job is under way; tell whether it was started."""
        if self._job is not None:
            return False
        job = self._runner.submit(work)
        self._job, self._subject = job, subject
        job.progress.connect(self._on_progress)
        job.finished.connect(self._on_finished)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        return True

    def _went_on(self, subject: S, told: Any) -> None:
        raise NotImplementedError

    def _succeeded(self, subject: S, result: Any) -> None:
        raise NotImplementedError

    def _broke_off(self, subject: S, error: Exception) -> None:
        raise NotImplementedError

    def _stopped(self, subject: S) -> None:
        raise NotImplementedError

    @Slot(object)
    def _on_progress(self, told: object) -> None:
        if self._subject is not None:
            self._went_on(self._subject, told)

    @Slot(object)
    def _on_finished(self, result: object) -> None:
        self._succeeded(self._end(), result)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._broke_off(self._end(), error)

    @Slot()
    def _on_cancelled(self) -> None:
        self._stopped(self._end())

    def _end(self) -> S:
        """Be ready for the next job, and give what this one was about."""
        subject, self._job, self._subject = self._subject, None, None
        assert subject is not None  # noqa: S101 - only a job that was begun ends
        return subject


class OneJob(OneAtATime[S]):
    """Tells of its job by signals: ``started`` carries the subject, ``progress`` what the work tells.

    Then comes exactly one of ``finished`` with the result, ``failed`` with the error, and ``cancelled``.
    """

    started = Signal(object)
    progress = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    def _begin(self, subject: S, work: Callable[[Job], object]) -> bool:
        begun = super()._begin(subject, work)
        if begun:
            self.started.emit(subject)
        return begun

    def _went_on(self, subject: S, told: object) -> None:
        self.progress.emit(told)

    def _succeeded(self, subject: S, result: object) -> None:
        self.finished.emit(result)

    def _broke_off(self, subject: S, error: Exception) -> None:
        self.failed.emit(error)

    def _stopped(self, subject: S) -> None:
        self.cancelled.emit()
