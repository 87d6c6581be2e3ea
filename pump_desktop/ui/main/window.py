"""The window: rail, pages, status line, toasts, and what happens between pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.runs import Run
from pump_desktop.domain.storage import Backup
from pump_desktop.qt.app.listening import ListenerStatus
from pump_desktop.qt.live.sources import LiveSources
from pump_desktop.qt.look.theme import Appearance, Size
from pump_desktop.qt.work.query import Asker
from pump_desktop.qt.work.queue import ScanQueue
from pump_desktop.qt.work.scans import Scans
from pump_desktop.qt.work.undo import PendingDeletes
from pump_desktop.system.paths import AppPaths
from pump_desktop.system.settings import Settings
from pump_desktop.ui.kit.banner import Tone
from pump_desktop.ui.kit.layout import hbox, stretch, vbox
from pump_desktop.ui.kit.rail import Rail
from pump_desktop.ui.kit.status import StatusLine
from pump_desktop.ui.kit.toast import ToastArea
from pump_desktop.ui.main.crash import ReportDialog
from pump_desktop.ui.main.layout_memory import LayoutKeeper
from pump_desktop.ui.main.navigation import RunLinks
from pump_desktop.ui.main.pages import SECTIONS, FailedPage, PageShelf
from pump_desktop.ui.main.scan_flow import ScanFlow
from pump_desktop.ui.main.store_problem import RecoveryPanel, StoreTrouble
from pump_desktop.ui.runs.actions import RunActions
from pump_desktop.ui.runs.page import RunsPage
from pump_desktop.ui.scan.page import ScanPage

if TYPE_CHECKING:
    from pump_desktop.ui.live.page import LivePage
    from pump_desktop.ui.main.live import LiveSide
    from pump_desktop.ui.run.page import RunPage


class Window(QMainWindow):
    """Emits what only the program can do: close, take another folder (path) or port, keep hours."""

    closing = Signal()
    free_port_asked = Signal()
    folder_chosen = Signal(str)
    quiet_hours_chosen = Signal(object)

    def __init__(
        self,
        asker: Asker,
        scans: Scans,
        queue: ScanQueue,
        deletes: PendingDeletes,
        appearance: Appearance,
        max_nonces: int,
        live: LiveSources,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._asker = asker
        self._deletes = deletes
        self._appearance = appearance
        self._live_sources = live
        self._live_side: LiveSide | None = None
        self._paths: AppPaths | None = None
        self.setWindowTitle("Pump Desktop")
        self.setMinimumSize(880, 600)

        self._rail = Rail(SECTIONS)
        self._pages = PageShelf(asker, queue, deletes, appearance, max_nonces, live.bridge)
        self._trouble = StoreTrouble()
        self._status = StatusLine()
        self._lay_out()
        self._toasts = ToastArea(self._body, Size.STATUS)
        self._actions = RunActions(asker, deletes, self._toasts, self, max_nonces)
        self._flow = ScanFlow(
            asker, scans, queue, deletes, self._pages.scan, self._status, self._toasts, max_nonces, self
        )
        self._links = RunLinks(self._pages, self._actions, self._flow, asker, self, self)
        self._layout_keeper = LayoutKeeper(self, self, self._pages)
        self._connect()
        self._rail.set_current("scan")
        self._status.set_listener("off", "Opening the database …")

    @property
    def scan_page(self) -> ScanPage:
        """The Scan page."""
        return self._pages.scan

    @property
    def runs_page(self) -> RunsPage:
        """The Runs page."""
        return self._pages.runs

    @property
    def run_actions(self) -> RunActions:
        """What can be done with a run."""
        return self._actions

    @property
    def live_page(self) -> LivePage:
        """The Live page."""
        return self._pages.live

    @property
    def live_side(self) -> LiveSide:
        """The Live page and all that belongs to it, once ``complete()`` has made it."""
        if self._live_side is None:
            raise RuntimeError("the live side is not made yet")
        return self._live_side

    def take_deleted_streams(self) -> tuple[UUID, ...]:
        """Give the streams whose deletion still has an undo, which it loses."""
        return () if self._live_side is None else tuple(self._live_side.page.deletes.take_all())

    @property
    def recovery(self) -> RecoveryPanel:
        """What is offered while the database is damaged."""
        return self._trouble.recovery

    @property
    def pages(self) -> PageShelf:
        """All pages."""
        return self._pages

    @property
    def run_page(self) -> RunPage:
        """The page of one run."""
        return self._pages.run

    def _lay_out(self) -> None:
        self._body = QWidget()
        vbox(
            stretch(
                hbox(self._rail, stretch(vbox(self._trouble, stretch(self._pages), spacing=0)), spacing=0)
            ),
            self._status,
            into=self._body,
            spacing=0,
        )
        self.setCentralWidget(self._body)

    def _connect(self) -> None:
        self._rail.chosen.connect(self.open_section)
        self._pages.scan.welcomed.connect(self._welcomed)
        self._pages.said.connect(self.say)
        self._pages.refused.connect(self.refuse)
        self._pages.runs.scan_asked.connect(self.new_scan)
        self._pages.runs.sample_asked.connect(self._flow.scan_sample)
        self._flow.run_ready.connect(self.open_run)
        self._flow.page_asked.connect(self._open_scan)
        self._flow.broke.connect(self._broke)
        self._trouble.folder_chosen.connect(self.folder_chosen)
        self._deletes.failed.connect(self.refuse)
        self._deletes.failed.connect(self._pages.runs.reload)
        self._asker.sentence.connect(self.refuse)
        self._asker.broke.connect(self._broke)

    def complete(self) -> None:
        """Make what the first paint did not wait for."""
        from pump_desktop.ui.main.live import LiveSide  # noqa: PLC0415 - 0.2 s of imports, see there

        live = LiveSide(self._asker, self._live_sources, self._pages, self._toasts, self, self)
        live.listener_told.connect(self._status.set_listener)
        live.began_unseen.connect(self._mark_live)
        self._status.listener_clicked.connect(live.open_listener)
        live.free_port_asked.connect(self.free_port_asked)
        live.compare_asked.connect(self._links.compare_sides)
        live.quiet_hours_chosen.connect(self.quiet_hours_chosen)
        self._live_side = live

    @Slot()
    def _mark_live(self) -> None:
        self._rail.button("live").set_dot(True)

    def use_paths(self, paths: AppPaths) -> None:
        """Take the folders that can be shown to a person."""
        self._paths = paths
        self._layout_keeper.use_folder(paths.data)

    @property
    def section(self) -> str:
        """The key of the page that is open; a run's page counts as ``runs``."""
        return self._rail.current

    def come_back(self) -> None:
        """Show page, columns and splitters as they stood last time; the store is being opened."""
        self._layout_keeper.begin()

    @Slot()
    def charts_ready(self) -> None:
        """Come back to a page that the first paint did not wait for."""
        self._layout_keeper.come_back()

    def keep_layout(self) -> None:
        """Keep size, page and columns for the next start."""
        self._layout_keeper.keep()

    # What the person sees of the backend.

    def show_ready(self, database: Path, *, first_start: bool, loss: str = "") -> None:
        """Say that the database is open, and what it has lost; at the first start, offer the sample."""
        self._trouble.settle(loss)
        self._status.set_listener("good", f"Ready · {database}")
        self._pages.runs.reload()
        self.live_side.reload()
        if first_start and not self._layout_keeper.was_welcomed:
            self._pages.scan.welcome()

    @Slot(str)
    def tell_left_out(self, sentence: str) -> None:
        """Say above all pages that rows of the database cannot be read."""
        self._trouble.leave_out(sentence)

    def start_over(self) -> None:
        """Read everything anew: other data stands in the file now."""
        self._pages.runs.reload()
        self.live_side.start_over()
        if self._pages.currentWidget() is self._pages.shown_run:
            self._links.back_to_runs()

    def show_recovery(self, sentence: str, backup: Backup | None) -> None:
        """Say that the database is damaged, and offer what helps."""
        self._trouble.offer(sentence, backup)

    def show_unusable(self, error: KnownError) -> None:
        """Say why the database cannot be used, and offer another folder."""
        self._trouble.tell(str(error))
        self._status.set_listener("bad", "No database")

    def apply_settings(self, settings: Settings) -> None:
        """Let everything that follows settings follow these."""
        self.live_side.apply_settings(settings)
        for part in (self._pages, self._actions, self._flow):
            part.set_max_nonces(settings.max_nonces)

    def show_report(self, sentence: str, details: str) -> ReportDialog:
        """Show the report of an unexpected error, and give its dialog."""
        logs = None if self._paths is None else self._paths.logs
        dialog = ReportDialog(sentence, details, logs, self)
        dialog.quit_asked.connect(self.close)
        dialog.open()
        return dialog

    @Slot(str)
    def say(self, sentence: str) -> None:
        """Show a sentence about something that went well."""
        self._toasts.say(sentence)

    def tell(self, sentence: str) -> None:
        """Show a sentence about something that is so now."""
        self._toasts.say(sentence, tone="info")

    @property
    def notices(self) -> ToastArea:
        """The notices that are shown."""
        return self._toasts

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
        if key == "runs":
            self._pages.runs.reload()
        elif key == "live":
            self._rail.button("live").set_dot(False)
        focus = QApplication.focusWidget()
        on_rail = focus is not None and self._rail.isAncestorOf(focus)
        page = self._pages.section(key)
        self._pages.setCurrentWidget(page)
        self._rail.set_current(key)
        if on_rail or isinstance(page, FailedPage):
            return
        if key == "live":
            self._pages.live.focus_first()
        elif key == "verify":
            self._pages.verify.focus_first()
        elif key == "settings":
            self._pages.settings.focus_first()

    @Slot(object)
    def open_run_by_id(self, run_id: UUID) -> None:
        """Show the run with an id, once it has been read."""
        self._links.open_by_id(run_id)

    def open_run(self, run: Run) -> None:
        """Show one run."""
        self._links.show_run(run)
        self._rail.set_current("runs")

    @Slot()
    def _open_scan(self) -> None:
        self.open_section("scan")

    @Slot()
    def new_scan(self) -> None:
        """Bring the scan form to the front, with the keyboard on it."""
        self.open_section("scan")
        self._pages.scan.focus_first()

    @Slot(str)
    def _welcomed(self, way: str) -> None:
        self._layout_keeper.keep_welcomed()
        if way == "sample":
            self.fill_sample()
        elif way == "antebot":
            self.live_page.connect_actions.open_connect()

    @Slot()
    def fill_sample(self) -> None:
        """Put the sample into the form."""
        self._flow.fill_sample()

    # The listener and its streams.

    @Slot(object)
    def show_listener(self, status: ListenerStatus) -> None:
        """Say what the listener does; when its port is taken, offer another."""
        self.live_side.show_listener(status)

    @Slot()
    def come_forward(self) -> None:
        """Come to the front with the keyboard; where the system does not allow that, ask for attention."""
        if self.isMinimized():
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()
        QApplication.alert(self)

    @Slot(object)
    def open_stream(self, stream_id: UUID) -> None:
        """Show a stream."""
        self.open_section("live")
        self._pages.live.open_stream(stream_id)

    # The window itself.

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
        if not event.spontaneous() and self._pages.currentWidget() is self._pages.scan:
            self._pages.scan.focus_first()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that the program should end."""
        super().closeEvent(event)
        if self._live_side is not None:
            self._live_side.close()
        self.closing.emit()
