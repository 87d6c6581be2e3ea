"""Bets as Antebot's engine hands them over."""

from __future__ import annotations

from typing import Any

from pump_desktop.domain.game import PAYOUTS, Difficulty

HASH = "f09d12a373d2c7fc425ae2bec17dd7b2d0e80cb6813aeff9b890dc76ff6dbbb2"
EXPERT = PAYOUTS[Difficulty.EXPERT]


def safe_pumps(nonce: int) -> int:
    """Give some result of a nonce: every seventh is high."""
    return 6 if nonce % 7 == 0 else nonce % 3


def last_bet(nonce: int, /, **changes: Any) -> dict[str, Any]:
    """Give a lastBet of the pump game in live mode."""
    k = safe_pumps(nonce)
    win = k >= 1
    bet = {
        "id": f"ante-{nonce}",
        "iid": "casino:888888888",
        "rollNumber": nonce,
        "nonce": nonce,
        "active": False,
        "game": "pump",
        "win": win,
        "amount": 0.2,
        "fiatAmount": "$0.20",
        "payoutMultiplier": 1.63 if win else 0,
        "payout": 0.326 if win else 0,
        "currency": "eth",
        "dateTime": "2025-09-08T20:31:12.000Z",
        "state": {
            "difficulty": "expert",
            "roundTarget": 1,
            "roundTargetMultiplier": 1.63,
            "roundResult": k,
            "roundResultMultiplier": EXPERT[k],
        },
        "clientSeed": "sample-client",
        "serverSeedHashed": HASH,
    }
    return bet | changes


def last_bets(first: int, last: int) -> list[dict[str, Any]]:
    """Give the bets of a range of nonces."""
    return [last_bet(nonce) for nonce in range(first, last + 1)]
