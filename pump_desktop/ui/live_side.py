"""The live side of the window: its page, the panels in it, notices, and what the status line says of it.

Made right after the first paint: its modules and widgets take 0.3 s that the Scan page does not wait for.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from pump_desktop.domain.live import StreamRow
from pump_desktop.qt.asking import Asker
from pump_desktop.qt.audits import Audits
from pump_desktop.qt.event_bridge import EventBridge
from pump_desktop.qt.listening import ListenerStatus
from pump_desktop.system.settings import Settings
from pump_desktop.ui.live_notices import LiveNotices
from pump_desktop.ui.live_panels import LivePanels
from pump_desktop.ui.page_shelf import PageShelf
from pump_desktop.ui.pages.live_page import LivePage
from pump_desktop.ui.pages.live_words import listener_words
from pump_desktop.ui.stream_actions import StreamActions
from pump_desktop.ui.widgets.rail import Rail
from pump_desktop.ui.widgets.status import StatusLine
from pump_desktop.ui.widgets.toast import ToastArea


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
    """Connects page, panels, notices and status line.

    ``free_port_asked`` wants another port, ``compare_asked`` carries SideKeys, ``quiet_hours_chosen`` the
    QuietHours in force or None.
    """

    free_port_asked = Signal()
    compare_asked = Signal(object)
    quiet_hours_chosen = Signal(object)

    def __init__(
        self,
        asker: Asker,
        live_asker: Asker,
        bridge: EventBridge,
        audits: Audits,
        now: Callable[[], datetime],
        pages: PageShelf,
        toasts: ToastArea,
        status: StatusLine,
        rail: Rail,
        front: Front,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._now = now
        self._pages = pages
        self._status = status
        self._rail = rail
        self._front = front
        self.page = LivePage(live_asker, bridge, now)
        pages.add_live(self.page)
        self.panels = LivePanels(self.page, live_asker, audits, bridge, toasts, now, self)
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
        self._status.listener_clicked.connect(self._open_listener)

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
        self._status.set_listener(*listener_words(status, self._now()))
        self.page.show_listener(status)
        self._notices.show_listener(status)

    @Slot()
    def _open_listener(self) -> None:
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
        self._rail.button("live").set_dot(self._pages.currentWidget() is not self.page)
