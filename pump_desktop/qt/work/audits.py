"""The audit under way, as the window sees it: started, told about, ended with exactly one word."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from pump_desktop.domain.audits import AuditProgress, StreamAudit
from pump_desktop.qt.work.jobs import BackendSource, Job, JobRunner, OneAtATime

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend

# Finished audits kept at hand; their payouts are stored nowhere else.
KEPT = 20


class Audits(OneAtATime[UUID]):
    """Runs one audit at a time on a thread of its own; every signal carries the stream's id first.

    ``progress`` carries an AuditProgress, ``finished`` the StreamAudit, ``failed`` the error.
    """

    started = Signal(object)
    progress = Signal(object, object)
    finished = Signal(object, object)
    failed = Signal(object, object)
    cancelled = Signal(object)

    def __init__(self, runner: JobRunner, backend: BackendSource, parent: QObject | None = None) -> None:
        super().__init__(runner, backend, parent)
        self._latest: AuditProgress | None = None
        self._made: dict[UUID, StreamAudit] = {}

    @property
    def stream_id(self) -> UUID | None:
        """The stream being audited, if there is one."""
        return self._subject

    @property
    def latest(self) -> AuditProgress | None:
        """How far the audit under way was when it last said so."""
        return self._latest if self.busy else None

    def made(self, stream_id: UUID) -> StreamAudit | None:
        """Give the last audit of a stream that was finished since the program started."""
        return self._made.get(stream_id)

    def start(self, stream_id: UUID, server_seed: str | None = None) -> bool:
        """Start an audit, with a seed to reveal first, unless one is under way; tell whether it started.

        When it is cancelled, its last word comes within a page.
        """

        def work(job: Job) -> StreamAudit:
            # Here, not at the top: this brings the compiler.
            from pump_desktop.services.audit.reveal import whole_audit  # noqa: PLC0415 - in the worker

            backend: Backend = self._backend.result()
            return whole_audit(
                backend.live, stream_id, server_seed, tell=job.tell, cancelled=job.is_cancelled
            )

        if not self._begin(stream_id, work):
            return False
        self._latest = None
        self.started.emit(stream_id)
        return True

    def _went_on(self, stream_id: UUID, progress: AuditProgress) -> None:
        self._latest = progress
        self.progress.emit(stream_id, progress)

    def _succeeded(self, stream_id: UUID, audit: StreamAudit) -> None:
        self._made.pop(stream_id, None)
        self._made[stream_id] = audit
        while len(self._made) > KEPT:
            self._made.pop(next(iter(self._made)))
        self.finished.emit(stream_id, audit)

    def _broke_off(self, stream_id: UUID, error: Exception) -> None:
        self.failed.emit(stream_id, error)

    def _stopped(self, stream_id: UUID) -> None:
        self.cancelled.emit(stream_id)
