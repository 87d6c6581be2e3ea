"""Clients that post everything a script may: single messages, batches, heartbeats, things posted before."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tools.load_client import SERVER_SEED, Post, bet, converse, request
from tools.load_server import Server

CLIENTS = 16
STREAMS = 3
# One number in so many is a heartbeat.
HEARTBEAT = 5
LARGEST_BATCH = 60

_SCANNED = (20_000, 200_000, 2_000_000, 6_000_000)


def is_bet(number: int) -> bool:
    """Tell whether the message with this number is a bet, and not a heartbeat."""
    return number % HEARTBEAT != 0


def stream_of(number: int) -> str:
    """Give the client seed of a number's stream."""
    return f"torture-{number % STREAMS}"


def message(number: int) -> dict[str, object]:
    """Give the message with this number; equal numbers give equal messages."""
    whole = bet(number, stream_of(number))
    if is_bet(number):
        return whole
    kept = ("nonce", "roundResult", "clientSeed", "serverSeedHashed")
    return {"type": "heartbeat", **{key: whole[key] for key in kept}}


@dataclass(slots=True)
class Ledger:
    """What was sent and what was answered, over all rounds of a torture.

    Of what was sent the last ``repeated`` are sent again, 0 for all.
    """

    next_number: int = 1
    repeated: int = 0
    sent: list[int] = field(default_factory=list)
    acknowledged: set[int] = field(default_factory=set)
    fresh: Counter[int] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    runs: dict[str, str] = field(default_factory=dict)

    def hear(self, numbers: list[int], status: int, body: bytes) -> None:
        """Enter one answer to an ingest request."""
        self.statuses[status] += 1
        if status != 200:
            return
        said = json.loads(body)
        for number, result in zip(numbers, said.get("results", [said]), strict=True):
            if "detail" in result:
                raise ValueError(f"message {number} was refused: {result['detail']}")
            self.acknowledged.add(number)
            # "accepted" is said once in a message's life, whatever happens in between.
            self.fresh[number] += result["accepted"]

    @property
    def twice_new(self) -> int:
        """How many messages were told to be new more than once."""
        return sum(count > 1 for count in self.fresh.values())


def posts(server: Server, ledger: Ledger, chance: random.Random) -> Iterator[Post]:
    """Yield requests without end: seven singles to two batches to one of what was sent before."""

    def before() -> int:
        # The oldest may have been deleted, and would be new again.
        return chance.choice(ledger.sent[-ledger.repeated :])

    while True:
        kind = chance.random()
        if kind < 0.7:
            yield _single(server, _new(ledger))
        elif kind < 0.9:
            numbers = [_new(ledger) for _ in range(chance.randint(2, LARGEST_BATCH))]
            if ledger.sent and chance.random() < 0.5:
                numbers[chance.randrange(len(numbers))] = before()
            body = [message(number) for number in numbers]
            yield numbers, request(server.port, server.token, "/live/ingest/batch", body)
        else:
            yield _single(server, before() if ledger.sent else _new(ledger))


def _new(ledger: Ledger) -> int:
    number = ledger.next_number
    ledger.next_number += 1
    ledger.sent.append(number)
    return number


def _single(server: Server, number: int) -> Post:
    return [number], request(server.port, server.token, "/live/ingest", message(number))


async def scans(server: Server, ledger: Ledger, chance: random.Random) -> None:
    """Ask for one scan after the other, and enter those that were answered."""

    def wanted() -> Iterator[Post]:
        while True:
            start = chance.randint(1, 10**9)
            body = {
                "server_seed": SERVER_SEED,
                "client_seed": stream_of(start),
                "start": start,
                "end": start + chance.choice(_SCANNED),
                "difficulty": chance.choice(["easy", "medium", "hard", "expert"]),
                "targets": [1.0],
            }
            yield [], request(server.port, server.token, "/runs", body)

    def heard(_numbers: list[int], status: int, body: bytes, _seconds: float) -> bool:
        if status == 201:
            run = json.loads(body)
            ledger.runs[run["id"]] = run["outcome_digest"]
        return False

    await converse(server.port, wanted(), heard)


async def load_until(
    server: Server,
    ledger: Ledger,
    chance: random.Random,
    seconds: float,
    before_the_kill: Callable[[], None] = lambda: None,
) -> None:
    """Load a server over 16 connections beside a scan for some seconds, and kill it in the middle."""

    def heard(numbers: list[int], status: int, body: bytes, _seconds: float) -> bool:
        ledger.hear(numbers, status, body)
        return False

    talking = [
        asyncio.create_task(converse(server.port, posts(server, ledger, chance), heard))
        for _ in range(CLIENTS)
    ]
    talking.append(asyncio.create_task(scans(server, ledger, chance)))
    ended, _ = await asyncio.wait(talking, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    early, code = [task.exception() for task in ended], server.process.poll()
    before_the_kill()
    server.process.kill()
    await asyncio.gather(*talking)
    if ended:
        raise RuntimeError(f"{len(ended)} connections ended before the kill: {early}, exit code {code}")
