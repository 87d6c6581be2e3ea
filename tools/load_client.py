"""Clients that post bets over raw keep-alive connections: cheap enough not to measure themselves."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pump_desktop.domain.seeds import seed_sha256

SERVER_SEED = "a revealed server seed for load tests"


def bet(number: int, client_seed: str = "load") -> dict[str, object]:
    """Give the bet with this number; equal numbers give equal bets."""
    return {
        "id": f"load-{number}",
        "dateTime": "2026-01-02T03:04:05.678Z",
        "nonce": number,
        "amount": 0.2,
        "payout": 0.326,
        "difficulty": "expert",
        "roundTarget": 1.63,
        "roundResult": 1.63,
        "clientSeed": client_seed,
        "serverSeedHashed": seed_sha256(SERVER_SEED),
    }


@dataclass(slots=True)
class Tally:
    """What the clients saw: seconds per answer, statuses, and the numbers that were acknowledged."""

    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    acknowledged: list[int] = field(default_factory=list)
    seconds: float = 0.0

    def quantile(self, share: float) -> float:
        """Give a latency by nearest rank, in seconds."""
        ordered = sorted(self.latencies)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def request(port: int, token: str, path: str, body: object) -> bytes:
    """Give a whole POST as bytes."""
    payload = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"X-Ingest-Token: {token}\r\nContent-Length: {len(payload)}\r\n\r\n"
    )
    return head.encode() + payload


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Give the status and body of the next answer on a connection."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    length = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            length = int(line[15:])
    return status, await reader.readexactly(length)


Post = tuple[list[int], bytes]
"""The numbers of a request's messages, and the request."""

Heard = Callable[[list[int], int, bytes, float], bool]
"""Takes the numbers, the status, the body and the seconds of an answer; true ends the conversation."""


async def converse(port: int, posts: Iterator[Post], heard: Heard) -> None:
    """Send one request after the other over one connection, until ``heard`` has enough or the server goes."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionError:
        return
    try:
        for numbers, payload in posts:
            started = time.perf_counter()
            writer.write(payload)
            status, body = await read_answer(reader)
            if heard(numbers, status, body, time.perf_counter() - started):
                return
    except (ConnectionError, asyncio.IncompleteReadError):
        # The server was killed; what it had acknowledged until then is what counts.
        return
    finally:
        writer.close()


async def _client(port: int, posts: Iterator[Post], tally: Tally, stop: Callable[[], bool]) -> None:
    def heard(numbers: list[int], status: int, _body: bytes, seconds: float) -> bool:
        tally.latencies.append(seconds)
        tally.statuses[status] = tally.statuses.get(status, 0) + 1
        if status == 200:
            tally.acknowledged.extend(numbers)
        return stop()

    await converse(port, posts, heard)


async def post_singles(
    port: int, token: str, *, connections: int, stop: Callable[[], bool], first: int = 1
) -> Tally:
    """Post single bets with rising numbers over some connections until ``stop()`` is true."""
    tally = Tally()
    numbers = iter(range(first, 2**53))

    def posts() -> Iterator[tuple[list[int], bytes]]:
        for number in numbers:
            yield [number], request(port, token, "/live/ingest", bet(number))

    started = time.perf_counter()
    await asyncio.gather(*(_client(port, posts(), tally, stop) for _ in range(connections)))
    tally.seconds = time.perf_counter() - started
    return tally


async def post_batches(port: int, token: str, *, size: int, count: int, first: int) -> Tally:
    """Post batches of bets over two connections."""
    tally = Tally()
    starts = iter(range(first, first + size * count, size))
    prepared = [
        (
            list(range(at, at + size)),
            request(port, token, "/live/ingest/batch", [bet(number) for number in range(at, at + size)]),
        )
        for at in starts
    ]
    queue = iter(prepared)
    started = time.perf_counter()
    await asyncio.gather(*(_client(port, queue, tally, lambda: False) for _ in range(2)))
    tally.seconds = time.perf_counter() - started
    return tally
