"""A damaged data file at start: a healthy backup looked for, and put in its place, beside the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from pump_desktop.domain.errors import DamagedDatabaseError, KnownError
from pump_desktop.domain.storage import Backup, Restored
from pump_desktop.qt.jobs import Job, JobRunner
from pump_desktop.system.paths import AppPaths
from pump_desktop.system.settings import Settings


class Recovering(QObject):
    """``offered`` carries the sentence and a Backup or None, ``recovered`` a Restored.

    ``failed`` carries a KnownError. Unexpected errors come out as ``broke``.
    """

    offered = Signal(str, object)
    recovered = Signal(object)
    failed = Signal(object)
    broke = Signal(object)

    def __init__(self, runner: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        # The settings and paths in force when damage was met.
        self._about: tuple[Settings, AppPaths] | None = None
        self._sentence = ""

    def look(self, error: KnownError, settings: Settings, paths: AppPaths) -> bool:
        """Look for a backup when this error means damage; tell whether ``offered`` will follow."""
        if not isinstance(error, DamagedDatabaseError):
            return False
        self._about, self._sentence = (settings, paths), str(error)

        def work(_job: Job) -> Backup | None:
            from pump_desktop.services.storage import Recovery  # noqa: PLC0415 - in the worker

            return Recovery(settings, paths).newest_healthy()

        looking = self._runner.submit(work)
        looking.finished.connect(self._found)
        looking.failed.connect(self._not_done)
        return True

    @Slot(object)
    def put_back(self, backup: Backup) -> None:
        """Put a backup in the place of the damaged file."""
        self._replace(backup)

    @Slot()
    def start_fresh(self) -> None:
        """Put an empty file in its place."""
        self._replace(None)

    def _replace(self, backup: Backup | None) -> None:
        if self._about is None:
            raise RuntimeError("nothing was looked at before")
        settings, paths = self._about

        def work(_job: Job) -> Restored:
            from pump_desktop.services.storage import Recovery  # noqa: PLC0415 - in the worker

            recovery = Recovery(settings, paths)
            return recovery.start_fresh() if backup is None else recovery.put_back(backup.path)

        replacing = self._runner.submit(work)
        replacing.finished.connect(self.recovered)
        replacing.failed.connect(self._not_done)

    @Slot(object)
    def _found(self, backup: Backup | None) -> None:
        self.offered.emit(self._sentence, backup)

    @Slot(object)
    def _not_done(self, error: Exception) -> None:
        if isinstance(error, KnownError):
            self.failed.emit(error)
        else:
            self.broke.emit(error)
