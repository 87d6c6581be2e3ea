"""Live bets for tests and pictures: results of the sample seed pair, reckoned by the real engine."""

from __future__ import annotations

from datetime import datetime, timedelta

from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.live import Bet, Heartbeat, StreamKey
from pump_desktop.domain.requests import VerifyRequest
from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.engine.verify import derive
from pump_desktop.services.sample import sample_request

AMOUNT = 0.002
TARGET = 2.8


def sample_key(client_seed: str | None = None) -> StreamKey:
    """Give the stream of the sample server seed, with the sample's client seed unless told otherwise."""
    seeds = sample_request()
    return StreamKey(seed_sha256(seeds.server_seed), client_seed or seeds.client_seed)


def sample_bets(
    first: int,
    count: int,
    *,
    key: StreamKey | None = None,
    difficulty: Difficulty = Difficulty.EXPERT,
    until: datetime | None = None,
) -> list[Bet]:
    """Give bets of consecutive nonces as they would have come out; the last one was made ``until``."""
    key = key or sample_key()
    seeds = sample_request()
    bets = []
    for nonce in range(first, first + count):
        request = VerifyRequest(seeds.server_seed, key.client_seed, nonce, difficulty)
        out = derive(request).results[difficulty]
        won = out.max_multiplier >= TARGET
        age = timedelta(seconds=2 * (first + count - 1 - nonce))
        bets.append(
            Bet(
                stream=key,
                antebot_bet_id=f"{difficulty}-{nonce}",
                nonce=nonce,
                amount=AMOUNT,
                payout=round(AMOUNT * TARGET, 8) if won else 0.0,
                currency="ltc",
                difficulty=difficulty,
                round_target=TARGET,
                round_result=out.max_multiplier,
                safe_pumps=out.max_pumps,
                date_time=None if until is None else until - age,
            )
        )
    return bets


def tampered(bet: Bet) -> Bet:
    """Give a bet that claims the next higher result: a mismatch once the seed is revealed."""
    k = (bet.safe_pumps or 0) + 1
    return bet._replace(safe_pumps=k, round_result=PAYOUTS[bet.difficulty][k])


def off_table(bet: Bet, multiplier: float = 5.55) -> Bet:
    """Give a bet with a multiplier that its difficulty does not pay."""
    return bet._replace(safe_pumps=None, round_result=multiplier)


def heartbeat(nonce: int, key: StreamKey | None = None) -> Heartbeat:
    """Give an observed round without a bet."""
    (bet,) = sample_bets(nonce, 1, key=key)
    return Heartbeat(bet.stream, nonce, bet.round_result, bet.difficulty, bet.safe_pumps)
