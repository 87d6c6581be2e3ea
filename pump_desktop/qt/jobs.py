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
from functools import partial
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

from PySide6.QtCore import QObject, Signal

from pump_desktop.domain.errors import CancelledError, KnownError, NotEnoughMemoryError
from pump_desktop.qt.post import post

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
