"""The button that gives a script what it needs: address and token, to be copied."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from pump_desktop.qt.icons import Meaning, icon
from pump_desktop.qt.listening import ListenerState, ListenerStatus
from pump_desktop.ui.pages.live_words import ingest_url
from pump_desktop.ui.widgets.buttons import Button

_ENTRIES: tuple[tuple[str, Meaning], ...] = (("address", "connect"), ("token", "token"))


class ConnectButton(Button):
    """A menu that copies the listener's address or token; ``said`` tells what was copied."""

    said = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Connect", meaning="connect", parent=parent)
        self._status = ListenerStatus(ListenerState.OFF)
        menu = QMenu(self)
        for what, meaning in _ENTRIES:
            action = QAction(icon(meaning), f"Copy {what}", menu)
            action.setData(what)
            menu.addAction(action)
        menu.triggered.connect(self._copy)
        self.setMenu(menu)
        self.show_listener(self._status)

    def show_listener(self, status: ListenerStatus) -> None:
        """Offer what there is to copy while the listener listens."""
        self._status = status
        self.setEnabled(status.state is ListenerState.LISTENING)

    @Slot(QAction)
    def _copy(self, action: QAction) -> None:
        what = str(action.data())
        text = self._status.token if what == "token" else ingest_url(self._status)
        QGuiApplication.clipboard().setText(text)
        self.said.emit(f"{what.capitalize()} copied")
