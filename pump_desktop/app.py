"""From a start to the exit code: one window per data folder, its logs, its crash hooks, its event loop."""

from __future__ import annotations

import logging
import os
import sys
import time
from contextlib import ExitStack

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

from pump_desktop import __version__
from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.text import visible
from pump_desktop.program import Program
from pump_desktop.qt.lifecycle import quit_on_signals
from pump_desktop.qt.single_instance import SingleInstance, Start
from pump_desktop.system.clock import utc_now
from pump_desktop.system.crash import install
from pump_desktop.system.display import display_name
from pump_desktop.system.logs import Logs, open_logs
from pump_desktop.system.paths import AppPaths, named_data_dir, resolve_paths
from pump_desktop.system.resources import resource
from pump_desktop.system.settings import Settings, load_settings
from pump_desktop.system.settle import settle, take_short_turns
from pump_desktop.ui.crash_bridge import CrashBridge

PROBE = "PUMP_STARTUP_PROBE"


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
    app = make_application(sys.argv[:1])
    with SingleInstance() as instance:
        match instance.begin(paths.data):
            case Start.FIRST:
                return _run_first(app, settings, paths, logs, instance)
            case Start.RAISED:
                return 0
            case Start.NO_ANSWER:
                sentence = f"Pump Desktop is open on {paths.data} already, but does not answer. End it first."
                sys.stderr.write(visible(f"Error: {sentence}") + "\n")
                _show(sentence)
                return 2


def _show(sentence: str) -> None:
    box = QMessageBox(QMessageBox.Icon.Critical, "Pump Desktop", sentence)
    # A folder's name may look like HTML.
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.exec()


def _run_first(
    app: QApplication, settings: Settings, paths: AppPaths, logs: Logs, instance: SingleInstance
) -> int:
    take_short_turns()
    program = Program(app, settings, paths, instance)
    bridge = CrashBridge(program.window)
    with ExitStack() as stack:
        stack.enter_context(install(paths.logs, bridge.report, logs.last_lines, utc_now))
        stack.callback(program.stop)
        stack.enter_context(quit_on_signals(app))
        if PROBE in os.environ:
            program.painted.connect(_tell_first_paint)
            program.painted.connect(app.quit)
        # For the process, not for the program: tests build several programs in one process.
        program.warm.connect(settle)
        # Once more behind the compiler and the kernels.
        program.measured.connect(settle)
        program.show()
        code = app.exec()
    if not program.ended:
        # A compile cannot be interrupted, and Qt aborts when an object goes whose thread still runs. All
        # that was to be stored is stored by now.
        instance.release()
        logging.shutdown()
        os._exit(code)
    return code


def _tell_first_paint() -> None:
    """Print the seconds since the start that the environment names, for the benchmark."""
    sys.stdout.write(f"first-paint {time.time() - float(os.environ[PROBE]):.3f}\n")
    sys.stdout.flush()
