"""Reports of unexpected errors, brought from any thread to the window without flooding it."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot

from pump_desktop.system.crash import CrashReport
from pump_desktop.ui.report_dialog import ReportDialog

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
