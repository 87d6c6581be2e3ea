"""The live side of the window: its page, the panels in it, notices, and what there is to say of the listener.

Made right after the first paint: its modules and widgets take 0.3 s that the Scan page does not wait for.
"""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from pump_desktop.domain.live import StreamRow
from pump_desktop.qt.app.listening import ListenerStatus
from pump_desktop.qt.live.sources import LiveSources
from pump_desktop.qt.work.query import Asker
from pump_desktop.system.settings import Settings
from pump_desktop.ui.live_notices import LiveNotices
from pump_desktop.ui.live_panels import LivePanels
from pump_desktop.ui.page_shelf import PageShelf
from pump_desktop.ui.pages.live_page import LivePage
from pump_desktop.ui.pages.live_words import listener_words
from pump_desktop.ui.stream_actions import StreamActions
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
