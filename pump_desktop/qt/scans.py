"""The scan under way, as the window sees it: started, told about, ended with exactly one word."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from pump_desktop.domain.extension import wider_request
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import Run
from pump_desktop.qt.door import BackendSource
from pump_desktop.qt.jobs import Job, JobRunner

if TYPE_CHECKING:
    from pump_desktop.services.runs import Replay


class Scans(QObject):
    """Runs one scan at a time on the engine thread; ``finished`` carries the stored Replay."""

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
        self._request: ScanRequest | None = None

    @property
    def request(self) -> ScanRequest | None:
        """The scan under way, if there is one."""
        return self._request

    def start(self, request: ScanRequest, name: str = "") -> bool:
        """Start a scan, unless one is under way; tell whether it was started."""
        if self._job is not None:
            return False

        def work(job: Job) -> Replay:
            runs = self._backend.result().runs
            return runs.create(request, name=name, tell=job.tell, cancelled=job.is_cancelled)

        self._begin(request, work)
        return True

    def start_extension(self, run: Run, start: int, end: int, max_nonces: int) -> bool:
        """Start to extend a stored run, unless a scan is under way; tell whether it was started.

        ``started`` carries the scan of the whole range; ``finished`` the same run, longer.
        """
        if self._job is not None:
            return False

        def work(job: Job) -> Replay:
            runs = self._backend.result().runs
            return runs.extend(
                run.id, start, end, max_nonces=max_nonces, tell=job.tell, cancelled=job.is_cancelled
            )

        self._begin(wider_request(run, start, end), work)
        return True

    @Slot()
    def cancel(self) -> None:
        """Ask the scan under way to stop; ``cancelled`` follows within 100 ms."""
        if self._job is not None:
            self._job.cancel()

    def _begin(self, request: ScanRequest, work: Callable[[Job], Replay]) -> None:
        job = self._runner.submit(work)
        self._job, self._request = job, request
        job.progress.connect(self.progress)
        job.finished.connect(self._on_finished)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        self.started.emit(request)

    @Slot(object)
    def _on_finished(self, replay: object) -> None:
        self._job = self._request = None
        self.finished.emit(replay)

    @Slot(object)
    def _on_failed(self, error: object) -> None:
        self._job = self._request = None
        self.failed.emit(error)

    @Slot()
    def _on_cancelled(self) -> None:
        self._job = self._request = None
        self.cancelled.emit()
