"""Figures and sentences beside a chart or a table, which scroll rather than take room from it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from pump_desktop.qt.look.theme import Space
from pump_desktop.ui.kit.layout import STRETCH, vbox
from pump_desktop.ui.kit.text import SectionTitle

WIDTH = 248
WIDE = 268
_SCROLL_BAR = 12


class FiguresColumn(QWidget):
    """A column of titled parts, from the top down."""

    def __init__(self, width: int, parent: QWidget | None = None, *, top: int = 0) -> None:
        super().__init__(parent)
        self.setProperty("ground", "page")
        self.setFixedWidth(width)
        self._column = vbox(STRETCH, into=self, margins=(Space.L, top, Space.S, 0), spacing=Space.S)

    def add_part(self, title: str, *parts: QWidget) -> None:
        """Put a title and what belongs to it below the other parts."""
        if self._column.count() > 1:
            self._column.insertSpacing(self._column.count() - 1, Space.M)
        for widget in (SectionTitle(title, wrap=True), *parts):
            self._column.insertWidget(self._column.count() - 1, widget)


def scrolling(column: QWidget, name: str) -> QScrollArea:
    """Give the area in which a column of fixed width scrolls in a low window."""
    area = QScrollArea()
    area.setWidget(column)
    area.setWidgetResizable(True)
    area.setFixedWidth(column.width() + _SCROLL_BAR)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setAccessibleName(name)
    return area
