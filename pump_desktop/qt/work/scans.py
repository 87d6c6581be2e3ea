"""The scan under way, as the window sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pump_desktop.domain.requests import ScanRequest, wider_request
from pump_desktop.domain.runs import Run
from pump_desktop.qt.work.jobs import Job, OneJob

if TYPE_CHECKING:
    from pump_desktop.services.runs.runs import Replay


class Scans(OneJob[ScanRequest]):
    """Runs one scan at a time on the engine thread; ``finished`` carries the stored Replay."""

    @property
    def request(self) -> ScanRequest | None:
        """The scan under way, if there is one."""
        return self._subject

    def start(self, request: ScanRequest, name: str = "") -> bool:
        """Start a scan, unless one is under way; tell whether it was started."""

        def work(job: Job) -> Replay:
            runs = self._backend.result().runs
            return runs.create(request, name=name, tell=job.tell, cancelled=job.is_cancelled)

        return self._begin(request, work)

    def start_extension(self, run: Run, start: int, end: int, max_nonces: int) -> bool:
        """Start to extend a stored run, unless a scan is under way; tell whether it was started.

        ``started`` carries the scan of the whole range; ``finished`` the same run, longer.
        """

        def work(job: Job) -> Replay:
            runs = self._backend.result().runs
            return runs.extend(
                run.id, start, end, max_nonces=max_nonces, tell=job.tell, cancelled=job.is_cancelled
            )

        return self._begin(wider_request(run, start, end), work)
