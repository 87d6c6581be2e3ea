"""Dialogs for what people pin to a stream: a bookmark's note and a snapshot's name."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from pump_desktop.domain.live import MAX_SNAPSHOT_NAME, MAX_STREAM_NOTES
from pump_desktop.qt.text.numbers import grouped
from pump_desktop.ui.dialogs import PlainDialog
from pump_desktop.ui.widgets.field import FieldBox


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
