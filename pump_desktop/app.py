"""The composition root: builds everything, wires it in one visible block, and takes it down in order.

Start-up paints first: the window needs Qt alone. Behind it, the query thread imports and opens the store,
the engine thread imports the charts, and the listener starts; then the program is ``warm``. The kernel is
compiled or loaded, and its speed measured, when the Scan form is first touched: the compiler takes 120 MB
that a window which only listens does without. Each start has its stop beside it:

    logs            open_logs / close
    crash hooks     install / uninstall
    query thread    JobRunner("queries") / stop
    live thread     JobRunner("live") / stop
    engine thread   JobRunner("engine") / stop
    import thread   JobRunner("imports") / stop
    audit thread    JobRunner("audit") / stop
    storage thread  JobRunner("storage") / stop
    backend         open_backend (on the query thread) / close (after all threads have ended)
    event bridge    EventBridge.start / stop
    listener        Listening.start (on a thread of its own) / stop (first of all)
    preferences     Preferences (writes on a thread of its own) / stop (writes what is left)
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from pump_desktop import __version__
from pump_desktop.domain.difficulty import Difficulty
from pump_desktop.domain.errors import KnownError, NotFoundError
from pump_desktop.domain.storage import Moved, Restored
from pump_desktop.qt.appearance import Appearance, Mode
from pump_desktop.qt.asking import Asker
from pump_desktop.qt.audits import Audits
from pump_desktop.qt.deletes import PendingDeletes, delete_run, delete_stream
from pump_desktop.qt.door import BackendDoor
from pump_desktop.qt.event_bridge import EventBridge
from pump_desktop.qt.imports import Imports
from pump_desktop.qt.jobs import Job, JobRunner
from pump_desktop.qt.lifecycle import FirstPaint, quit_on_signals
from pump_desktop.qt.listening import Endpoint, ListenerState, ListenerStatus, Listening
from pump_desktop.qt.preferences import Preferences
from pump_desktop.qt.queue import ScanQueue
from pump_desktop.qt.recovering import Recovering
from pump_desktop.qt.scans import Scans
from pump_desktop.qt.storage_work import StorageWork
from pump_desktop.system.clock import utc_now
from pump_desktop.system.crash import CrashReport, install
from pump_desktop.system.data_folder import remember_folder
from pump_desktop.system.display import display_name
from pump_desktop.system.logs import Logs, open_logs
from pump_desktop.system.paths import AppPaths, resolve_paths
from pump_desktop.system.resources import resource
from pump_desktop.system.settings import Settings, load_settings, save_settings
from pump_desktop.system.settle import settle
from pump_desktop.ui.window import Window

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.ui.pages.settings_page import SettingsPage

_log = logging.getLogger(__name__)

PROBE = "PUMP_STARTUP_PROBE"


class Program(QObject):
    """The window and everything behind it, from ``show()`` to ``stop()``.

    ``ready`` once the store is open or cannot be, ``warm`` once all that starts has started, ``measured``
    once the kernel's speed is known.
    """

    ready = Signal()
    warm = Signal()
    measured = Signal()

    def __init__(self, app: QApplication, settings: Settings, paths: AppPaths) -> None:
        super().__init__()
        self._backend = BackendDoor()
        self._stopped = False
        self._coming = {"charts", "listener"}
        self.ended = True
        """Whether every thread ended in time; false only after ``stop()``."""

        self._queries = JobRunner("queries", self)
        # A long export on the query thread must not hold up bets that are landing.
        self._live_queries = JobRunner("live", self)
        self._engine = JobRunner("engine", self)
        self._long_reads = JobRunner("imports", self)
        self._auditing = JobRunner("audit", self)
        self._storing = JobRunner("storage", self)
        self.appearance = Appearance(app, Mode(settings.theme), self)
        self.asker = Asker(self._queries, self._backend, self)
        self.scans = Scans(self._engine, self._backend, self)
        self.queue = ScanQueue(self.scans, self)
        self.deletes = PendingDeletes(self.asker, self)
        self.live_asker = Asker(self._live_queries, self._backend, self)
        self.imports = Imports(self._long_reads, self._backend, self)
        self.audits = Audits(self._auditing, self._backend, self)
        self.storage = StorageWork(self._storing, self._backend, self)
        self.recovering = Recovering(self._storing, self)
        self.bridge = EventBridge(self)
        self.listening = Listening(JobRunner("listener", self), self._backend, self._endpoint, self)
        self.preferences = Preferences(
            JobRunner("settings", self), settings, paths, self.appearance, self.listening, self
        )
        self.window = Window(
            self.asker,
            self.scans,
            self.queue,
            self.deletes,
            self.appearance,
            settings.max_nonces,
            self.live_asker,
            self.bridge,
            self.audits,
            utc_now,
        )

        self.window.live_page.connect_actions.offer_imports(self.imports)
        self.live_asker.sentence.connect(self.window.refuse)
        self.live_asker.broke.connect(self._broke)
        self.listening.changed.connect(self.window.show_listener)
        self.listening.changed.connect(self._listener_changed)
        self.listening.broke.connect(self._broke)
        self.window.free_port_asked.connect(self._use_free_port)
        self.window.pages.offer_settings(self._settings_page)
        self.window.theme_chosen.connect(self.preferences.keep_theme)
        self.window.quiet_hours_chosen.connect(self.preferences.keep_quiet_hours)
        self.preferences.changed.connect(self._settings_changed)
        self.preferences.refused.connect(self._settings_refused)
        self.preferences.broke.connect(self._broke)
        self.window.scan_page.touched.connect(self._warm_engine)
        self.window.folder_chosen.connect(self._use_folder)
        self.storage.broke.connect(self._broke)
        self.recovering.offered.connect(self.window.show_recovery)
        self.recovering.recovered.connect(self._recovered)
        self.recovering.failed.connect(self._not_recovered)
        self.recovering.broke.connect(self._broke)
        self.window.recovery.restore_asked.connect(self.recovering.put_back)
        self.window.recovery.fresh_asked.connect(self.recovering.start_fresh)
        self.window.closing.connect(app.quit)

    def show(self) -> None:
        """Paint the window, then open the store and warm the engine behind it."""
        self.window.show()
        QTimer.singleShot(0, self, self._open)

    def stop(self) -> None:
        """Stop listening, cancel jobs, end the threads, carry out deletions, drain and close the store."""
        if self._stopped:
            return
        self._stopped = True
        self.listening.stop()
        self.preferences.stop()
        self.bridge.stop()
        deleted = self.deletes.take_all()
        deleted_streams = self.window.live_page.deletes.take_all()
        beside = (self._engine, self._long_reads, self._auditing, self._storing)
        threads = (*beside, self._queries, self._live_queries)
        for thread in threads:
            self.ended &= thread.stop()
        backend = self._backend.opened()
        if backend is not None:
            with closing(backend):
                for run_id in deleted:
                    _delete(delete_run, backend, run_id)
                for stream_id in deleted_streams:
                    _delete(delete_stream, backend, stream_id)
        self.window.deleteLater()

    @Slot()
    def _open(self) -> None:
        self._open_store()
        self._engine.submit(_import_charts).finished.connect(self._charts_came)

    def _open_store(self, former: Backend | None = None) -> None:
        settings, paths, door = self.preferences.settings, self.preferences.paths, self._backend

        def open_store(_job: Job) -> tuple[Path, bool]:
            # Here, not at the top: 0.5 s of imports that the first paint does not wait for.
            from pump_desktop.domain.runs import RunQuery  # noqa: PLC0415
            from pump_desktop.services.backend import open_backend  # noqa: PLC0415

            try:
                if former is not None:
                    former.close()
                opened = open_backend(settings, paths, thorough=True)
            except Exception as error:
                door.fail(error)
                raise
            door.open(opened)
            return opened.database_path, opened.runs.list(RunQuery(limit=1)).total == 0

        opening = self._queries.submit(open_store)
        opening.finished.connect(self._opened)
        opening.failed.connect(self._not_opened)

    @Slot(str)
    def _use_folder(self, folder: str) -> None:
        """Try again with another data folder, and remember it when this is the usual start."""
        data_dir, before = Path(folder), self.preferences.settings
        asked_for_usual = before.data_dir is None
        settings = before.model_copy(update={"data_dir": data_dir, "database_url": None})
        self.preferences.use_folder(settings, resolve_paths(data_dir))
        self._backend.reset()
        self._open_store()
        if asked_for_usual:
            self._save({"data_dir": str(data_dir)}, resolve_paths().settings_file)

    @property
    def data_folder(self) -> Path:
        """Where the data is now."""
        return self.preferences.paths.data

    @Slot(object)
    def data_moved(self, moved: Moved) -> None:
        """Go on in the folder the data was copied to, now and at the next start."""
        former = self._backend.result()
        try:
            remembered = remember_folder(self.preferences.settings.data_dir, moved.folder)
        except KnownError as error:
            former.storage.stay()
            self.window.refuse(f"The data stays where it was. {error}")
            return
        if not remembered:
            self.window.refuse(
                f"This start was told its data folder. Name {moved.folder} there (--data-dir, PUMP_DATA_DIR) "
                "the next time."
            )
        settings = self.preferences.settings.model_copy(update={"data_dir": moved.folder})
        self.preferences.use_folder(settings, resolve_paths(moved.folder))
        self._backend.reset()
        self._open_store(former)

    @Slot(object)
    def data_replaced(self, _restored: Restored) -> None:
        """Show what is in the file now."""
        self.window.start_over()

    @Slot(object)
    def _recovered(self, restored: Restored) -> None:
        self._backend.reset()
        self._open_store()
        self.window.say(f"The damaged file is kept as {restored.put_aside.name}.")

    @Slot(object)
    def _not_recovered(self, error: KnownError) -> None:
        self.window.recovery.say(str(error))

    @Slot(object)
    def _opened(self, what: tuple[Path, bool]) -> None:
        database, first_start = what
        # Before the first message can come.
        self.bridge.start(self._backend.result().hub)
        self.window.apply_settings(self.preferences.settings)
        self.window.show_ready(database, first_start=first_start)
        # The port scripts know, also after a move.
        self.listening.start(self.listening.status.port or self.preferences.settings.ingest_port)
        self.ready.emit()

    def _endpoint(self, backend: Backend) -> Endpoint:
        """Make the listener, on its own thread: its imports take 0.7 s."""
        from pump_desktop.api.server import Listener  # noqa: PLC0415 - see above
        from pump_desktop.system.token import token_in_force  # noqa: PLC0415 - see above

        settings = self.preferences.settings
        token = token_in_force(settings, self.preferences.paths)
        return Endpoint(Listener(backend, settings=settings, token=token), token)

    def _settings_page(self) -> SettingsPage:
        # Not before first paint.
        from pump_desktop.ui.pages.data_section import DataSection  # noqa: PLC0415 - see above
        from pump_desktop.ui.pages.settings_page import SettingsPage  # noqa: PLC0415 - see above

        page = SettingsPage(self.preferences, utc_now)
        kept = self.preferences.settings.retain_rounds
        section = DataSection(self.storage, lambda: self.data_folder, kept)
        section.replaced.connect(self.data_replaced)
        section.moved.connect(self.data_moved)
        page.add_section(
            "data", "Data", section, "database backup restore integrity size move folder rounds compact"
        )
        return page

    @Slot(object)
    def _settings_changed(self, names: frozenset[str]) -> None:
        self.window.apply_settings(self.preferences.settings)
        if "hide_seeds" in names:
            # Only then: a page that was told otherwise stays as it is.
            self.window.pages.hide_seeds(self.preferences.settings.hide_seeds)

    @Slot(object, str)
    def _settings_refused(self, _names: frozenset[str], sentence: str) -> None:
        # The page says it at the field.
        if not self.window.pages.shows_settings:
            self.window.refuse(sentence)

    @Slot()
    def _use_free_port(self) -> None:
        self.listening.start(0)

    @Slot(object)
    def _broke(self, error: Exception) -> None:
        # Raised here, in the window's thread, so that the one net for unexpected errors reports it.
        raise error

    @Slot(object)
    def _not_opened(self, error: Exception) -> None:
        if not isinstance(error, KnownError):
            raise error
        self.window.show_unusable(error)
        self._came("listener")  # there will be none
        self.recovering.look(error, self.preferences.settings, self.preferences.paths)
        self.ready.emit()

    @Slot(object)
    def _charts_came(self, _nothing: object) -> None:
        self._came("charts")

    @Slot(object)
    def _listener_changed(self, status: ListenerStatus) -> None:
        if status.state is not ListenerState.STARTING:
            self._came("listener")

    def _came(self, part: str) -> None:
        if part in self._coming:
            self._coming.remove(part)
            if not self._coming:
                self.warm.emit()

    @Slot()
    def _warm_engine(self) -> None:
        """Make the kernel ready while the form is being filled in."""
        warming = self._engine.submit(_measure_rates)
        warming.finished.connect(self._warmed)
        warming.failed.connect(self._not_warmed)

    @Slot(object)
    def _warmed(self, rates: dict[Difficulty, float]) -> None:
        self.window.scan_page.set_rates(rates)
        self.measured.emit()

    @Slot(object)
    def _not_warmed(self, error: Exception) -> None:
        if not isinstance(error, KnownError):
            raise error
        self.window.refuse(str(error))

    def _save(self, changes: dict[str, object], file: Path) -> None:
        try:
            save_settings(file, changes)
        except KnownError as error:
            self.window.refuse(str(error))


def _delete(delete: Callable[[Backend, UUID], None], backend: Backend, one: UUID) -> None:
    try:
        delete(backend, one)
    except NotFoundError:
        _log.info("%s had gone before: its deletion was under way when the threads ended", one)
    except KnownError as error:
        _log.warning("%s was not deleted: %s", one, error)


def _import_charts(_job: Job) -> None:
    # pyqtgraph takes a second to import; here it does not hold the window.
    import pump_desktop.ui.charts.distribution_chart  # noqa: F401, PLC0415


def _measure_rates(_job: Job) -> dict[Difficulty, float]:
    from pump_desktop.services.speed import measure_rates  # noqa: PLC0415 - brings the compiler

    return measure_rates()


class CrashBridge(QObject):
    """Brings crash reports from any thread to the window's; while one is shown, others only reach the log."""

    reported = Signal(object)

    def __init__(self, window: Window) -> None:
        super().__init__()
        self._window = window
        self._shown = False
        self.reported.connect(self._show)

    def report(self, report: CrashReport) -> None:
        """Take a report in the thread that failed."""
        self.reported.emit(report)

    @Slot(object)
    def _show(self, report: CrashReport) -> None:
        if not self._shown:
            self._shown = True
            self._window.show_report(report.sentence, report.details).finished.connect(self._closed)

    @Slot()
    def _closed(self) -> None:
        self._shown = False


def make_application(arguments: list[str]) -> QApplication:
    """Make the one application object, with its name and icon."""
    QGuiApplication.setDesktopFileName("pump-desktop")
    app = QApplication(arguments)
    app.setApplicationName("pump-desktop")
    app.setApplicationDisplayName("Pump Desktop")
    app.setApplicationVersion(__version__)
    app.setWindowIcon(QIcon(str(resource("icons", "app", "pump-desktop.svg"))))
    return app


def run_window(arguments: list[str]) -> int:
    """Open the window and give the exit code when it has closed."""
    if display_name() is None:
        sys.stderr.write("Error: no display was found; 'pump-desktop scan --help' works without one.\n")
        return 2
    data_dir = next((Path(text) for text in _data_dirs(arguments)), None)
    try:
        settings = load_settings({"data_dir": data_dir})
    except KnownError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 2
    paths = resolve_paths(settings.data_dir)
    with open_logs(paths, settings.log_level) as logs:
        return _run(settings, paths, logs)


def _run(settings: Settings, paths: AppPaths, logs: Logs) -> int:
    app = make_application(sys.argv[:1])
    program = Program(app, settings, paths)
    bridge = CrashBridge(program.window)
    with ExitStack() as stack:
        stack.enter_context(install(paths.logs, bridge.report, logs.last_lines, utc_now))
        stack.callback(program.stop)
        stack.enter_context(quit_on_signals(app))
        if PROBE in os.environ:
            probe = FirstPaint(float(os.environ[PROBE]), program.window.scan_page)
            probe.painted.connect(app.quit)
        # For the process, not for the program: tests build several programs in one process.
        program.warm.connect(settle)
        program.window.resize(1280, 820)
        program.show()
        code = app.exec()
    if not program.ended:
        # A compile cannot be interrupted, and Qt aborts when an object goes whose thread still runs. All
        # that was to be stored is stored by now.
        logging.shutdown()
        os._exit(code)
    return code


def _data_dirs(arguments: list[str]) -> Iterator[str]:
    for place, argument in enumerate(arguments):
        if argument.startswith("--data-dir="):
            yield argument.removeprefix("--data-dir=")
        elif argument == "--data-dir":
            yield arguments[place + 1]
