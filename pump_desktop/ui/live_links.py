"""What leads to the Live page, and what the rest of the window shows of the listener."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from PySide6.QtCore import QObject, Slot

from pump_desktop.domain.live import StreamRow
from pump_desktop.qt.listening import ListenerStatus
from pump_desktop.ui.live_notices import LiveNotices
from pump_desktop.ui.live_panels import LivePanels
from pump_desktop.ui.page_shelf import PageShelf
from pump_desktop.ui.pages.live_words import listener_words
from pump_desktop.ui.widgets.rail import Rail
from pump_desktop.ui.widgets.status import StatusLine


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


class LiveLinks(QObject):
    """Connects page, panels, notices and status line; belongs to the window, which shows where they lead."""

    def __init__(
        self,
        pages: PageShelf,
        panels: LivePanels,
        notices: LiveNotices,
        status: StatusLine,
        rail: Rail,
        front: Front,
        now: Callable[[], datetime],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._pages = pages
        self._notices = notices
        self._status = status
        self._rail = rail
        self._front = front
        self._now = now
        pages.live.noticed.connect(self._streams_began)
        notices.open_asked.connect(front.open_stream)
        panels.open_asked.connect(front.open_stream)
        panels.front_asked.connect(self._come_to_live)
        status.listener_clicked.connect(self._open_listener)

    @Slot(object)
    def show_listener(self, status: ListenerStatus) -> None:
        """Say what the listener does; when its port is taken, offer another."""
        self._status.set_listener(*listener_words(status, self._now()))
        self._pages.live.show_listener(status)
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
        self._rail.button("live").set_dot(self._pages.currentWidget() is not self._pages.live)
