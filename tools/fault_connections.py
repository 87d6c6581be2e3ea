"""Clients that take connections and give nothing: idle ones, slow ones, ones that stop half-way."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships none

from tools.fault_stage import Fault, Poster
from tools.load_server import Server, serving

IDLE = 10_000
# Together fewer than the program keeps open: past that, the slow ones would be closed at once.
SLOW = 150
HALF = 150
# A little more than the program's own patience.
PATIENCE_S = 40.0
# The usual limit of open files for a program a person starts.
USUAL_FILES = 1024


@contextmanager
def _held(server: Server, count: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        yield [
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=60))
            for _ in range(count)
        ]


def _post(fault: Fault, poster: Poster, count: int, when: str) -> float:
    slowest = 0.0
    for _ in range(count):
        began = time.monotonic()
        status, sentence = poster.post()
        slowest = max(slowest, time.monotonic() - began)
        fault.expect(status == 200, f"{status} {sentence} {when}")
    return slowest


def _client_files() -> int:
    """Raise this process's limit of open files as far as it goes, and give it."""
    import resource  # noqa: PLC0415 - there is none on Windows

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard if hard != resource.RLIM_INFINITY else 1 << 20


def idle_connections(fault: Fault, folder: Path) -> None:
    """10,000 idle connections"""
    count = min(IDLE, _client_files() - 200)
    with serving(folder) as server:
        psutil.Process(server.process.pid).rlimit(psutil.RLIMIT_NOFILE, (USUAL_FILES, USUAL_FILES))
        poster = Poster(server)
        _post(fault, poster, 10, "before")
        with _held(server, count):
            slowest = _post(fault, poster, 200, f"beside {count:,} idle connections")
            files = psutil.Process(server.process.pid).num_fds()
        fault.hear("nothing: the longest idle ones are closed")
        fault.hear(f"slowest answer {slowest * 1000:.0f} ms, {files} files open")
        fault.expect(files < USUAL_FILES // 2 + 100, f"{files} files open")
        fault.expect(count == IDLE, f"only {count:,} could be opened here")
        _post(fault, poster, 10, "after")
        fault.compare(server.database, poster)
    fault.recovery = "yes"


def slow_clients(fault: Fault, folder: Path) -> None:
    """slow-loris heads and half-sent bodies, 150 each"""
    with serving(folder) as server:
        poster = Poster(server)
        lines = (
            b"POST /live/ingest HTTP/1.1",
            b"Host: 127.0.0.1",
            b"X-Ingest-Token: %b",
            b"Content-Length: 900",
        )
        body = b"\r\n".join(lines) + b"\r\n\r\n{"
        slowest = 0.0
        with _held(server, SLOW) as slow, _held(server, HALF) as half:
            for one in half:
                one.sendall(body % server.token.encode())
            for one in slow:
                one.sendall(b"GET /healthz HTTP/1.1\r\nX-Slow: ")
            until = time.monotonic() + PATIENCE_S
            left = list(slow)
            while time.monotonic() < until:
                left = [one for one in left if _drip(one)]
                slowest = max(slowest, _post(fault, poster, 5, "beside slow clients"))
                time.sleep(1.0)
            fault.expect(not left, f"{len(left)} slow heads are still waited for after {PATIENCE_S:.0f} s")
            for one in (slow[0], half[0]):
                fault.hear(_last_word(one))
        fault.hear(f"slowest answer to others {slowest * 1000:.0f} ms")
        fault.compare(server.database, poster)
    fault.recovery = "yes"


def _drip(one: socket.socket) -> bool:
    """Send one more byte of a head that never ends; false once the other side has closed."""
    try:
        one.sendall(b"a")
        one.setblocking(False)
        closed = one.recv(1, socket.MSG_PEEK) is not None
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        one.setblocking(True)
    return not closed


def _last_word(one: socket.socket) -> str:
    one.settimeout(5.0)
    try:
        said = one.recv(65536).decode("latin-1")
    except OSError as error:
        return f"closed ({error})"
    head, _, body = said.partition("\r\n\r\n")
    return f"{head.split()[1]} {json.loads(body)['detail']}" if body else "closed"
