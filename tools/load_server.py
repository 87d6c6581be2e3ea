"""A real server process to load: ``pump-desktop serve``, or the window with its listener."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NO_LIMIT = {"PUMP_INGEST_RATE_LIMIT": "1000000000"}


_LAST_LINES = 40


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where it listens, and its process."""

    port: int
    token: str
    database: Path
    process: subprocess.Popen[str]


def start_serving(folder: Path, **environment: str) -> Server:
    """Start ``pump-desktop serve`` on a free port; whoever asked for it ends it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pump_desktop", "--data-dir", str(folder), "serve", "--port", "0", "--json"],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | NO_LIMIT | environment,
    )
    if process.stdout is None:
        raise RuntimeError("no standard output")
    with process.stdout:
        line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"serve ended with {process.wait()} before it was ready")
    ready = json.loads(line)
    port = int(ready["url"].rsplit(":", 1)[1])
    return Server(port, (folder / "token").read_text().strip(), Path(ready["database"]), process)


@contextlib.contextmanager
def serving(folder: Path, **environment: str) -> Iterator[Server]:
    """Run ``pump-desktop serve`` on a free port; SIGTERM ends it, unless it has ended."""
    server = start_serving(folder, **environment)
    try:
        yield server
    finally:
        server.process.terminate()
        server.process.wait(30)


@contextlib.contextmanager
def windowed(folder: Path, **environment: str) -> Iterator[Server]:
    """Run the window (offscreen unless a platform is set) with its listener on a free port."""
    port = free_port()
    own = {"QT_QPA_PLATFORM": "offscreen", **os.environ, **NO_LIMIT, "PUMP_INGEST_PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-m", "pump_desktop", "--data-dir", str(folder)],
        env=own | environment,
        text=True,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_healthy(port, process, folder)
        yield Server(port, (folder / "token").read_text().strip(), folder / "pump.db", process)
    finally:
        process.terminate()
        process.wait(30)


def post(server: Server, body: object, path: str = "/live/ingest") -> dict[str, Any]:
    """Post as a script does, and give the answer; raises HTTPError when it is refused."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "X-Ingest-Token": server.token},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        parsed: dict[str, Any] = json.load(answer)
    return parsed


def free_port() -> int:
    """Give a port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def healthy(port: int) -> bool:
    """Tell whether a listener of the program answers there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
            return True
    except (urllib.error.URLError, ConnectionError):
        return False


def _wait_until_healthy(port: int, process: subprocess.Popen[str], folder: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if healthy(port):
            return
        # Waits a moment for the process to end, which it should not.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    ended = process.poll()
    lines = [line for log in (folder / "logs").glob("*.log") for line in log.read_text("utf-8").splitlines()]
    told = "\n".join(lines[-_LAST_LINES:])
    raise RuntimeError(f"no listener on {port}; exit code of the window: {ended}; its log ends:\n{told}")
