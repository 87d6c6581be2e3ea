"""Small dialogs: a line of text, a page of notes, and a bet to paste."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from pump_desktop.domain.runs import MAX_NAME_LENGTH, MAX_NOTES_LENGTH
from pump_desktop.qt.look.fonts import mono_font
from pump_desktop.qt.look.theme import Space
from pump_desktop.ui.widgets.buttons import Button
from pump_desktop.ui.widgets.field import FieldBox


class PlainDialog(QDialog):
    """A window-modal dialog that frees itself when it closes."""

    def __init__(self, title: str, width: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(width)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        self.column.setSpacing(Space.L)

    def add_buttons(self, accept: str, cancel: str = "Cancel") -> Button:
        """Put the two answers at the foot and give the first one, which is the default."""
        box = QDialogButtonBox()
        yes = Button(accept, "primary")
        box.addButton(yes, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(Button(cancel), QDialogButtonBox.ButtonRole.RejectRole)
        yes.setDefault(True)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        self.column.addWidget(box)
        return yes

    def add_close(self, words: str, *actions: Button, instead: Button | None = None) -> None:
        """Put buttons at the foot: ``actions``, one that ends it ``instead``, and the one that closes.

        That is the default, and has the keyboard.
        """
        box = QDialogButtonBox()
        for action in actions:
            box.addButton(action, QDialogButtonBox.ButtonRole.ActionRole)
        if instead is not None:
            box.addButton(instead, QDialogButtonBox.ButtonRole.DestructiveRole)
        close = Button(words, "primary")
        close.setDefault(True)
        box.addButton(close, QDialogButtonBox.ButtonRole.RejectRole)
        box.rejected.connect(self.reject)
        self.column.addWidget(box)
        close.setFocus()


class NameDialog(PlainDialog):
    """Asks for a run's name."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__("Rename run", 420, parent)
        self._edit = QLineEdit(name)
        self._edit.setMaxLength(MAX_NAME_LENGTH)
        self._edit.selectAll()
        self.column.addWidget(FieldBox("Name", self._edit, "Leave it empty to show the client seed instead."))
        self.add_buttons("Rename")

    @property
    def name(self) -> str:
        """What was typed."""
        return self._edit.text()


class NotesDialog(PlainDialog):
    """Shows and changes a run's notes."""

    def __init__(self, notes: str, parent: QWidget) -> None:
        super().__init__("Notes", 520, parent)
        self._edit = QPlainTextEdit(notes)
        self._edit.setMinimumHeight(220)
        self._edit.setTabChangesFocus(True)
        self._box = FieldBox("Notes", self._edit)
        self.column.addWidget(self._box)
        self.add_buttons("Save")

    @property
    def notes(self) -> str:
        """What was typed."""
        return self._edit.toPlainText()

    def accept(self) -> None:
        """Close, unless the notes are longer than can be stored."""
        length = len(self.notes)
        if length > MAX_NOTES_LENGTH:
            self._box.set_error(f"Notes hold at most {MAX_NOTES_LENGTH:,} characters; these have {length:,}.")
            return
        super().accept()


class PasteBetDialog(PlainDialog):
    """Takes a bet as JSON; ``read_asked`` carries the text, and the dialog stays until the bet was read."""

    read_asked = Signal(str)

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__("Paste a bet", 560, parent)
        self._edit = QPlainTextEdit(text)
        self._edit.setFont(mono_font())
        self._edit.setMinimumHeight(220)
        self._edit.setTabChangesFocus(True)
        self._edit.setPlaceholderText('{"id": "…", "nonce": 5663, "difficulty": "expert", …}')
        self._box = FieldBox(
            "The bet as JSON",
            self._edit,
            "A bet as a script posts it, a heartbeat, or Antebot's lastBet as it is.",
        )
        self.column.addWidget(self._box)
        use = self.add_buttons("Use this bet")
        if text:
            # A page of text keeps Return for itself, and here only the answer is missing.
            use.setFocus()
        self._edit.textChanged.connect(self._edited)

    def show_error(self, sentence: str) -> None:
        """Say why the bet cannot be read; the text stays."""
        self._box.set_error(sentence)
        self._edit.setFocus()

    def accept(self) -> None:
        """Ask for the bet to be read."""
        self.read_asked.emit(self._edit.toPlainText())

    @Slot()
    def _edited(self) -> None:
        self._box.set_error(None)
