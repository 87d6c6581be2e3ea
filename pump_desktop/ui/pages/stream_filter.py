"""What is above the bets of a stream: filter, order, jump, how many fit, and what waits."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from pump_desktop.domain.requests import MAX_NONCE
from pump_desktop.qt.live.bets_feed import Shown
from pump_desktop.qt.look.fonts import tabular, ui_font
from pump_desktop.qt.look.theme import Size, Space
from pump_desktop.qt.text.numbers import counted, grouped, without_groups
from pump_desktop.ui.widgets.buttons import Button, IconButton
from pump_desktop.ui.widgets.choices import DifficultyFilter
from pump_desktop.ui.widgets.edits import NumberEdit
from pump_desktop.ui.widgets.style import announce, set_style_property
from pump_desktop.ui.widgets.text import Label


class _Least(QLineEdit):
    """A multiplier from which bets are shown; Escape empties it, and leaves it when it is empty."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.text():
                self.clear()
            else:
                self.left.emit()
            return
        super().keyPressEvent(event)


class BetsFilter(QWidget):
    """``changed`` carries a Shown, ``nonce_asked`` where to go, ``newest_asked`` goes to the newest bet.

    ``left`` says that the keyboard shall go to the table; ``refused`` carries what is wrong.
    """

    changed = Signal(object)
    nonce_asked = Signal(object)
    newest_asked = Signal()
    left = Signal()
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = Shown()
        self._refused = ""
        self._quiet = False
        self._least = _Least()
        self._least.setFont(tabular(ui_font()))
        self._least.setPlaceholderText("From multiplier")
        self._least.setAccessibleName("Show bets from this multiplier on")
        self._least.setToolTip("Show bets from this multiplier on ( / )")
        self._least.setFixedWidth(124)
        self._least.setClearButtonEnabled(True)
        self._difficulty = DifficultyFilter("Any difficulty")
        self._difficulty.hide()
        self._order = IconButton("sort-descending", "Newest first. Show the oldest first")
        self._nonce = NumberEdit(None, "Go to nonce")
        self._nonce.setPlaceholderText("Go to nonce")
        self._nonce.setToolTip("Go to a nonce ( G )")
        self._nonce.setFixedWidth(112)
        self._count = Label("", ink="secondary", figures=True)
        self._state = Label("", ink="muted")
        self._new = Button("", "primary", "up")
        self._new.hide()
        self._lay_out()
        self._least.editingFinished.connect(self._filter)
        self._least.textChanged.connect(self._least_edited)
        self._least.left.connect(self.left)
        self._difficulty.currentIndexChanged.connect(self._filter)
        self._order.clicked.connect(self._turn)
        self._nonce.returnPressed.connect(self._jump)
        self._nonce.textChanged.connect(self._nonce_edited)
        self._new.clicked.connect(self.newest_asked)

    @property
    def new_button(self) -> Button:
        """The button that goes to the newest bet."""
        return self._new

    def focus_filter(self) -> None:
        """Put the keyboard on the filter."""
        self._least.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._least.selectAll()

    def focus_nonce(self) -> None:
        """Put the keyboard on the nonce."""
        self._nonce.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._nonce.selectAll()

    def show_shown(self, shown: Shown) -> None:
        """Show a filter and order without a signal."""
        # What the editors tell meanwhile is what is shown already.
        self._shown, self._quiet = shown, True
        self._least.setText("" if shown.least is None else f"{shown.least:.15g}")
        self._difficulty.show_difficulty(shown.difficulty)
        self._quiet = False
        self._show_order()

    def show_difficulties(self, *, mixed: bool) -> None:
        """Offer the difficulty where there are several."""
        self._difficulty.setVisible(mixed or self._shown.difficulty is not None)

    def show_count(self, fitting: int, total: int) -> None:
        """Say how many bets fit."""
        of = (
            f"{grouped(fitting)} of {counted(total, 'bet')}"
            if self._shown.filtered
            else counted(total, "bet")
        )
        if of != self._count.text():
            self._count.setText(of)

    def show_state(self, words: str, new: int | None, *, more: bool = False) -> None:
        """Say whether the table follows; ``new`` is None while it does, else what came in meanwhile."""
        self._state.setText(words)
        self._state.setVisible(bool(words))
        self._new.setVisible(new is not None)
        if new is not None:
            plus = "+" if more else ""
            self._new.setText(f"{grouped(new)}{plus} new" if new else "Newest")
            self._new.setAccessibleName(f"{counted(new, 'bet')} new. Go to the newest")

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, 0, Space.M, 0)
        row.setSpacing(Space.S)
        for part in (self._least, self._difficulty, self._nonce, self._order, self._count):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self._state)
        row.addWidget(self._new)
        # The button comes and goes; the table must not move with it.
        self.setFixedHeight(Size.CONTROL)

    def _show_order(self) -> None:
        if self._shown.newest_first:
            self._order.set_meaning("sort-descending", "Newest first. Show the oldest first")
        else:
            self._order.set_meaning("sort-ascending", "Oldest first. Show the newest first")

    def _take(self, shown: Shown) -> None:
        if shown != self._shown:
            self._shown = shown
            self._show_order()
            self.changed.emit(shown)

    @Slot()
    def _filter(self, *_what: object) -> None:
        if self._quiet:
            return
        least = self._read_least()
        if least is not None:
            self._take(Shown(least or None, self._difficulty.difficulty, self._shown.newest_first))

    def _read_least(self) -> float | None:
        """Give the multiplier, 0 for none, and None when it is not one."""
        text = without_groups(self._least.text())
        try:
            value = float(text) if text else 0.0
        except ValueError:
            value = -1.0
        good = 0 <= value < 1e15
        set_style_property(self._least, "invalid", not good)
        if not good and text != self._refused:
            self._refused = text
            sentence = "The multiplier to show bets from must be a number, such as 34.68."
            announce(self._least, sentence)
            self.refused.emit(sentence)
        return value if good else None

    @Slot()
    def _turn(self) -> None:
        shown = self._shown
        self._take(Shown(shown.least, shown.difficulty, not shown.newest_first))

    @Slot()
    def _jump(self) -> None:
        text = self._nonce.plain
        good = text.isascii() and text.isdigit() and len(text) <= 16 and 1 <= int(text) <= MAX_NONCE
        set_style_property(self._nonce, "invalid", not good)
        if good:
            self.nonce_asked.emit(int(text))
        else:
            self.refused.emit(f"The nonce to go to must be a whole number from 1 to {grouped(MAX_NONCE)}.")

    @Slot()
    def _least_edited(self) -> None:
        set_style_property(self._least, "invalid", False)
        self._refused = ""
        if not self._least.text():
            # The cross of the field empties it without Return.
            self._filter()

    @Slot()
    def _nonce_edited(self) -> None:
        set_style_property(self._nonce, "invalid", False)
