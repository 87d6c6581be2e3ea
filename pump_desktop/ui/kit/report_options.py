"""The question before a report is saved: whether the seeds go into it."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QWidget

from pump_desktop.qt.app.preferences import current_privacy
from pump_desktop.ui.kit.dialogs import PlainDialog
from pump_desktop.ui.kit.text import Label

_WIDTH = 440


class ReportOptions(PlainDialog):
    """Asks whether the seeds go into a report, which ``words`` describe."""

    def __init__(self, title: str, words: str, parent: QWidget) -> None:
        super().__init__(title, _WIDTH, parent)
        self._seeds = QCheckBox("Include the seeds")
        self._seeds.setChecked(not current_privacy().hide_in_exports)
        without = "Without the seeds it shows their SHA-256; whoever has the seeds can still check it."
        self.column.addWidget(Label(f"{words} {without}", wrap=True))
        self.column.addWidget(self._seeds)
        self.add_buttons("Choose a file …")

    @property
    def with_seeds(self) -> bool:
        """Whether the seeds were asked for."""
        return self._seeds.isChecked()
