import faulthandler
import gc
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pump_desktop import __version__
from pump_desktop.domain.errors import KnownError
from pump_desktop.system.crash import FAULT_FILE, CrashHooks, CrashReport, install
from pump_desktop.system.logs import LOG_FILE, open_logs
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.redaction import hide_seed

pytestmark = pytest.mark.expects_warning

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SEED = "a-server-seed-nobody-may-see"

FAULT = """
import datetime, faulthandler, pathlib, sys
from pump_desktop.system.crash import install
with install(pathlib.Path(sys.argv[1]), print, tuple, lambda: datetime.datetime.now(datetime.UTC)):
    faulthandler._sigsegv()
"""


def fail(message: str) -> None:
    raise ValueError(message)


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except type(error) as caught:
        return caught


def on_main(error: BaseException) -> None:
    """Do what Python and PySide6 do with an error nobody caught."""
    caught = raised(error)
    sys.excepthook(type(caught), caught, caught.__traceback__)


@pytest.fixture
def reports() -> list[CrashReport]:
    return []


@pytest.fixture
def hooks(tmp_path: Path, reports: list[CrashReport]) -> Iterator[CrashHooks]:
    with install(tmp_path, reports.append, lambda: ("one line", "another"), lambda: NOW) as installed:
        yield installed


@pytest.mark.usefixtures("hooks")
def test_an_uncaught_error_becomes_a_report(reports: list[CrashReport]) -> None:
    on_main(ValueError("boom"))
    (report,) = reports
    assert report.sentence.startswith("Something went wrong")
    lines = report.details.splitlines()
    assert lines[0] == f"Pump Desktop {__version__}, 2026-01-02T03:04:05Z, thread MainThread"
    assert lines[1].startswith("Python 3.")
    assert lines[2].startswith("PySide6-Essentials 6.")
    assert "numba 0." in lines[2]
    assert "Traceback (most recent call last):" in lines
    assert "ValueError: boom" in lines
    assert lines[-3:] == ["Last 2 log lines:", "one line", "another"]


@pytest.mark.usefixtures("hooks")
def test_an_error_of_every_paint_does_not_flood_the_log(
    reports: list[CrashReport], caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(120):
        try:
            fail("in a paint")
        except ValueError as error:
            sys.excepthook(ValueError, error, error.__traceback__)
    assert [report.times for report in reports] == [1, 2, 3, 4, 5, 10, 100]
    assert [report.is_milestone for report in reports] == [True, True, False, False, False, True, True]
    assert len({report.same_as for report in reports}) == 1
    assert len(caplog.records) == 7
    assert "for the 100th time" in caplog.records[-1].getMessage()
    on_main(ValueError("elsewhere"))
    assert reports[-1].times == 1


@pytest.mark.usefixtures("hooks")
def test_a_known_error_speaks_for_itself(reports: list[CrashReport]) -> None:
    on_main(KnownError("The disk is full."))
    assert reports[0].sentence == "The disk is full."


@pytest.mark.usefixtures("hooks")
def test_an_error_in_a_thread_becomes_a_report(reports: list[CrashReport]) -> None:
    thread = threading.Thread(target=fail, args=("in a thread",), name="writer")
    thread.start()
    thread.join()
    assert "thread writer" in reports[0].details
    assert "ValueError: in a thread" in reports[0].details


@pytest.mark.usefixtures("hooks")
def test_a_thread_may_exit_quietly(reports: list[CrashReport]) -> None:
    thread = threading.Thread(target=sys.exit)
    thread.start()
    thread.join()
    assert reports == []


@pytest.mark.usefixtures("hooks")
def test_an_error_python_cannot_raise_becomes_a_report(reports: list[CrashReport]) -> None:
    class Dying:
        def __del__(self) -> None:
            fail("while dying")

    Dying()
    gc.collect()
    assert "ValueError: while dying" in reports[0].details


def test_ctrl_c_is_no_crash(
    tmp_path: Path, reports: list[CrashReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    passed_on: list[type[BaseException]] = []
    monkeypatch.setattr("sys.excepthook", lambda *args: passed_on.append(args[0]))
    with install(tmp_path, reports.append, tuple, lambda: NOW):
        on_main(KeyboardInterrupt())
    assert (reports, passed_on) == ([], [KeyboardInterrupt])


@pytest.mark.parametrize("again", [fail, lambda text: on_main(ValueError(text))])
def test_a_callback_that_fails_is_logged_and_not_called_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, again: Callable[[str], None]
) -> None:
    calls: list[CrashReport] = []

    def show(report: CrashReport) -> None:
        calls.append(report)
        again("the dialog failed")

    with install(tmp_path, show, tuple, lambda: NOW):
        on_main(ValueError("first"))
        on_main(ValueError("second"))
    assert len(calls) == 2
    assert "the dialog failed" in caplog.text


def test_the_log_has_the_traceback_and_no_one_has_the_seed(
    tmp_path: Path, reports: list[CrashReport]
) -> None:
    hide_seed(SEED)
    paths = resolve_paths(tmp_path)
    with open_logs(paths) as logs, install(paths.logs, reports.append, logs.last_lines, lambda: NOW):
        logging.getLogger("pump_desktop").info("scan of %s", SEED)
        on_main(ValueError(f"bad {SEED}"))
        on_main(KnownError(f"The seed {SEED} is wrong."))
    written = (paths.logs / LOG_FILE).read_text()
    assert "CRITICAL pump_desktop.system.crash: Uncaught error (thread MainThread)" in written
    assert "  ValueError: bad [seed]" in written
    assert "INFO pump_desktop: scan of [seed]" in reports[0].details
    assert reports[1].sentence == "The seed [seed] is wrong."
    assert SEED not in written + repr(reports)


def test_uninstalling_puts_the_hooks_back(tmp_path: Path) -> None:
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    hooks = install(tmp_path, print, tuple, lambda: NOW)
    assert sys.excepthook is not before[0]
    hooks.uninstall()
    hooks.uninstall()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


def test_uninstalling_leaves_a_hook_that_came_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def later(*_: object) -> None:
        raise AssertionError

    hooks = install(tmp_path, print, tuple, lambda: NOW)
    with monkeypatch.context() as patch:
        patch.setattr("sys.excepthook", later)
        hooks.uninstall()
        assert sys.excepthook is later
    sys.excepthook = sys.__excepthook__


def test_a_crash_of_the_interpreter_leaves_a_trace(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FAULT, tmp_path], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode < 0, done.stderr
    assert "Segmentation fault" in (tmp_path / FAULT_FILE).read_text()
    assert (tmp_path / FAULT_FILE).stat().st_mode & 0o777 == 0o600


def test_a_fault_handler_from_outside_stays(tmp_path: Path) -> None:
    assert faulthandler.is_enabled()  # by pytest
    with install(tmp_path, print, tuple, lambda: NOW):
        assert not (tmp_path / FAULT_FILE).exists()
    assert faulthandler.is_enabled()


def test_a_fault_file_that_cannot_be_made_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = subprocess.run(
        [sys.executable, "-c", FAULT, tmp_path / "file" / "logs"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Crashes of the interpreter will leave no trace" in done.stderr
