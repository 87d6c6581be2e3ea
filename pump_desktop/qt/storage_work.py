"""Work on the data file beside the window: one piece at a time, told about, ended with exactly one word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.storage import StorageProgress
from pump_desktop.qt.asking import Asker
from pump_desktop.qt.door import BackendSource
from pump_desktop.qt.jobs import Job, JobRunner
from pump_desktop.qt.one_job import OneAtATime

if TYPE_CHECKING:
    from pump_desktop.services.storage import Storage

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
