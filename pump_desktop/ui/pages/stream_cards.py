"""The pinned multipliers of a stream in a row, with a button that pins more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QScrollArea, QWidget

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.targets_and_pins import MAX_PINS, Pin, PinWish
from pump_desktop.qt.live.sources import StreamPins
from pump_desktop.qt.look.icons import icon
from pump_desktop.qt.look.theme import Size, Space
from pump_desktop.ui.pages.stream_card import COMPACT, HEIGHT, PinCard
from pump_desktop.ui.pages.stream_pin_dialog import PinDialog
from pump_desktop.ui.widgets.buttons import IconButton

if TYPE_CHECKING:
    from pump_desktop.services.live.board import Board

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
        self._row = QHBoxLayout(inside)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(Space.S)
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
