"""Work on the data file beside the window: one piece at a time, told about, ended with exactly one word."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.storage import StorageProgress
from pump_desktop.qt.door import BackendSource
from pump_desktop.qt.jobs import Job, JobRunner

if TYPE_CHECKING:
    from pump_desktop.services.storage import Storage

T = TypeVar("T")


class StorageWork(QObject):
    """Runs work and questions in order on a thread of its own.

    ``busy_changed`` tells whether work is under way, ``progress`` carries a StorageProgress. Unexpected
    errors come out as ``broke``.
    """

    busy_changed = Signal(bool)
    progress = Signal(object)
    broke = Signal(object)

    def __init__(self, runner: JobRunner, backend: BackendSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._backend = backend
        self._job: Job | None = None
        self._then: dict[Job, tuple[Callable[[Any], None], Callable[[KnownError], None]]] = {}

    @property
    def busy(self) -> bool:
        """Whether work is under way."""
        return self._job is not None

    def ask(
        self,
        question: Callable[[Storage], T],
        then: Callable[[T], None],
        failed: Callable[[KnownError], None],
    ) -> None:
        """Run ``question(storage)`` behind what is under way, and ``then(answer)`` in this thread."""
        self._submit(lambda _job: question(self._backend.result().storage), then, failed)

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
        if self._job is not None:
            return False
        self._job = self._submit(lambda job: work(self._backend.result().storage, job), then, failed)
        self._job.progress.connect(self.progress)
        self.busy_changed.emit(True)
        self.progress.emit(StorageProgress(doing))
        return True

    @Slot()
    def cancel(self) -> None:
        """Ask the work under way to stop."""
        if self._job is not None:
            self._job.cancel()

    def _submit(
        self,
        work: Callable[[Job], Any],
        then: Callable[[Any], None],
        failed: Callable[[KnownError], None],
    ) -> Job:
        job = self._runner.submit(work)
        self._then[job] = (then, failed)
        job.finished.connect(self._on_finished)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        return job

    def _take(self) -> tuple[Callable[[Any], None], Callable[[KnownError], None]]:
        job = self.sender()
        if job is self._job:
            self._job = None
            self.busy_changed.emit(False)
        return self._then.pop(job)  # type: ignore[call-overload,no-any-return]  # always one of our jobs

    @Slot(object)
    def _on_finished(self, result: object) -> None:
        then, _failed = self._take()
        then(result)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        _then, failed = self._take()
        if isinstance(error, KnownError):
            failed(error)
        else:
            self.broke.emit(error)

    @Slot()
    def _on_cancelled(self) -> None:
        _then, failed = self._take()
        failed(KnownError("Stopped. The data is as it was."))
