"""Simulated play: messages as a script at the casino posts them, with results of the real engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.requests import VerifyRequest
from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.engine.verify import derive
from pump_desktop.services.sample import sample_request

SIMULATED = "simulated"
AMOUNT, TARGET = 0.002, 2.8
BETS = 0.7
# Of the messages: sent again, sent after the next one; of the nonces: never sent.
AGAIN, SWAPPED, LOST = 0.01, 0.01, 0.003
# Early, so that it is there when somebody looks.
MISMATCH_AT = 30


@dataclass(frozen=True, slots=True)
class Play:
    """Where a simulation begins, and what is planted in it."""

    client_seed: str = SIMULATED
    first: int = 5_300
    difficulty: Difficulty = Difficulty.EXPERT
    mismatch: bool = False
    dice: int = 7

    @property
    def server_seed(self) -> str:
        """The sample's server seed, to reveal at the end."""
        return sample_request().server_seed


def messages(play: Play, began: datetime, rate: float) -> Iterator[dict[str, object]]:
    """Yield messages without end, a share of them lost, sent again or out of order."""
    dice = Random(play.dice)
    held: dict[str, object] | None = None
    bets = 0
    planted = not play.mismatch
    for number in range(2**40):
        if dice.random() < LOST:
            continue
        bet = dice.random() < BETS
        bets += bet
        plant = bet and not planted and bets >= MISMATCH_AT
        planted = planted or plant
        made = began + timedelta(seconds=number / rate)
        message = _message(play, play.first + number, made, bet=bet, plant=plant)
        if held is None and dice.random() < SWAPPED:
            held = message
            continue
        yield message
        if held is not None:
            yield held
            held = None
        if dice.random() < AGAIN:
            yield message


def _message(play: Play, nonce: int, made: datetime, *, bet: bool, plant: bool) -> dict[str, object]:
    request = VerifyRequest(play.server_seed, play.client_seed, nonce, play.difficulty)
    out = derive(request).results[play.difficulty]
    k = out.max_pumps
    if plant:
        # The next higher result, as a lie would have it.
        k = k + 1 if k < play.difficulty.max_safe else k - 1
    message: dict[str, object] = {
        "type": "bet" if bet else "heartbeat",
        "nonce": nonce,
        "difficulty": play.difficulty.value,
        "roundResult": PAYOUTS[play.difficulty][k],
        "clientSeed": play.client_seed,
        "serverSeedHashed": seed_sha256(play.server_seed),
    }
    if bet:
        message |= {
            "id": f"{SIMULATED}-{nonce}",
            "dateTime": made.isoformat(),
            "amount": AMOUNT,
            "payout": round(AMOUNT * TARGET, 8) if PAYOUTS[play.difficulty][k] >= TARGET else 0.0,
            "currency": "ltc",
            "roundTarget": TARGET,
        }
    return message
