"""The Live page: streams at the left, one of them at the right, both kept up by the event bridge."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QWidget

from pump_desktop.domain.live import StreamChanged, StreamRow
from pump_desktop.qt.app.listening import ListenerState, ListenerStatus
from pump_desktop.qt.app.preferences import HIDDEN
from pump_desktop.qt.live.event_bridge import EventBridge
from pump_desktop.qt.live.streams_feed import StreamsFeed
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.tables.streams import StreamsModel
from pump_desktop.qt.work.imports import Imports
from pump_desktop.qt.work.query import Asker
from pump_desktop.qt.work.undo import PendingDeletes, delete_stream
from pump_desktop.ui.connect.dialog import ConnectDialog
from pump_desktop.ui.imports.dialog import ImportDialog
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.card import Card
from pump_desktop.ui.kit.drawing import Drawing
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.fact import Fact
from pump_desktop.ui.kit.header import PageHeader
from pump_desktop.ui.kit.layout import aligned, hbox, pages, stretch, vbox
from pump_desktop.ui.kit.listener_words import ingest_url, refusal_words, why_not_stored
from pump_desktop.ui.kit.text import CentredSentence
from pump_desktop.ui.live.stream_list import StreamList
from pump_desktop.ui.live.stream_view import StreamView


class ConnectActions(QWidget):
    """Opens the two dialogs; ``stream_asked`` carries the id of a stream that got bets by one of them."""

    stream_asked = Signal(object)

    def __init__(
        self,
        asker: Asker,
        now: Callable[[], datetime],
        stream: Callable[[], StreamRow | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._asker = asker
        self._now = now
        self._stream = stream
        self._imports: Imports | None = None
        self._status = ListenerStatus(ListenerState.OFF)
        self._dialog: ConnectDialog | None = None
        self._import = Button("Import", meaning="import")
        self._import.setToolTip("Take in bets from a log, CSV or JSON file")
        self._connect = Button("Connect", meaning="connect")
        self._connect.setToolTip("Connect Antebot: the script, a check, a log file to follow")
        hbox(self._import, self._connect, into=self, spacing=Space.S)
        self._import.hide()
        self._import.clicked.connect(self.open_import)
        self._connect.clicked.connect(self.open_connect)

    def offer_imports(self, imports: Imports) -> None:
        """Offer to import files with these."""
        self._imports = imports
        self._import.show()

    @property
    def can_import(self) -> bool:
        """Whether files can be imported."""
        return self._imports is not None

    def show_listener(self, status: ListenerStatus) -> None:
        """Tell the dialog, open now or later, how the listener is."""
        self._status = status
        if self._dialog is not None:
            self._dialog.show_listener(status)

    @Slot()
    def open_connect(self) -> None:
        """Show how Antebot is connected; a dialog that is open already comes to the front."""
        if self._dialog is None:
            self._dialog = ConnectDialog(self._asker, self._now, self.window())
            self._dialog.show_listener(self._status)
            self._dialog.stream_asked.connect(self.stream_asked)
            self._dialog.finished.connect(self._closed)
            self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    @Slot()
    def open_import(self) -> None:
        """Ask for a file of bets; those that name no seeds go to the stream that is open."""
        if self._imports is not None:
            dialog = ImportDialog(self._asker, self._imports, self._stream(), self.window())
            dialog.stream_asked.connect(self.stream_asked)
            dialog.open()

    @Slot()
    def _closed(self) -> None:
        self._dialog = None


_MEASURE = 420
# With hyphens at which no line breaks.
_WAITING = (
    "No live bets yet. Connect Antebot, or let a script of your own post to this address, with the token as "
    "its X\u2011Ingest\u2011Token."
)
_SENTENCES = {
    ListenerState.OFF: "No live bets yet, and the listener is not running.",
    ListenerState.STARTING: "No live bets yet. The listener is starting …",
    ListenerState.LISTENING: _WAITING,
    ListenerState.REFUSED: "No live bets yet. None can arrive until the listener has a port.",
}


class LiveEmpty(QWidget):
    """A drawing, a sentence, the button that connects (``connect_asked``), and what an own script needs."""

    connect_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        centre = Qt.AlignmentFlag.AlignHCenter
        self._sentence = CentredSentence("", _MEASURE)
        self._connect = Button("Connect Antebot", "primary", "connect")
        self._connect.clicked.connect(self.connect_asked)
        self._address = Fact("Address", mono=True)
        self._token = Fact("Token", mono=True)
        self._card = Card()
        self._card.setFixedWidth(_MEASURE)
        self._card.add(self._address)
        self._card.add(self._token)
        vbox(
            stretch(factor=2),
            aligned(Drawing("live"), centre),
            aligned(self._sentence, centre),
            aligned(self._connect, centre),
            aligned(self._card, centre),
            stretch(factor=3),
            into=self,
            margins=Space.XL,
            spacing=Space.L,
        )
        self.show_listener(ListenerStatus(ListenerState.OFF))

    def focus_first(self) -> None:
        """Put the keyboard on the button."""
        self._connect.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_listener(self, status: ListenerStatus) -> None:
        """Say where bets can be posted to, or why nowhere."""
        listening = status.state is ListenerState.LISTENING
        sentence = _SENTENCES[status.state]
        if sentence != self._sentence.text():
            self._sentence.setText(sentence)
        self._card.setVisible(listening)
        if listening:
            self._address.show_value(ingest_url(status))
            self._token.show_value(HIDDEN, status.token)


_TICK_MS = 1_000


class LivePage(QWidget):
    """``noticed`` carries new StreamRows to tell of; ``free_port_asked`` that another port shall be used.

    ``stream_hidden`` carries a StreamRow that will be deleted unless ``bring_back`` is called before
    ``carry_out``; ``export_asked`` the StreamRow whose bets shall be written to a file.
    """

    noticed = Signal(object)
    stream_hidden = Signal(object)
    export_asked = Signal(object)
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
        self._now = now
        self._list_unread = False
        self._header = PageHeader("Live")
        self._connect = ConnectActions(asker, now, self._open_row)
        self._header.add_action(self._connect)
        self._port_banner = Banner("warn", "", "Use a free port", dismissable=False)
        self._port_banner.hide()
        self._store_banner = Banner("bad", "", dismissable=False)
        self._store_banner.hide()
        self._banner = Banner("bad", "", "Try again")
        self._banner.hide()
        self._streams = StreamsModel(now, self)
        self._deletes = PendingDeletes(asker, self, delete=delete_stream)
        self._list = StreamList(self._streams)
        self._feed = StreamsFeed(asker, self._streams, self._list.quietly, self)
        self._view = StreamView(asker, bridge, now)
        self._none = EmptyState("live", "Choose a stream.")
        self._right = pages(self._view, self._none)
        self._work = QWidget()
        self._empty = LiveEmpty()
        self._unknown = QWidget()
        self._stack = pages(self._unknown, self._empty, self._work)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._lay_out()
        self._wire(bridge)

    def _wire(self, bridge: EventBridge) -> None:
        bridge.landed.connect(self._feed.landed)
        bridge.stream_changed.connect(self._stream_changed)
        self._feed.began.connect(self._streams_began)
        self._feed.filled.connect(self._list_came)
        self._feed.failed.connect(self._list_not_read)
        self._tick.timeout.connect(self._tick_on)
        self._list.chosen.connect(self.open_stream)
        self._list.follow_changed.connect(self._follow_changed)
        self._list.delete_asked.connect(self.delete_stream)
        self._view.read.connect(self._banner.hide)
        self._view.gone.connect(self._gone)
        self._view.failed.connect(self._not_read)
        self._view.stream_asked.connect(self.open_stream)
        self._view.delete_asked.connect(self.delete_stream)
        self._view.export_asked.connect(self.export_asked)
        self._deletes.failed.connect(self._not_deleted)
        self._banner.acted.connect(self._try_again)
        self._port_banner.acted.connect(self.free_port_asked)
        self._connect.stream_asked.connect(self.open_stream)
        self._empty.connect_asked.connect(self._connect.open_connect)
        self._view.said.connect(self.said)
        self._view.refused.connect(self.refused)
        QShortcut(QKeySequence.StandardKey.Find, self, self._list.focus_search)
        QShortcut(QKeySequence("F5"), self, self._try_again)
        self._view.add_shortcuts(self)

    @property
    def connect_actions(self) -> ConnectActions:
        """What connects Antebot and imports files."""
        return self._connect

    @property
    def stream_id(self) -> UUID | None:
        """The stream that is open."""
        return self._view.stream_id

    @property
    def feed(self) -> StreamsFeed:
        """What fills the list."""
        return self._feed

    @property
    def streams(self) -> StreamList:
        """The list at the left."""
        return self._list

    @property
    def deletes(self) -> PendingDeletes:
        """The streams that are hidden and will be deleted."""
        return self._deletes

    @property
    def view(self) -> StreamView:
        """The stream at the right."""
        return self._view

    def focus_first(self) -> None:
        """Put the keyboard on the streams; before the first one, on the button that connects."""
        if self._stack.currentWidget() is self._empty:
            self._empty.focus_first()
        else:
            self._list.focus_rows()

    @Slot()
    def reload(self) -> None:
        """Ask for all streams again."""
        self._feed.reload()

    @Slot(object)
    def open_stream(self, stream_id: UUID) -> None:
        """Show a stream; one that is not the latest is stayed with."""
        latest = self._streams.latest
        if latest is not None and latest.id != stream_id:
            self._list.set_follows(False)
        self._open(stream_id)

    @Slot(object)
    def delete_stream(self, row: StreamRow) -> None:
        """Hide a stream, and offer to take that back before it is deleted."""
        self._deletes.add(row.id)
        with self._list.quietly():
            self._streams.hide(row.id)
        if row.id == self.stream_id:
            self._leave("This stream is being deleted. Choose another one.")
        self._show()
        self.stream_hidden.emit(row)

    def bring_back(self, stream_id: UUID) -> None:
        """Show a hidden stream again, and open it."""
        self._deletes.take_back(stream_id)
        with self._list.quietly():
            self._streams.unhide(stream_id)
        self.open_stream(stream_id)
        self._show()

    def carry_out(self, stream_id: UUID) -> None:
        """Delete a hidden stream for good, unless it was brought back."""
        self._deletes.carry_out(stream_id)

    def show_listener(self, status: ListenerStatus) -> None:
        """Say where bets can be posted to, and what to do when nowhere."""
        self._empty.show_listener(status)
        self._connect.show_listener(status)
        if status.state is not ListenerState.REFUSED:
            self._port_banner.hide()
        elif self._port_banner.isHidden() or self._port_banner.text != refusal_words(status):
            self._port_banner.show_sentence("warn", refusal_words(status), "Use a free port")
        why = why_not_stored(status, self._now())
        words = f"Bets are refused. {why}" if why else ""
        if words != self._store_banner.text:
            self._store_banner.show_sentence("bad", words)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what landed while nobody looked."""
        super().showEvent(event)
        self._tick.start()
        self._view.set_watching(True)
        self._feed.set_watching(True)
        if self._stack.currentWidget() is not self._unknown:
            self.reload()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest; events keep being counted."""
        super().hideEvent(event)
        self._tick.stop()
        self._view.set_watching(False)
        self._feed.set_watching(False)

    def _lay_out(self) -> None:
        hbox(stretch(self._list), stretch(self._right, 4), into=self._work, spacing=Space.L)
        vbox(
            self._header,
            stretch(
                vbox(
                    self._port_banner,
                    self._store_banner,
                    self._banner,
                    stretch(self._stack),
                    margins=(Space.XL, Space.L, Space.XL, Space.L),
                    spacing=Space.M,
                )
            ),
            into=self,
            spacing=0,
        )

    # What the bridge and the list's feed tell.

    @Slot(object)
    def _stream_changed(self, event: StreamChanged) -> None:
        if event.deleted and event.stream_id == self.stream_id:
            self._gone()
        self._feed.stream_changed(event)

    @Slot(object)
    def _streams_began(self, rows: list[StreamRow]) -> None:
        # One that opens by itself before the person's eyes needs no words.
        if not (self.isVisible() and self._list.follows):
            self.noticed.emit(rows)

    @Slot(bool)
    def _list_came(self, whole: bool) -> None:
        if self._list_unread:
            self._list_unread = False
            self._banner.hide()
        if whole and self.stream_id is not None and self._streams.stream(self.stream_id) is None:
            self._gone()
        self._show()

    @Slot(str)
    def _list_not_read(self, sentence: str) -> None:
        self._list_unread = True
        self._not_read(sentence)

    @Slot(str)
    def _not_read(self, sentence: str) -> None:
        self._banner.show_sentence("bad", sentence, "Try again")

    @Slot()
    def _try_again(self) -> None:
        self._banner.hide()
        self._view.retry()
        self.reload()

    # What is shown.

    def _show(self) -> None:
        self._follow_latest()
        row = None if self.stream_id is None else self._streams.stream(self.stream_id)
        if row is not None:
            self._view.show_stream(row, self._streams.chain_of(row.id))
        self._right.setCurrentWidget(self._none if row is None else self._view)
        self._stack.setCurrentWidget(self._work if self._streams.total else self._empty)
        self._list.show_state()

    def _follow_latest(self) -> None:
        wanted = self._streams.next_after(self.stream_id) if self._list.follows else None
        if wanted is not None:
            self._open(wanted)

    def _open_row(self) -> StreamRow | None:
        return None if self.stream_id is None else self._streams.stream(self.stream_id)

    def _open(self, stream_id: UUID) -> None:
        if stream_id == self.stream_id:
            return
        row = self._streams.stream(stream_id)
        self._view.open(stream_id)
        self._list.select(stream_id)
        if row is not None:
            self._view.show_stream(row, self._streams.chain_of(stream_id))
        self._right.setCurrentWidget(self._view)

    @Slot(bool)
    def _follow_changed(self, follows: bool) -> None:
        latest = self._streams.latest
        if follows and latest is not None:
            self._open(latest.id)

    @Slot()
    def _gone(self) -> None:
        if self._list.follows:
            # The list that is being read again opens the latest of the others.
            self.said.emit("The stream that was open has been deleted.")
        self._leave("This stream was deleted. Choose another one.")

    def _leave(self, sentence: str) -> None:
        self._view.close_stream()
        self._list.select(None)
        self._none.set_sentence(sentence)
        self._right.setCurrentWidget(self._none)

    def start_over(self) -> None:
        """Read all streams anew: other data stands in the file now."""
        self._deletes.take_all()
        self._leave("Other data is there now. Choose a stream.")
        self._feed.start_over()

    @Slot(str)
    def _not_deleted(self, sentence: str) -> None:
        self.refused.emit(sentence)
        for row_id in self._streams.hidden - set(self._deletes.hidden):
            self._streams.unhide(row_id)
        self.reload()

    @Slot()
    def _tick_on(self) -> None:
        self._streams.tick()
        self._view.tick()
