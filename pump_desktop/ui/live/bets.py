"""The bets of a stream under a filter, as they land, and what is said of those that wait."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from pump_desktop.domain.live import StreamRow
from pump_desktop.domain.requests import MAX_NONCE
from pump_desktop.qt.live.bets_feed import MOST_WAITING, LiveFeed, Shown
from pump_desktop.qt.look.fonts import tabular, ui_font
from pump_desktop.qt.look.theme import Size, Space
from pump_desktop.qt.tables.bets import BetsModel
from pump_desktop.qt.text.numbers import counted, grouped, without_groups
from pump_desktop.ui.kit.buttons import Button, IconButton
from pump_desktop.ui.kit.choices import DifficultyFilter
from pump_desktop.ui.kit.edits import NumberEdit
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.layout import STRETCH, hbox, pages, stretch, vbox
from pump_desktop.ui.kit.style import announce, set_style_property
from pump_desktop.ui.kit.text import Label
from pump_desktop.ui.live.bets_table import BetsTable


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
        hbox(
            self._least,
            self._difficulty,
            self._nonce,
            self._order,
            self._count,
            STRETCH,
            self._state,
            self._new,
            into=self,
            margins=(Space.M, 0, Space.M, 0),
            spacing=Space.S,
        )
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


class StreamBets(QFrame):
    """``said`` carries what was copied, ``refused`` why something was not, ``resume_asked`` ends a pause."""

    said = Signal(str)
    refused = Signal(str)
    resume_asked = Signal()

    def __init__(self, feed: LiveFeed, model: BetsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "card")
        self._feed = feed
        self._model = model
        self._row: StreamRow | None = None
        self._total = 0
        self._missed = self._waiting = 0
        self._asked_nonce: int | None = None
        self._held, self._frozen = "", False
        self.filter = BetsFilter()
        self.table = BetsTable(model)
        self._nothing = EmptyState("quiet", "No bets in this stream yet.")
        self._stack = pages(self.table, self._nothing)
        # One pixel at the sides keeps the rows inside the frame; the corners are round.
        vbox(self.filter, stretch(self._stack), into=self, margins=(1, Space.S, 1, Space.S), spacing=Space.S)
        self._connect()

    def _connect(self) -> None:
        model, feed = self._model, self._feed
        self.filter.changed.connect(self._filter_changed)
        self.filter.nonce_asked.connect(self.go_to_nonce)
        self.filter.newest_asked.connect(self.go_to_newest)
        self.filter.left.connect(self.focus_table)
        self.filter.refused.connect(self.refused)
        self.table.top_changed.connect(self._top_changed)
        self.table.copied.connect(self._copied)
        self.table.copy_refused.connect(self._copy_refused)
        self.table.copy_stopped.connect(self._copy_stopped)
        self.table.top_changed.connect(feed.set_skipping)
        model.modelReset.connect(self._show_all)
        model.rowsInserted.connect(self._show_all)
        feed.grew.connect(self._count_new)
        feed.waiting.connect(self._show_waiting)
        feed.counted.connect(self._show_all)
        feed.found.connect(self._found)

    def show_stream(self, row: StreamRow) -> None:
        """Show what there is to say of a stream; its bets come through the model."""
        if self._row is None or self._row.id != row.id:
            self._missed = self._waiting = 0
            self._total = 0
            self.filter.show_shown(self._feed.shown)
        self._row = row
        self._show_all()

    def show_held(self, words: str, *, frozen: bool) -> None:
        """Say that the table is paused or frozen, or with empty words that it is not."""
        self._held, self._frozen = words, frozen
        if not words:
            self._waiting = 0
        self._show_all()

    @Slot()
    def focus_table(self) -> None:
        """Put the keyboard on the rows."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def go_to_nonce(self, nonce: int) -> None:
        """Show the bets around a nonce."""
        self._asked_nonce = nonce
        bet_id = self._model.bet_of(nonce)
        if bet_id is not None and self.table.go_to(bet_id):
            self.focus_table()
        else:
            self._feed.show(self._feed.shown, nonce=nonce)

    @Slot(object)
    def go_to_bet(self, bet_id: int) -> None:
        """Show a bet; one that is not loaded is shown without the filter, which may leave it out."""
        self._asked_nonce = None
        if self.table.go_to(bet_id):
            self.focus_table()
        else:
            self._feed.show(Shown(newest_first=self._feed.shown.newest_first), bet_id=bet_id)
            self.filter.show_shown(self._feed.shown)

    @Slot()
    def go_to_newest(self) -> None:
        """Go on with what was held, and to the newest bet."""
        if self._held:
            self.resume_asked.emit()
        if self._model.ahead:
            self._feed.show(Shown(self._feed.shown.least, self._feed.shown.difficulty))
            self.filter.show_shown(self._feed.shown)
        else:
            self.table.follow()

    @Slot(object)
    def _filter_changed(self, shown: Shown) -> None:
        self._missed = 0
        self._feed.show(shown)

    @Slot(object)
    def _found(self, found: tuple[int, int]) -> None:
        bet_id, nonce = found
        self.table.go_to(bet_id)
        self.focus_table()
        self._show_state()
        asked, self._asked_nonce = self._asked_nonce, None
        if asked is not None and asked != nonce:
            self.said.emit(f"Nonce {grouped(asked)} has no bet here; {grouped(nonce)} is the nearest.")

    @Slot(int)
    def _count_new(self, bets: int) -> None:
        if not self.table.at_top:
            self._missed += bets
        self._show_state()

    @Slot(int)
    def _show_waiting(self, bets: int) -> None:
        self._waiting = bets
        self._show_state()

    @Slot()
    def _show_all(self, *_what: object) -> None:
        loaded = self._model.rowCount()
        if not loaded:
            self._nothing.set_sentence(self._why_empty())
        self._stack.setCurrentWidget(self.table if loaded else self._nothing)
        if self._frozen:
            return
        total = 0 if self._row is None else self._row.total_bets
        # The list's count comes a moment after the bets.
        fitting = max(self._feed.total, loaded)
        self.filter.show_count(fitting, max(total, fitting))
        self._show_state()

    def _why_empty(self) -> str:
        if self._feed.shown.filtered:
            return "No bet of this stream passes the filter."
        if self._row is not None and self._row.total_rounds:
            return "No bets in this stream yet, only rounds without one."
        return "No bets in this stream yet."

    def _show_state(self) -> None:
        at_top = self.table.at_top
        if at_top:
            self._missed = 0
        new = self._waiting if self._held else None if at_top else self._missed
        words = self._held
        if not words and at_top and self._model.rowCount():
            words = "Following"
        self.filter.show_state(words, new, more=self._waiting >= MOST_WAITING)

    @Slot(bool)
    def _top_changed(self, _at_top: bool) -> None:
        if self.filter.new_button.hasFocus():
            # The button is about to go; the keyboard stays in the table.
            self.focus_table()
        self._show_state()

    @Slot(int)
    def _copied(self, rows: int) -> None:
        self.said.emit(f"{counted(rows, 'row')} copied")

    @Slot(int)
    def _copy_refused(self, cells: int) -> None:
        self.refused.emit(f"{grouped(cells)} cells are too many for the clipboard. Select fewer rows.")

    @Slot()
    def _copy_stopped(self) -> None:
        self.refused.emit("Bets came in while the rows were copied. Pause the table (P) and copy again.")
