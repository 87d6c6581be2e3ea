"""What people pin to a stream, with what it is pinned to: bookmarked bets, and snapshots then and now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pump_desktop.domain.difficulty import Difficulty
from pump_desktop.domain.live import Bookmark, Snapshot, Verdict

SnapshotFilter = Mapping[str, object]
"""A snapshot's filter: a JSON object of the bets list's parameters, and whatever else a page remembers."""

MAX_SNAPSHOT_NAME = 120


@dataclass(frozen=True, slots=True)
class BookmarkedBet:
    """A bookmark with what there is to say of its bet."""

    bookmark: Bookmark
    nonce: int
    difficulty: Difficulty
    round_result: float
    safe_pumps: int | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class MomentFigures:
    """A stream at one moment: its rounds, and what bets pass a filter, in all and per multiplier."""

    bets: int
    rounds: int
    highest: float | None
    bets_by_multiplier: Mapping[float, int]


@dataclass(frozen=True, slots=True)
class SnapshotComparison:
    """A snapshot's figures as of its checkpoint, and those of the same filter now."""

    snapshot: Snapshot
    then: MomentFigures
    now: MomentFigures
