"""The live side of the window: its page, the panels in it, notices, and what there is to say of the listener.

Made right after the first paint: its modules and widgets take 0.3 s that the Scan page does not wait for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from pump_desktop.domain.alert_notices import AlertRaised
from pump_desktop.domain.live import Snapshot, SnapshotFilter, StreamRow
from pump_desktop.domain.sides import SideKey, SideKind
from pump_desktop.qt.app.listening import ListenerStatus
from pump_desktop.qt.app.notifications import Notifications
from pump_desktop.qt.live.alert_feed import AlertFeed
from pump_desktop.qt.live.sources import LiveSources
from pump_desktop.qt.work.query import Asker
from pump_desktop.system.settings import Settings
from pump_desktop.ui.alerts.panel import AlertsPanel
from pump_desktop.ui.audit.panel import AuditPanel
from pump_desktop.ui.kit.listener_words import listener_words
from pump_desktop.ui.kit.saving import save_dialog, write_file
from pump_desktop.ui.kit.toast import ToastArea
from pump_desktop.ui.live.bookmarks import BookmarksPanel
from pump_desktop.ui.live.page import LivePage
from pump_desktop.ui.live.panels import NotesPanel
from pump_desktop.ui.live.snapshots import SnapshotsPanel
from pump_desktop.ui.main.notices import AlertToasts, LiveNotices
from pump_desktop.ui.main.pages import PageShelf


class LivePanels(QObject):
    """Puts the panels into the drawer of the Live page and tells notices in toasts and beside the tray.

    ``open_asked`` carries the id of a stream to show, ``front_asked`` brings the Live page to the front,
    ``compare_asked`` carries a tuple of SideKeys, ``quiet_hours_changed`` the QuietHours in force or None.
    """

    open_asked = Signal(object)
    front_asked = Signal()
    compare_asked = Signal(object)
    quiet_hours_changed = Signal(object)

    def __init__(self, page: LivePage, live: LiveSources, toasts: ToastArea, parent: QObject) -> None:
        super().__init__(parent)
        self._view = page.view
        self._alert_toasts = AlertToasts(toasts, self)
        self._feed = AlertFeed(live.asker, live.bridge, live.now, parent=self)
        self._notifications = Notifications(self)
        self._alerts = AlertsPanel(live.asker, self._feed)
        bookmarks = BookmarksPanel(live.asker)
        snapshots = SnapshotsPanel(live.asker, self._filter)
        notes, audit = NotesPanel(live.asker), AuditPanel(live.asker, live.audits)
        for panel in (self._alerts, bookmarks, snapshots, notes, audit):
            self._view.add_panel(panel)
        self._alerts.stream_asked.connect(self.open_asked)
        bookmarks.changed.connect(self._view.refresh_marks)
        snapshots.snapshot_asked.connect(self._open_snapshot)
        self._feed.failed.connect(page.refused)
        self._feed.highlights_changed.connect(self._highlight)
        # Another stream begins with a reset of its table.
        self._view.model.modelReset.connect(self._highlight)
        self._feed.quiet_hours_changed.connect(self.quiet_hours_changed)
        self._feed.raised.connect(self._alert_toasts.tell)
        self._feed.raised.connect(self._notifications.tell)
        self._alert_toasts.opened.connect(self._open_notice)
        self._notifications.opened.connect(self._open_notice)

    def reload(self) -> None:
        """Read what is kept, once the store has opened."""
        self._feed.reload()

    def apply_settings(self, settings: Settings) -> None:
        """Observe the quiet hours, and what may be told outside the window."""
        self._feed.set_quiet_hours(settings.quiet)
        self._notifications.allow(desktop=settings.desktop_notices, sound=settings.notice_sound)

    def close(self) -> None:
        """Leave the tray; may be called more than once."""
        self._notifications.close()

    @Slot()
    def _highlight(self, *_stream: object) -> None:
        stream_id = self._view.stream_id
        nonces = frozenset[int]() if stream_id is None else self._feed.highlighted(stream_id)
        self._view.model.set_highlighted(nonces)

    def _filter(self) -> SnapshotFilter:
        shown = self._view.shown
        wanted: dict[str, object] = {}
        if shown.least is not None:
            wanted["min_multiplier"] = shown.least
        if shown.difficulty is not None:
            wanted["difficulty"] = shown.difficulty.value
        return wanted

    @Slot(object)
    def _open_snapshot(self, snapshot: Snapshot) -> None:
        """Show the stream as of then, beside what it is now."""
        stream_id = self._view.stream_id
        sides = [SideKey(SideKind.SNAPSHOT, snapshot.id)]
        if stream_id is not None:
            sides.append(SideKey(SideKind.STREAM, stream_id))
        self.compare_asked.emit(tuple(sides))

    @Slot(object)
    def _open_notice(self, notice: AlertRaised) -> None:
        self.front_asked.emit()
        self._alerts.open_notice(notice)


if TYPE_CHECKING:
    pass

UNDO_SECONDS = 8.0


class StreamActions(QObject):
    """Does what the Live page asks for; ``asker`` is not the live one, which must stay free for bets."""

    def __init__(self, asker: Asker, page: LivePage, toasts: ToastArea, window: QWidget) -> None:
        super().__init__(window)
        self._asker = asker
        self._page = page
        self._toasts = toasts
        self._window = window
        page.stream_hidden.connect(self._offer_undo)
        page.export_asked.connect(self._export)

    def export_to(self, row: StreamRow, path: str) -> None:
        """Write the bets of a stream to a CSV file."""
        write_file(self._asker, self, path, lambda backend: backend.live.export_csv(row.id), self._say)

    def _say(self, sentence: str) -> None:
        self._toasts.say(sentence)

    @Slot(object)
    def _offer_undo(self, row: StreamRow) -> None:
        toast = self._toasts.say("Stream deleted", action="Undo", seconds=UNDO_SECONDS, tone="info")
        toast.acted.connect(lambda: self._page.bring_back(row.id))
        toast.closed.connect(lambda: self._page.carry_out(row.id))

    @Slot(object)
    def _export(self, row: StreamRow) -> None:
        dialog = save_dialog(self._window, "Export bets as CSV", "bets.csv")
        dialog.fileSelected.connect(lambda path: self.export_to(row, path))
        dialog.open()


class Front(Protocol):
    """What brings pages and itself to the front: the window."""

    def open_section(self, key: str) -> None:
        """Bring the page of a rail entry to the front."""
        ...

    def open_stream(self, stream_id: UUID) -> None:
        """Show a stream."""
        ...

    def come_forward(self) -> None:
        """Come to the front with the keyboard."""
        ...


class LiveSide(QObject):
    """Connects page, panels and notices; ``asker`` is for what takes long, ``live`` for everything else.

    ``free_port_asked`` wants another port, ``compare_asked`` carries SideKeys, ``quiet_hours_chosen`` the
    QuietHours in force or None. ``listener_told`` carries state and words for the status line, and
    ``began_unseen`` says that a stream has begun while another page was in front.
    """

    listener_told = Signal(str, str)
    began_unseen = Signal()
    free_port_asked = Signal()
    compare_asked = Signal(object)
    quiet_hours_chosen = Signal(object)

    def __init__(
        self,
        asker: Asker,
        live: LiveSources,
        pages: PageShelf,
        toasts: ToastArea,
        front: Front,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._now = live.now
        self._pages = pages
        self._front = front
        self.page = LivePage(live.asker, live.bridge, live.now)
        pages.add_live(self.page)
        self.panels = LivePanels(self.page, live, toasts, self)
        self._notices = LiveNotices(toasts, self)
        # Not with the live asker, which must stay free for bets.
        self.actions = StreamActions(asker, self.page, toasts, window)
        self._connect()

    def _connect(self) -> None:
        self.page.noticed.connect(self._streams_began)
        self.page.free_port_asked.connect(self.free_port_asked)
        self._notices.open_asked.connect(self._front.open_stream)
        self._notices.free_port_asked.connect(self.free_port_asked)
        self.panels.open_asked.connect(self._front.open_stream)
        self.panels.front_asked.connect(self._come_to_live)
        self.panels.compare_asked.connect(self.compare_asked)
        self.panels.quiet_hours_changed.connect(self.quiet_hours_chosen)

    def reload(self) -> None:
        """Read what is stored, once the store has opened."""
        self.page.reload()
        self.panels.reload()

    def start_over(self) -> None:
        """Read everything anew: other data stands in the file now."""
        self.page.start_over()
        self.panels.reload()

    def apply_settings(self, settings: Settings) -> None:
        """Follow what the settings say of notices."""
        self.panels.apply_settings(settings)

    def close(self) -> None:
        """Leave the tray; may be called more than once."""
        self.panels.close()

    @Slot(object)
    def show_listener(self, status: ListenerStatus) -> None:
        """Say what the listener does; when its port is taken, offer another."""
        self.listener_told.emit(*listener_words(status, self._now()))
        self.page.show_listener(status)
        self._notices.show_listener(status)

    @Slot()
    def open_listener(self) -> None:
        """Show the listener's settings."""
        self._front.open_section("settings")
        if self._pages.shows_settings:
            self._pages.settings.open_section("listener")

    @Slot()
    def _come_to_live(self) -> None:
        self._front.open_section("live")
        # The click may have come from beside the tray.
        self._front.come_forward()

    @Slot(object)
    def _streams_began(self, rows: list[StreamRow]) -> None:
        self._notices.tell_streams(rows)
        if self._pages.currentWidget() is not self.page:
            self.began_unseen.emit()
