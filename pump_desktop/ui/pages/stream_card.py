"""The card of one pinned multiplier, painted by hand: six of them change four times a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QCursor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from pump_desktop.domain.targets_and_pins import Pin
from pump_desktop.qt.look.fonts import Type, ui_font
from pump_desktop.qt.look.icons import paint_icon
from pump_desktop.qt.look.theme import Radius, Size, Space, Token, current_theme
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.qt.text.numbers import grouped, multiplier_text, odds_text
from pump_desktop.ui.pages.stream_paint import LEFT, RIGHT, paint_words
from pump_desktop.ui.pages.stream_words import (
    MATCH_WORDS,
    card_sentence,
    chance_text,
    count_words,
    last_words,
    pin_text,
    streak_text,
    streak_words,
)
from pump_desktop.ui.widgets.style import paint_box

if TYPE_CHECKING:
    from pump_desktop.stats.stream_board import Card

WIDTH = 292
HEIGHT, COMPACT = 164, 92
_TITLE, _LINE = 20, 17
_GAPS_IN_ROW = 5
_CROSS = 12


class PinCard(QAbstractButton):
    """One pin; a click puts it into the strip, Delete or its cross asks for its removal."""

    unpin_asked = Signal(object)

    def __init__(self, pin: Pin, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pin = pin
        self._card: Card | None = None
        self._compact = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setMouseTracking(True)
        # Lines painted at fixed places: mirrored words would run into each other.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setText(pin_text(pin))
        self.setAccessibleName(pin_text(pin))
        self.set_compact(compact=False)

    def set_compact(self, *, compact: bool) -> None:
        """Show four lines, or all of them."""
        self._compact = compact
        self.setFixedSize(WIDTH, COMPACT if compact else HEIGHT)
        self.update()

    def show_card(self, card: Card | None) -> None:
        """Show other figures; the same ones cost nothing."""
        if card == self._card:
            return
        self._card = card
        sentence = "" if card is None else card_sentence(card)
        self.setAccessibleDescription(sentence)
        self.setToolTip(plain_tip(sentence))
        self.update()

    def sizeHint(self) -> QSize:
        """Give the one size."""
        return QSize(WIDTH, COMPACT if self._compact else HEIGHT)

    def cross_rect(self) -> QRect:
        """Give where the cross takes a click."""
        return QRect(self.width() - Size.HIT - 2, 2, Size.HIT, Size.HIT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask for removal on the cross, choose elsewhere."""
        if self.cross_rect().contains(event.position().toPoint()):
            event.accept()
            self.unpin_asked.emit(self.pin)
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Repaint so that the cross lights under the pointer."""
        self.update(self.cross_rect())
        super().mouseMoveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ask for removal on Delete."""
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.unpin_asked.emit(self.pin)
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, ring, cross and lines."""
        theme, painter = current_theme(), QPainter(self)
        on, hover = self.isChecked(), self.underMouse()
        edge = theme.color("accent" if on else "line.strong" if hover else "line")
        paint_box(painter, self.rect(), Radius.CARD, fill=theme.color("surface.card"), border=edge)
        if self.hasFocus():
            paint_box(painter, self.rect(), Radius.CARD, border=theme.color("focus"), width=2)
        if hover or self.hasFocus():
            area = self.cross_rect()
            lit = area.contains(self.mapFromGlobal(QCursor.pos()))
            cross = QRect(0, 0, _CROSS, _CROSS)
            cross.moveCenter(area.center())
            paint_icon(painter, cross, "close", theme.color("bad" if lit else "text.muted"))
        lines = _Lines(painter, self.rect().adjusted(Space.M, Space.S, -Space.M, -Space.S))
        lines.title(self.pin, self._card, room=Size.HIT - Space.S if hover or self.hasFocus() else 0)
        if self._card is not None:
            lines.streak(self._card)
            if not self._compact:
                lines.gaps(self._card)
                lines.outlook(self._card)


class _Lines:
    """Paints the lines of a card from top to bottom."""

    def __init__(self, painter: QPainter, rect: QRect) -> None:
        self._painter = painter
        self._rect = rect
        self._top = rect.top()
        self._small = ui_font(Type.HINT, figures=True)
        self._theme = current_theme()

    def title(self, pin: Pin, card: Card | None, room: int) -> None:
        """Paint multiplier, match and odds; ``room`` is the cross's."""
        strong = ui_font(Type.SECTION, QFont.Weight.DemiBold, figures=True)
        multiplier = multiplier_text(pin.multiplier)
        line = self._next(_TITLE).adjusted(0, 0, -room, 0)
        self._text(line, multiplier, strong, "text.primary")
        beside = QFontMetrics(strong).horizontalAdvance(multiplier) + 6
        self._text(line.adjusted(beside, 1, 0, 1), MATCH_WORDS[pin.match], self._small, "text.secondary")
        if card is not None and card.probability is not None:
            odds = odds_text(card.probability)
            self._text(line.adjusted(0, 1, 0, 1), odds, self._small, "text.muted", RIGHT)

    def streak(self, card: Card) -> None:
        """Paint hits, streak and its chance."""
        self._pair(count_words(card), last_words(card), "text.secondary")
        self._text(self._next(_LINE + 2), streak_text(card), ui_font(figures=True), "text.primary")
        told = card.streak_probability is not None
        self._text(self._next(_LINE), streak_words(card), self._small, "text.secondary" if told else "warn")

    def gaps(self, card: Card) -> None:
        """Paint the last ten gaps in two rows, the latest at the end."""
        self._top += 3
        first, second = self._next(_LINE), self._next(_LINE)
        label = 40
        self._text(first, "Gaps", self._small, "text.muted")
        if not card.gaps:
            words = "two hits make the first one"
            self._text(first.adjusted(label, 0, 0, 0), words, self._small, "text.muted")
            return
        width = (self._rect.width() - label) // _GAPS_IN_ROW
        # With ten the first five stand above; with fewer the rows are filled from the first.
        for place, gap in enumerate(card.gaps):
            line = first if place < _GAPS_IN_ROW else second
            left = line.left() + label + place % _GAPS_IN_ROW * width
            ink: Token = "text.primary" if place == len(card.gaps) - 1 else "text.secondary"
            self._text(QRect(left, line.top(), width, _LINE), grouped(gap), self._small, ink, RIGHT)

    def outlook(self, card: Card) -> None:
        """Paint waiting-time quantiles and chances."""
        if card.waiting is None or card.chances is None:
            return
        self._top += 3
        self._pair("50, 90, 99 % within", " · ".join(map(grouped, card.waiting)))
        self._pair("Next 100, 1K, 10K", " · ".join(map(chance_text, card.chances)))

    def _pair(self, words: str, figures: str, ink: Token = "text.muted") -> None:
        line = self._next(_LINE)
        self._text(line, words, self._small, ink)
        room = QFontMetrics(self._small).horizontalAdvance(words) + Space.S
        self._text(line.adjusted(room, 0, 0, 0), figures, self._small, "text.secondary", RIGHT)

    def _next(self, height: int) -> QRect:
        line = QRect(self._rect.left(), self._top, self._rect.width(), height)
        self._top += height
        return line

    def _text(self, rect: QRect, text: str, font: QFont, ink: Token, flags: int = LEFT) -> None:
        paint_words(self._painter, rect, text, font, self._theme.color(ink), flags)
