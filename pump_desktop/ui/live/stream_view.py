"""One stream: its head, tiles, pinned cards, course and bets, with a drawer of panels at the right."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QWidget

from pump_desktop.domain.live import BetsLanded, StreamChanged, StreamRow
from pump_desktop.domain.targets_and_pins import PinWish
from pump_desktop.qt.live.bets_feed import LiveFeed, Shown
from pump_desktop.qt.live.board_feed import BoardFeed
from pump_desktop.qt.live.event_bridge import EventBridge
from pump_desktop.qt.live.sources import BetRates
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.tables.bets import BetsModel
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.kit.keys_overlay import KeysOverlay
from pump_desktop.ui.kit.layout import stretch, vbox
from pump_desktop.ui.kit.stream_panel import StreamPanel
from pump_desktop.ui.kit.style import announce
from pump_desktop.ui.live.bets import StreamBets
from pump_desktop.ui.live.bets_table import BetsTable
from pump_desktop.ui.live.bookmarks import StreamMarks
from pump_desktop.ui.live.drawer import WIDTH, BoardPanel, StreamDrawer
from pump_desktop.ui.live.figures import StreamTiles
from pump_desktop.ui.live.header import StreamButtons, StreamStatus
from pump_desktop.ui.live.keys import LIVE_KEYS
from pump_desktop.ui.live.panels import PeaksPanel, ReturnPanel, RoundsPanel
from pump_desktop.ui.live.pins import CardRow
from pump_desktop.ui.live.timeline import StreamCourse

if TYPE_CHECKING:
    from pump_desktop.services.live.board import Board

# Beside a drawer in its own room the view keeps at least so much; otherwise the drawer lies over it.
_BESIDE = 700
# Below this height cards, strip and tape are lower and stand closer, so that the bets keep five rows.
_COMPACT_BELOW = 640


class StreamView(QWidget):
    """``said`` carries what went well, ``refused`` what did not, ``failed`` why nothing could be read.

    ``stream_asked`` carries the id of another stream, ``delete_asked`` and ``export_asked`` the StreamRow,
    ``read`` says that something could be read again, and ``gone`` that the stream was deleted.
    """

    said = Signal(str)
    refused = Signal(str)
    failed = Signal(str)
    read = Signal()
    gone = Signal()
    stream_asked = Signal(object)
    delete_asked = Signal(object)
    export_asked = Signal(object)

    def __init__(
        self,
        asker: Asker,
        bridge: EventBridge,
        now: Callable[[], datetime],
        *,
        timer: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._now = now
        self._timer = timer
        self._row: StreamRow | None = None
        self._chain: tuple[StreamRow, ...] = ()
        self._frozen = False
        self._drawer_open = False
        self._model = BetsModel(now, self)
        self._feed = LiveFeed(asker, self._model, self)
        self._boards = BoardFeed(asker, self)
        self._rates = BetRates()
        self._marks = StreamMarks(asker, self._model, self)
        self._status = StreamStatus()
        self._tiles = StreamTiles()
        self._cards = CardRow()
        self._course = StreamCourse()
        self._bets = StreamBets(self._feed, self._model)
        self._drawer = StreamDrawer(self)
        self._drawer.hide()
        self._buttons = StreamButtons()
        self._lay_out()
        self._connect(bridge)
        for panel in (PeaksPanel(asker), RoundsPanel(asker), ReturnPanel(asker)):
            self.add_panel(panel)
        self._feed.set_watching(False)
        self._boards.set_watching(False)

    @property
    def stream_id(self) -> UUID | None:
        """The stream that is open."""
        return self._feed.stream_id

    @property
    def table(self) -> BetsTable:
        """The table of bets."""
        return self._bets.table

    @property
    def bets(self) -> StreamBets:
        """The bets with their filter."""
        return self._bets

    @property
    def drawer(self) -> StreamDrawer:
        """The drawer."""
        return self._drawer

    @property
    def board(self) -> Board | None:
        """The newest figures, shown or held back."""
        return self._boards.board

    @property
    def model(self) -> BetsModel:
        """The rows of the table."""
        return self._model

    @property
    def shown(self) -> Shown:
        """Which of its bets are shown, and which first."""
        return self._feed.shown

    @Slot()
    def refresh_marks(self) -> None:
        """Read the bookmarks again: a panel changed them."""
        self._marks.refresh()

    def add_panel(self, panel: StreamPanel) -> None:
        """Put a panel into the drawer."""
        self._drawer.add_panel(panel)
        panel.said.connect(self.said)
        panel.refused.connect(self.refused)
        panel.nonce_asked.connect(self.go_to_nonce)
        panel.bet_asked.connect(self.go_to_bet)

    def add_shortcuts(self, page: QWidget) -> None:
        """Listen to the keys of this view anywhere on a page; letters typed into a field stay there."""
        for keys, slot in (
            ("/", self._bets.filter.focus_filter),
            ("J", self._next_row),
            ("K", self._previous_row),
            ("G", self._bets.filter.focus_nonce),
            ("P", self._buttons.pause.click),
            ("F", self._buttons.freeze.click),
            ("B", self.toggle_bookmark),
            ("D", self._buttons.drawer.click),
        ):
            shortcut = QShortcut(QKeySequence(keys), page)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    # What the page tells.

    def open(self, stream_id: UUID) -> None:
        """Show another stream from its newest bet on."""
        self._buttons.go_on()
        self._tiles.clear()
        self._course.show_board(None)
        self._status.show_truncated(None)
        self._feed.open(stream_id, Shown())
        self._boards.open(stream_id, self._cards.open(stream_id))
        self._marks.open(stream_id)

    def close_stream(self) -> None:
        """Follow nothing."""
        self._buttons.go_on()
        self._feed.close()
        self._boards.close()
        self._marks.open(None)
        self._row = None
        self._drawer.show_stream(None)

    def show_stream(self, row: StreamRow, chain: Sequence[StreamRow] = ()) -> None:
        """Show what the list knows of the stream."""
        self._row, self._chain = row, tuple(chain)
        self._drawer.show_stream(row)
        if not self._frozen:
            self._show_row()

    def set_watching(self, watching: bool) -> None:
        """Rest while nobody looks; afterwards catch up."""
        self._feed.set_watching(watching)
        self._boards.set_watching(watching)

    @Slot()
    def retry(self) -> None:
        """Read again what could not be read."""
        self._feed.retry()
        self._boards.refresh()

    def tick(self) -> None:
        """Let time pass."""
        if not self._frozen and self._row is not None:
            self._status.tick(self._now())
            self._show_rate()

    # What a person does.

    @Slot(object)
    def go_to_nonce(self, nonce: int) -> None:
        """Show the bets around a nonce."""
        self._bets.go_to_nonce(nonce)

    @Slot(object)
    def go_to_bet(self, bet_id: int) -> None:
        """Show a bet."""
        self._bets.go_to_bet(bet_id)

    @Slot()
    def toggle_bookmark(self) -> None:
        """Give the current bet a star, or take it away."""
        row = self.table.currentIndex().row()
        if row < 0:
            self.refused.emit("Choose a bet first; J and K walk along the rows.")
        else:
            self._marks.toggle(self._model.bet_id_at(row))

    @Slot()
    def show_keys(self) -> None:
        """Show all keys of the page."""
        KeysOverlay(LIVE_KEYS, self.window()).open()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the drawer its place, and the cards as many lines as there is room for."""
        super().resizeEvent(event)
        compact = event.size().height() < _COMPACT_BELOW
        self._cards.set_compact(compact=compact)
        self._course.set_compact(compact=compact)
        self._column.setSpacing(Space.XS if compact else Space.S)
        self._place_drawer()

    def _lay_out(self) -> None:
        self._status.add_action(self._buttons)
        self._column = vbox(
            self._status,
            self._tiles,
            self._cards,
            self._course,
            stretch(self._bets),
            into=self,
            spacing=Space.S,
        )

    def _connect(self, bridge: EventBridge) -> None:
        bridge.landed.connect(self._landed)
        bridge.stream_changed.connect(self._stream_changed)
        self._feed.opened.connect(self.read)
        self._feed.grew.connect(self.read)
        self._feed.gone.connect(self.gone)
        self._feed.failed.connect(self.failed)
        self._boards.changed.connect(self._show_board)
        self._boards.failed.connect(self.failed)
        self._status.stream_asked.connect(self.stream_asked)
        self._status.truncated_clicked.connect(self._explain_truncated)
        for part in (self._tiles, self._course):
            part.nonce_asked.connect(self.go_to_nonce)
        self._tiles.panel_asked.connect(self._open_panel)
        self._cards.wished.connect(self._show_pins)
        self._cards.said.connect(self.said)
        self._bets.said.connect(self.said)
        self._marks.done.connect(self._announce)
        for speaker in (self._bets, self._marks):
            speaker.refused.connect(self.refused)
        self._bets.resume_asked.connect(self._buttons.go_on)
        self._buttons.pause.toggled.connect(self._hold)
        self._buttons.freeze.toggled.connect(self._set_frozen)
        self._buttons.drawer.toggled.connect(self._set_drawer)
        self._buttons.keys.clicked.connect(self.show_keys)
        self._buttons.export_asked.connect(self.ask_export)
        self._buttons.delete_asked.connect(self._ask_delete)
        self._drawer.closed.connect(self._buttons.drawer.click)

    # What the bridge and the feeds tell.

    @Slot(object)
    def _landed(self, event: BetsLanded) -> None:
        self._rates.landed(event, self._timer())
        self._feed.landed(event)
        self._boards.landed(event)
        if event.stream_id == self.stream_id:
            self._drawer.mark_stale()

    @Slot(object)
    def _stream_changed(self, event: StreamChanged) -> None:
        if event.stream_id == self.stream_id and not event.deleted:
            # Verdicts may have come to rows that are shown.
            self._feed.refresh()
            self._boards.refresh()
            self._marks.refresh()
            self._drawer.mark_stale()

    @Slot(object)
    def _show_board(self, board: Board) -> None:
        self._tiles.show_board(board)
        self._show_rate()
        self._cards.show_board(board)
        self._course.show_board(board)
        self._status.show_truncated(board.covered.reason)
        self._bets.filter.show_difficulties(mixed=board.mixed)
        for panel in self._drawer.panels:
            if isinstance(panel, BoardPanel):
                panel.show_board(board)

    def _show_row(self) -> None:
        if self._row is not None:
            self._status.show_stream(self._row, self._chain, self._now())
            self._bets.show_stream(self._row)
            self._show_rate()

    def _show_rate(self) -> None:
        if self.stream_id is not None:
            self._tiles.show_rate(self._rates.per_minute(self.stream_id, self._timer()))

    @Slot(object)
    def _show_pins(self, wish: PinWish) -> None:
        if self.stream_id is not None:
            self._boards.open(self.stream_id, wish)

    # Pause, freeze, drawer.

    @Slot(bool)
    def _set_frozen(self, frozen: bool) -> None:
        self._frozen = frozen
        self._boards.set_held(frozen)
        self._hold()
        if not frozen:
            self._show_row()

    @Slot()
    def _hold(self) -> None:
        held = self._buttons.held
        self._feed.set_paused(bool(held))
        self._bets.show_held(held, frozen=self._frozen)

    @Slot(bool)
    def _set_drawer(self, opened: bool) -> None:
        keyboard = self.window().focusWidget()
        had_keyboard = self._drawer.isAncestorOf(keyboard)
        self._drawer_open = opened
        self._drawer.setVisible(opened)
        self._place_drawer()
        if had_keyboard and not opened:
            self._bets.focus_table()

    def _place_drawer(self) -> None:
        beside = self._drawer_open and self.width() - WIDTH - Space.L >= _BESIDE
        self._column.setContentsMargins(0, 0, WIDTH + Space.L if beside else 0, 0)
        # Over the view it leaves the head free, with the button that folds it.
        top = 0 if beside else self._tiles.y()
        self._drawer.setGeometry(self.width() - WIDTH, top, WIDTH, self.height() - top)
        self._drawer.raise_()

    @Slot(str)
    def _open_panel(self, title: str) -> None:
        self._drawer.open_panel(title)
        self._buttons.drawer.setChecked(True)
        self._drawer.focus_panel()

    @Slot()
    def _explain_truncated(self) -> None:
        self._open_panel("Rounds")

    # Keys and menus.

    @Slot(str)
    def _announce(self, words: str) -> None:
        # The star says it to the eye.
        announce(self.table, words)

    @Slot()
    def _next_row(self) -> None:
        self.table.step(1)

    @Slot()
    def _previous_row(self) -> None:
        self.table.step(-1)

    @Slot()
    def ask_export(self) -> None:
        """Ask for the bets of the open stream to be written to a file."""
        if self._row is not None:
            self.export_asked.emit(self._row)

    @Slot()
    def _ask_delete(self) -> None:
        if self._row is not None:
            self.delete_asked.emit(self._row)
