"""The window on a real X server, driven by real key presses: what the offscreen platform cannot prove."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tools.display import LONGEST, on_display, x_display

NEEDED = ("Xvfb", "xdotool")
SERVER = "564e967b90f03d0153fdcb2d2d1cc5a5057e0df78163611fe3801d6498e681ca"
CLIENT = "zXv1upuFns"

pytestmark = pytest.mark.skipif(
    not all(shutil.which(tool) for tool in NEEDED), reason=f"needs {' and '.join(NEEDED)}"
)


@pytest.fixture
def display() -> Iterator[str]:
    """Give an X display of its own."""
    with x_display() as name:
        yield name


def until(met: Callable[[], bool], program: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until something is so, as long as the program runs and not for ever."""
    deadline = time.monotonic() + LONGEST
    while not met():
        assert time.monotonic() < deadline, "it took too long"
        try:
            program.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
        pytest.fail(f"the program ended with code {program.returncode}: {log.read_text()}")


def stored(file: Path) -> list[tuple[str, str, int, int]]:
    """Give the runs in the database, none while it is being made."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
            return database.execute(
                "SELECT server_seed, client_seed, nonce_start, nonce_end FROM runs"
            ).fetchall()
    except sqlite3.OperationalError:
        return []


def test_seeds_typed_on_a_real_display_become_a_run(display: str, tmp_path: Path) -> None:
    environment = os.environ | on_display(display) | {"PUMP_INGEST_PORT": "0"}

    def xdotool(*arguments: str) -> str:
        done = subprocess.run(
            ["xdotool", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        return done.stdout.strip()

    log, file = tmp_path / "stderr.txt", tmp_path / "data" / "pump.db"
    with log.open("w") as said:
        program = subprocess.Popen(
            [sys.executable, "-m", "pump_desktop", "--data-dir", str(file.parent)],
            env=environment,
            stderr=said,
        )
    try:
        until(lambda: bool(xdotool("search", "--onlyvisible", "--name", "^Pump Desktop$")), program, log)
        (window,) = xdotool("search", "--onlyvisible", "--name", "^Pump Desktop$").split()
        # Without a window manager nobody gives a window the keyboard.
        xdotool("windowfocus", "--sync", window)
        xdotool("type", "--delay", "1", SERVER)
        # Past the eye and the copy button of the server seed.
        xdotool("key", "Tab", "Tab", "Tab")
        xdotool("type", "--delay", "1", CLIENT)
        xdotool("key", "ctrl+Return")
        until(lambda: bool(stored(file)), program, log)
        program.send_signal(signal.SIGTERM)
        assert program.wait(LONGEST) == 0, log.read_text()
    finally:
        program.kill()
        program.wait(LONGEST)
    assert "Traceback" not in log.read_text()
    assert stored(file) == [(SERVER, CLIENT, 1, 1_000_000)]
