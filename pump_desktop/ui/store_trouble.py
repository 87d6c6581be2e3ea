"""What stands above all pages about the database: why there is none, or what it has lost."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pump_desktop.domain.storage import Backup
from pump_desktop.qt.look.theme import Space
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
        self.left_out = Banner("warn")
        self.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.M, Space.XL, Space.M)
        column.addWidget(self.banner)
        column.addWidget(self.recovery)
        column.addWidget(self.loss)
        column.addWidget(self.left_out)
        for one in (self.loss, self.left_out):
            one.hide()
            one.dismissed.connect(self._fold)
        self.banner.acted.connect(self._choose_folder)
        self.recovery.folder_asked.connect(self._choose_folder)

    def tell(self, sentence: str) -> None:
        """Say why the database cannot be used, and offer another folder."""
        self.loss.hide()
        self.left_out.hide()
        self.recovery.hide()
        self.banner.show_sentence("bad", sentence, "Choose another folder …")
        self.show()

    def offer(self, sentence: str, backup: Backup | None) -> None:
        """Say that the database is damaged, and offer what helps."""
        self.banner.hide()
        self.loss.hide()
        self.left_out.hide()
        self.recovery.offer(sentence, backup)
        self.recovery.show()
        self.show()

    def settle(self, loss: str) -> None:
        """Say what an open database has lost, until it is dismissed; nothing when that is empty."""
        self.banner.hide()
        self.recovery.hide()
        self.loss.show_sentence("warn", loss)
        self.left_out.hide()
        self._fold()

    def leave_out(self, sentence: str) -> None:
        """Say that rows of an open database cannot be read and are left out, until it is dismissed."""
        self.left_out.show_sentence("warn", sentence)
        self._fold()

    @Slot()
    def _fold(self) -> None:
        """Take no room when nothing is said."""
        self.setVisible(not all(one.isHidden() for one in (self.loss, self.left_out)))

    @Slot()
    def _choose_folder(self) -> None:
        dialog = folder_dialog(self, "Choose a folder for runs and settings")
        dialog.fileSelected.connect(self.folder_chosen)
        dialog.open()
