"""The bets of a stream under a filter, as they land, and what is said of those that wait."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from pump_desktop.domain.live import StreamRow
from pump_desktop.qt.live.bets_feed import MOST_WAITING, LiveFeed, Shown
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.tables.bets import BetsModel
from pump_desktop.qt.text.numbers import counted, grouped
from pump_desktop.ui.pages.live_bets import BetsTable
from pump_desktop.ui.pages.stream_filter import BetsFilter
from pump_desktop.ui.widgets.empty import EmptyState


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
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._nothing)
        column = QVBoxLayout(self)
        # One pixel at the sides keeps the rows inside the frame; the corners are round.
        column.setContentsMargins(1, Space.S, 1, Space.S)
        column.setSpacing(Space.S)
        column.addWidget(self.filter)
        column.addWidget(self._stack, 1)
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
