"""What stands above all pages about the database: why there is none, or what it has lost."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QWidget

from pump_desktop.domain.storage import Backup
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.tables.small import holds_text, made_text
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.file_dialog import folder_dialog
from pump_desktop.ui.kit.layout import STRETCH, aligned, hbox, stretch, vbox
from pump_desktop.ui.kit.style import announce, set_style_property
from pump_desktop.ui.kit.text import Glyph, Label


class RecoveryPanel(QFrame):
    """``restore_asked`` carries the Backup; ``fresh_asked`` and ``folder_asked`` say what else was chosen."""

    restore_asked = Signal(object)
    fresh_asked = Signal()
    folder_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._backup: Backup | None = None
        set_style_property(self, "ground", "bad")
        self._sentence = Label(wrap=True, selectable=True)
        self._offer = Label(wrap=True, ink="secondary", figures=True)
        self._restore = Button("Put the backup back", "primary", "restore")
        self._fresh = Button("Start fresh")
        self._folder = Button("Choose another folder …")
        self._fresh.setToolTip("The damaged file stays in the folder under another name")
        hbox(
            aligned(Glyph("error", "bad", 18), Qt.AlignmentFlag.AlignTop),
            stretch(
                vbox(
                    self._sentence,
                    self._offer,
                    Space.XS,
                    hbox(self._restore, self._fresh, self._folder, STRETCH, spacing=Space.S),
                    spacing=Space.XS,
                )
            ),
            into=self,
            margins=Space.M,
            spacing=Space.S,
        )
        self._restore.clicked.connect(self._ask_restore)
        self._fresh.clicked.connect(self._ask_fresh)
        self._folder.clicked.connect(self.folder_asked)

    @property
    def backup(self) -> Backup | None:
        """The backup that is offered."""
        return self._backup

    def offer(self, sentence: str, backup: Backup | None) -> None:
        """Say what is wrong, and offer a backup, or none."""
        self._backup = backup
        self._sentence.setText(sentence)
        kept = "The damaged file stays where it is, under another name."
        if backup is None:
            self._offer.setText(f"There is no healthy backup of it. {kept}")
        else:
            self._offer.setText(
                f"The newest healthy backup is of {made_text(backup)} and holds {holds_text(backup)}. {kept}"
            )
        self._restore.setVisible(backup is not None)
        self._set_busy(busy=False)
        self.setAccessibleName(sentence)
        announce(self, f"{sentence} {self._offer.text()}")

    def say(self, sentence: str) -> None:
        """Say why it did not work; the offers stay."""
        self._offer.setText(sentence)
        self._set_busy(busy=False)
        announce(self, sentence)

    @Slot()
    def _ask_restore(self) -> None:
        self._set_busy(busy=True)
        self.restore_asked.emit(self._backup)

    @Slot()
    def _ask_fresh(self) -> None:
        self._set_busy(busy=True)
        self.fresh_asked.emit()

    def _set_busy(self, *, busy: bool) -> None:
        for one in (self._restore, self._fresh, self._folder):
            one.setEnabled(not busy)


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
        vbox(
            self.banner,
            self.recovery,
            self.loss,
            self.left_out,
            into=self,
            margins=(Space.XL, Space.M, Space.XL, Space.M),
        )
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
