"""Clients that fill memory or take every place: heads without an end, and hundreds of event streams."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships none

from tools.fault_stage import NO_ANSWER, Fault, Poster, post
from tools.load_client import bet
from tools.load_server import Server, serving

SENT = 224 * 1024 * 1024
# All kinds together; the interpreter's own memory moves by a few.
MOST_MB = 20
STREAMS = 400
_PIECE = 64 * 1024

_CHUNKED = b"POST /live/ingest HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
_HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
# How each begins, and what is sent over and over; none has a token.
KINDS = {
    "address": (b"GET /", b"a" * _PIECE),
    "header": (_HEAD + b"A: ", b"a" * _PIECE),
    "small headers": (_HEAD, b"a:b\r\n" * (_PIECE // 5)),
    "extension of a chunk": (_CHUNKED + b"1;a=", b"a" * _PIECE),
    "trailer": (_CHUNKED + b"2\r\n{}\r\n0\r\nA: ", b"a" * _PIECE),
}


def endless_heads(fault: Fault, folder: Path) -> None:
    """heads without an end, 224 MB of each kind, without a token"""
    with serving(folder) as server:
        process = psutil.Process(server.process.pid)
        poster = Poster(server)
        post(fault, poster, 20, "before")
        before = process.memory_info().rss
        most, slowest = 0, 0.0
        for kind, (begin, piece) in KINDS.items():
            sending = threading.Thread(target=_send, args=(fault, server.port, kind, begin, piece))
            sending.start()
            while sending.is_alive():
                began = time.monotonic()
                post(fault, poster, 1, f"beside an endless {kind}")
                slowest = max(slowest, time.monotonic() - began)
                most = max(most, process.memory_info().rss)
        grown = (most - before) / 2**20
        fault.hear(f"memory {before / 2**20:.0f} MB, at most {grown:.0f} MB more")
        fault.hear(f"slowest answer to others {slowest * 1000:.0f} ms")
        fault.expect(grown < MOST_MB, f"memory grew by {grown:.0f} MB")
        fault.compare(server.database, poster)
    fault.recovery = "yes"


def _send(fault: Fault, port: int, kind: str, begin: bytes, piece: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        try:
            connection.sendall(begin)
            for _ in range(SENT // len(piece)):
                connection.sendall(piece)
        except OSError:
            # Closed at the other side: what it said before has come.
            pass
        try:
            said = connection.recv(_PIECE)
        except OSError as error:
            fault.expect(False, f"{kind}: {error}")
            return
    status, _, body = said.partition(b"\r\n\r\n")
    fault.hear(f"{status.split()[1].decode()} {json.loads(body)['detail']}")


def event_streams(fault: Fault, folder: Path) -> None:
    """400 event streams"""
    with serving(folder) as server, ExitStack() as open_streams:
        poster = Poster(server)
        post(fault, poster, 20, "before")
        stream = _stream_of(server)
        statuses = [_watch(server, stream, open_streams) for _ in range(STREAMS)]
        taken = statuses.count(200)
        fault.hear(f"{taken} are open, {statuses.count(503)} got 503 Too many event streams are open")
        fault.expect(taken < STREAMS, "all of them are open")
        fault.expect(NO_ANSWER not in statuses, "some got no answer")
        for _ in range(100):
            status, sentence = poster.post()
            fault.expect(status == 200, f"{status} {sentence} beside event streams")
        fault.compare(server.database, poster)
    fault.recovery = "yes"


def _stream_of(server: Server) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"Content-Type": "application/json", "X-Ingest-Token": server.token}
    connection.request("POST", "/live/ingest", json.dumps(bet(1)), headers)
    found = json.loads(connection.getresponse().read())
    connection.close()
    return str(found["streamId"])


def _watch(server: Server, stream: str, open_streams: ExitStack) -> int:
    connection = open_streams.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=60))
    lines = (
        f"GET /live/streams/{stream}/events HTTP/1.1",
        "Host: 127.0.0.1",
        f"X-Ingest-Token: {server.token}",
    )
    request = "\r\n".join(lines) + "\r\n\r\n"
    try:
        connection.sendall(request.encode())
        return int(connection.recv(_PIECE).split()[1])
    except (OSError, IndexError):
        return NO_ANSWER
