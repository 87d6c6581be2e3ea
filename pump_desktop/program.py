"""The composition root: builds everything, wires it in one visible block, and takes it down in order.

Start-up paints first: the window needs Qt alone. Then it gets its Live side, and behind it the query thread
imports and opens the store, charts and pages are imported in the window's thread, one module in each turn of
its loop, and the listener starts; then the program is ``warm``. The kernel is compiled or loaded, and its
speed measured, when the Scan form is first touched: the compiler takes 120 MB that a window which only
listens does without.

``__init__`` names the stop of each part beside its start. They run in the opposite order, each of them even
when another one fails, and also when a part cannot be built. What starts before and ends behind the program
is in ``app.py``: the log, the crash hooks, the data folder.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.storage import Moved, Restored
from pump_desktop.qt.app.lifecycle import FirstPaint
from pump_desktop.qt.app.listening import Endpoint, ListenerState, ListenerStatus, Listening
from pump_desktop.qt.app.preferences import Preferences
from pump_desktop.qt.app.single_instance import SingleInstance, Start
from pump_desktop.qt.live.event_bridge import EventBridge
from pump_desktop.qt.live.sources import LiveSources
from pump_desktop.qt.look.theme import Appearance, Mode
from pump_desktop.qt.work.audits import Audits
from pump_desktop.qt.work.imports import Imports
from pump_desktop.qt.work.jobs import BackendDoor, Job, JobRunner
from pump_desktop.qt.work.query import Asker
from pump_desktop.qt.work.queue import ScanQueue
from pump_desktop.qt.work.scans import Scans
from pump_desktop.qt.work.storage import Recovering, StorageWork
from pump_desktop.qt.work.undo import PendingDeletes, delete_at_the_end
from pump_desktop.system.clock import utc_now
from pump_desktop.system.paths import AppPaths, resolve_paths
from pump_desktop.system.settings import Settings
from pump_desktop.ui.main.actions import add_menus
from pump_desktop.ui.main.overlays import Overlays
from pump_desktop.ui.main.window import Window

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.ui.settings.page import SettingsPage

_CHARTS_AND_PAGES = (
    "pyqtgraph",
    "pump_desktop.ui.run.page",
    "pump_desktop.ui.verify.page",
    "pump_desktop.ui.compare.page",
    "pump_desktop.ui.settings.page",
    "pump_desktop.ui.settings.data",
    "pump_desktop.ui.batch.view",
)


class Program(QObject):
    """The window and everything behind it, from ``show()`` to ``stop()``.

    ``painted`` once the window has been painted, ``ready`` once the store is open or cannot be, ``warm`` once
    all that starts has started, ``measured`` once the kernel's speed is known. ``went_on`` carries a Moved.
    """

    painted = Signal()
    ready = Signal()
    warm = Signal()
    measured = Signal()
    went_on = Signal(object)

    def __init__(
        self, app: QApplication, settings: Settings, paths: AppPaths, instance: SingleInstance | None = None
    ) -> None:
        super().__init__()
        self._instance = instance
        self._backend = BackendDoor()
        self._stopped = False
        self._coming = {"charts", "listener"}
        self._to_import = list(_CHARTS_AND_PAGES)
        self._runners: list[JobRunner] = []
        with ExitStack() as ending:
            # Behind all threads: they work with it.
            ending.callback(self._close_backend)
            self._queries = self._begin_thread("queries", ending)
            # A long export on the query thread must not hold up bets that are landing.
            self._live_queries = self._begin_thread("live", ending)
            self._engine = self._begin_thread("engine", ending)
            self._long_reads = self._begin_thread("imports", ending)
            self._auditing = self._begin_thread("audit", ending)
            self._storing = self._begin_thread("storage", ending)
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
            ending.callback(self.bridge.stop)
            hearing = self._begin_thread("listener", ending)
            self.listening = Listening(hearing, self._backend, self._endpoint, self)
            saving = self._begin_thread("settings", ending)
            self.preferences = Preferences(saving, settings, paths, self.appearance, self.listening, self)
            ending.callback(self.preferences.stop)
            # No more bets from here on.
            ending.callback(self.listening.stop)
            with self.appearance.sheet_later():
                self.window = Window(
                    self.asker,
                    self.scans,
                    self.queue,
                    self.deletes,
                    self.appearance,
                    settings.max_nonces,
                    LiveSources(self.live_asker, self.bridge, self.audits, utc_now),
                )
                self.overlays = Overlays(self.window, self.asker, self.appearance)
                add_menus(self.window, self.overlays)
            ending.callback(self.window.deleteLater)
            ending.callback(self.window.keep_layout)
            self._connect()
            self.window.closing.connect(app.quit)
            self._show_paths(paths)
            if instance is not None:
                instance.raise_asked.connect(self.window.come_forward)
            self._ending = ending.pop_all()

    def _begin_thread(self, name: str, ending: ExitStack) -> JobRunner:
        runner = JobRunner(name)
        ending.callback(runner.stop)
        self._runners.append(runner)
        return runner

    def _connect(self) -> None:
        self.live_asker.sentence.connect(self.window.refuse)
        self.live_asker.broke.connect(self._broke)
        self.listening.changed.connect(self.window.show_listener)
        self.listening.changed.connect(self._listener_changed)
        self.listening.broke.connect(self._broke)
        self.window.free_port_asked.connect(self._use_free_port)
        self.window.pages.offer_settings(self._settings_page)
        self.overlays.theme_chosen.connect(self.preferences.keep_theme)
        self.window.quiet_hours_chosen.connect(self.preferences.keep_quiet_hours)
        self.preferences.changed.connect(self._settings_changed)
        self.preferences.refused.connect(self._settings_refused)
        self.preferences.broke.connect(self._broke)
        self.window.scan_page.touched.connect(self._warm_engine)
        self.window.folder_chosen.connect(self._use_folder)
        self.storage.broke.connect(self._broke)
        self.bridge.left_out.connect(self.window.tell_left_out)
        self.recovering.offered.connect(self.window.show_recovery)
        self.recovering.recovered.connect(self._recovered)
        self.recovering.failed.connect(self._not_recovered)
        self.recovering.broke.connect(self._broke)
        self.window.recovery.restore_asked.connect(self.recovering.put_back)
        self.window.recovery.fresh_asked.connect(self.recovering.start_fresh)

    def show(self) -> None:
        """Paint the window, then open the store and warm the engine behind it."""
        FirstPaint(self.window.scan_page).painted.connect(self._open)
        self.window.show()

    def stop(self) -> None:
        """End every part in order, in bounded time; a second call does nothing."""
        self._stopped = True
        # All at once, so that they end side by side.
        for runner in self._runners:
            runner.quit()
        self._ending.close()

    def _close_backend(self) -> None:
        """Carry out the deletions that still had an undo, drain the writer and close the file."""
        backend = self._backend.opened()
        if backend is not None:
            with closing(backend):
                delete_at_the_end(backend, self.deletes.take_all(), self.window.take_deleted_streams())

    @Slot()
    def _open(self) -> None:
        self.painted.emit()
        if self._stopped:
            return
        self.window.complete()
        self.window.live_page.connect_actions.offer_imports(self.imports)
        self._open_store()
        self.window.come_back()
        self._engine.submit(_import_numpy).finished.connect(self._import_next)

    def _open_store(self, former: Backend | None = None) -> None:
        settings, paths, door = self.preferences.settings, self.preferences.paths, self._backend

        def open_store(_job: Job) -> tuple[Path, bool]:
            # Here, not at the top: 0.5 s of imports that the first paint does not wait for.
            from pump_desktop.domain.runs import RunQuery  # noqa: PLC0415 - see above
            from pump_desktop.services.backend import open_backend  # noqa: PLC0415 - see above

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
        data_dir = Path(folder)

        def go_on(start: Start) -> None:
            if start is not Start.FIRST:
                self.window.refuse(
                    f"{data_dir} is open in another window of Pump Desktop. Choose another folder."
                )
                return
            self.preferences.remember_folder(data_dir)
            there = {"data_dir": data_dir, "database_url": None}
            self._go_to(self.preferences.settings.model_copy(update=there), data_dir)

        self._hold_folder(data_dir, go_on)

    def _hold_folder(self, folder: Path, then: Callable[[Start], None]) -> None:
        """Be the one window of another folder; a window that holds it may let this one wait for 2 s."""
        if self._instance is None:
            then(Start.FIRST)
        else:
            self._instance.begin_beside(self._storing, folder, then, 2_000)

    def _go_to(self, settings: Settings, folder: Path, former: Backend | None = None) -> None:
        """Leave the store that is open, if one is, and open the one in another folder."""
        paths = resolve_paths(folder)
        self.preferences.use_folder(settings, paths)
        self._show_paths(paths)
        self._backend.reset()
        self._open_store(former)

    def _show_paths(self, paths: AppPaths) -> None:
        self.window.use_paths(paths)
        self.overlays.use_paths(paths)

    @property
    def data_folder(self) -> Path:
        """Where the data is now."""
        return self.preferences.paths.data

    @Slot(object)
    def data_moved(self, moved: Moved) -> None:
        """Go on in the folder the data was copied to, once the next start is sure to use it, too."""
        former = self._backend.result()

        def go_on(remembered: bool) -> None:
            if not remembered:
                self.window.refuse(
                    f"This start was told its data folder. Name {moved.folder} there (--data-dir, "
                    "PUMP_DATA_DIR) the next time."
                )
            self._hold_folder(moved.folder, go_there)

        def go_there(_start: Start) -> None:
            settings = self.preferences.settings.model_copy(update={"data_dir": moved.folder})
            self._go_to(settings, moved.folder, former)
            self.went_on.emit(moved)

        def stay(error: Exception) -> None:
            former.storage.stay()
            if not isinstance(error, KnownError):
                raise error
            self.window.refuse(f"The data stays where it was. {error}")

        self.preferences.remember_folder(moved.folder, go_on, stay)

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
        told = " ".join(self._backend.result().warnings)
        self.window.show_ready(database, first_start=first_start, loss=told)
        left_out = self._backend.result().left_out
        if left_out is not None:
            # Met before anybody listened.
            self.window.tell_left_out(left_out.sentence)
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
        from pump_desktop.ui.settings.data import DataSection  # noqa: PLC0415 - see above
        from pump_desktop.ui.settings.page import SettingsPage  # noqa: PLC0415 - see above

        page = SettingsPage(self.preferences, utc_now, self.window.pages)
        kept = self.preferences.settings.retain_rounds
        section = DataSection(self.storage, lambda: self.data_folder, kept)
        section.replaced.connect(self.data_replaced)
        section.moved.connect(self.data_moved)
        self.went_on.connect(section.show_moved)
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
    def _import_next(self, _nothing: object = None) -> None:
        """Import what is left of charts and pages, one module in each turn of the event loop.

        In the window's thread: PySide sets a class up when it is first touched, and another thread that does
        it while the window uses Qt ends the process with SIGSEGV now and then (1 test run in 13 to 20).
        """
        if self._stopped:
            return
        if self._to_import:
            import_module(self._to_import.pop(0))
            QTimer.singleShot(0, self, self._import_next)
            return
        self.window.charts_ready()
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


def _import_numpy(_job: Job) -> None:
    # 90 ms of what the charts need that do not touch Qt: here they do not hold the window.
    import_module("numpy")


def _measure_rates(_job: Job) -> dict[Difficulty, float]:
    from pump_desktop.services.speed import measure_rates  # noqa: PLC0415 - brings the compiler

    return measure_rates()
