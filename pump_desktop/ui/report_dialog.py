"""The report of an error nobody expected: one sentence, the details folded away, and the way on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from pump_desktop.domain.errors import KnownError
from pump_desktop.qt.look.fonts import mono_font
from pump_desktop.qt.look.theme import Space
from pump_desktop.ui.dialogs import PlainDialog
from pump_desktop.ui.folders import open_folder
from pump_desktop.ui.widgets.buttons import Button
from pump_desktop.ui.widgets.style import announce
from pump_desktop.ui.widgets.text import Glyph, Label

_WHAT_NOW = (
    "You can go on. If it happens again, copy the report and send it along; seeds are taken out of it, "
    "but look it through first."
)


class ReportDialog(PlainDialog):
    """Shows ``sentence``; ``details`` can be unfolded and copied. ``quit_asked`` ends the program."""

    quit_asked = Signal()

    def __init__(self, sentence: str, details: str, logs: Path | None, parent: QWidget) -> None:
        super().__init__("Something went wrong", 640, parent)
        self._details = details
        self._logs = logs
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(Glyph("error", "bad", 24))
        head.addWidget(Label(sentence, wrap=True), 1)
        self.column.addLayout(head)
        self.column.addWidget(Label(_WHAT_NOW, ink="secondary", wrap=True))
        self._fold = Button("Show details", "quiet", "expand")
        self._fold.setCheckable(True)
        self._fold.toggled.connect(self._set_open)
        self._text = QPlainTextEdit(details)
        self._text.setReadOnly(True)
        self._text.setFont(mono_font())
        self._text.setMinimumHeight(260)
        self._text.setAccessibleName("Report")
        self._note = Label("", ink="muted", wrap=True)
        row = QHBoxLayout()
        row.addWidget(self._fold)
        row.addStretch(1)
        self.column.addLayout(row)
        self.column.addWidget(self._text)
        self.column.addWidget(self._note)
        self._text.hide()
        self._note.hide()
        self._add_answers()

    def _add_answers(self) -> None:
        copy = Button("Copy report", meaning="copy")
        copy.clicked.connect(self._copy)
        actions = [copy]
        if self._logs is not None:
            folder = Button("Open log folder", meaning="folder")
            folder.clicked.connect(self._open_logs)
            actions.append(folder)
        leave = Button("Quit")
        leave.clicked.connect(self._quit)
        self.add_close("Go on", *actions, instead=leave)

    @Slot(bool)
    def _set_open(self, opened: bool) -> None:
        self._text.setVisible(opened)
        self._fold.setText("Hide details" if opened else "Show details")
        self._fold.set_meaning("collapse" if opened else "expand")
        self.adjustSize()

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details)
        self._say("The report is in the clipboard.")

    @Slot()
    def _open_logs(self) -> None:
        if self._logs is None:
            return
        try:
            open_folder(self._logs)
        except KnownError as error:
            self._say(str(error))

    def _say(self, sentence: str) -> None:
        self._note.setText(sentence)
        self._note.show()
        announce(self._note, sentence)

    @Slot()
    def _quit(self) -> None:
        self.reject()
        self.quit_asked.emit()
