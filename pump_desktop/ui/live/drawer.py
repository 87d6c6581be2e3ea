"""The drawer at the right of a stream: panels behind tabs, asked to refresh only while they are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QStackedWidget, QWidget

from pump_desktop.domain.live import StreamRow
from pump_desktop.qt.look.fonts import Type, ui_font
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.kit.buttons import Button, IconButton
from pump_desktop.ui.kit.flow import FlowLayout
from pump_desktop.ui.kit.layout import aligned, hbox, stretch, vbox
from pump_desktop.ui.kit.stream_panel import StreamPanel

if TYPE_CHECKING:
    from pump_desktop.services.live.board import Board


class BoardPanel(StreamPanel):
    """It is shown each new board, and need not be asked to refresh."""

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(asker, parent)
        # Tables reach from edge to edge; words have their own inset.
        self._column.setContentsMargins(0, Space.S, 0, 0)

    def show_board(self, board: Board) -> None:
        """Show the figures of a board."""


WIDTH = 320
REFRESH_MS = 500


class _Tab(Button):
    """One tab; ``walked`` carries how many places the keyboard goes on."""

    walked = Signal(int)

    def __init__(self, title: str) -> None:
        super().__init__(title, "tab")
        self.setFont(ui_font(Type.HINT))
        self.setCheckable(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go on by Left and Right, also from one row to the next, where Qt takes what stands nearest."""
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
        step = steps.get(Qt.Key(event.key()), 0)
        if step:
            self.walked.emit(-step if self.isRightToLeft() else step)
        else:
            super().keyPressEvent(event)


class StreamDrawer(QFrame):
    """Panels as pages behind tabs that wrap; ``closed`` asks to be folded away."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "card")
        self.setAccessibleName("Drawer")
        self._panels: list[StreamPanel] = []
        self._row: StreamRow | None = None
        self._stale: set[int] = set()
        self._close = IconButton("close", "Close the drawer ( D )")
        self._group = QButtonGroup(self)
        tabs = QWidget()
        tabs.setAccessibleName("Panels")
        self._tabs = FlowLayout(tabs, Space.XS)
        self._stack = QStackedWidget()
        # One pixel at the sides keeps the panels inside the frame; the corners are round.
        vbox(
            hbox(
                stretch(tabs),
                aligned(self._close, Qt.AlignmentFlag.AlignTop),
                margins=(Space.S, 0, Space.S, 0),
                spacing=Space.XS,
            ),
            stretch(self._stack),
            into=self,
            margins=(1, Space.S, 1, Space.S),
            spacing=0,
        )
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(REFRESH_MS)
        self._pace.timeout.connect(self._refresh)
        self._group.idClicked.connect(self._show)
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
        """Put a panel behind a tab of its own."""
        place = len(self._panels)
        self._panels.append(panel)
        tab = _Tab(panel.title)
        tab.walked.connect(self._walk)
        self._group.addButton(tab, place)
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
        button = self._group.checkedButton()
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
        self._group.button(place).setChecked(True)
        self._stack.setCurrentIndex(place)
        self._refresh()

    @Slot(int)
    def _walk(self, step: int) -> None:
        self._show((self._stack.currentIndex() + step) % len(self._panels))
        self.focus_panel()

    @Slot()
    def _refresh(self) -> None:
        place = self._stack.currentIndex()
        if self.isVisible() and place in self._stale:
            self._stale.discard(place)
            self._panels[place].refresh()
            self._pace.start()
