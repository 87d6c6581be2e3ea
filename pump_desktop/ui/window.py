"""The window: rail, pages, status line, toasts, and what happens between pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.live import StreamRow
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import Run, RunRow
from pump_desktop.qt.appearance import Appearance, Mode
from pump_desktop.qt.asking import Asker
from pump_desktop.qt.deletes import PendingDeletes
from pump_desktop.qt.event_bridge import EventBridge
from pump_desktop.qt.listening import ListenerStatus
from pump_desktop.qt.numbers import duration_text, grouped, rate_text
from pump_desktop.qt.scans import Scans
from pump_desktop.qt.theme import Size, Space
from pump_desktop.ui.dialogs import ReportDialog
from pump_desktop.ui.live_notices import LiveNotices
from pump_desktop.ui.pages.live_page import LivePage
from pump_desktop.ui.pages.live_words import listener_words
from pump_desktop.ui.pages.runs_page import RunsPage
from pump_desktop.ui.pages.scan_page import ScanPage
from pump_desktop.ui.run_actions import RunActions
from pump_desktop.ui.widgets.banner import Banner, Tone
from pump_desktop.ui.widgets.rail import Rail, RailEntry
from pump_desktop.ui.widgets.status import StatusLine
from pump_desktop.ui.widgets.toast import ToastArea

if TYPE_CHECKING:
    from pump_desktop.services.progress import ScanProgress
    from pump_desktop.services.runs import Replay
    from pump_desktop.ui.pages.run_page import RunPage

_NEXT_THEME = {Mode.SYSTEM: Mode.LIGHT, Mode.LIGHT: Mode.DARK, Mode.DARK: Mode.SYSTEM}


class Window(QMainWindow):
    """Emits what only the program can do: close, take another folder (path) or port, keep a theme (Mode)."""

    closing = Signal()
    free_port_asked = Signal()
    folder_chosen = Signal(str)
    theme_chosen = Signal(object)

    def __init__(
        self,
        asker: Asker,
        scans: Scans,
        deletes: PendingDeletes,
        appearance: Appearance,
        max_nonces: int,
        live_asker: Asker,
        bridge: EventBridge,
        now: Callable[[], datetime],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._asker = asker
        self._scans = scans
        self._deletes = deletes
        self._appearance = appearance
        self._run_page: RunPage | None = None
        self._last_section = "scan"
        self._now = now
        self.setWindowTitle("Pump Desktop")
        self.setMinimumSize(880, 600)

        self._rail = Rail(
            [
                RailEntry("scan", "scan", "Scan"),
                RailEntry("runs", "runs", "Runs"),
                RailEntry("live", "live", "Live"),
            ]
        )
        self._scan_page = ScanPage(asker, max_nonces)
        self._runs_page = RunsPage(asker, deletes)
        self._live_page = LivePage(live_asker, bridge, now)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._scan_page)
        self._pages.addWidget(self._runs_page)
        self._pages.addWidget(self._live_page)
        self._banner = Banner("bad", "", dismissable=False)
        self._banner_space = QWidget()
        self._banner_space.hide()
        self._status = StatusLine()
        self._lay_out()
        self._toasts = ToastArea(self._body, Size.STATUS)
        self._actions = RunActions(asker, deletes, self._toasts, self)
        self._notices = LiveNotices(self._toasts, self)
        self._connect()
        self._rail.set_current("scan")
        self._status.set_listener("off", "Opening the database …")

    @property
    def scan_page(self) -> ScanPage:
        """The Scan page."""
        return self._scan_page

    @property
    def runs_page(self) -> RunsPage:
        """The Runs page."""
        return self._runs_page

    @property
    def run_actions(self) -> RunActions:
        """What can be done with a run."""
        return self._actions

    @property
    def live_page(self) -> LivePage:
        """The Live page."""
        return self._live_page

    @property
    def run_page(self) -> RunPage:
        """The page of one run, made when first needed: its charts take a while to import."""
        if self._run_page is None:
            from pump_desktop.ui.pages.run_page import RunPage  # noqa: PLC0415 - pyqtgraph comes after first paint

            page = RunPage(self._asker, self._appearance)
            page.back_asked.connect(self._back_to_runs)
            page.action_asked.connect(self._actions.act)
            page.said.connect(self.say)
            page.refused.connect(self.refuse)
            self._pages.addWidget(page)
            self._run_page = page
        return self._run_page

    def _lay_out(self) -> None:
        self._body = QWidget()
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        inset = QVBoxLayout(self._banner_space)
        inset.setContentsMargins(Space.XL, Space.M, Space.XL, Space.M)
        inset.addWidget(self._banner)
        right.addWidget(self._banner_space)
        right.addWidget(self._pages, 1)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._rail)
        row.addLayout(right, 1)
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row, 1)
        column.addWidget(self._status)
        self.setCentralWidget(self._body)

    def _connect(self) -> None:
        self._rail.chosen.connect(self.open_section)
        self._scan_page.scan_asked.connect(self._start_scan)
        self._scan_page.cancel_asked.connect(self._scans.cancel)
        self._scan_page.sample_asked.connect(self.fill_sample)
        self._runs_page.opened.connect(self._open_row)
        self._runs_page.action_asked.connect(self._actions.act)
        self._runs_page.delete_asked.connect(self._actions.delete_runs)
        self._actions.changed.connect(self._run_changed)
        self._actions.added.connect(self._runs_page.reload)
        self._actions.hidden.connect(self._runs_hidden)
        self._actions.returned.connect(self._runs_page.reload)
        self._actions.rescan_asked.connect(self._rescan)
        self._runs_page.scan_asked.connect(self._new_scan)
        self._runs_page.sample_asked.connect(self._scan_sample)
        self._scans.started.connect(self._scan_started)
        self._scans.progress.connect(self._scan_progress)
        self._scans.finished.connect(self._scan_finished)
        self._scans.failed.connect(self._scan_failed)
        self._scans.cancelled.connect(self._scan_cancelled)
        self._status.cancel_clicked.connect(self._scans.cancel)
        self._status.job_clicked.connect(self._new_scan)
        self._banner.acted.connect(self._choose_folder)
        self._deletes.failed.connect(self.refuse)
        self._deletes.failed.connect(self._runs_page.reload)
        self._live_page.noticed.connect(self._streams_began)
        self._notices.open_asked.connect(self._open_stream)
        self._notices.free_port_asked.connect(self.free_port_asked)
        self._live_page.free_port_asked.connect(self.free_port_asked)
        self._live_page.said.connect(self.say)
        self._live_page.refused.connect(self.refuse)
        self._status.listener_clicked.connect(self._open_live)
        self._asker.sentence.connect(self.refuse)
        self._asker.broke.connect(self._broke)
        for number, key in enumerate(("scan", "runs", "live"), 1):
            QShortcut(QKeySequence(f"Ctrl+{number}"), self, _opener(self, key))
        QShortcut(QKeySequence("Ctrl+N"), self, self._new_scan)
        QShortcut(QKeySequence("Ctrl+Shift+L"), self, self._next_theme)
        QShortcut(QKeySequence("F8"), self, self._toasts.focus_newest)
        QShortcut(QKeySequence.StandardKey.Quit, self, self.close)

    # What the person sees of the backend.

    def show_ready(self, database: Path, *, first_start: bool) -> None:
        """Say that the database is open; at the first start, offer the sample."""
        self._banner_space.hide()
        self._status.set_listener("good", f"Ready · {database}")
        self._runs_page.reload()
        self._live_page.reload()
        if first_start:
            self._scan_page.welcome()

    def show_unusable(self, error: KnownError) -> None:
        """Say why the database cannot be used, and offer another folder."""
        self._banner.show_sentence("bad", str(error), "Choose another folder …")
        self._banner_space.show()
        self._status.set_listener("bad", "No database")

    @Slot()
    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, "Choose a folder for runs and settings")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.folder_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def show_report(self, sentence: str, details: str) -> ReportDialog:
        """Show the report of an unexpected error, and give its dialog."""
        dialog = ReportDialog(sentence, details, self)
        dialog.open()
        return dialog

    @Slot(str)
    def say(self, sentence: str) -> None:
        """Show a sentence about something that went well."""
        self._toasts.say(sentence)

    @Slot(str)
    def refuse(self, sentence: str) -> None:
        """Show a sentence about something that did not."""
        tone: Tone = "bad"
        self._toasts.say(sentence, tone=tone)

    def clear_toasts(self) -> None:
        """Close all toasts, as if their time were over."""
        self._toasts.clear()

    # Pages.

    @Slot(str)
    def open_section(self, key: str) -> None:
        """Bring a page to the front."""
        pages = {"scan": self._scan_page, "runs": self._runs_page, "live": self._live_page}
        if key == "runs":
            self._runs_page.reload()
        elif key == "live":
            self._rail.button("live").set_dot(False)
        focus = QApplication.focusWidget()
        on_rail = focus is not None and self._rail.isAncestorOf(focus)
        self._pages.setCurrentWidget(pages[key])
        self._rail.set_current(key)
        if key == "live" and not on_rail:
            self._live_page.streams.focus_rows()

    def open_run(self, run: Run) -> None:
        """Show one run."""
        self.run_page.show_run(run)
        self._pages.setCurrentWidget(self.run_page)
        self.run_page.focus_tabs()
        self._rail.set_current("runs")

    @Slot()
    def _back_to_runs(self) -> None:
        self.open_section("runs")
        self._runs_page.focus_list()

    @Slot(object)
    def _open_row(self, row: RunRow) -> None:
        self._asker.ask(self, lambda backend: backend.runs.get(row.id), self.open_run)

    @Slot()
    def _new_scan(self) -> None:
        self.open_section("scan")
        self._scan_page.focus_first()

    @Slot()
    def fill_sample(self) -> None:
        """Put the sample into the form."""
        from pump_desktop.services.sample import sample_request  # noqa: PLC0415 - used once

        self._scan_page.fill(sample_request(), "Sample seed pair")

    @Slot()
    def _scan_sample(self) -> None:
        from pump_desktop.services.sample import sample_request  # noqa: PLC0415 - used once

        self.open_section("scan")
        self._scan_page.fill(sample_request(), "Sample seed pair")
        self._start_scan(sample_request(), "Sample seed pair")

    # The listener and its streams.

    @Slot(object)
    def show_listener(self, status: ListenerStatus) -> None:
        """Say what the listener does; when its port is taken, offer another."""
        self._status.set_listener(*listener_words(status, self._now()))
        self._live_page.show_listener(status)
        self._notices.show_listener(status)

    @Slot()
    def _open_live(self) -> None:
        self.open_section("live")

    @Slot(object)
    def _streams_began(self, rows: list[StreamRow]) -> None:
        self._notices.tell_streams(rows)
        self._rail.button("live").set_dot(self._pages.currentWidget() is not self._live_page)

    @Slot(object)
    def _open_stream(self, stream_id: UUID) -> None:
        self.open_section("live")
        self._live_page.open_stream(stream_id)

    # Scans.

    @Slot(object, str)
    def _start_scan(self, request: ScanRequest, name: str) -> None:
        if not self._scans.start(request, name):
            self.refuse("A scan is still running. Wait for it, or cancel it.")

    @Slot(object)
    def _scan_started(self, request: ScanRequest) -> None:
        self._scan_page.show_started(request)
        self._status.set_job("Getting the engine ready", None)

    @Slot(object)
    def _scan_progress(self, progress: ScanProgress) -> None:
        self._scan_page.show_progress(progress)
        if not progress.preparing:
            share = progress.done / progress.total
            left = duration_text(progress.seconds_left or 0.0)
            self._status.set_job(
                f"Scanning {int(share * 100)} % · {rate_text(progress.rate)} · {left} left", share
            )

    @Slot(object)
    def _scan_finished(self, replay: Replay) -> None:
        self._scan_page.show_ended()
        self._status.clear_job()
        self.open_run(replay.run)
        run = replay.run
        self.say(f"{grouped(run.count)} nonces scanned in {duration_text(run.duration_ms / 1000, fine=True)}")

    @Slot(object)
    def _scan_failed(self, error: Exception) -> None:
        self._status.clear_job()
        if isinstance(error, KnownError):
            self._scan_page.show_failed(error)
            self.open_section("scan")
        else:
            self._scan_page.show_ended()
            self._broke(error)

    @Slot()
    def _scan_cancelled(self) -> None:
        self._scan_page.show_ended()
        self._status.clear_job()
        self._toasts.say("Scan stopped. Nothing was stored.", tone="info")

    # What was done with a run.

    @Slot(object)
    def _run_changed(self, run: Run) -> None:
        self._runs_page.reload()
        if self._run_page is not None and self._run_page.run is not None and self._run_page.run.id == run.id:
            self._run_page.show_run(run)

    @Slot(object)
    def _runs_hidden(self, run_ids: tuple[UUID, ...]) -> None:
        self._runs_page.hide_runs(run_ids)
        if self._pages.currentWidget() is self._run_page:
            self._back_to_runs()

    @Slot(object)
    def _rescan(self, request: ScanRequest) -> None:
        self.open_section("scan")
        self._scan_page.fill(request)

    # The window itself.

    @Slot()
    def _next_theme(self) -> None:
        mode = _NEXT_THEME[self._appearance.mode]
        self._appearance.set_mode(mode)
        self.theme_chosen.emit(mode)
        self._toasts.say(f"Theme: {mode}", tone="info")

    @Slot(object)
    def _broke(self, error: BaseException) -> None:
        # Raised here, in the window's thread, so that the one net for unexpected errors reports it.
        raise error

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the rail under 1,100 px."""
        super().resizeEvent(event)
        self._rail.fit_window(event.size().width())

    def showEvent(self, event: QShowEvent) -> None:
        """Put the keyboard on the first field of the first page."""
        super().showEvent(event)
        if not event.spontaneous() and self._pages.currentWidget() is self._scan_page:
            self._scan_page.focus_first()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that the program should end."""
        super().closeEvent(event)
        self.closing.emit()


def _opener(window: Window, key: str) -> Callable[[], None]:
    return lambda: window.open_section(key)
