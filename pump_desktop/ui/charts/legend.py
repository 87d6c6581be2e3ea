"""A chart's legend as a row of marks and words, outside the plot where it hides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pump_desktop.qt.fonts import Type
from pump_desktop.qt.theme import Space, Token, current_theme
from pump_desktop.ui.widgets.text import Label

Mark = Literal["bar", "outline", "whisker", "line"]


class _Swatch(QWidget):
    """One mark, 16 by 14, drawn as the chart draws it."""

    def __init__(self, mark: Mark, token: Token, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark = mark
        self._token = token
        self.setFixedSize(16, 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the mark in its token's colour."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = current_theme().color(self._token)
        painter.setPen(QPen(colour, 1.5))
        match self._mark:
            case "bar":
                painter.fillRect(QRectF(3, 2, 10, 11), colour)
            case "outline":
                points = [QPointF(2, 13), QPointF(2, 3), QPointF(14, 3), QPointF(14, 13)]
                painter.drawPolyline(points)
            case "whisker":
                for start, end in (((8, 2), (8, 12)), ((5, 2), (11, 2)), ((5, 12), (11, 12))):
                    painter.drawLine(QPointF(*start), QPointF(*end))
            case "line":
                painter.drawLine(QPointF(1, 7), QPointF(15, 7))


class Legend(QWidget):
    """Marks with their words, side by side."""

    def __init__(self, entries: Sequence[tuple[Mark, Token, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.XS)
        for mark, token, words in entries:
            row.addWidget(_Swatch(mark, token))
            row.addWidget(Label(words, size=Type.HINT, ink="secondary"))
            row.addSpacing(Space.M)
