"""Every test runs without a screen, in folders of its own, and leaves nothing behind."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings as hypothesis_settings

from pump_desktop.system import redaction
from tests.garbage import Garbage
from tests.last_words import last_words_told
from tests.leak_checks import QtThings, WarningTrap, left_threads, qt_is_up

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from pump_desktop.services.backend import Backend
    from tests.patience import PatientBot

# A shell that runs the tests beside itself has Ctrl-C ignored, and the programs under test would inherit it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Before anybody imports Qt; a person may set another platform to watch a test.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# The two cores of the test machine are shared: a slow example is no wrong example.
hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")

_failed = pytest.StashKey[bool]()
_died = pytest.StashKey[bool]()
_stderr = pytest.StashKey[int]()
_garbage = Garbage()


def pytest_configure(config: pytest.Config) -> None:
    """Keep the real stderr, which the capture takes away."""
    config.stash[_stderr] = os.dup(2)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Close it."""
    os.close(config.stash[_stderr])


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Have Qt's last words told also outside of pytest-qt's care, and its garbage collected where it may."""
    uses_qt = "qapp" in getattr(item, "fixturenames", ())
    with last_words_told(item.config.stash[_stderr]), _garbage.kept(uses_qt=uses_qt):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[_failed] = report.failed
    # The test processes tell each other their reports in UTF-8, and a test may log what is none.
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections
    ]
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_handlecrashitem(report: pytest.TestReport, sched: Any) -> None:
    """End the run with the name of the test in which a test process died; others would go on for minutes."""
    sched.config.hook.pytest_runtest_logreport(report=report)
    pytest.exit(str(report.longrepr), returncode=pytest.ExitCode.TESTS_FAILED)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object | None) -> None:
    """Remember that a test process died, for pytest-xdist calls it no failure where no test was running."""
    if error is not None:
        node.config.stash[_died] = True


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let no run in which a test process died end green."""
    if session.config.stash.get(_died, False) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        session.shouldfail = "A test process died while it ran no test"


@pytest.fixture(autouse=True)
def last_words(request: pytest.FixtureRequest) -> Iterator[None]:
    """Have Qt's last words told while a test runs, in which pytest-qt takes what Qt says."""
    with last_words_told(request.config.stash[_stderr]):
        yield


@pytest.fixture
def hears_hangups() -> Iterator[None]:
    """Let SIGHUP arrive, here and in programs the test starts: ``nohup`` has all of them ignore it."""
    usual = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, usual)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> PatientBot:
    """Give pytest-qt's qtbot with patience, which is what every test of a window gets."""
    from tests.patience import PatientBot  # noqa: PLC0415 - imports Qt, which most tests never need

    assert qapp is not None
    return PatientBot(request)


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    """Give the services on an empty store in a folder of the test's own."""
    from pump_desktop.services.backend import open_backend  # noqa: PLC0415 - many tests need no store
    from pump_desktop.system.paths import resolve_paths  # noqa: PLC0415 - see above
    from pump_desktop.system.settings import Settings  # noqa: PLC0415 - see above

    opened = open_backend(Settings(), resolve_paths(tmp_path / "data"))
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the test away from the real data folder, whatever it forgets to pass."""
    for name in [name for name in os.environ if name.startswith("PUMP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PUMP_DATA_DIR", str(tmp_path / "data"))
    # Where the usual folders are on Linux. The cache stays: kernels compiled once serve all tests.
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))


@pytest.fixture(autouse=True)
def own_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the seeds of other tests, which would be cut out of this one's log lines."""
    monkeypatch.setattr(redaction._seeds, "_known", {})
    monkeypatch.setattr(redaction._seeds, "_characters", 0)
    monkeypatch.setattr(redaction._seeds, "_longest_first", ())


@pytest.fixture(autouse=True)
def no_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test when it leaves threads, windows or timers, or logs a warning it did not expect."""
    trap = WarningTrap()
    logging.getLogger().addHandler(trap)
    threads = set(threading.enumerate())
    # Only tests that ask for Qt pay for looking at it.
    things = QtThings() if "qapp" in request.fixturenames and qt_is_up() else None
    yield
    logging.getLogger().removeHandler(trap)
    if request.node.stash.get(_failed, False):
        return  # its traceback keeps objects alive, and one failure is enough to read
    left = left_threads(threads)
    if things is not None:
        left += things.left()
    if request.node.get_closest_marker("expects_warning") is None:
        left += trap.lines
    if left:
        pytest.fail("The test left something behind:\n  " + "\n  ".join(left), pytrace=False)
