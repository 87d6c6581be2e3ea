"""The import under way, as the window sees it: started, told about, ended with exactly one word."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from pump_desktop.domain.imports import ColumnMap, ImportDefaults, ImportReport
from pump_desktop.qt.door import BackendSource
from pump_desktop.qt.jobs import Job, JobRunner

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend


class Imports(QObject):
    """Takes in one file of bets at a time on a thread of its own.

    ``progress`` carries an ImportProgress, ``finished`` the ImportReport, of a stopped import too: what it
    had stored stays. ``cancelled`` is for one that was stopped before it began.
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
        self._path: Path | None = None

    @property
    def path(self) -> Path | None:
        """The file that is being imported, if there is one."""
        return self._path

    def start(self, path: Path, columns: ColumnMap, defaults: ImportDefaults) -> bool:
        """Start to import a file, unless one is under way; tell whether it was started."""
        if self._job is not None:
            return False

        def work(job: Job) -> ImportReport:
            from pump_desktop.services.bet_import import import_file  # noqa: PLC0415 - in the worker

            backend: Backend = self._backend.result()
            return import_file(path, columns, defaults, backend.live, job.tell, job.is_cancelled)

        job = self._runner.submit(work)
        self._job, self._path = job, path
        job.progress.connect(self.progress)
        job.finished.connect(self._on_finished)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        self.started.emit(path)
        return True

    @Slot()
    def cancel(self) -> None:
        """Ask the import under way to stop; its last word follows within a thousand rows."""
        if self._job is not None:
            self._job.cancel()

    @Slot(object)
    def _on_finished(self, report: object) -> None:
        self._job = self._path = None
        self.finished.emit(report)

    @Slot(object)
    def _on_failed(self, error: object) -> None:
        self._job = self._path = None
        self.failed.emit(error)

    @Slot()
    def _on_cancelled(self) -> None:
        self._job = self._path = None
        self.cancelled.emit()
