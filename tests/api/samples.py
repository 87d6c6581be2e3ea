"""Bodies to post, and a socket without a client library in the way."""

from __future__ import annotations

import socket
from typing import Any, BinaryIO

TOKEN = "token-of-the-tests"  # noqa: S105 - made up

SCAN: dict[str, Any] = {
    "server_seed": "564e967b90f03d0153fdcb2d2d1cc5a5057e0df78163611fe3801d6498e681ca",
    "client_seed": "zXv1upuFns",
    "start": 1,
    "end": 6000,
    "difficulty": "expert",
    "targets": [11200.65, 1066.73, 1066.73],
}


def bet(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Give a flat bet whose id and nonce come from ``number``."""
    values = {
        "id": f"bet-{number}",
        "dateTime": "2025-09-08T20:31:11.123Z",
        "nonce": number,
        "amount": 0.2,
        "payout": 0.326,
        "difficulty": "expert",
        "roundTarget": 1.63,
        "roundResult": 1.63,
        "clientSeed": "sample-client",
        "serverSeedHashed": "f09d12a373d2c7fc425ae2bec17dd7b2d0e80cb6813aeff9b890dc76ff6dbbb2",
    }
    return values | changes


def request_text(
    method: str, path: str, port: int, *, headers: dict[str, str] | None = None, body: bytes = b""
) -> bytes:
    """Give a request as it goes over the wire, with the token."""
    said = {"Host": f"127.0.0.1:{port}", "X-Ingest-Token": TOKEN, "Content-Length": str(len(body))}
    said |= headers or {}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def exchange(connection: socket.socket, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send a request and give status, headers and body of its answer."""
    connection.sendall(request)
    return answer(connection.makefile("rb"))


def answer(file: BinaryIO) -> tuple[int, dict[str, str], bytes]:
    """Read one answer that says its length."""
    status = int(file.readline().split()[1])
    headers: dict[str, str] = {}
    while line := file.readline().strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    return status, headers, file.read(int(headers.get("content-length", 0)))
