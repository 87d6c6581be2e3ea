"""Work beside the window: a thread that runs jobs one after another, and the word each job ends with.

A job lives in the window's thread and is a child of its runner, so that it is always destroyed there. Its
signals are emitted there too: the worker only posts what is to be said. A signal of the worker's own would
be lost whenever a short job ended before somebody had connected to it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Any

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from pump_desktop.domain.errors import CancelledError, KnownError

_log = logging.getLogger(__name__)

STOP_TIMEOUT_MS = 5_000


class Job(QObject):
    """One piece of work: any number of ``progress``, then exactly one of the other three."""

    progress = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    _told = Signal(object)

    def __init__(self, work: Callable[[Job], Any], parent: QObject) -> None:
        super().__init__(parent)
        self._stop = Event()
        self._told.connect(self.progress)
        self.work = work
        self.taken = False

    def cancel(self) -> None:
        """Ask the work to stop; it answers within a chunk."""
        self._stop.set()

    def is_cancelled(self) -> bool:
        """Tell whether somebody asked for a stop; may be called from any thread."""
        return self._stop.is_set()

    def tell(self, value: object) -> None:
        """Send a frozen value to the window; called by the work, at most 20 times a second."""
        self._told.emit(value)


@dataclass(frozen=True, slots=True)
class _End:
    """How a job ended: with a result, or with an error."""

    job: Job
    result: object = None
    error: Exception | None = None


class _Worker(QObject):
    """Runs jobs in the thread it was moved to."""

    ended = Signal(object)

    @Slot(object)
    def run(self, job: Job) -> None:
        """Run one job and post how it ended."""
        job.taken = True
        # No local variable may hold an error: its traceback holds this frame, and only the garbage
        # collector could free the two, in whichever thread it happens to run.
        try:
            if job.is_cancelled():
                raise CancelledError  # noqa: TRY301 - the same word, whether it began or not
            result = job.work(job)
        except KnownError as error:
            self.ended.emit(_End(job, error=error))
        except Exception as error:  # noqa: BLE001 - a bug is reported, and the next job runs
            _log.exception("A job failed")
            self.ended.emit(_End(job, error=error))
        else:
            self.ended.emit(_End(job, result))


class JobRunner(QObject):
    """A worker thread; ``submit()`` queues work for it, ``stop()`` cancels all of it and ends the thread."""

    _asked = Signal(object)
    _never_ran = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._live: list[Job] = []
        self._stopped = False
        self._worker = _Worker()
        self._thread = QThread(self)
        self._thread.setObjectName(name)
        self._worker.moveToThread(self._thread)
        self._asked.connect(self._worker.run)
        self._worker.ended.connect(self._on_ended)
        self._never_ran.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)
        # The worker has no parent; it goes where it lived, when its thread's loop has ended.
        self._thread.finished.connect(self._worker.deleteLater)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits."""
        return bool(self._live)

    def submit(self, work: Callable[[Job], Any]) -> Job:
        """Queue ``work(job)``; connect to the job's signals before control returns to the event loop.

        After ``stop()`` the job's only word is ``cancelled``.
        """
        job = Job(work, self)
        self._live.append(job)
        if self._stopped:
            self._give_up(job)
        else:
            self._asked.emit(job)
        return job

    def stop(self) -> bool:
        """Cancel what runs and waits, end the thread, and tell whether it ended in time."""
        self._stopped = True
        for job in self._live:
            job.cancel()
        self._thread.quit()
        ended = self._thread.wait(STOP_TIMEOUT_MS)
        if not ended:
            _log.error("The thread %s did not end in %d ms", self._thread.objectName(), STOP_TIMEOUT_MS)
            return False
        # A thread that was told to quit takes no more jobs out of its queue.
        for job in self._live:
            if not job.taken:
                self._give_up(job)
        return True

    def _give_up(self, job: Job) -> None:
        job.taken = True
        self._never_ran.emit(_End(job, error=CancelledError()))

    @Slot(object)
    def _on_ended(self, end: _End) -> None:
        job = end.job
        self._live.remove(job)
        # The work may hold widgets. Dropped here, they cannot die with the last reference of the worker.
        del job.work
        job.deleteLater()
        match end.error:
            case None:
                job.finished.emit(end.result)
            case CancelledError():
                job.cancelled.emit()
            case error:
                job.failed.emit(error)
