"""Endings that go wrong: an exit code, a sentence and a line in the log, and never an abort by the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from pump_desktop.qt.app.listening import Endpoint, ListenerState
from pump_desktop.system.crash import FAULT_FILE
from pump_desktop.system.logs import LOG_FILE
from tests.ui.support.program import Running

# Of the platform without a screen, when a box is opened.
QUIET = "This plugin does not support propagateSizeHints()\n"
LAST_WORDS = "QThread: Destroyed while thread '' is still running"


class Ending:
    """A program with a fault, and what it leaves behind."""

    def __init__(self, fault: str, data: Path) -> None:
        self.logs = data / "logs"
        # pytest's own fault handler is not handed on, and the file of this program's is looked at.
        own = {name: value for name, value in os.environ.items() if name != "PYTHONFAULTHANDLER"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.ui.support.bad_endings", fault],
            env=own | {"PUMP_INGEST_PORT": "0", "PUMP_DATA_DIR": str(data)},
            stderr=subprocess.PIPE,
            text=True,
        )

    def first_words(self) -> str:
        """Return the first line on stderr."""
        assert self.process.stderr is not None
        return self.process.stderr.readline()

    def over(self) -> tuple[int, str]:
        """Wait for the end, and return the exit code and what was said on stderr since."""
        _out, err = self.process.communicate(timeout=60)
        return self.process.returncode, err

    def log(self) -> str:
        """Return the log."""
        return (self.logs / LOG_FILE).read_text()


@pytest.fixture
def end(data: Path) -> Iterator[Callable[[str], Ending]]:
    """Give a function that starts a program with a fault; what it started is over with the test."""
    begun: list[Ending] = []

    def start(fault: str) -> Ending:
        begun.append(Ending(fault, data))
        return begun[-1]

    yield start
    for one in begun:
        one.process.kill()
        one.process.communicate()


def test_threads_that_hear_no_stop_do_not_keep_the_program_from_ending(
    end: Callable[[str], Ending], data: Path
) -> None:
    ending = end("deaf")
    assert ending.over() == (0, "")
    names = ["audit", "engine", "imports", "listener", "live", "queries", "settings", "storage"]
    assert f"still running at the end: {', '.join(names)}\n" in ending.log()
    # What could be put in order was: the listener is stopped, and the store closed.
    assert not (data / "pump.db-wal").exists()
    assert not (data / "window.lock").exists()


def test_a_part_that_fails_to_stop_holds_no_other_up(running: Running, qtbot: QtBot) -> None:
    listening = running.program.listening
    qtbot.waitUntil(lambda: listening.status.state is ListenerState.LISTENING)
    # Of a port that was being moved to: what is not there cannot be stopped.
    listening._next = Endpoint(None, "")  # type: ignore[arg-type]  # a bug
    with pytest.raises(AttributeError):
        running.program.stop()
    assert [runner.name for runner in running.program._runners if runner._thread.is_alive()] == []
    assert not (running.data / "pump.db-wal").exists()


def test_a_part_that_cannot_be_built_is_told(end: Callable[[str], Ending]) -> None:
    ending = end("unbuilt")
    log = ending.logs / LOG_FILE
    what = "something unexpected went wrong (ZeroDivisionError)"
    assert ending.first_words() == f"Error: {what}. The details are in {log}.\n"
    # The same sentence is on the screen, until somebody has read it.
    ending.process.send_signal(signal.SIGINT)
    assert ending.over() == (70, QUIET)
    assert "CRITICAL pump_desktop.app: Uncaught error: the program ends\n" in ending.log()
    assert "  ZeroDivisionError: a bug in a constructor\n" in ending.log()


def test_qts_last_word_is_in_the_log_and_before_the_trace(end: Callable[[str], Ending]) -> None:
    ending = end("fatal")
    code, err = ending.over()
    assert err == f"{LAST_WORDS}\n"
    assert code == -signal.SIGABRT
    assert f"CRITICAL pump_desktop.qt.app.messages: Qt says (default): {LAST_WORDS}\n" in ending.log()
    faults = (ending.logs / FAULT_FILE).read_text()
    assert faults.index(f"Qt ends the program: {LAST_WORDS}\n") < faults.index("Fatal Python error: Aborted")
