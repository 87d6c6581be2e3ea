"""The notes of a stream, stored while they are written."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from pump_desktop.domain.errors import KnownError, NotFoundError
from pump_desktop.domain.live import MAX_STREAM_NOTES, StreamRow
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.text.numbers import grouped
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.pages.stream_panel import StreamPanel
from pump_desktop.ui.widgets.field import FieldBox
from pump_desktop.ui.widgets.text import Label

PAUSE_MS = 1_000


class NotesEdit(QPlainTextEdit):
    """Plain text; ``left`` says that the keyboard went elsewhere."""

    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that the keyboard went elsewhere."""
        super().focusOutEvent(event)
        self.left.emit()


class NotesPanel(StreamPanel):
    """One field; what cannot be stored stays in it, also while another stream is looked at."""

    title = "Notes"

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(asker, parent)
        # What each row said last, what is on disk as far as is known, and what is not.
        self._said: str = ""
        self._stored: str = ""
        self._drafts: dict[UUID, str] = {}
        self._edit = NotesEdit()
        self._edit.setTabChangesFocus(True)
        self._edit.setPlaceholderText("What you want to remember of this stream")
        self._edit.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._box = FieldBox("Notes", self._edit)
        self._counter = Label("", size=Type.HINT, ink="muted", figures=True)
        self._box.add_aside(self._counter)
        self._column.addWidget(self._box, 1)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.save)
        self._edit.left.connect(self.save)
        self._edit.textChanged.connect(self._edited)
        self._edited()

    @property
    def notes(self) -> str:
        """What is in the field."""
        return self._edit.toPlainText()

    @property
    def error(self) -> str | None:
        """Why the notes are not stored, if they are not."""
        return self._box.error

    def show_stream(self, row: StreamRow | None) -> None:
        """Show the notes of a stream; what is being written stays."""
        if self.stream_id != (None if row is None else row.id):
            self.save()
        super().show_stream(row)
        # A row may have been read before the last save: only what it says anew counts.
        if row is not None and row.notes != self._said:
            self._said = row.notes
            if self.notes == self._stored and not self._edit.hasFocus():
                self._show(row.notes)

    @Slot()
    def save(self) -> None:
        """Store what is in the field, unless it is on disk or too long."""
        self._pause.stop()
        stream_id, notes = self.stream_id, self.notes
        if stream_id is None or (notes == self._stored and stream_id not in self._drafts):
            return
        self._drafts[stream_id] = notes
        if self._problem(notes):
            return

        def stored(_row: StreamRow) -> None:
            if self._drafts.get(stream_id) == notes:
                del self._drafts[stream_id]
            if stream_id == self.stream_id:
                self._stored = notes
                self._box.set_error(self._problem(self.notes))

        def refused(error: KnownError) -> None:
            if isinstance(error, NotFoundError):
                self._drafts.pop(stream_id, None)
                self.refused.emit("The stream was deleted, so its notes were not stored.")
            elif stream_id == self.stream_id:
                self._box.set_error(str(error))
            else:
                self.refused.emit(str(error))

        self._write(lambda live: live.set_notes(stream_id, notes), stored, refused)

    def _changed(self) -> None:
        row = self._row
        self._edit.setEnabled(row is not None)
        self._said = self._stored = "" if row is None else row.notes
        draft = None if row is None else self._drafts.get(row.id)
        if draft is None:
            self._show(self._stored)
        else:
            self._edit.setPlainText(draft)

    def _show(self, notes: str) -> None:
        self._stored = notes
        if notes != self.notes:
            self._edit.setPlainText(notes)
        self._pause.stop()

    @Slot()
    def _edited(self) -> None:
        notes = self.notes
        self._counter.setText(f"{grouped(len(notes))} / {grouped(MAX_STREAM_NOTES)}")
        problem = self._problem(notes)
        self._counter.set_ink("bad" if problem else "muted")
        self._box.set_error(problem)
        if self.stream_id is not None and notes != self._stored:
            self._pause.start()

    def _problem(self, notes: str) -> str | None:
        if len(notes) <= MAX_STREAM_NOTES:
            return None
        return (
            f"Notes hold at most {grouped(MAX_STREAM_NOTES)} characters; these have {grouped(len(notes))} "
            "and are not stored."
        )
