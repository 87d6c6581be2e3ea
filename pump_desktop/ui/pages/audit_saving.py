"""Saving what an audit found, as a table or as a report, and the sentence after."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QWidget

from pump_desktop.domain.audits import StreamAudit
from pump_desktop.domain.errors import KnownError
from pump_desktop.qt.asking import Asker
from pump_desktop.qt.privacy import current_privacy
from pump_desktop.ui.dialogs import PlainDialog
from pump_desktop.ui.widgets.file_dialog import FileDialog
from pump_desktop.ui.widgets.text import Label

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend

_WIDTH = 440


class AuditReportOptions(PlainDialog):
    """Asks whether the seeds go into the report."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Save audit report", _WIDTH, parent)
        self._seeds = QCheckBox("Include the seeds")
        self._seeds.setChecked(not current_privacy().hide_in_exports)
        words = (
            "One HTML file with the verdicts, what is wrong, and how to redo one bet by hand. Without the "
            "seeds it shows their SHA-256; whoever has the seeds can still check it."
        )
        self.column.addWidget(Label(words, wrap=True))
        self.column.addWidget(self._seeds)
        self.add_buttons("Choose a file …")

    @property
    def with_seeds(self) -> bool:
        """Whether the seeds were asked for."""
        return self._seeds.isChecked()


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
        dialog = self._dialog("Save mismatches", "csv", "CSV files (*.csv)")
        dialog.fileSelected.connect(lambda path: self.save_csv(path, audit))
        dialog.open()

    def begin_report(self, audit: StreamAudit) -> None:
        """Ask for options and a file, then write the report."""
        options = AuditReportOptions(self._page)

        def accepted() -> None:
            # Read here: by the time a file is chosen, the options are gone.
            with_seeds = options.with_seeds
            dialog = self._dialog("Save audit report", "html", "HTML files (*.html)")
            dialog.fileSelected.connect(lambda path: self.save_report(path, audit, with_seeds=with_seeds))
            dialog.open()

        options.accepted.connect(accepted)
        options.open()

    def save_csv(self, path: str, audit: StreamAudit) -> None:
        """Write what is wrong as a table."""

        def work(_backend: Backend) -> str:
            from pump_desktop.services.audit_report import audit_csv  # noqa: PLC0415 - in the worker

            return _written(path, audit_csv(audit))

        self._ask(work)

    def save_report(self, path: str, audit: StreamAudit, *, with_seeds: bool) -> None:
        """Write the report."""

        def work(backend: Backend) -> str:
            from pump_desktop.services.audit_report import audit_report  # noqa: PLC0415 - in the worker

            pieces = audit_report(backend.live, audit, with_seeds=with_seeds, now=backend.live.now())
            return _written(path, pieces)

        self._ask(work)

    def _ask(self, work: Callable[[Backend], str]) -> None:
        self._asker.ask(self, work, lambda path: self.said.emit(f"Written to {path}"), self._failed)

    def _dialog(self, title: str, suffix: str, kind: str) -> QFileDialog:
        dialog = FileDialog(self._page, title)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix)
        dialog.setNameFilter(kind)
        dialog.selectFile(f"audit.{suffix}")
        dialog.finished.connect(dialog.deleteLater)
        return dialog

    def _failed(self, error: KnownError) -> None:
        self.refused.emit(str(error))


def _written(path: str, pieces: Iterable[str]) -> str:
    from pump_desktop.services.export import write_text  # noqa: PLC0415 - in the worker

    write_text(Path(path), pieces)
    return path
