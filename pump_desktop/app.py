"""The composition root: builds everything, wires it in one visible block, and takes it down in order.

Start-up paints first: the window needs Qt alone. Behind it, the query thread imports and opens the store,
and the engine thread compiles or loads the kernel and measures its speed. Each start has its stop beside it:

    logs            open_logs / close
    single instance SingleInstance.begin / release (a second start ends here)
    crash hooks     install / uninstall
    query thread    JobRunner("queries") / stop
    live thread     JobRunner("live") / stop
    engine thread   JobRunner("engine") / stop
    import thread   JobRunner("imports") / stop
    audit thread    JobRunner("audit") / stop
    backend         open_backend (on the query thread) / close (after all threads have ended)
    event bridge    EventBridge.start / stop
    listener        Listening.start (on a thread of its own) / stop (first of all)
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
from PySide6.QtWidgets import QApplication, QMessageBox

from pump_desktop import __version__
from pump_desktop.domain.difficulty import Difficulty
from pump_desktop.domain.errors import KnownError, NotFoundError
from pump_desktop.qt.appearance import Appearance, Mode
from pump_desktop.qt.asking import Asker
from pump_desktop.qt.audits import Audits
from pump_desktop.qt.deletes import PendingDeletes, delete_run, delete_stream
from pump_desktop.qt.door import BackendDoor
from pump_desktop.qt.event_bridge import EventBridge
from pump_desktop.qt.imports import Imports
from pump_desktop.qt.jobs import Job, JobRunner
from pump_desktop.qt.lifecycle import FirstPaint, quit_on_signals
from pump_desktop.qt.listening import Endpoint, Listening
from pump_desktop.qt.queue import ScanQueue
from pump_desktop.qt.scans import Scans
from pump_desktop.qt.single_instance import SingleInstance, Start
from pump_desktop.system.clock import utc_now
from pump_desktop.system.crash import install
from pump_desktop.system.display import display_name
from pump_desktop.system.logs import Logs, open_logs
from pump_desktop.system.paths import AppPaths, resolve_paths
from pump_desktop.system.resources import resource
from pump_desktop.system.settings import Settings, load_settings, save_settings
from pump_desktop.system.settle import settle
from pump_desktop.ui.crash_bridge import CrashBridge
from pump_desktop.ui.window import Window

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend

_log = logging.getLogger(__name__)

PROBE = "PUMP_STARTUP_PROBE"


class Program(QObject):
    """The window and everything behind it, from ``show()`` to ``stop()``."""

    ready = Signal()
    warm = Signal()

    def __init__(
        self, app: QApplication, settings: Settings, paths: AppPaths, instance: SingleInstance | None = None
    ) -> None:
        super().__init__()
        self._instance = instance
        self._settings = settings
        self._paths = paths
        self._backend = BackendDoor()
        self._stopped = False
        self.ended = True
        """Whether every thread ended in time; false only after ``stop()``."""

        self._queries = JobRunner("queries", self)
        # A long export on the query thread must not hold up bets that are landing.
        self._live_queries = JobRunner("live", self)
        self._engine = JobRunner("engine", self)
        self._long_reads = JobRunner("imports", self)
        self._auditing = JobRunner("audit", self)
        self.appearance = Appearance(app, Mode(settings.theme), self)
        self.asker = Asker(self._queries, self._backend, self)
        self.scans = Scans(self._engine, self._backend, self)
        self.queue = ScanQueue(self.scans, self)
        self.deletes = PendingDeletes(self.asker, self)
        self.live_asker = Asker(self._live_queries, self._backend, self)
        self.imports = Imports(self._long_reads, self._backend, self)
        self.audits = Audits(self._auditing, self._backend, self)
        self.bridge = EventBridge(self)
        self.listening = Listening(JobRunner("listener", self), self._backend, self._endpoint, self)
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
        self.listening.broke.connect(self._broke)
        self.window.free_port_asked.connect(self._use_free_port)
        self.window.theme_chosen.connect(self._keep_theme)
        self.window.folder_chosen.connect(self._use_folder)
        self.window.closing.connect(app.quit)
        self.window.use_paths(paths)
        self.warm.connect(self.window.charts_ready)
        if instance is not None:
            instance.raise_asked.connect(self.window.come_forward)

    def show(self) -> None:
        """Paint the window, then open the store and warm the engine behind it."""
        self.window.show()
        QTimer.singleShot(0, self, self._open)

    def stop(self) -> None:
        """Stop listening, cancel jobs, end the threads, carry out deletions, drain and close the store."""
        if self._stopped:
            return
        self._stopped = True
        self.window.keep_layout()
        self.listening.stop()
        self.bridge.stop()
        deleted = self.deletes.take_all()
        deleted_streams = self.window.live_page.deletes.take_all()
        threads = (self._engine, self._long_reads, self._auditing, self._queries, self._live_queries)
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
        self.window.come_back()
        warming = self._engine.submit(_warm_engine)
        warming.finished.connect(self._warmed)
        warming.failed.connect(self._not_warmed)

    def _open_store(self) -> None:
        settings, paths, door = self._settings, self._paths, self._backend

        def open_store(_job: Job) -> tuple[Path, bool]:
            # Here, not at the top: 0.5 s of imports that the first paint does not wait for.
            from pump_desktop.domain.runs import RunQuery  # noqa: PLC0415
            from pump_desktop.services.backend import open_backend  # noqa: PLC0415

            try:
                opened = open_backend(settings, paths)
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
        data_dir = Path(folder)
        if self._instance is not None and self._instance.begin(data_dir, 2_000) is not Start.FIRST:
            self.window.refuse(
                f"{data_dir} is open in another window of Pump Desktop. Choose another folder."
            )
            return
        asked_for_usual = self._settings.data_dir is None
        self._settings = self._settings.model_copy(update={"data_dir": data_dir, "database_url": None})
        self._paths = resolve_paths(data_dir)
        self.window.use_paths(self._paths)
        self._backend.reset()
        self._open_store()
        if asked_for_usual:
            self._save({"data_dir": str(data_dir)}, resolve_paths().settings_file)

    @Slot(object)
    def _opened(self, what: tuple[Path, bool]) -> None:
        database, first_start = what
        # Before the first message can come.
        self.bridge.start(self._backend.result().hub)
        self.window.show_ready(database, first_start=first_start)
        self.listening.start(self._settings.ingest_port)
        self.ready.emit()

    def _endpoint(self, backend: Backend) -> Endpoint:
        """Make the listener, on its own thread: its imports take 0.7 s."""
        from pump_desktop.api.server import Listener  # noqa: PLC0415 - see above
        from pump_desktop.system.token import token_in_force  # noqa: PLC0415 - see above

        token = token_in_force(self._settings, self._paths)
        return Endpoint(Listener(backend, settings=self._settings, token=token), token)

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
        self.ready.emit()

    @Slot(object)
    def _warmed(self, rates: dict[Difficulty, float]) -> None:
        self.window.scan_page.set_rates(rates)
        self.warm.emit()

    @Slot(object)
    def _not_warmed(self, error: Exception) -> None:
        if not isinstance(error, KnownError):
            raise error
        self.window.refuse(str(error))

    @Slot(object)
    def _keep_theme(self, mode: Mode) -> None:
        self._save({"theme": mode.value}, self._paths.settings_file)

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


def _warm_engine(_job: Job) -> dict[Difficulty, float]:
    # pyqtgraph takes a second to import; here it does not hold the window.
    import pump_desktop.ui.charts.distribution_chart  # noqa: F401, PLC0415
    from pump_desktop.services.speed import measure_rates  # noqa: PLC0415 - brings the compiler

    return measure_rates()


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
    with SingleInstance() as instance:
        match instance.begin(paths.data):
            case Start.FIRST:
                return _run_first(app, settings, paths, logs, instance)
            case Start.RAISED:
                return 0
            case Start.NO_ANSWER:
                sentence = f"Pump Desktop is open on {paths.data} already, but does not answer. End it first."
                sys.stderr.write(f"Error: {sentence}\n")
                QMessageBox.critical(None, "Pump Desktop", sentence)
                return 2


def _run_first(
    app: QApplication, settings: Settings, paths: AppPaths, logs: Logs, instance: SingleInstance
) -> int:
    program = Program(app, settings, paths, instance)
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
        program.show()
        code = app.exec()
    if not program.ended:
        # A compile cannot be interrupted, and Qt aborts when an object goes whose thread still runs. All
        # that was to be stored is stored by now.
        instance.release()
        logging.shutdown()
        os._exit(code)
    return code


def _data_dirs(arguments: list[str]) -> Iterator[str]:
    for place, argument in enumerate(arguments):
        if argument.startswith("--data-dir="):
            yield argument.removeprefix("--data-dir=")
        elif argument == "--data-dir":
            yield arguments[place + 1]
