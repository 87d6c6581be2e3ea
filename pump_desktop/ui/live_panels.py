"""The panels of marks, audit and alerts in a stream's drawer, and alerts told all over the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from pump_desktop.domain.alert_notices import AlertRaised
from pump_desktop.domain.live import Snapshot, SnapshotFilter
from pump_desktop.domain.sides import SideKey, SideKind
from pump_desktop.qt.app.notifications import Notifications
from pump_desktop.qt.live.alert_feed import AlertFeed
from pump_desktop.qt.live.sources import LiveSources
from pump_desktop.system.settings import Settings
from pump_desktop.ui.alert_toasts import AlertToasts
from pump_desktop.ui.pages.alerts_panel import AlertsPanel
from pump_desktop.ui.pages.audit_panel import AuditPanel
from pump_desktop.ui.pages.bookmarks_panel import BookmarksPanel
from pump_desktop.ui.pages.live_page import LivePage
from pump_desktop.ui.pages.notes_panel import NotesPanel
from pump_desktop.ui.pages.snapshots_panel import SnapshotsPanel
from pump_desktop.ui.widgets.toast import ToastArea


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
