"""Work on the data file beside the window: one piece at a time, told about, ended with exactly one word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from pump_desktop.domain.errors import DamagedDatabaseError, KnownError
from pump_desktop.domain.storage import Backup, Restored, StorageProgress
from pump_desktop.qt.work.jobs import BackendSource, Job, JobRunner, OneAtATime
from pump_desktop.qt.work.query import Asker
from pump_desktop.system.paths import AppPaths
from pump_desktop.system.settings import Settings

if TYPE_CHECKING:
    from pump_desktop.services.storage import Storage


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


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Ends:
    """What follows when work is done, and when it is not."""

    then: Callable[[Any], None]
    failed: Callable[[KnownError], None]


class StorageWork(OneAtATime[_Ends]):
    """Runs work and questions in order on a thread of its own.

    ``busy_changed`` tells whether work is under way, ``progress`` carries a StorageProgress. Unexpected
    errors come out as ``broke``.
    """

    busy_changed = Signal(bool)
    progress = Signal(object)
    broke = Signal(object)

    def __init__(self, runner: JobRunner, backend: BackendSource, parent: QObject | None = None) -> None:
        super().__init__(runner, backend, parent)
        self._asker = Asker(runner, backend, self)
        self._asker.broke.connect(self.broke)

    def ask(
        self,
        owner: QObject,
        question: Callable[[Storage], T],
        then: Callable[[T], None],
        failed: Callable[[KnownError], None],
    ) -> None:
        """Run ``question(storage)`` behind what is under way, and ``then(answer)`` in this thread.

        Answers for an owner that is gone are dropped.
        """
        self._asker.ask(owner, lambda backend: question(backend.storage), then, failed)

    def do(
        self,
        doing: str,
        work: Callable[[Storage, Job], T],
        then: Callable[[T], None],
        failed: Callable[[KnownError], None],
    ) -> bool:
        """Start ``work(storage, job)`` unless some is under way; tell whether it was started.

        ``then`` gets its result, ``failed`` the error of one that failed or was stopped.
        """
        if not self._begin(_Ends(then, failed), lambda job: work(self._backend.result().storage, job)):
            return False
        self.busy_changed.emit(True)
        self.progress.emit(StorageProgress(doing))
        return True

    def _went_on(self, _ends: _Ends, progress: StorageProgress) -> None:
        self.progress.emit(progress)

    def _succeeded(self, ends: _Ends, result: object) -> None:
        self.busy_changed.emit(False)
        ends.then(result)

    def _broke_off(self, ends: _Ends, error: Exception) -> None:
        self.busy_changed.emit(False)
        if isinstance(error, KnownError):
            ends.failed(error)
        else:
            self.broke.emit(error)

    def _stopped(self, ends: _Ends) -> None:
        self.busy_changed.emit(False)
        ends.failed(KnownError("Stopped. The data is as it was."))
