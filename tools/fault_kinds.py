"""The faults, each a function that lets it happen and says what came of it."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from tools.fault_connections import idle_connections, slow_clients
from tools.fault_damage_kinds import DAMAGE_FAULTS
from tools.fault_heads import endless_heads, event_streams
from tools.fault_stage import (
    DISK_MB,
    FILLER,
    LOCK_S,
    Fault,
    Poster,
    fill,
    may_mount,
    post,
    refused_start,
    small_disk,
)
from tools.fault_storage_kinds import STORAGE_FAULTS
from tools.fault_window_kinds import WINDOW_FAULTS
from tools.load_server import serving, start_serving

# Where Debian and its kin put it.
FAKETIME = "/usr/lib/{machine}-linux-gnu/faketime/libfaketimeMT.so.1"


def full_disk(fault: Fault, folder: Path) -> None:
    """full disk"""
    if not may_mount():
        fault.skipped = "a small file system can be mounted by root on Linux only"
        return
    with small_disk(folder, DISK_MB) as disk:
        filler = disk / "filler"
        filler.write_bytes(bytes(FILLER))
        with serving(disk / "data") as server:
            poster = Poster(server)
            fill(fault, poster, disk)
            filler.unlink()
            status, sentence = poster.post()
            fault.recovery = "yes" if status == 200 else "no"
            fault.expect(status == 200, f"with space again: {status} {sentence}")
            fault.compare(server.database, poster)


def read_only_folder(fault: Fault, folder: Path) -> None:
    """read-only folder at start"""
    if not may_mount():
        data = folder / "data"
        data.mkdir(mode=0o500)
        code, sentence = refused_start(data, "--port", "0")
        data.chmod(0o700)
    else:
        # Root may write where others may not, but not on a file system that is read-only.
        with small_disk(folder, 4) as disk:
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
            code, sentence = refused_start(disk / "data", "--port", "0")
    fault.hear(sentence, folder)
    fault.expect(code == 2, f"exit code {code}")
    fault.recovery = "with the next start"


def removed_file(fault: Fault, folder: Path) -> None:
    """database file removed while open"""
    with serving(folder) as server:
        poster = Poster(server)
        post(fault, poster, 50)
        for ending in ("", "-wal", "-shm"):
            server.database.with_name(server.database.name + ending).unlink(missing_ok=True)
        post(fault, poster, 50)
        fault.hear("nothing: the file is put back whole, and the log says so")
    with serving(folder) as server:
        poster.turn_to(server)
        post(fault, poster, 1)
        fault.compare(server.database, poster)
    fault.recovery = "yes"


def locked_file(fault: Fault, folder: Path) -> None:
    """database locked by another program for 30 s"""
    with serving(folder) as server:
        poster = Poster(server)
        post(fault, poster, 10)
        with closing(sqlite3.connect(server.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            until = time.monotonic() + LOCK_S
            while time.monotonic() < until:
                status, sentence = poster.post()
                fault.hear(f"{status} {sentence}", folder)
                fault.expect(status == 503, f"status {status} while locked")
            other.execute("ROLLBACK")
        post(fault, poster, 10)
        fault.recovery = "no" if fault.wrong else "yes"
        fault.compare(server.database, poster)


def taken_port(fault: Fault, folder: Path) -> None:
    """port taken, at start and at restart"""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        code, sentence = refused_start(folder, "--port", port)
    fault.hear(sentence)
    fault.expect(code == 2, f"exit code {code} with a taken port")
    with serving(folder) as server:
        poster = Poster(server)
        post(fault, poster, 10)
        used = server.port
        with socket.create_connection(("127.0.0.1", used)):
            # Its connections are still winding down when the next one wants the port.
            server.process.kill()
            server.process.wait(30)
    again = subprocess.Popen(
        [sys.executable, "-m", "pump_desktop", "--data-dir", str(folder), "serve", "--port", str(used)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        said = again.stdout.readline().strip() if again.stdout else ""
        fault.expect(said.endswith(f":{used}"), f"restart on the same port: {said or again.wait(30)}")
        code, sentence = refused_start(folder, "--port", str(used))
        fault.hear(sentence)
        fault.expect(code == 2, f"exit code {code} at restart")
        fault.compare(server.database, poster)
    finally:
        again.terminate()
        again.wait(30)
        if again.stdout is not None:
            again.stdout.close()
    fault.recovery = "with another port, or 0"


def jumping_clock(fault: Fault, folder: Path) -> None:
    """clock jumping back and forth by hours and years"""
    library = FAKETIME.format(machine=os.uname().machine if hasattr(os, "uname") else "")
    if not Path(library).exists():
        fault.skipped = "needs libfaketime"
        return
    clock = folder / "clock"
    clock.write_text("+0")
    environment = {
        "LD_PRELOAD": library,
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        # As on a real machine: what a person sets is not what timers run on.
        "DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        # Two a second: a limit that follows the clock would refuse for as long as the clock went back.
        "PUMP_INGEST_RATE_LIMIT": "120",
    }
    with serving(folder / "data", **environment) as server:
        poster = Poster(server)
        for jump in ("+0", "+3h", "-5h", "+2d", "-400d", "+3650d", "-1h", "+0"):
            clock.write_text(jump)
            post(fault, poster, 10, f"after a jump to {jump}")
        with closing(sqlite3.connect(server.database)) as database:
            years = database.execute(
                "SELECT count(DISTINCT substr(received_at, 1, 4)) FROM live_bets"
            ).fetchone()[0]
        fault.expect(years >= 3, f"the clock showed {years} years only")
        fault.hear("nothing")
        fault.recovery = "yes"
        fault.compare(server.database, poster)


def second_instance(fault: Fault, folder: Path) -> None:
    """second instance on the same folder"""
    with serving(folder) as first:
        posters = [Poster(first)]
        try:
            second = start_serving(folder)
        except RuntimeError:
            fault.hear(refused_start(folder, "--port", "0")[1], folder)
        else:
            fault.hear("nothing: both serve one file, one transaction at a time")
            try:
                posters.append(Poster(second, first=1_000_000))
                _together([partial(post, fault, poster, 150) for poster in posters])
            finally:
                second.process.terminate()
                second.process.wait(30)
        post(fault, posters[0], 5)
        for poster in posters[1:]:
            posters[0].acknowledged |= poster.acknowledged
        fault.compare(first.database, posters[0])
    fault.recovery = "yes"


def _together(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


FAULTS: tuple[Callable[[Fault, Path], None], ...] = (
    full_disk,
    read_only_folder,
    removed_file,
    locked_file,
    taken_port,
    jumping_clock,
    second_instance,
    idle_connections,
    slow_clients,
    endless_heads,
    event_streams,
    *DAMAGE_FAULTS,
    *WINDOW_FAULTS,
    *STORAGE_FAULTS,
)
