"""What stands above all pages about the database: why there is none, or what it has lost."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pump_desktop.domain.storage import Backup
from pump_desktop.qt.theme import Space
from pump_desktop.ui.recovery import RecoveryPanel
from pump_desktop.ui.widgets.banner import Banner
from pump_desktop.ui.widgets.file_dialog import folder_dialog


class StoreTrouble(QWidget):
    """Hidden until there is something to say; ``folder_chosen`` carries the path of another data folder."""

    folder_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.banner = Banner("bad", "", dismissable=False)
        self.recovery = RecoveryPanel()
        self.loss = Banner("warn")
        self.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.M, Space.XL, Space.M)
        column.addWidget(self.banner)
        column.addWidget(self.recovery)
        column.addWidget(self.loss)
        self.loss.dismissed.connect(self.hide)
        self.banner.acted.connect(self._choose_folder)
        self.recovery.folder_asked.connect(self._choose_folder)

    def tell(self, sentence: str) -> None:
        """Say why the database cannot be used, and offer another folder."""
        self.loss.hide()
        self.recovery.hide()
        self.banner.show_sentence("bad", sentence, "Choose another folder …")
        self.show()

    def offer(self, sentence: str, backup: Backup | None) -> None:
        """Say that the database is damaged, and offer what helps."""
        self.banner.hide()
        self.loss.hide()
        self.recovery.offer(sentence, backup)
        self.recovery.show()
        self.show()

    def settle(self, loss: str) -> None:
        """Say what an open database has lost, until it is dismissed; nothing when that is empty."""
        self.banner.hide()
        self.recovery.hide()
        self.loss.show_sentence("warn", loss)
        self.setVisible(bool(loss))

    @Slot()
    def _choose_folder(self) -> None:
        dialog = folder_dialog(self, "Choose a folder for runs and settings")
        dialog.fileSelected.connect(self.folder_chosen)
        dialog.open()
