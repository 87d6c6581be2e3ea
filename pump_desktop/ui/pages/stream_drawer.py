"""The drawer at the right of a stream: panels behind icons, asked to refresh only while they are seen."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pump_desktop.domain.live import StreamRow
from pump_desktop.qt.theme import Space
from pump_desktop.ui.pages.stream_panel import StreamPanel
from pump_desktop.ui.widgets.buttons import IconButton
from pump_desktop.ui.widgets.flow import FlowLayout
from pump_desktop.ui.widgets.text import SectionTitle

WIDTH = 320
REFRESH_MS = 500


class StreamDrawer(QFrame):
    """Panels as pages behind a row of icons; ``closed`` asks to be folded away."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "card")
        self.setAccessibleName("Drawer")
        self._panels: list[StreamPanel] = []
        self._row: StreamRow | None = None
        self._stale: set[int] = set()
        self._title = SectionTitle()
        self._close = IconButton("close", "Close the drawer ( D )")
        self._icons = QButtonGroup(self)
        tabs = QWidget()
        tabs.setAccessibleName("Panels")
        self._tabs = FlowLayout(tabs, Space.XS)
        self._tabs.setContentsMargins(Space.S, 0, Space.S, 0)
        self._stack = QStackedWidget()
        head = QHBoxLayout()
        head.setContentsMargins(Space.M, 0, Space.S, 0)
        head.setSpacing(Space.S)
        head.addWidget(self._title, 1)
        head.addWidget(self._close)
        column = QVBoxLayout(self)
        # One pixel at the sides keeps the panels inside the frame; the corners are round.
        column.setContentsMargins(1, Space.S, 1, Space.S)
        column.setSpacing(0)
        column.addWidget(tabs)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(REFRESH_MS)
        self._pace.timeout.connect(self._refresh)
        self._icons.idClicked.connect(self._show)
        self._close.clicked.connect(self.closed)

    @property
    def panels(self) -> tuple[StreamPanel, ...]:
        """All panels."""
        return tuple(self._panels)

    @property
    def current(self) -> StreamPanel | None:
        """The panel in front."""
        place = self._stack.currentIndex()
        return self._panels[place] if place >= 0 else None

    def add_panel(self, panel: StreamPanel) -> None:
        """Put a panel behind an icon of its own."""
        place = len(self._panels)
        self._panels.append(panel)
        tab = IconButton(panel.meaning, panel.title, on="accent")
        tab.setCheckable(True)
        self._icons.addButton(tab, place)
        self._tabs.addWidget(tab)
        self._stack.addWidget(panel)
        panel.show_stream(self._row)
        if place == 0:
            self._show(0)

    def open_panel(self, title: str) -> None:
        """Bring a panel to the front by its title."""
        for place, panel in enumerate(self._panels):
            if panel.title == title:
                self._show(place)

    def show_stream(self, row: StreamRow | None) -> None:
        """Show a stream as it stands in all panels, or none."""
        if row == self._row:
            return
        self._row = row
        for panel in self._panels:
            panel.show_stream(row)

    @Slot()
    def mark_stale(self) -> None:
        """Let the panel in front refresh within half a second, and the others when they are shown."""
        self._stale = set(range(len(self._panels)))
        if self.isVisible() and not self._pace.isActive():
            self._refresh()

    def focus_panel(self) -> None:
        """Put the keyboard on the panel in front."""
        button = self._icons.checkedButton()
        if button is not None:
            button.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up."""
        super().showEvent(event)
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        self._pace.stop()

    @Slot(int)
    def _show(self, place: int) -> None:
        self._icons.button(place).setChecked(True)
        self._stack.setCurrentIndex(place)
        self._title.setText(self._panels[place].title)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        place = self._stack.currentIndex()
        if self.isVisible() and place in self._stale:
            self._stale.discard(place)
            self._panels[place].refresh()
            self._pace.start()
