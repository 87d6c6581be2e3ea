"""Saving what an audit found, as a table or as a report, and the sentence after."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from pump_desktop.domain.audits import StreamAudit
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.kit.report_options import ReportOptions
from pump_desktop.ui.kit.saving import HTML, save_dialog, write_file

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend

_WORDS = "One HTML file with the verdicts, what is wrong, and how to redo one bet by hand."


class AuditSaving(QObject):
    """``said`` tells where a file was written, ``refused`` why it was not."""

    said = Signal(str)
    refused = Signal(str)

    def __init__(self, asker: Asker, page: QWidget) -> None:
        super().__init__(page)
        self._asker = asker
        self._page = page

    def begin_csv(self, audit: StreamAudit) -> None:
        """Ask for a file, then write the table."""
        dialog = save_dialog(self._page, "Save mismatches", "audit.csv")
        dialog.fileSelected.connect(lambda path: self.save_csv(path, audit))
        dialog.open()

    def begin_report(self, audit: StreamAudit) -> None:
        """Ask for options and a file, then write the report."""
        options = ReportOptions("Save audit report", _WORDS, self._page)

        def accepted() -> None:
            # Read here: by the time a file is chosen, the options are gone.
            with_seeds = options.with_seeds
            dialog = save_dialog(self._page, "Save audit report", "audit.html", HTML)
            dialog.fileSelected.connect(lambda path: self.save_report(path, audit, with_seeds=with_seeds))
            dialog.open()

        options.accepted.connect(accepted)
        options.open()

    def save_csv(self, path: str, audit: StreamAudit) -> None:
        """Write what is wrong as a table."""

        def pieces(_backend: Backend) -> Iterable[str]:
            from pump_desktop.services.audit.report import audit_csv  # noqa: PLC0415 - in the worker

            return audit_csv(audit)

        self._write(path, pieces)

    def save_report(self, path: str, audit: StreamAudit, *, with_seeds: bool) -> None:
        """Write the report."""

        def pieces(backend: Backend) -> Iterable[str]:
            from pump_desktop.services.audit.report import audit_report  # noqa: PLC0415 - in the worker

            return audit_report(backend.live, audit, with_seeds=with_seeds, now=backend.live.now())

        self._write(path, pieces)

    def _write(self, path: str, pieces: Callable[[Backend], Iterable[str]]) -> None:
        write_file(self._asker, self, path, pieces, self.said.emit, self.refused.emit)
