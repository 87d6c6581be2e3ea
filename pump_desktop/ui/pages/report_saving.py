"""Saving the fairness report of a run: whether with the seeds, where to, and the sentence after."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QFileDialog, QVBoxLayout, QWidget

from pump_desktop.domain.runs import Match, Run
from pump_desktop.qt.asking import Asker
from pump_desktop.qt.privacy import current_privacy
from pump_desktop.qt.theme import Space
from pump_desktop.ui.widgets.buttons import Button
from pump_desktop.ui.widgets.file_dialog import FileDialog
from pump_desktop.ui.widgets.text import Label

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend

_WIDTH = 440


class ReportOptions(QDialog):
    """Asks whether the seeds go into the report; frees itself when it closes."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Save fairness report")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        self._seeds = QCheckBox("Include the seeds")
        self._seeds.setChecked(not current_privacy().hide_in_exports)
        words = (
            "One HTML file with all figures, charts and hashes of this run, to read anywhere and to print. "
            "Without the seeds it shows their SHA-256; whoever has the seeds can still check it."
        )
        box = QDialogButtonBox()
        choose = Button("Choose a file …", "primary")
        choose.setDefault(True)
        box.addButton(choose, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(Button("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        column.setSpacing(Space.L)
        column.addWidget(Label(words, wrap=True))
        column.addWidget(self._seeds)
        column.addWidget(box)

    @property
    def with_seeds(self) -> bool:
        """Whether the seeds were asked for."""
        return self._seeds.isChecked()


class ReportSaving(QObject):
    """``said`` tells where a report was written, ``refused`` why it was not."""

    said = Signal(str)
    refused = Signal(str)

    def __init__(self, asker: Asker, page: QWidget) -> None:
        super().__init__(page)
        self._asker = asker
        self._page = page

    def begin(self, run: Run, target: float, match: Match) -> None:
        """Ask for options and a file, then write."""
        options = ReportOptions(self._page)

        def accepted() -> None:
            # Read here: by the time a file is chosen, the dialog is gone.
            self._choose_file(run, target, match, with_seeds=options.with_seeds)

        options.accepted.connect(accepted)
        options.open()

    def save_to(self, path: str, run: Run, target: float, match: Match, *, with_seeds: bool) -> None:
        """Write the report of a run, whose fairness is tested for one target, to a file."""

        def work(backend: Backend) -> str:
            from pump_desktop.services.export import write_text  # noqa: PLC0415 - in the worker
            from pump_desktop.services.report import fairness_report  # noqa: PLC0415 - in the worker
            from pump_desktop.system.clock import utc_now  # noqa: PLC0415 - in the worker

            # The notes may be newer than the page.
            newest = backend.runs.get(run.id)
            pieces = fairness_report(
                backend.runs, newest, with_seeds=with_seeds, now=utc_now(), target=target, match=match
            )
            write_text(Path(path), pieces)
            return path

        self._asker.ask(self, work, lambda done: self.said.emit(f"Written to {done}"), self._failed)

    def _choose_file(self, run: Run, target: float, match: Match, *, with_seeds: bool) -> None:
        dialog = FileDialog(self._page, "Save fairness report")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("html")
        dialog.setNameFilter("HTML files (*.html)")
        dialog.selectFile(f"fairness-{run.difficulty.value}-{run.nonce_start}-{run.nonce_end}.html")
        dialog.fileSelected.connect(
            lambda path: self.save_to(path, run, target, match, with_seeds=with_seeds)
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _failed(self, error: Exception) -> None:
        self.refused.emit(str(error))
