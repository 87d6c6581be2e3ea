"""A small label over a value: what identifies a thing, ready to be copied."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Size, Space
from pump_desktop.ui.kit.buttons import CopyButton
from pump_desktop.ui.kit.layout import STRETCH, hbox
from pump_desktop.ui.kit.text import ElidedLabel


class Fact(QWidget):
    """A label, a value on one line, and a button that copies its whole form; ``row`` takes more buttons."""

    def __init__(
        self, label: str, *, mono: bool = False, copyable: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._label = ElidedLabel(label, size=Type.HINT, ink="muted")
        self.value = ElidedLabel("", mono=mono, figures=not mono)
        self.value.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.value.setFixedHeight(Size.HIT)
        self.copy = CopyButton("", label[:1].lower() + label[1:])
        self.row = hbox(self.value, self.copy, STRETCH, spacing=Space.XS)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.addWidget(self._label, 0, 0)
        grid.addLayout(self.row, 1, 0)
        # Only now: shown before it has a parent, it would be a window of its own for a moment.
        self.copy.setVisible(copyable)

    def show_value(self, shown: str, whole: str = "") -> None:
        """Show one form of a value and copy another."""
        self.value.setText(shown)
        self.copy.set_text(whole or shown)
        self._describe()

    def set_label(self, label: str) -> None:
        """Say what the value is in other words."""
        self._label.setText(label)
        self._describe()

    def _describe(self) -> None:
        self.setAccessibleName(f"{self._label.text()}: {self.value.text()}")
