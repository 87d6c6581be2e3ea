"""The faults that happen to the window: what a person reads in it, beside what scripts are answered."""

from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from tools.fault_stage import DISK_MB, FILLER, LOCK_S, Fault, Poster, fill, may_mount, post, small_disk
from tools.fault_window_stage import WatchedWindow, windows
from tools.load_server import healthy
from tools.torture_operations import LONGEST, command

# The listener is looked at once a second.
SOON_S = 5.0


def _read(fault: Fault, window: WatchedWindow, folder: Path) -> None:
    """Enter what the window said, each sentence with the places where it stood."""
    for sentence, places in window.sentences().items():
        fault.hear(f"{' and '.join(places)}: {sentence}", folder)


def second_window(fault: Fault, folder: Path) -> None:
    """window: a second start on the same folder"""
    data = folder / "data"
    with windows(folder) as begin:
        first = begin(data)
        poster = Poster(first.server())
        post(fault, poster, 10)
        first.do("minimise")
        first.forget()
        code, said = _second_start(data, first)
        fault.hear(said or f"nothing: exit code {code}, and the first window comes to the front")
        fault.expect(code == 0, f"exit code {code}")
        in_front = first.comes(lambda: first.has_shown("window", "in front"), SOON_S)
        fault.expect(in_front, f"the first window did not come forward: {first.shown()}")
        post(fault, poster, 10, "after the second start")
        fault.recovery = "yes"
        first.end(fault)
        fault.compare(data / "pump.db", poster)


def _second_start(data: Path, first: WatchedWindow) -> tuple[int, str]:
    done = subprocess.run(
        command(data), env=first.environment, capture_output=True, text=True, timeout=LONGEST, check=False
    )
    return done.returncode, (done.stdout + done.stderr).strip()


def second_beside_hung(fault: Fault, folder: Path) -> None:
    """window: a second start while the first hangs"""
    data = folder / "data"
    with windows(folder) as begin:
        first = begin(data)
        poster = Poster(first.server())
        post(fault, poster, 10)
        first.process.send_signal(signal.SIGSTOP)
        second = begin(data)
        second.wait("a box that says so", lambda: second.has_shown("box", ""))
        _read(fault, second, folder)
        second.do("click", "OK")
        code = second.process.wait(LONGEST)
        fault.expect(code == 2, f"exit code {code}")
        first.process.send_signal(signal.SIGCONT)
        post(fault, poster, 10, "after it went on")
        fault.recovery = "yes"
        first.end(fault)
        fault.compare(data / "pump.db", poster)


def window_beside_taken_port(fault: Fault, folder: Path) -> None:
    """window: port taken at start"""
    data = folder / "data"
    with windows(folder) as begin:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            window = begin(data, port)
            window.wait("a notice", lambda: window.has_shown("toast", f"Port {port} is in use"))
            window.wait("the status line", lambda: window.has_shown("status", "Not listening"))
            window.do("open", "live")
            window.wait("a banner", lambda: window.has_shown("banner", f"Port {port} is in use"))
            _read(fault, window, folder)
        alone = window.comes(lambda: healthy(port), SOON_S)
        fault.recovery = "yes"
        fault.expect(alone, "the window does not listen on the port that came free")
        poster = Poster(window.server())
        post(fault, poster, 10, "with the port free again")
        window.end(fault)
        fault.compare(data / "pump.db", poster)


def window_on_full_disk(fault: Fault, folder: Path) -> None:
    """window: full disk"""
    if not may_mount():
        fault.skipped = "a small file system can be mounted by root on Linux only"
        return
    with small_disk(folder, DISK_MB) as disk, windows(folder) as begin:
        filler = disk / "filler"
        filler.write_bytes(bytes(FILLER))
        data = disk / "data"
        window = begin(data)
        poster = Poster(window.server())
        post(fault, poster, 1)
        window.wait("the notice of a stream", lambda: window.has_shown("toast", "New stream"))
        window.forget()
        fill(fault, poster, disk)
        _refused_bets_are_told(fault, window)
        _refused_scan_is_told(fault, window, "The disk is full")
        _read(fault, window, disk)
        filler.unlink()
        _goes_on(fault, window, poster, data / "pump.db")
        window.end(fault)
        fault.compare(data / "pump.db", poster)


def window_on_locked_file(fault: Fault, folder: Path) -> None:
    """window: database locked by another program for 30 s"""
    data = folder / "data"
    with windows(folder) as begin:
        window = begin(data)
        poster = Poster(window.server())
        post(fault, poster, 10)
        window.wait("the notice of a stream", lambda: window.has_shown("toast", "New stream"))
        window.forget()
        with closing(sqlite3.connect(data / "pump.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            until = time.monotonic() + LOCK_S
            while time.monotonic() < until:
                status, sentence = poster.post()
                fault.hear(f"{status} {sentence}", folder)
                fault.expect(status == 503, f"status {status} while locked")
            _refused_bets_are_told(fault, window)
            _refused_scan_is_told(fault, window, f"{data / 'pump.db'} is locked")
            other.execute("ROLLBACK")
        _read(fault, window, folder)
        _goes_on(fault, window, poster, data / "pump.db")
        window.end(fault)
        fault.compare(data / "pump.db", poster)


def _refused_bets_are_told(fault: Fault, window: WatchedWindow) -> None:
    """Expect a status line that is not well, whatever page is open, and a banner on the Live page."""
    window.do("open", "live")
    for place in ("status", "banner"):
        told = window.comes(partial(window.has_shown, place, "Bets are refused"), SOON_S)
        fault.expect(told, f"no {place} says that bets are refused")


def _refused_scan_is_told(fault: Fault, window: WatchedWindow, sentence: str) -> None:
    """Scan the sample, whose run cannot be stored, and expect a banner that says why."""
    window.do("open", "runs")
    window.do("click", "Scan the sample")
    told = window.comes(lambda: window.has_shown("banner", sentence), LONGEST)
    fault.expect(told, "the window does not say that the run was not stored")


def _goes_on(fault: Fault, window: WatchedWindow, poster: Poster, database: Path) -> None:
    """Expect bets and a scan to be stored, and the status line to be well again."""
    window.forget()
    post(fault, poster, 10, "afterwards")
    well = window.comes(lambda: window.has_shown("status", "good"), SOON_S)
    fault.expect(well, "the window still says that bets are refused")
    window.do("click", "Start scan")
    stored = window.comes(lambda: _runs(database) == 1, LONGEST)
    fault.expect(stored, "the scan that was refused cannot be stored afterwards")
    fault.recovery = "no" if fault.wrong else "yes"


def _runs(database: Path) -> int:
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as reading:
        found: int = reading.execute("SELECT count(*) FROM runs").fetchone()[0]
    return found


WINDOW_FAULTS: tuple[Callable[[Fault, Path], None], ...] = (
    second_window,
    second_beside_hung,
    window_beside_taken_port,
    window_on_full_disk,
    window_on_locked_file,
)
