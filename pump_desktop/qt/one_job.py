"""Work of which one piece at a time is under way: started, told about, ended with exactly one word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from pump_desktop.qt.door import BackendSource
from pump_desktop.qt.jobs import Job, JobRunner


class OneJob(QObject):
    """Runs one job about one subject; ``started`` carries the subject, ``progress`` what the work tells.

    Then comes exactly one of ``finished`` with the result, ``failed`` with the error, and ``cancelled``; by
    then the next job may be started.
    """

    started = Signal(object)
    progress = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(self, runner: JobRunner, backend: BackendSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._backend = backend
        self._job: Job | None = None
        self._subject: Any = None

    @Slot()
    def cancel(self) -> None:
        """Ask the job under way to stop; its last word follows at its next step."""
        if self._job is not None:
            self._job.cancel()

    def _begin(self, subject: object, work: Callable[[Job], object]) -> bool:
        """Start work about a subject, unless a job is under way; tell whether it was started."""
        if self._job is not None:
            return False
        job = self._runner.submit(work)
        self._job, self._subject = job, subject
        job.progress.connect(self.progress)
        job.finished.connect(self._on_finished)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        self.started.emit(subject)
        return True

    @Slot(object)
    def _on_finished(self, result: object) -> None:
        self._job = self._subject = None
        self.finished.emit(result)

    @Slot(object)
    def _on_failed(self, error: object) -> None:
        self._job = self._subject = None
        self.failed.emit(error)

    @Slot()
    def _on_cancelled(self) -> None:
        self._job = self._subject = None
        self.cancelled.emit()
