"""Everything that brings Antebot's bets here: the script, a check of the connection, a log file to follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QTabWidget, QWidget

from pump_desktop.qt.app.listening import ListenerStatus
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.connect.follow import FollowTab
from pump_desktop.ui.connect.messages import CheckTab
from pump_desktop.ui.connect.script import ScriptTab
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.dialogs import PlainDialog
from pump_desktop.ui.kit.layout import STRETCH, hbox

_REFRESH_MS = 1_000


class ConnectDialog(PlainDialog):
    """Stands beside the window, so that bets are seen to arrive; ``stream_asked`` carries a stream's id."""

    stream_asked = Signal(object)

    def __init__(self, asker: Asker, now: Callable[[], datetime], parent: QWidget) -> None:
        super().__init__("Connect Antebot", 720, parent)
        self.setWindowModality(Qt.WindowModality.NonModal)
        self.resize(860, 580)
        self._script = ScriptTab(asker)
        self._check = CheckTab(asker, now)
        self._follow = FollowTab(asker, now)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.addTab(self._script, "Script")
        self._tabs.addTab(self._check, "Check the connection")
        self._tabs.addTab(self._follow, "Log file")
        self._tabs.tabBar().setAccessibleName("Ways to connect")
        close = Button("Close")
        foot = hbox(STRETCH, close)
        self.column.setContentsMargins(Space.XL, Space.M, Space.XL, Space.L)
        self.column.setSpacing(Space.M)
        self.column.addWidget(self._tabs, 1)
        self.column.addLayout(foot)
        self._watch = QTimer(self)
        self._watch.setInterval(_REFRESH_MS)
        self._watch.timeout.connect(self._look)
        self._tabs.currentChanged.connect(self._look)
        self._script.stream_asked.connect(self._open_stream)
        close.clicked.connect(self.reject)

    def show_listener(self, status: ListenerStatus) -> None:
        """Say how the listener is; called once a second while it listens."""
        self._script.show_listener(status)
        self._check.show_listener(status)

    def open_tab(self, name: str) -> None:
        """Bring a tab to the front by the word its title begins with."""
        for index in range(self._tabs.count()):
            if self._tabs.tabText(index).startswith(name):
                self._tabs.setCurrentIndex(index)

    def showEvent(self, event: QShowEvent) -> None:
        """Look once a second from now on."""
        super().showEvent(event)
        self._watch.start()
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        self._watch.stop()

    @Slot()
    def _look(self, _index: int = 0) -> None:
        tab = self._tabs.currentWidget()
        if isinstance(tab, CheckTab | FollowTab):
            tab.refresh()

    @Slot(object)
    def _open_stream(self, stream_id: object) -> None:
        self.stream_asked.emit(stream_id)
        self.accept()
