"""The program as a whole: files it cannot use, errors nobody expected, and how it starts and ends."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from pump_desktop.system.clock import utc_now
from pump_desktop.system.crash import install
from pump_desktop.ui.main.crash import CrashBridge, ReportDialog
from tests.store.samples import fingerprint
from tests.ui.support.program import (
    SERVER,
    Running,
    Start,
    button,
    child,
    click,
    edit,
    request,
    texts,
    toasts,
    type_into,
)

LETTER = b"a letter, not a database\n" * 50


def environment(**more: str) -> dict[str, str]:
    """Give what a program of its own is started with; the usual port may be in use."""
    return os.environ | {"PUMP_INGEST_PORT": "0"} | more


class TestFilesItCannotUse:
    @pytest.fixture(params=["a letter", "another program", "a newer version"])
    def refused(self, request: pytest.FixtureRequest, data: Path, start: Start) -> str:
        """Put a file there that cannot be used, and give the end of the sentence that says so."""
        file = data / "pump.db"
        if request.param == "a newer version":
            start().close()
            with closing(sqlite3.connect(file)) as database, database:
                database.execute("UPDATE alembic_version SET version_num = '9999'")
            return (
                f"{file} was written by a newer version of this program. "
                "It was not touched; install the newer version or choose another data folder."
            )
        data.mkdir(mode=0o700)
        if request.param == "another program":
            with closing(sqlite3.connect(file)) as database:
                database.execute("CREATE TABLE songs (title)")
            return (
                f"{file} is the database of another program. "
                "It was not touched; move it away or choose another data folder."
            )
        file.write_bytes(LETTER)
        return f"{file} is not an SQLite database"

    def test_the_window_says_why_and_stays_usable(
        self, refused: str, data: Path, start: Start, qtbot: QtBot, tmp_path: Path
    ) -> None:
        before = fingerprint(data)
        running = start()
        assert any(text.startswith(refused) for text in texts(running.window))
        assert button(running.window, "Choose another folder …").isEnabled()
        assert button(running.window, "No database").isVisible()
        # What needs no database goes on without a word.
        type_into(running.scan, "Server seed", SERVER)
        running.scan._seed_check.timeout.emit()
        running.settle()
        assert toasts(running.window) == []
        running.press("Ctrl+2")
        running.settle()
        assert any(text.startswith(refused) for text in texts(running.runs))
        # What needs one says what is wrong.
        running.press("Ctrl+N")
        running.scan.fill(request(100))
        with qtbot.waitSignal(running.program.scans.failed):
            running.press("Ctrl+Return")
        assert any(text.startswith(refused) for text in texts(running.scan))
        assert edit(running.scan, "Server seed").text() == SERVER
        assert fingerprint(data) == before
        # And another folder is one choice away.
        with qtbot.waitSignal(running.program.ready):
            running.window.folder_chosen.emit(str(tmp_path / "other"))
        assert not running.window._trouble.banner.isVisible()
        with qtbot.waitSignal(running.program.scans.finished):
            running.scan.submit()
        running.settle()
        assert fingerprint(data) == before
        with closing(sqlite3.connect(tmp_path / "other" / "pump.db")) as database:
            assert database.execute("SELECT count(*) FROM runs").fetchone() == (1,)

    def test_a_data_folder_that_is_a_file(self, data: Path, start: Start) -> None:
        data.write_bytes(LETTER)
        running = start()
        sentence = f"The data folder {data} cannot be written: File exists. Choose another with"
        assert any(text.startswith(sentence) for text in texts(running.window))
        assert data.read_bytes() == LETTER


class Failing(QObject):
    """A part of the window with a bug in it."""

    poked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.poked.connect(self._fail)

    @Slot()
    def _fail(self) -> None:
        raise ZeroDivisionError("a bug in a slot")


@pytest.mark.expects_warning
class TestErrorsNobodyExpected:
    @pytest.fixture
    def hooks(self, running: Running, tmp_path: Path) -> Iterator[None]:
        """Let crash reports go to the window, as the real start does."""
        bridge = CrashBridge(running.window)
        with install(tmp_path, bridge.report, lambda: ("a line of the log",), utc_now):
            yield
        bridge.deleteLater()

    def in_a_question(self, running: Running) -> None:
        def work(_backend: object) -> None:
            raise ZeroDivisionError("a bug in a question")

        running.program.asker.ask(running.window, work, print)

    def in_a_slot(self, running: Running) -> None:  # noqa: ARG002 - called alike
        failing = Failing()
        failing.poked.emit()

    def in_a_thread(self, running: Running) -> None:  # noqa: ARG002 - called alike
        thread = threading.Thread(target=lambda: 1 // 0)
        thread.start()
        thread.join()

    @pytest.mark.usefixtures("hooks")
    @pytest.mark.parametrize(
        ("where", "what"),
        [
            (in_a_question, "ZeroDivisionError: a bug in a question"),
            (in_a_slot, "ZeroDivisionError: a bug in a slot"),
            (in_a_thread, "ZeroDivisionError: integer division or modulo by zero"),
        ],
    )
    def test_they_become_a_report(
        self,
        running: Running,
        qtbot: QtBot,
        where: Callable[[TestErrorsNobodyExpected, Running], None],
        what: str,
    ) -> None:
        where(self, running)
        qtbot.waitUntil(lambda: running.window.findChild(ReportDialog) is not None)
        dialog = child(running.window, ReportDialog)
        assert any(text.startswith("Something went wrong that Pump Desktop") for text in texts(dialog))
        assert not dialog.findChildren(QPlainTextEdit)[0].isVisible()
        click(dialog, "Show details")
        details = child(dialog, QPlainTextEdit).toPlainText()
        assert what in details
        assert "Traceback (most recent call last):" in details
        assert details.endswith("a line of the log")
        click(dialog, "Go on")
        qtbot.waitUntil(lambda: running.window.findChild(ReportDialog) is None)
        # The program goes on.
        with qtbot.waitSignal(running.runs._feed.filled):
            running.window.open_section("runs")


class TestStartAndEnd:
    def test_the_window_is_painted_and_ends_by_itself_when_probed(self, data: Path) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "pump_desktop", "--data-dir", str(data)],
            env=environment(PUMP_STARTUP_PROBE=str(time.time())),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        word, seconds = done.stdout.split()
        assert word == "first-paint"
        assert 0 < float(seconds) < 30
        assert "Traceback" not in done.stderr

    def test_the_compiler_comes_when_the_form_is_touched_and_qt_in_its_own_thread(self, data: Path) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "tests.ui.support.untouched_start", str(data)],
            env=environment(),
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.stdout.splitlines() == ["False", "True", "[]"], done.stderr

    def test_ctrl_c_in_the_terminal_ends_it_in_order(self, data: Path) -> None:
        started = subprocess.Popen(
            [sys.executable, "-m", "pump_desktop", "--data-dir", str(data)],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        # Signals are taken care of before the window opens the database.
        while not (data / "pump.db").exists() and started.poll() is None:
            os.sched_yield()
        started.send_signal(signal.SIGINT)
        _out, err = started.communicate(timeout=30)
        assert started.returncode == 0, err
        assert "Traceback" not in err
        assert sorted(file.name for file in data.glob("pump.db*")) == ["pump.db", "pump.db-in-use"]

    def test_settings_that_cannot_be_read_are_one_sentence(self, data: Path) -> None:
        data.mkdir()
        (data / "settings.json").write_text('{"max_nonces": 0}')
        done = subprocess.run(
            [sys.executable, "-m", "pump_desktop", f"--data-dir={data}"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 2
        assert done.stderr.startswith("Error: max_nonces in ")
        assert done.stderr.count("\n") == 1
