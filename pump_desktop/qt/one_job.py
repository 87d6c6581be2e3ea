"""Work of which one piece at a time is under way: started, told about, ended with exactly one word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from pump_desktop.qt.door import BackendSource
from pump_desktop.qt.jobs import Job, JobRunner

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
