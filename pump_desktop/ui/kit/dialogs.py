"""Small dialogs: a line of text, a page of notes, and a bet to paste."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QPlainTextEdit, QWidget

from pump_desktop.domain.live import MAX_SNAPSHOT_NAME, MAX_STREAM_NOTES
from pump_desktop.domain.runs import MAX_NAME_LENGTH, MAX_NOTES_LENGTH
from pump_desktop.qt.look.fonts import mono_font
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.text.numbers import grouped
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.field import FieldBox
from pump_desktop.ui.kit.layout import vbox


class PlainDialog(QDialog):
    """A window-modal dialog that frees itself when it closes."""

    def __init__(self, title: str, width: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(width)
        self.column = vbox(into=self, margins=(Space.XL, Space.XL, Space.XL, Space.L), spacing=Space.L)

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


class AskingDialog(PlainDialog):
    """Asks for one text; ``asked`` carries it, and the dialog stays until the text was stored."""

    asked = Signal(str)

    def __init__(self, title: str, box: FieldBox, accept: str, parent: QWidget) -> None:
        super().__init__(title, 420, parent)
        self._box = box
        self.column.addWidget(box)
        self.add_buttons(accept)
        box.editor.setFocus()

    @property
    def text(self) -> str:
        """What was typed."""
        raise NotImplementedError

    def accept(self) -> None:
        """Ask for the text to be stored."""
        sentence = self._problem()
        if sentence:
            self.show_error(sentence)
        else:
            self.asked.emit(self.text)

    def close_stored(self) -> None:
        """Close: the text is stored."""
        super().accept()

    def show_error(self, sentence: str) -> None:
        """Say why it was not stored; the text stays."""
        self._box.set_error(sentence)
        self._box.editor.setFocus()

    def _problem(self) -> str:
        """Give what is wrong with the text before anybody is asked; empty when nothing is."""
        return ""

    @Slot()
    def _edited(self) -> None:
        self._box.set_error(None)


class NoteDialog(AskingDialog):
    """The note of one bookmark."""

    def __init__(self, note: str, where: str, parent: QWidget) -> None:
        edit = QPlainTextEdit(note)
        edit.setMinimumHeight(120)
        edit.setTabChangesFocus(True)
        edit.selectAll()
        super().__init__("Bookmark note", FieldBox(where, edit), "Save", parent)
        self._edit = edit
        edit.setAccessibleName("Note")
        edit.textChanged.connect(self._edited)

    @property
    def text(self) -> str:
        """What was typed."""
        return self._edit.toPlainText()

    def _problem(self) -> str:
        length = len(self.text)
        if length <= MAX_STREAM_NOTES:
            return ""
        return f"A note holds at most {grouped(MAX_STREAM_NOTES)} characters; this one has {grouped(length)}."


class SnapshotDialog(AskingDialog):
    """The name of a snapshot, a new one or one that has another name."""

    def __init__(self, title: str, name: str, hint: str, accept: str, parent: QWidget) -> None:
        edit = QLineEdit(name)
        edit.setMaxLength(MAX_SNAPSHOT_NAME)
        edit.selectAll()
        super().__init__(title, FieldBox("Name", edit, hint), accept, parent)
        self._edit = edit
        edit.textEdited.connect(self._edited)

    @property
    def text(self) -> str:
        """What was typed."""
        return self._edit.text()

    def _problem(self) -> str:
        return "" if self.text.strip() else "A snapshot needs a name."
