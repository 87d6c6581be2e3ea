"""The Live page: streams at the left, the bets of one at the right, both kept up by the event bridge."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import (
    QHideEvent,
    QKeySequence,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pump_desktop.domain.live import BetsLanded, StreamChanged, StreamRow
from pump_desktop.qt.asking import Asker
from pump_desktop.qt.event_bridge import EventBridge
from pump_desktop.qt.listening import ListenerState, ListenerStatus
from pump_desktop.qt.live_feed import LiveFeed, all_streams, last_seen_streams
from pump_desktop.qt.models.bets_model import BetsModel
from pump_desktop.qt.models.streams_model import StreamsModel
from pump_desktop.qt.theme import Space
from pump_desktop.ui.pages.live_connect import ConnectButton
from pump_desktop.ui.pages.live_empty import LiveEmpty
from pump_desktop.ui.pages.live_stream import StreamView
from pump_desktop.ui.pages.live_streams import StreamList
from pump_desktop.ui.widgets.banner import Banner
from pump_desktop.ui.widgets.empty import EmptyState
from pump_desktop.ui.widgets.header import PageHeader

if TYPE_CHECKING:
    pass

# Counts in the list follow within a quarter of a second; bets do so sooner, through the feed.
_REFRESH_MS = 250
_TICK_MS = 1_000


class LivePage(QWidget):
    """``noticed`` carries new StreamRows to tell of; ``free_port_asked`` that another port shall be used."""

    noticed = Signal(object)
    free_port_asked = Signal()
    said = Signal(str)
    refused = Signal(str)

    def __init__(
        self,
        asker: Asker,
        bridge: EventBridge,
        now: Callable[[], datetime],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._asker = asker
        self._unread: set[UUID] = set()
        self._unannounced: set[UUID] = set()
        self._list_unread = False
        self._header = PageHeader("Live")
        self._connect = ConnectButton()
        self._header.add_action(self._connect)
        self._port_banner = Banner("warn", "", "Use a free port", dismissable=False)
        self._port_banner.hide()
        self._banner = Banner("bad", "", "Try again")
        self._banner.hide()
        self._streams = StreamsModel(now, self)
        self._bets = BetsModel(now, self)
        self._feed = LiveFeed(asker, self._bets, self)
        self._list = StreamList(self._streams)
        self._view = StreamView(self._bets)
        self._none = EmptyState("live", "Choose a stream.")
        self._right = QStackedWidget()
        self._right.addWidget(self._view)
        self._right.addWidget(self._none)
        self._work = QWidget()
        self._empty = LiveEmpty()
        self._unknown = QWidget()
        self._stack = QStackedWidget()
        for part in (self._unknown, self._empty, self._work):
            self._stack.addWidget(part)
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(_REFRESH_MS)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._feed.set_watching(False)
        self._lay_out()
        self._wire(bridge)

    def _wire(self, bridge: EventBridge) -> None:
        bridge.landed.connect(self._landed)
        bridge.stream_changed.connect(self._stream_changed)
        self._refresh.timeout.connect(self._ask_latest)
        self._tick.timeout.connect(self._streams.tick)
        self._list.chosen.connect(self.open_stream)
        self._list.follow_changed.connect(self._follow_changed)
        self._feed.grew.connect(self._view.count_new)
        self._feed.grew.connect(self._banner.hide)
        self._feed.opened.connect(self._banner.hide)
        self._view.table.top_changed.connect(self._feed.set_skipping)
        self._feed.gone.connect(self._gone)
        self._feed.failed.connect(self._not_read)
        self._banner.acted.connect(self._try_again)
        self._port_banner.acted.connect(self.free_port_asked)
        self._connect.said.connect(self.said)
        self._view.said.connect(self.said)
        self._view.refused.connect(self.refused)
        QShortcut(QKeySequence.StandardKey.Find, self, self._list.focus_search)
        QShortcut(QKeySequence("F5"), self, self._try_again)

    @property
    def stream_id(self) -> UUID | None:
        """The stream that is open."""
        return self._feed.stream_id

    @property
    def streams(self) -> StreamList:
        """The list at the left."""
        return self._list

    @property
    def view(self) -> StreamView:
        """The stream at the right."""
        return self._view

    @Slot()
    def reload(self) -> None:
        """Ask for all streams again."""
        self._asker.ask(self, all_streams, self._streams_came, self._list_not_read)

    @Slot(object)
    def open_stream(self, stream_id: UUID) -> None:
        """Show a stream; one that is not the latest is stayed with."""
        latest = self._streams.latest
        if latest is not None and latest.id != stream_id:
            self._list.set_follows(False)
        self._open(stream_id)

    def show_listener(self, status: ListenerStatus) -> None:
        """Say where bets can be posted to, and what to do when nowhere."""
        self._empty.show_listener(status)
        self._connect.show_listener(status)
        if status.state is not ListenerState.REFUSED:
            self._port_banner.hide()
        elif self._port_banner.isHidden():
            self._port_banner.show_sentence("warn", status.sentence, "Use a free port")

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what landed while nobody looked."""
        super().showEvent(event)
        self._tick.start()
        self._feed.set_watching(True)
        if self._stack.currentWidget() is not self._unknown:
            self.reload()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest; events keep being counted."""
        super().hideEvent(event)
        self._tick.stop()
        self._feed.set_watching(False)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self._work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.L)
        row.addWidget(self._list, 1)
        row.addWidget(self._right, 4)
        body = QVBoxLayout()
        body.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        body.setSpacing(Space.M)
        body.addWidget(self._port_banner)
        body.addWidget(self._banner)
        body.addWidget(self._stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addLayout(body, 1)

    # What the bridge tells.

    @Slot(object)
    def _landed(self, event: BetsLanded) -> None:
        self._feed.landed(event)
        self._unread.add(event.stream_id)
        if event.new_stream:
            self._unannounced.add(event.stream_id)
        # Behind another page only a new stream is worth a question; all else is read when this one is shown.
        if (self.isVisible() or event.new_stream) and not self._refresh.isActive():
            self._ask_latest()

    @Slot(object)
    def _stream_changed(self, event: StreamChanged) -> None:
        if event.deleted:
            self._unannounced.discard(event.stream_id)
            if event.stream_id == self.stream_id:
                self._gone()
            with self._list.quietly():
                self._streams.forget(event.stream_id)
        elif event.stream_id == self.stream_id:
            # Verdicts may have come to rows that are shown.
            self._feed.refresh()
        self.reload()

    # Questions and answers.

    @Slot()
    def _ask_latest(self) -> None:
        if not self._unread:
            return
        limit = 100 + len(self._unread)
        self._unread.clear()
        # The first event is answered at once, what follows it within the time of the timer.
        self._refresh.start()
        self._asker.ask(
            self, lambda backend: last_seen_streams(backend, limit), self._latest_came, self._list_not_read
        )

    def _streams_came(self, streams: list[StreamRow]) -> None:
        with self._list.quietly():
            self._streams.set_streams(streams)
        if self.stream_id is not None and self._streams.stream(self.stream_id) is None:
            self._gone()
        self._show()

    def _latest_came(self, streams: list[StreamRow]) -> None:
        with self._list.quietly():
            self._streams.merge(streams)
        self._show()

    def _list_not_read(self, error: Exception) -> None:
        self._list_unread = True
        self._not_read(str(error))

    @Slot(str)
    def _not_read(self, sentence: str) -> None:
        self._banner.show_sentence("bad", sentence, "Try again")

    @Slot()
    def _try_again(self) -> None:
        self._banner.hide()
        self._feed.retry()
        self.reload()

    # What is shown.

    def _show(self) -> None:
        if self._list_unread:
            self._list_unread = False
            self._banner.hide()
        self._announce()
        self._follow_latest()
        row = None if self.stream_id is None else self._streams.stream(self.stream_id)
        if row is not None:
            self._view.show_stream(row)
        self._right.setCurrentWidget(self._none if row is None else self._view)
        self._stack.setCurrentWidget(self._work if self._streams.total else self._empty)
        self._list.show_state()

    def _announce(self) -> None:
        known = [row for stream_id in self._unannounced if (row := self._streams.stream(stream_id))]
        self._unannounced -= {row.id for row in known}
        # One that opens by itself before the person's eyes needs no words.
        if known and not (self.isVisible() and self._list.follows):
            self.noticed.emit(sorted(known, key=lambda row: row.created_at))

    def _follow_latest(self) -> None:
        wanted = self._streams.next_after(self.stream_id) if self._list.follows else None
        if wanted is not None:
            self._open(wanted)

    def _open(self, stream_id: UUID) -> None:
        if stream_id == self.stream_id:
            return
        row = self._streams.stream(stream_id)
        self._feed.open(stream_id)
        self._list.select(stream_id)
        if row is not None:
            self._view.show_stream(row)
        self._right.setCurrentWidget(self._view)

    @Slot(bool)
    def _follow_changed(self, follows: bool) -> None:
        latest = self._streams.latest
        if follows and latest is not None:
            self._open(latest.id)

    @Slot()
    def _gone(self) -> None:
        self._feed.close()
        self._list.select(None)
        if self._list.follows:
            # The list that is being read again opens the latest of the others.
            self.said.emit("The stream that was open has been deleted.")
        self._none.set_sentence("This stream was deleted. Choose another one.")
        self._right.setCurrentWidget(self._none)
