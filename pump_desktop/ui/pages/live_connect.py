"""The buttons of the Live page that bring bets in: connect Antebot, import a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pump_desktop.domain.live import StreamRow
from pump_desktop.qt.app.listening import ListenerState, ListenerStatus
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.work.imports import Imports
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.connect_dialog import ConnectDialog
from pump_desktop.ui.import_dialog import ImportDialog
from pump_desktop.ui.widgets.buttons import Button


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
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(self._import)
        row.addWidget(self._connect)
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
