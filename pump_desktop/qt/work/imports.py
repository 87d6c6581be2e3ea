"""The import under way, as the window sees it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pump_desktop.domain.imports import ColumnMap, ImportDefaults, ImportReport
from pump_desktop.qt.work.jobs import Job, OneJob

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend


class Imports(OneJob[Path]):
    """Takes in one file of bets at a time on a thread of its own.

    ``progress`` carries an ImportProgress, ``finished`` the ImportReport, of a stopped import too: what it
    had stored stays. ``cancelled`` is for one that was stopped before it began.
    """

    @property
    def path(self) -> Path | None:
        """The file that is being imported, if there is one."""
        return self._subject

    def start(self, path: Path, columns: ColumnMap, defaults: ImportDefaults) -> bool:
        """Start to import a file, unless one is under way; tell whether it was started."""

        def work(job: Job) -> ImportReport:
            from pump_desktop.services.imports.importer import import_file  # noqa: PLC0415 - in the worker

            backend: Backend = self._backend.result()
            return import_file(path, columns, defaults, backend.live, job.tell, job.is_cancelled)

        return self._begin(path, work)
