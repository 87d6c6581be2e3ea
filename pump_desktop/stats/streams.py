"""Figures of a live stream that stay true when nonces are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, exp, expm1, log, log1p

import numpy as np
from numpy.typing import NDArray

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import StreamDetail
from pump_desktop.stats.gaps import GapStats, gap_stats

Nonces = NDArray[np.int64]

WAITING_QUANTILES = (0.5, 0.9, 0.99)
NEXT_ROUNDS = (100, 1_000, 10_000)

# With heartbeats a stream may lose a message now and then. More than this share missing is no accident:
# the script sends some rounds and keeps back others.
MAX_LOST = 0.01


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which nonces of a stream were observed; when ``truncated`` the reason says why rates are off."""

    first_nonce: int | None
    last_nonce: int | None
    observed: int
    missing: int
    truncated: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class MultiplierMetrics:
    """One multiplier in a stream, under the match mode that its hits were found with.

    ``streak`` counts nonces since the last hit, up to the latest observed one (from the first observed one
    when there was no hit). ``probability`` is the chance p per round, ``rate`` the observed one, and
    ``streak_probability`` is (1 - p)^streak: the chance of a streak this long or longer. ``waiting`` holds
    the rounds within which a hit comes with 50, 90 and 99 %, ``chances`` the chance of a hit within the
    next 100, 1,000 and 10,000 rounds. What cannot be told is None and ``reason`` says why.
    """

    multiplier: float
    count: int
    last_nonce: int | None
    gaps: GapStats | None
    streak: int | None
    probability: float | None
    streak_probability: float | None
    rate: float | None
    waiting: tuple[int, ...] | None
    chances: tuple[float, ...] | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class DensityBucket:
    """Nonces ``start`` to ``end``: how many were observed, and how many of those were hits."""

    start: int
    end: int
    rounds: int
    hits: int


def coverage(nonces: Nonces, heartbeats: int, lowest: float | None) -> Coverage:
    """Tell from the ascending observed nonces whether rates can be true."""
    if not len(nonces):
        return Coverage(None, None, 0, 0, truncated=False, reason=None)
    return coverage_of(int(nonces[0]), int(nonces[-1]), len(nonces), heartbeats, lowest)


def coverage_of(
    first: int | None, last: int | None, observed: int, heartbeats: int, lowest: float | None
) -> Coverage:
    """Tell from the first and last observed nonce, and how many there are, whether rates can be true."""
    if first is None or last is None:
        return Coverage(None, None, 0, 0, truncated=False, reason=None)
    span = last - first + 1
    missing = span - observed
    truncated = missing > (MAX_LOST * span if heartbeats else 0)
    reason = None
    if truncated:
        reason = f"{missing:,} of the {span:,} rounds from nonce {first} to {last} are not stored"
        if lowest is not None and lowest > 1:
            reason += f", and none below {lowest:.2f}x is"
        reason += "; rates and streaks need every round."
    return Coverage(first, last, observed, missing, truncated, reason)


def no_hit(p: float | Fraction, rounds: int) -> float:
    """Give the chance (1 - p)^rounds of no hit in that many rounds."""
    if p >= 1:
        return 0.0 if rounds else 1.0
    return exp(rounds * log1p(-float(p)))


def some_hit(p: float | Fraction, rounds: int) -> float:
    """Give the chance 1 - (1 - p)^rounds of at least one hit, exact also where it is tiny."""
    if p >= 1:
        return 1.0 if rounds else 0.0
    return -expm1(rounds * log1p(-float(p)))


def waiting_rounds(p: float | Fraction, quantile: float) -> int:
    """Give the fewest rounds within which a hit comes with at least this chance."""
    if p >= 1:
        return 1
    return max(ceil(log(1 - quantile) / log1p(-float(p))), 1)


def multiplier_metrics(
    multiplier: float,
    hits: Nonces,
    nonces: Nonces,
    covered: Coverage,
    p: Fraction | None,
    others: int = 0,
) -> MultiplierMetrics:
    """Give the figures of one multiplier from its ascending hits among the observed nonces.

    ``p`` is None when no message says the difficulty, and 0 when the multiplier is not on its table;
    ``others`` counts the rounds since the last hit at another difficulty, for which p does not hold.
    """
    last = int(hits[-1]) if len(hits) else None
    streak = unseen = None
    if covered.first_nonce is not None and covered.last_nonce is not None:
        since = covered.first_nonce - 1 if last is None else last
        streak = covered.last_nonce - since
        unseen = streak - (len(nonces) - int(np.searchsorted(nonces, since, side="right")))
    reason = _reason(covered, p, unseen, others)
    known = float(p) if p else None
    whole = streak is not None and not unseen and not others and not covered.truncated
    return MultiplierMetrics(
        multiplier=multiplier,
        count=len(hits),
        last_nonce=last,
        gaps=gap_stats(hits),
        streak=streak,
        probability=None if p is None else float(p),
        streak_probability=no_hit(known, streak) if known and whole and streak is not None else None,
        rate=len(hits) / covered.observed if covered.observed and not covered.truncated else None,
        waiting=tuple(waiting_rounds(known, q) for q in WAITING_QUANTILES) if known else None,
        chances=tuple(some_hit(known, rounds) for rounds in NEXT_ROUNDS) if known else None,
        reason=reason,
    )


def _reason(covered: Coverage, p: Fraction | None, unseen: int | None, others: int) -> str | None:
    if not covered.observed:
        return "No round was observed yet."
    if covered.reason is not None:
        return covered.reason
    if p is None:
        return "No message of this stream says its difficulty."
    if p == 0:
        return "This multiplier is not in the table of the stream's difficulty."
    if unseen:
        return f"Rounds not observed since the last hit: {unseen:,}; one of them may have been a hit."
    return f"Rounds at another difficulty since the last hit: {others:,}." if others else None


def bucket_count(nonces: Nonces, size: int) -> int:
    """Give how many buckets of ``size`` nonces hold an observed one."""
    return len(_buckets(nonces, size)[0])


def density(nonces: Nonces, hits: Sequence[Nonces], size: int) -> tuple[DensityBucket, ...]:
    """Give the buckets of ``size`` nonces that hold an observed one; the first is nonces 1 to ``size``.

    Empty buckets are left out: a stream may begin at any nonce and leave out millions.
    """
    buckets, rounds = _buckets(nonces, size)
    any_of = _any_of(hits)
    found = np.searchsorted(any_of, (buckets + 1) * size, "right")
    found -= np.searchsorted(any_of, buckets * size, "right")
    return tuple(
        DensityBucket(bucket * size + 1, (bucket + 1) * size, count, hit)
        for bucket, count, hit in zip(buckets.tolist(), rounds.tolist(), found.tolist(), strict=True)
    )


def _buckets(nonces: Nonces, size: int) -> tuple[Nonces, Nonces]:
    """Return the places of the buckets that hold one of the ascending nonces, and how many each holds."""
    if not len(nonces):
        return nonces, nonces
    first, last = int(nonces[0] - 1) // size, int(nonces[-1] - 1) // size
    if last - first >= len(nonces):
        return np.unique((nonces - 1) // size, return_counts=True)
    # Looking for the edges of few buckets leaves out most of the nonces.
    places = np.arange(first, last + 1)
    rounds = np.diff(np.searchsorted(nonces, places * size + size, "right"), prepend=0)
    return places[rounds > 0], rounds[rounds > 0]


def _any_of(hits: Sequence[Nonces]) -> Nonces:
    """Return the nonces that are among any of some ascending ones, ascending and once."""
    if len(hits) == 1:
        return hits[0]
    # A stable sort merges what is in order already.
    together = np.sort(np.concatenate([np.empty(0, np.int64), *hits]), kind="stable")
    another = together[1:] != together[:-1]
    return together if another.all() else together[np.concatenate(([True], another))]


def stream_difficulty(detail: StreamDetail, rounds: Mapping[str, int]) -> tuple[Difficulty | None, bool]:
    """Return the difficulty of most bets, and whether there are others; without bets the rounds say it."""
    counts = {name: count for name, count in (detail.bets_by_difficulty or rounds).items() if name}
    if not counts:
        return None, False
    most = max(counts, key=lambda name: (counts[name], name))
    return Difficulty(most), len({*counts, *(name for name in rounds if name)}) > 1
