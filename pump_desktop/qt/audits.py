"""The audit under way, as the window sees it: started, told about, ended with exactly one word."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, Signal, Slot

from pump_desktop.domain.audits import AuditProgress, StreamAudit
from pump_desktop.qt.door import BackendSource
from pump_desktop.qt.jobs import Job, JobRunner

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend

# Finished audits kept at hand; their payouts are stored nowhere else.
KEPT = 20


class Audits(QObject):
    """Runs one audit at a time on a thread of its own; every signal carries the stream's id first.

    ``progress`` carries an AuditProgress, ``finished`` the StreamAudit, ``failed`` the error.
    """

    started = Signal(object)
    progress = Signal(object, object)
    finished = Signal(object, object)
    failed = Signal(object, object)
    cancelled = Signal(object)

    def __init__(self, runner: JobRunner, backend: BackendSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._backend = backend
        self._job: Job | None = None
        self._stream_id: UUID | None = None
        self._latest: AuditProgress | None = None
        self._made: dict[UUID, StreamAudit] = {}

    @property
    def stream_id(self) -> UUID | None:
        """The stream being audited, if there is one."""
        return self._stream_id

    @property
    def latest(self) -> AuditProgress | None:
        """How far the audit under way was when it last said so."""
        return self._latest

    def made(self, stream_id: UUID) -> StreamAudit | None:
        """Give the last audit of a stream that was finished since the program started."""
        return self._made.get(stream_id)

    def start(self, stream_id: UUID, server_seed: str | None = None) -> bool:
        """Start an audit, with a seed to reveal first, unless one is under way; tell whether it started."""
        if self._job is not None:
            return False

        def work(job: Job) -> StreamAudit:
            # Here, not at the top: this brings the compiler.
            from pump_desktop.services.audit import whole_audit  # noqa: PLC0415 - in the worker

            backend: Backend = self._backend.result()
            return whole_audit(
                backend.live, stream_id, server_seed, tell=job.tell, cancelled=job.is_cancelled
            )

        job = self._runner.submit(work)
        self._job, self._stream_id, self._latest = job, stream_id, None
        job.progress.connect(self._on_progress)
        job.finished.connect(self._on_finished)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        self.started.emit(stream_id)
        return True

    @Slot()
    def cancel(self) -> None:
        """Ask the audit under way to stop; ``cancelled`` follows within a page."""
        if self._job is not None:
            self._job.cancel()

    @Slot(object)
    def _on_progress(self, progress: AuditProgress) -> None:
        self._latest = progress
        self.progress.emit(self._stream_id, progress)

    @Slot(object)
    def _on_finished(self, audit: StreamAudit) -> None:
        stream_id = self._end()
        self._made.pop(audit.stream_id, None)
        self._made[audit.stream_id] = audit
        while len(self._made) > KEPT:
            self._made.pop(next(iter(self._made)))
        self.finished.emit(stream_id, audit)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.failed.emit(self._end(), error)

    @Slot()
    def _on_cancelled(self) -> None:
        self.cancelled.emit(self._end())

    def _end(self) -> UUID | None:
        """Be ready for the next audit, and give whose this one was."""
        stream_id = self._stream_id
        self._job = self._stream_id = self._latest = None
        return stream_id
