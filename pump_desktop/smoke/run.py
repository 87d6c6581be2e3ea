"""``pump-desktop --smoke``: the real program, opened in a temporary folder, looked at and ended again.

It uses no network but loopback and touches no data of the person. It ends by itself: each wait is bounded,
and a watchdog ends what hangs.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import PySide6
from PySide6.QtCore import QCoreApplication, QEvent

from pump_desktop import __version__
from pump_desktop.app import make_application
from pump_desktop.domain.seeds import visible
from pump_desktop.qt.app.collector import collect_in_this_thread
from pump_desktop.qt.app.messages import log_qt_messages
from pump_desktop.smoke.checks import CHECKS, end
from pump_desktop.smoke.report import Report
from pump_desktop.smoke.stage import Stage
from pump_desktop.system.clock import utc_now
from pump_desktop.system.crash import CrashReport, install
from pump_desktop.system.display import display_name
from pump_desktop.system.logs import Logs, open_logs
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.resources import installation
from pump_desktop.system.settings import Settings
from pump_desktop.system.threads import leave, still_running

PASSED, FAILED, BAD_INPUT = 0, 1, 2
# A cold disk and a first compile take half a minute on a slow machine.
LIMIT_S = 180.0


def run_smoke(arguments: Sequence[str]) -> int:
    """Test this installation, print the report, and give the exit code: 0, or 1 when something failed."""
    if len(arguments) > 1 or any(argument.startswith("-") for argument in arguments):
        sys.stderr.write("Error: --smoke stands alone: pump-desktop --smoke [FILE]\n")
        return BAD_INPUT
    file = Path(arguments[0]).absolute() if arguments else None
    try:
        if file is not None:
            file.touch()
    except OSError as error:
        sys.stderr.write(visible(f"Error: the report {file} cannot be written: {error.strerror}.") + "\n")
        return BAD_INPUT
    if display_name() is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    about = {
        "version": __version__,
        "installation": installation(),
        "python": platform.python_version(),
        "pyside": PySide6.__version__,
        "system": platform.platform(),
        "display": display_name(),
    }
    report = Report(["program", *CHECKS, "end", "folder"], about)
    # The folder outlives the logs that are written in it.
    folder = tempfile.TemporaryDirectory(prefix="pump-desktop-smoke-")
    settings = Settings(data_dir=Path(folder.name), ingest_port=0)
    before = frozenset(threading.enumerate())
    try:
        with _watchdog(report, file), open_logs(resolve_paths(settings.data_dir), settings.log_level) as logs:
            _make_checks(report, settings, logs)
            lines = logs.last_lines()
    finally:
        # Whatever the checks found, nothing of them stays.
        report.take("folder", lambda: _remove(folder))
    report.write(report.text(lines), file)
    code = PASSED if report.ok else FAILED
    if still_running(before):
        # The report has it, from the check of the end.
        leave(code)
    return code


def _make_checks(report: Report, settings: Settings, logs: Logs) -> None:
    """Make all checks up to the first that does not hold."""
    paths = resolve_paths(settings.data_dir)
    crashes: list[CrashReport] = []
    stages: list[Stage] = []
    with ExitStack() as stack:
        hooks = stack.enter_context(install(paths.logs, crashes.append, logs.last_lines, utc_now))
        stack.enter_context(log_qt_messages(hooks.last_words))
        app = make_application(sys.argv[:1])
        stack.enter_context(collect_in_this_thread())

        def build() -> str:
            stages.append(Stage(app, settings, paths, crashes))
            return "window, threads and models are made"

        if not report.take("program", build):
            return
        (stage,) = stages
        for name, check in CHECKS.items():
            if not report.take(name, partial(check, stage)):
                break
        report.take("end", partial(end, stage))
        stage.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _remove(folder: tempfile.TemporaryDirectory[str]) -> str:
    folder.cleanup()
    return f"{folder.name} is removed"


@contextmanager
def _watchdog(report: Report, file: Path | None) -> Iterator[None]:
    """End the process with a report when the checks take longer than LIMIT_S."""
    over = threading.Event()

    def watch() -> None:
        if not over.wait(LIMIT_S):
            report.give_up(f"nothing came within {LIMIT_S:.0f} s")
            report.write(report.text(), file)
            os._exit(FAILED)

    watching = threading.Thread(target=watch, name="smoke-watchdog", daemon=True)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()
