"""The 32 words of a bet's four digests, eight to a line: as bytes, as a number, as a float."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pump_desktop.domain.game import POSITIONS
from pump_desktop.qt.look.fonts import Type, mono_font, ui_font
from pump_desktop.qt.look.theme import Radius, Token, current_theme
from pump_desktop.ui.widgets.style import paint_box

_BLOCKS, _PER_BLOCK = 4, 8
# Pixels: one line of text, the air in a cell, the gap between cells, the column that numbers the digests.
_LINE, _AIR, _GAP, _SIDE = 16, 6, 4, 24
_CELL_HEIGHT = 3 * _LINE + 2 * _AIR
# Ten figures of a word, or eight decimals of a float.
_LEAST_CELL = 80


class WordsGrid(QWidget):
    """Words that decide the chosen difficulty are tinted; the last seven are not used."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[int, ...] = ()
        self._deciding = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_BLOCKS * (_CELL_HEIGHT + _GAP) - _GAP)
        self.setMinimumWidth(_SIDE + _PER_BLOCK * (_LEAST_CELL + _GAP) - _GAP)
        self.setAccessibleName("Words and floats")

    def show_words(self, words: Sequence[int], deciding: int) -> None:
        """Show the words of all digests; the first ``deciding`` are those that pop."""
        self._words = tuple(words)
        self._deciding = deciding
        listed = ", ".join(f"{word} is {word / 2**32:.10f}" for word in words[:POSITIONS])
        self.setAccessibleDescription(f"{POSITIONS} words and their floats: {listed}.")
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for cells with air at their sides."""
        return QSize(_SIDE + _PER_BLOCK * 112, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the cells."""
        painter = QPainter(self)
        width = (self.width() - _SIDE + _GAP) / _PER_BLOCK
        for number, word in enumerate(self._words):
            row, column = divmod(number, _PER_BLOCK)
            top = row * (_CELL_HEIGHT + _GAP)
            left = _SIDE + round(column * width)
            right = _SIDE + round((column + 1) * width) - _GAP
            self._paint_cell(painter, QRect(left, top, right - left, _CELL_HEIGHT), number, word)
            if column == 0:
                painter.setFont(ui_font(Type.HINT, figures=True))
                painter.setPen(current_theme().color("text.muted" if self.isEnabled() else "text.disabled"))
                side = QRect(0, top, _SIDE, _CELL_HEIGHT)
                painter.drawText(side, int(Qt.AlignmentFlag.AlignVCenter), str(row))

    def _paint_cell(self, painter: QPainter, cell: QRect, number: int, word: int) -> None:
        theme = current_theme()
        used, deciding = number < POSITIONS, number < self._deciding
        enabled = self.isEnabled()
        fill: Token = "accent.soft" if deciding and enabled else "surface.raised"
        paint_box(
            painter,
            cell,
            Radius.CONTROL,
            fill=theme.color(fill) if used else None,
            border=theme.color("line"),
        )
        inks: tuple[Token, Token, Token] = ("text.muted", "text.primary", "text.secondary")
        if deciding:
            inks = ("text.secondary", "text.primary", "text.primary")
        if not used:
            inks = ("text.muted", "text.muted", "text.muted")
        texts = (f"{word:08x}", str(word), f"{word / 2**32:.8f}" if used else "not used")
        figures = ui_font(Type.HINT, figures=True)
        for line, (text, ink) in enumerate(zip(texts, inks, strict=True)):
            painter.setFont(figures if line else mono_font(Type.HINT))
            painter.setPen(theme.color(ink if enabled else "text.disabled"))
            where = QRect(cell.left(), cell.top() + _AIR + line * _LINE, cell.width(), _LINE)
            painter.drawText(where, int(Qt.AlignmentFlag.AlignCenter), text)
