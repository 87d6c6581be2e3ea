"""Messages to test live streams with."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pump_desktop.domain.game import Difficulty, multiplier
from pump_desktop.domain.live import Accepted, Bet, BetPage, BetRow, Heartbeat, Message, StreamKey
from pump_desktop.store.live.streams import StreamsStore
from tests.store.samples import NOON

KEY = StreamKey("a" * 64, "client")


def make_bet(number: int, **changes: Any) -> Bet:
    """Give bet ``number``, at the nonce of that number, with k = 1."""
    values: dict[str, Any] = {
        "stream": KEY,
        "antebot_bet_id": f"bet-{number}",
        "nonce": number,
        "amount": 0.5,
        "payout": 0.25,
        "currency": "usdt",
        "difficulty": Difficulty.EXPERT,
        "round_target": 1.63,
        "round_result": 1.63,
        "safe_pumps": 1,
        "date_time": NOON,
    }
    return Bet(**(values | changes))


def make_heartbeat(nonce: int, **changes: Any) -> Heartbeat:
    """Give a heartbeat with k = 1."""
    values: dict[str, Any] = {
        "stream": KEY,
        "nonce": nonce,
        "round_result": 1.63,
        "difficulty": Difficulty.EXPERT,
        "safe_pumps": 1,
    }
    return Heartbeat(**(values | changes))


def random_messages(count: int, seed: int, nonces: int = 60) -> list[Message]:
    """Give bets and heartbeats of two difficulties, with repeats, doubled nonces and off-table results."""
    rng = random.Random(seed)
    messages: list[Message] = []
    for _ in range(count):
        nonce = rng.randint(1, nonces)
        difficulty = rng.choice([Difficulty.EXPERT, Difficulty.MEDIUM])
        k = rng.choice([0, 0, 0, 1, 1, 2, 5, 12])
        pumps = None if rng.random() < 0.1 else k
        result = 7.77 if pumps is None else multiplier(difficulty, k)
        said = {"round_result": result, "safe_pumps": pumps, "difficulty": difficulty}
        if rng.random() < 0.3:
            messages.append(make_heartbeat(nonce, **said))
            continue
        number = rng.randint(1, count)
        changes = said | {"nonce": nonce, "currency": rng.choice([None, "usdt", "btc"]), "amount": number / 8}
        messages.append(make_bet(number, **changes))
    return messages


def take_in(store: StreamsStore, *messages: Message, **options: Any) -> list[Accepted]:
    """Store messages in one piece of work and give what became of them."""
    return store.ingest(messages, NOON, **options).result(10)


def stream_id(answers: Sequence[Accepted]) -> UUID:
    """Give the one stream that all answers name."""
    (found,) = {answer.stream_id for answer in answers}
    return found


def nonces(page: BetPage) -> list[int]:
    """Give the nonces of a page's bets, in its order."""
    return [bet.nonce for bet in page.items]


def filled(store: StreamsStore, messages: Sequence[Message]) -> UUID:
    """Store messages in pieces of several sizes, between those of another stream."""
    other = StreamKey("b" * 64, "another")
    answers = []
    for start in range(0, len(messages), 37):
        answers += take_in(store, *messages[start : start + 37])
        take_in(store, make_bet(start + 1, stream=other), make_bet(start + 2, stream=other))
    return stream_id(answers)


def bets_of(store: StreamsStore, stream: UUID) -> list[BetRow]:
    """Give all bets by id, the plain way."""
    return list(store.tail(stream, 0, 10_000).bets)
