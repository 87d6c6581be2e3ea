"""Scans as the window tells of them: Scan page, status line and toasts, until a run opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import Run
from pump_desktop.qt.text.numbers import duration_text, grouped, rate_text
from pump_desktop.qt.work.query import Asker
from pump_desktop.qt.work.queue import ScanQueue
from pump_desktop.qt.work.scans import Scans
from pump_desktop.qt.work.undo import PendingDeletes
from pump_desktop.ui.kit.status import StatusLine
from pump_desktop.ui.kit.toast import ToastArea
from pump_desktop.ui.scan.page import ScanPage

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.services.runs.collector import ScanProgress
    from pump_desktop.services.runs.runs import Replay

_SAMPLE = "Sample seed pair"
_BUSY = "A scan is still running. Wait for it, or cancel it."


class ScanFlow(QObject):
    """Starts scans and tells of them; what the queue starts opens no run and leaves the form alone.

    ``run_ready`` carries the Run to open, ``stored`` says that a run was stored or made longer,
    ``page_asked`` brings the Scan page to the front, ``broke`` carries an unexpected error.
    """

    run_ready = Signal(object)
    stored = Signal()
    page_asked = Signal()
    broke = Signal(object)

    def __init__(
        self,
        asker: Asker,
        scans: Scans,
        queue: ScanQueue,
        deletes: PendingDeletes,
        page: ScanPage,
        status: StatusLine,
        toasts: ToastArea,
        max_nonces: int,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._asker = asker
        self._scans = scans
        self._queue = queue
        self._deletes = deletes
        self._page = page
        self._status = status
        self._toasts = toasts
        self._max_nonces = max_nonces
        self._longer: Run | None = None
        page.scan_asked.connect(self.start)
        page.cancel_asked.connect(scans.cancel)
        status.cancel_clicked.connect(scans.cancel)
        status.job_clicked.connect(self._show_job)
        scans.started.connect(self._started)
        scans.progress.connect(self._progress)
        scans.finished.connect(self._finished)
        scans.failed.connect(self._failed)
        scans.cancelled.connect(self._cancelled)

    def set_max_nonces(self, most: int) -> None:
        """Extend runs up to another length."""
        self._max_nonces = most

    @Slot(object, str)
    def start(self, request: ScanRequest, name: str = "") -> None:
        """Start a scan, or say that one is running."""
        if not self._scans.start(request, name):
            self._toasts.say(_BUSY, tone="bad")

    @Slot()
    def fill_sample(self) -> None:
        """Put the sample into the form."""
        from pump_desktop.services.sample import sample_request  # noqa: PLC0415 - used once

        self._page.fill(sample_request(), _SAMPLE)

    @Slot()
    def scan_sample(self) -> None:
        """Put the sample into the form, and scan it."""
        from pump_desktop.services.sample import sample_request  # noqa: PLC0415 - used once

        self.page_asked.emit()
        self.fill_sample()
        self.start(sample_request(), _SAMPLE)

    @Slot(object, object, object)
    def extend(self, run: Run, start: int, end: int) -> None:
        """Scan what is missing of a longer range, or say that a scan is running."""
        if self._scans.request is not None:
            self._toasts.say(_BUSY, tone="bad")
            return
        self._longer = run
        self._scans.start_extension(run, start, end, self._max_nonces)

    @Slot(object, object)
    def open_sibling(self, run: Run, difficulty: Difficulty) -> None:
        """Open the run of the same nonces at another difficulty; scan it when it is not stored yet."""
        # A run that waits for its Undo is gone as far as anybody can see.
        hidden = self._deletes.hidden

        def work(backend: Backend) -> Run | ScanRequest:
            from pump_desktop.services.runs.siblings import find_sibling, sibling_request  # noqa: PLC0415 - in the worker

            return find_sibling(backend.runs, run, difficulty, without=hidden) or sibling_request(
                run, difficulty
            )

        def came(found: Run | ScanRequest) -> None:
            if isinstance(found, Run):
                self.run_ready.emit(found)
            else:
                self.start(found, run.name)

        self._asker.ask(self, work, came)

    @Slot()
    def _show_job(self) -> None:
        self.page_asked.emit()
        if self._queue.owns_current():
            self._page.show_several()
        else:
            self._page.show_one()

    @Slot(object)
    def _started(self, request: ScanRequest) -> None:
        self._status.set_job("Getting the engine ready", None)
        if not self._queue.owns_current():
            self._page.show_started(request)

    @Slot(object)
    def _progress(self, progress: ScanProgress) -> None:
        if not self._queue.owns_current():
            self._page.show_progress(progress)
        if not progress.preparing:
            share = progress.done / progress.total
            left = duration_text(progress.seconds_left or 0.0)
            self._status.set_job(
                f"Scanning {int(share * 100)} % · {rate_text(progress.rate)} · {left} left", share
            )

    @Slot(object)
    def _finished(self, replay: Replay) -> None:
        self._status.clear_job()
        self.stored.emit()
        if self._queue.owns_current():
            return
        longer, self._longer = self._longer, None
        self._page.show_ended()
        run = replay.run
        self.run_ready.emit(run)
        if longer is None:
            time = duration_text(run.duration_ms / 1000, fine=True)
            self._toasts.say(f"{grouped(run.count)} nonces scanned in {time}")
        else:
            self._toasts.say(f"{grouped(run.count - longer.count)} nonces added")

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self._status.clear_job()
        queued = self._queue.owns_current()
        longer, self._longer = self._longer, None
        if not isinstance(error, KnownError):
            if not queued:
                self._page.show_ended()
            self.broke.emit(error)
        elif longer is not None:
            self._page.show_ended()
            self._toasts.say(str(error), tone="bad")
        elif not queued:
            self._page.show_failed(error)
            self.page_asked.emit()

    @Slot()
    def _cancelled(self) -> None:
        self._status.clear_job()
        if self._queue.owns_current():
            return
        longer, self._longer = self._longer, None
        self._page.show_ended()
        kept = "Nothing was stored." if longer is None else "The run is as it was."
        self._toasts.say(f"Scan stopped. {kept}", tone="info")
