"""Rows of the live bets table, painted by hand: new bets repaint the screen ten times a second.

A screen of 23 rows takes 8 ms this way, 12 ms through a delegate and more than 20 ms as styled cells; no
other Python runs meanwhile, so what is saved here is the listener's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from pump_desktop.qt.look.icons import Meaning, paint_icon
from pump_desktop.qt.look.theme import Space, Theme, Token, row_height
from pump_desktop.qt.tables.bets import MARK_WORDS, BetColumn, BetMark, BetsModel

# As far from its edge as the header's words from theirs.
INSET = Space.M
_DOT = 9
# Dot, gap and 3,203,384.80x, the highest there is, with the inset at its right.
_LONGEST = 128
_ICON = 16
# No letter is wider: only what might not fit is measured.
_WIDEST = 12

_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_WORDS = frozenset({BetColumn.TIME, BetColumn.DIFFICULTY, BetColumn.VERDICT})
_SIGN: dict[BetMark, tuple[Meaning, Token]] = {
    BetMark.MATCH: ("good", "good"),
    BetMark.TWICE: ("warn", "warn"),
    BetMark.OFF_TABLE: ("warn", "warn"),
    BetMark.MISMATCH: ("error", "bad"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a shown column stands: its left edge and its width."""

    column: int
    left: int
    width: int


class RowPainter:
    """Paints rows of bets: words left, figures right, a dot for the tier, an icon for the verdict."""

    def __init__(self, painter: QPainter, theme: Theme, bets: BetsModel, places: Sequence[Place]) -> None:
        self._painter = painter
        self._theme = theme
        self._bets = bets
        self._places = places
        self._metrics = QFontMetrics(painter.font())
        self._high = row_height()
        self._inks = {True: theme.color("selection.text"), False: theme.color("text.primary")}
        self._selection = theme.color("selection")
        self._wrong = theme.color("bad.soft")
        self._told = theme.color("warn.soft")
        self._signs = {mark: (meaning, theme.color(token)) for mark, (meaning, token) in _SIGN.items()}

    def paint(self, row: int, top: int, width: int, *, chosen: bool) -> None:
        """Paint one row across the whole width."""
        painter, mark = self._painter, self._bets.mark_at(row)
        if chosen:
            painter.fillRect(0, top, width, self._high, self._selection)
        elif mark is BetMark.MISMATCH:
            painter.fillRect(0, top, width, self._high, self._wrong)
        elif self._bets.is_highlighted(row):
            painter.fillRect(0, top, width, self._high, self._told)
        painter.setPen(self._inks[chosen])
        verdict: Place | None = None
        for place, text in zip(
            self._places, self._bets.texts_at(row, [place.column for place in self._places]), strict=True
        ):
            if place.column == BetColumn.STAR:
                if text:
                    self._star(place, top, chosen=chosen)
                continue
            if place.column == BetColumn.VERDICT and mark is not BetMark.NONE:
                verdict = place
                continue
            self._words(text, place.left + INSET, top, place.width - 2 * INSET, place.column)
            if place.column == BetColumn.MULTIPLIER:
                self._tier(row, place, top)
        if verdict is not None:
            self._verdict(mark, verdict, top)

    def _words(self, text: str, left: int, top: int, width: int, column: int) -> None:
        if len(text) * _WIDEST > width:
            text = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        flags = _LEFT if column in _WORDS else _RIGHT
        self._painter.drawText(QRect(left, top, width, self._high), flags, text)

    def _star(self, place: Place, top: int, *, chosen: bool) -> None:
        left = place.left + (place.width - _ICON) / 2
        rect = QRectF(left, top + (self._high - _ICON) / 2, _ICON, _ICON)
        ink = self._inks[True] if chosen else self._theme.color("accent")
        paint_icon(self._painter, rect, "bookmark", ink)

    def _tier(self, row: int, place: Place, top: int) -> None:
        painter = self._painter
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.tier(self._bets.tier_at(row)))
        # In a wide column the dots stand where the longest figures end, not at the far edge.
        left = place.left + max(INSET, place.width - _LONGEST)
        painter.drawEllipse(QPointF(left + _DOT / 2, top + self._high / 2), _DOT / 2, _DOT / 2)
        painter.restore()

    def _verdict(self, mark: BetMark, place: Place, top: int) -> None:
        meaning, color = self._signs[mark]
        left = place.left + INSET
        paint_icon(self._painter, QRectF(left, top + (self._high - _ICON) / 2, _ICON, _ICON), meaning, color)
        self._painter.setPen(color)
        beside = _ICON + 6
        self._words(MARK_WORDS[mark], left + beside, top, place.width - INSET - beside, place.column)
