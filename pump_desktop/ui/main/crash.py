"""Reports of unexpected errors, brought from any thread to the window without flooding it."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from pump_desktop.domain.errors import KnownError
from pump_desktop.qt.look.fonts import mono_font
from pump_desktop.qt.look.theme import Space
from pump_desktop.system.crash import CrashReport
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.dialogs import PlainDialog
from pump_desktop.ui.kit.layout import STRETCH, hbox, stretch
from pump_desktop.ui.kit.saving import open_folder
from pump_desktop.ui.kit.style import announce
from pump_desktop.ui.kit.text import Glyph, Label

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
        head = hbox(Glyph("error", "bad", 24), stretch(Label(sentence, wrap=True)), spacing=Space.M)
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
        row = hbox(self._fold, STRETCH)
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


_AGAIN = "The same error happened again. It is in the log, and nothing more needs to be done about it now."


class Teller(Protocol):
    """What shows reports and sentences: the window."""

    def show_report(self, sentence: str, details: str) -> ReportDialog:
        """Show a report, and give its dialog."""
        ...

    def refuse(self, sentence: str) -> None:
        """Show a sentence."""
        ...


class CrashBridge(QObject):
    """Shows the first report of each error; its repeats get a toast now and then, the log gets all.

    While a dialog is open nothing else opens: an error in a paint or a timer comes back at every turn. Before
    there is a window, and behind it, reports stay in the log.
    """

    reported = Signal(object)

    def __init__(self, window: Teller | None = None) -> None:
        super().__init__()
        self._window = window
        self._shown = False
        self._known: set[str] = set()
        self.reported.connect(self._show)

    def show_in(self, window: Teller | None) -> None:
        """Show reports in this window from now on, or nowhere."""
        self._window = window

    def report(self, report: CrashReport) -> None:
        """Take a report in the thread that failed."""
        self.reported.emit(report)

    @Slot(object)
    def _show(self, report: CrashReport) -> None:
        if self._shown or self._window is None:
            return
        if report.same_as in self._known:
            # The second time, and then ever more seldom.
            if report.is_milestone:
                self._window.refuse(_AGAIN)
            return
        self._known.add(report.same_as)
        self._shown = True
        self._window.show_report(report.sentence, report.details).finished.connect(self._closed)

    @Slot()
    def _closed(self) -> None:
        self._shown = False
