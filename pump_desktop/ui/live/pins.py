"""The pinned multipliers of a stream in a row, with a button that pins more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QCursor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.runs import Match
from pump_desktop.domain.targets_and_pins import MAX_PINS, Pin, PinWish
from pump_desktop.qt.live.sources import StreamPins
from pump_desktop.qt.look.fonts import Type, ui_font
from pump_desktop.qt.look.icons import icon, paint_icon
from pump_desktop.qt.look.theme import Radius, Size, Space, Token, current_theme
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.qt.text.numbers import grouped, multiplier_text, odds_text
from pump_desktop.ui.kit.buttons import IconButton
from pump_desktop.ui.kit.choices import MatchChoice
from pump_desktop.ui.kit.dialogs import PlainDialog
from pump_desktop.ui.kit.field import FieldBox
from pump_desktop.ui.kit.layout import hbox
from pump_desktop.ui.kit.style import paint_box
from pump_desktop.ui.live.figures import LEFT, RIGHT, paint_words
from pump_desktop.ui.live.words import (
    MATCH_WORDS,
    card_sentence,
    chance_text,
    count_words,
    last_words,
    pin_text,
    streak_text,
    streak_words,
)

if TYPE_CHECKING:
    from pump_desktop.services.live.board import Board
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


class PinDialog(PlainDialog):
    """``pinned`` carries the pin that was chosen."""

    pinned = Signal(object)

    def __init__(self, difficulty: Difficulty, parent: QWidget) -> None:
        super().__init__("Pin a multiplier", 360, parent)
        self._difficulty = difficulty
        self._entries = QComboBox()
        # The highest first: those are what people wait for.
        for multiplier in reversed(PAYOUTS[difficulty]):
            self._entries.addItem(multiplier_text(multiplier), multiplier)
        self._match = MatchChoice(Match.EXACT)
        self._box = FieldBox(f"Multiplier of {difficulty.label}", self._entries)
        self.column.addWidget(self._box)
        self.column.addWidget(self._match)
        self.add_buttons("Pin")
        self._entries.currentIndexChanged.connect(self._show_odds)
        self._match.changed.connect(self._show_odds)
        self._show_odds()

    @property
    def pin(self) -> Pin:
        """What is chosen."""
        return Pin(float(self._entries.currentData()), self._match.match)

    def accept(self) -> None:
        """Tell what was chosen and close."""
        self.pinned.emit(self.pin)
        super().accept()

    @Slot()
    def _show_odds(self, *_what: object) -> None:
        self._box.set_hint(f"{odds_text(self.pin.probability(self._difficulty))} rounds")


# Room for the scroll bar below the cards.
_BAR = 12


class CardRow(QScrollArea):
    """Cards in a row; ``wished`` carries the PinWish of a person who changed them, ``said`` what was kept."""

    wished = Signal(object)
    said = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Pinned multipliers")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._pins = StreamPins()
        self._stream: UUID | None = None
        self._cards: list[PinCard] = []
        self._difficulty: Difficulty | None = None
        self._compact = False
        self._add = IconButton("pin", "Pin a multiplier …")
        self._add.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)
        inside = QWidget()
        inside.setProperty("ground", "page")
        self._row = hbox(into=inside, spacing=Space.S)
        # Without it a row that came before it was shown would squeeze its cards into what is seen.
        self._row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetMinimumSize)
        self._row.addWidget(self._add, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addStretch(1)
        self.setWidget(inside)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._menu.triggered.connect(self._chosen)
        self._add.setMenu(self._menu)
        self._fit()

    @property
    def pins(self) -> tuple[Pin, ...]:
        """The pins that are shown."""
        return tuple(card.pin for card in self._cards)

    def open(self, stream_id: UUID) -> PinWish:
        """Show no figures until those of a stream come, and give what is to be shown of it."""
        self._stream = stream_id
        for card in self._cards:
            card.show_card(None)
        return self._pins.wish(stream_id)

    def set_compact(self, *, compact: bool) -> None:
        """Show four lines of each card, or all."""
        if compact != self._compact:
            self._compact = compact
            for card in self._cards:
                card.set_compact(compact=compact)
            self._fit()

    def show_board(self, board: Board) -> None:
        """Show the cards of a board."""
        self._difficulty = board.difficulty
        if self.pins != board.pins:
            self._make(board.pins)
        for card, figures in zip(self._cards, board.cards, strict=True):
            card.show_card(figures)
            card.setChecked(card.pin == board.subject)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk along the cards with the arrows, and keep the one with the keyboard in view."""
        if not isinstance(watched, PinCard) or watched not in self._cards:
            return False
        if event.type() is QEvent.Type.FocusIn:
            self.ensureWidgetVisible(watched, Space.L, 0)
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        here, last = self._cards.index(watched), len(self._cards) - 1
        moves = {
            Qt.Key.Key_Left: max(0, here - 1),
            Qt.Key.Key_Right: min(last, here + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        there = moves.get(Qt.Key(event.key()))
        if there is not None:
            self._cards[there].setFocus(Qt.FocusReason.TabFocusReason)
        return there is not None

    def _make(self, pins: Sequence[Pin]) -> None:
        keep = {card.pin: card for card in self._cards}
        had_focus = next((place for place, card in enumerate(self._cards) if card.hasFocus()), None)
        self._cards = [keep.pop(pin) if pin in keep else self._new(pin) for pin in pins]
        for card in keep.values():
            self._row.removeWidget(card)
            card.hide()
            card.deleteLater()
        for place, card in enumerate(self._cards):
            self._row.insertWidget(place, card, 0, Qt.AlignmentFlag.AlignTop)
            card.show()
        if had_focus is not None:
            # The next card takes the keyboard of one that went.
            heirs = [*self._cards[had_focus : had_focus + 1], *self._cards[-1:], self._add]
            heirs[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _new(self, pin: Pin) -> PinCard:
        card = PinCard(pin, self.widget())
        card.set_compact(compact=self._compact)
        card.clicked.connect(self._card_clicked)
        card.unpin_asked.connect(self._unpin)
        card.installEventFilter(self)
        return card

    def _fit(self) -> None:
        self.setFixedHeight((COMPACT if self._compact else HEIGHT) + _BAR)
        self._add.setFixedSize(Size.CONTROL, COMPACT if self._compact else HEIGHT)

    @Slot()
    def _card_clicked(self) -> None:
        card = self.sender()
        if isinstance(card, PinCard):
            # A second click does not uncheck: some card is always in the strip.
            card.setChecked(True)
            self._choose(card.pin)

    @Slot(object)
    def _unpin(self, pin: Pin) -> None:
        self._set_pins(tuple(other for other in self.pins if other != pin))

    @Slot()
    def _fill_menu(self) -> None:
        self._menu.clear()
        difficulty = self._difficulty
        pin = self._menu.addAction(icon("pin"), "Pin a multiplier …")
        pin.setData("pin")
        pin.setEnabled(difficulty is not None and len(self._cards) < MAX_PINS)
        if difficulty is not None:
            self._menu.addAction(f"Begin every {difficulty.label} stream with these").setData("keep")
            self._menu.addAction(f"Back to the usual ones of {difficulty.label}").setData("usual")

    @Slot(QAction)
    def _chosen(self, action: QAction) -> None:
        if action.data() == "pin" and self._difficulty is not None:
            dialog = PinDialog(self._difficulty, self.window())
            dialog.pinned.connect(self._pin)
            dialog.move(self._add.mapToGlobal(QPoint(0, self._add.height())))
            dialog.open()
        elif action.data() == "keep" and self._difficulty is not None:
            self._pins.keep(self._difficulty, self.pins)
            self.said.emit(f"{self._difficulty.label} streams begin with these until the program ends.")
        else:
            self._set_pins(None)

    @Slot(object)
    def _pin(self, pin: Pin) -> None:
        if self._stream is not None and pin not in self.pins:
            pins = sorted((*self.pins, pin), key=lambda one: (one.multiplier, one.match))
            self._pins.set_pins(self._stream, tuple(pins))
        self._choose(pin)

    def _set_pins(self, pins: tuple[Pin, ...] | None) -> None:
        if self._stream is not None:
            self._pins.set_pins(self._stream, pins)
            self.wished.emit(self._pins.wish(self._stream))

    def _choose(self, pin: Pin) -> None:
        if self._stream is not None:
            self._pins.set_subject(self._stream, pin)
            self.wished.emit(self._pins.wish(self._stream))
