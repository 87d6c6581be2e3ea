"""What there is to say of a bet beside its figures: its verdict, or why it stands out."""

from __future__ import annotations

from enum import IntEnum

from pump_desktop.domain.live import Verdict
from pump_desktop.qt.models.bet_columns import BetColumns

NONE = "–"


class BetMark(IntEnum):
    """What there is to say of a bet beside its figures; the worst comes last."""

    NONE = 0
    MATCH = 1
    TWICE = 2
    OFF_TABLE = 3
    MISMATCH = 4


MARK_WORDS = {
    BetMark.NONE: NONE,
    BetMark.MATCH: "Match",
    BetMark.TWICE: "Nonce twice",
    BetMark.OFF_TABLE: "Off table",
    BetMark.MISMATCH: "Mismatch",
}
MARK_TIPS = {
    BetMark.NONE: "Checked when the server seed is revealed.",
    BetMark.MATCH: "The revealed server seed gives this multiplier.",
    BetMark.TWICE: "Another bet of this stream has the same nonce.",
    BetMark.OFF_TABLE: "No result of this difficulty pays this multiplier.",
    BetMark.MISMATCH: "The revealed server seed gives another multiplier.",
}


def mark_of(bets: BetColumns, place: int) -> BetMark:
    """Give the mark of one bet."""
    verdict = bets.verdict(place)
    if verdict is Verdict.MISMATCH:
        return BetMark.MISMATCH
    if bets.safe_pumps(place) is None:
        return BetMark.OFF_TABLE
    if bets.nonce_twice(place):
        return BetMark.TWICE
    return BetMark.MATCH if verdict is Verdict.MATCH else BetMark.NONE
