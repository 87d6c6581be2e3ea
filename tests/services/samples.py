"""Streams to test the services with: honest messages of a seed pair, and ways to send them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from pump_desktop.domain.game import Difficulty, multiplier
from pump_desktop.domain.live import Accepted, Message
from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.engine.kernels import choose_kernel, replay
from pump_desktop.services.live.live import Live
from pump_desktop.services.live.messages import parse_message

MESSAGES = json.loads((Path(__file__).parents[1] / "data" / "messages.json").read_text("utf-8"))
SEED = "a server seed of the tests"
CLIENT = "client"


@cache
def _outcomes(difficulty: Difficulty, start: int, count: int) -> list[int]:
    return [int(k) for k in replay(choose_kernel(), SEED, CLIENT, start, count, difficulty)]


def outcome(nonce: int, difficulty: Difficulty = Difficulty.EXPERT) -> float:
    """Give the multiplier the seed pair of these tests really gives."""
    start = (nonce - 1) // 1000 * 1000 + 1
    return multiplier(difficulty, _outcomes(difficulty, start, 1000)[nonce - start])


def bet(nonce: int, **changes: Any) -> Message:
    """Give an honest bet; ``changes`` are JSON keys."""
    difficulty = Difficulty(changes.get("difficulty", "expert"))
    body = {
        "id": f"bet-{nonce}",
        "nonce": nonce,
        "amount": 1,
        "payout": 0,
        "difficulty": difficulty.value,
        "roundResult": outcome(nonce, difficulty),
        "clientSeed": CLIENT,
        "serverSeedHashed": seed_sha256(SEED),
    }
    return parse_message(body | changes)


def simulated(nonce: int, **changes: Any) -> Message:
    """Give an honest bet that carries its server seed."""
    return bet(nonce, serverSeedHashed=None, serverSeed=SEED, **changes)


def heartbeat(nonce: int, **changes: Any) -> Message:
    """Give an honest heartbeat without a difficulty."""
    body = {
        "type": "heartbeat",
        "nonce": nonce,
        "roundResult": outcome(nonce),
        "clientSeed": CLIENT,
        "serverSeedHashed": seed_sha256(SEED),
    }
    return parse_message(body | changes)


def send(live: Live, messages: Iterable[Message]) -> list[Accepted]:
    """Ingest in batches of 1,000 and wait for the answers."""
    waiting = list(messages)
    pieces = [waiting[at : at + 1000] for at in range(0, len(waiting), 1000)]
    return [one for future in [live.ingest(piece) for piece in pieces] for one in future.result(30)]
