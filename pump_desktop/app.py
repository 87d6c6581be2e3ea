"""From a start to the exit code: one window per data folder, its logs, its crash hooks, its event loop."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from contextlib import ExitStack

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

from pump_desktop import __version__
from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.seeds import visible
from pump_desktop.program import Program
from pump_desktop.qt.app.collector import collect_in_this_thread
from pump_desktop.qt.app.lifecycle import quit_on_signals
from pump_desktop.qt.app.messages import log_qt_messages
from pump_desktop.qt.app.single_instance import SingleInstance, Start
from pump_desktop.system.clock import utc_now
from pump_desktop.system.crash import install
from pump_desktop.system.display import display_name
from pump_desktop.system.logs import LOG_FILE, Logs, open_logs
from pump_desktop.system.paths import AppPaths, named_data_dir, resolve_paths
from pump_desktop.system.resources import resource
from pump_desktop.system.settings import Settings, load_settings
from pump_desktop.system.settle import settle, take_short_turns
from pump_desktop.system.threads import leave, still_running
from pump_desktop.ui.main.crash import CrashBridge

PROBE = "PUMP_STARTUP_PROBE"
BAD_INPUT, BUG = 2, 70

_log = logging.getLogger(__name__)


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
    try:
        settings = load_settings({"data_dir": named_data_dir(arguments)})
    except KnownError as error:
        sys.stderr.write(visible(f"Error: {error}") + "\n")
        return 2
    paths = resolve_paths(settings.data_dir)
    with open_logs(paths, settings.log_level) as logs:
        return _run(settings, paths, logs)


def _run(settings: Settings, paths: AppPaths, logs: Logs) -> int:
    bridge = CrashBridge()
    with ExitStack() as stack:
        # Before the application: without a screen that Qt can use, its first word is its last.
        hooks = stack.enter_context(install(paths.logs, bridge.report, logs.last_lines, utc_now))
        stack.enter_context(log_qt_messages(hooks.last_words))
        app = make_application(sys.argv[:1])
        stack.enter_context(quit_on_signals(app))
        stack.enter_context(collect_in_this_thread())
        instance = stack.enter_context(SingleInstance())
        match instance.begin(paths.data):
            case Start.FIRST:
                return _run_first(app, settings, paths, bridge, instance)
            case Start.RAISED:
                return 0
            case Start.NO_ANSWER:
                sentence = f"Pump Desktop is open on {paths.data} already, but does not answer. End it first."
                return _refuse(app, sentence, BAD_INPUT)


def _refuse(app: QApplication, sentence: str, code: int) -> int:
    """Say why the program cannot run, on a terminal and on the screen, and return the exit code."""
    sys.stderr.write(visible(f"Error: {sentence}") + "\n")
    sys.stderr.flush()
    box = QMessageBox(QMessageBox.Icon.Critical, "Pump Desktop", sentence)
    # A folder's name may look like HTML.
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.finished.connect(app.quit)
    box.open()
    # Not the box's own loop: no signal could end that one.
    app.exec()
    return code


def _run_first(
    app: QApplication, settings: Settings, paths: AppPaths, bridge: CrashBridge, instance: SingleInstance
) -> int:
    take_short_turns()
    before = frozenset(threading.enumerate())
    try:
        with ExitStack() as stack:
            program = Program(app, settings, paths, instance)
            stack.callback(program.stop)
            bridge.show_in(program.window)
            stack.callback(bridge.show_in, None)
            _follow_start(app, program)
            program.show()
            code = app.exec()
    except KnownError as error:
        code = _refuse(app, str(error), BAD_INPUT)
    except Exception as error:  # noqa: BLE001 - the last net: a sentence, never a traceback
        _log.critical("Uncaught error: the program ends", exc_info=True)
        what = f"something unexpected went wrong ({type(error).__name__})"
        code = _refuse(app, f"{what}. The details are in {paths.logs / LOG_FILE}.", BUG)
    if left := still_running(before):
        # A compile cannot be interrupted. All that was to be stored is stored by now.
        _log.error("still running at the end: %s", ", ".join(left))
        instance.release()
        leave(code)
    return code


def _follow_start(app: QApplication, program: Program) -> None:
    if PROBE in os.environ:
        program.painted.connect(_tell_first_paint)
        program.painted.connect(app.quit)
    # For the process, not for the program: tests build several programs in one process.
    program.warm.connect(settle)
    # Once more behind the compiler and the kernels.
    program.measured.connect(settle)


def _tell_first_paint() -> None:
    """Print the seconds since the start that the environment names, for the benchmark."""
    sys.stdout.write(f"first-paint {time.time() - float(os.environ[PROBE]):.3f}\n")
    sys.stdout.flush()
