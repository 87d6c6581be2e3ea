"""A chart's legend as a row of marks and words, outside the plot where it hides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QMargins, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Size, Space, Token, current_theme
from pump_desktop.ui.kit.flow import FlowLayout
from pump_desktop.ui.kit.layout import hbox
from pump_desktop.ui.kit.text import Label

Mark = Literal["bar", "outline", "whisker", "line", "dashes", "band", "dot"]
# Mark, colour and words of one thing a chart draws.
Entry = tuple[Mark, Token, str]
Entries = Sequence[Entry]

MARK_WIDTH, MARK_HEIGHT = 16, 14
_LINE = 20


def paint_mark(painter: QPainter, mark: Mark, colour: QColor) -> None:
    """Paint one mark, 16 by 14, as the chart draws it."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    match mark:
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
        case "dashes":
            for left in (1, 7, 13):
                painter.drawLine(QPointF(left, 7), QPointF(left + 2.5, 7))
        case "band":
            soft = QColor(colour)
            soft.setAlphaF(0.25)
            painter.fillRect(QRectF(1, 2, 14, 10), soft)
        case "dot":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(8, 7), 3.5, 3.5)


class _Entry(QWidget):
    """One mark in its token's colour, and its words."""

    def __init__(self, mark: Mark, token: Token, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark: Mark = mark
        self._token: Token = token
        self.words = Label(words, size=Type.HINT, ink="secondary", figures=True)
        self.setFixedHeight(_LINE)
        hbox(self.words, into=self, margins=(MARK_WIDTH + Space.XS, 0, Space.S, 0))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the mark."""
        painter = QPainter(self)
        painter.translate(0, (self.height() - MARK_HEIGHT) // 2)
        paint_mark(painter, self._mark, current_theme().color(self._token))


class Legend(QWidget):
    """Marks with their words, side by side, in as many lines as they need."""

    def __init__(self, entries: Entries, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries: tuple[tuple[Mark, Token, str], ...] = ()
        self._parts: list[_Entry] = []
        self._flow = FlowLayout(self, gap=Space.XS)
        # One line stands level with the controls beside it.
        self._flow.setContentsMargins(QMargins(0, (Size.CONTROL - _LINE) // 2, 0, 0))
        self.set_entries(entries)

    def set_entries(self, entries: Entries) -> None:
        """Show other marks."""
        while self._flow.takeAt(0) is not None:
            pass
        for part in self._parts:
            part.hide()
            part.deleteLater()
        self.entries = tuple(entries)
        self._parts = [_Entry(*entry, parent=self) for entry in self.entries]
        for part in self._parts:
            self._flow.addWidget(part)
            part.setVisible(True)
        self._describe()

    def set_words(self, place: int, words: str) -> None:
        """Change what one mark means."""
        mark, token, _ = self.entries[place]
        self.entries = (*self.entries[:place], (mark, token, words), *self.entries[place + 1 :])
        self._parts[place].words.setText(words)
        self._describe()

    def _describe(self) -> None:
        self.setAccessibleName("Legend: " + ", ".join(words for _, _, words in self.entries))
