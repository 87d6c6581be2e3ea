"""A small table of figures, beside a chart or in a card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Space
from pump_desktop.ui.kit.text import ElidedLabel, Label

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Figures:
    """One line of a figure table: its label and its cells."""

    label: str
    cells: tuple[str, ...]


class FigureGrid(QWidget):
    """A small table of labels: words left, figures right under their headings."""

    def __init__(self, headings: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.L)
        self._grid.setVerticalSpacing(Space.S)
        self._grid.setColumnStretch(0, 1)
        self._cells: list[list[Label]] = []
        for column, heading in enumerate(headings):
            label = ElidedLabel(heading, size=Type.HINT, ink="muted")
            self._grid.addWidget(label, 0, column, _RIGHT if column else Qt.AlignmentFlag.AlignLeft)

    def set_lines(self, lines: Sequence[Figures]) -> None:
        """Show these lines; labels are made or dropped only when their number changes."""
        while len(self._cells) > len(lines):
            for label in self._cells.pop():
                self._grid.removeWidget(label)
                label.deleteLater()
        while len(self._cells) < len(lines):
            row = len(self._cells) + 1
            width = 1 + len(lines[row - 1].cells)
            # Words give way to figures, with their tool tip.
            labels: list[Label] = [ElidedLabel("", ink="secondary")]
            labels += [Label("", figures=True) for _column in range(1, width)]
            for column, label in enumerate(labels):
                self._grid.addWidget(label, row, column, _RIGHT if column else Qt.AlignmentFlag.AlignLeft)
            self._cells.append(labels)
        for labels, line in zip(self._cells, lines, strict=True):
            for label, text in zip(labels, (line.label, *line.cells), strict=True):
                label.setText(text)
