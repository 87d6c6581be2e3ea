"""Questions to an outcome vector: which nonces match, and how far apart they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pump_desktop.domain.game import PAYOUTS, Difficulty, exact_safe_pumps, least_safe_pumps, p_exact
from pump_desktop.domain.runs import Match, RunSummary

Outcomes = NDArray[np.uint8]
Nonces = NDArray[np.int64]
Mask = NDArray[np.bool_]

# Looked at 4 MB at a time: a mask over 100 million nonces would be another 100 MB.
PIECE = 1 << 22


@dataclass(frozen=True, slots=True)
class HitFilter:
    """Which results count as hits: any of ``multipliers`` exactly, or at least the smallest of them.

    Only nonces from ``first`` to ``last`` count, where these are given.
    """

    multipliers: tuple[float, ...]
    match: Match = Match.EXACT
    first: int | None = None
    last: int | None = None

    def safe_pumps(self, difficulty: Difficulty) -> tuple[int, ...]:
        """Give the matching k in ascending order; empty when nothing on the table matches."""
        if self.match is Match.AT_LEAST:
            least = least_safe_pumps(difficulty, min(self.multipliers))
            return () if least is None else tuple(range(least, difficulty.max_safe + 1))
        found = (exact_safe_pumps(difficulty, value) for value in self.multipliers)
        return tuple(sorted({k for k in found if k is not None}))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the first and last nonce that count from ``start`` to ``end``; first > last when none does."""
        first = start if self.first is None else max(self.first, start)
        last = end if self.last is None else min(self.last, end)
        return first, max(last, first - 1)

    def probability(self, difficulty: Difficulty) -> Fraction:
        """Give the chance that one nonce is a hit."""
        return sum((p_exact(difficulty, k) for k in self.safe_pumps(difficulty)), Fraction(0))


# No slots: the distances of a million hits are worked out when somebody reads them.
@dataclass(frozen=True)
class Hits:
    """The matching nonces in order, and their k; distances run over all of them or apart for each k."""

    nonces: Nonces
    safe_pumps: Outcomes
    per_multiplier: bool = False

    @cached_property
    def distances(self) -> Nonces:
        """The distance of each hit to the one before, 0 for the first."""
        if not self.per_multiplier:
            return distances(self.nonces)
        apart = np.zeros(len(self.nonces), np.int64)
        for k in np.flatnonzero(np.bincount(self.safe_pumps)):
            own = np.flatnonzero(self.safe_pumps == k)
            apart[own] = distances(self.nonces[own])
        return apart

    def __len__(self) -> int:
        """Give the number of hits."""
        return len(self.nonces)


def _pieces(outcomes: Outcomes) -> Iterator[tuple[int, Outcomes]]:
    for at in range(0, len(outcomes), PIECE):
        yield at, outcomes[at : at + PIECE]


def hit_masks(outcomes: Outcomes, safe_pumps: Sequence[int]) -> Iterator[tuple[int, Mask]]:
    """Yield, piece by piece, the index a piece begins at and which of its k are among ``safe_pumps``."""
    wanted = np.zeros(256, np.bool_)
    wanted[list(safe_pumps)] = True
    # One k, or all from one on, are a comparison: thirty times as quick as looking each k up.
    low, high = (min(safe_pumps), max(safe_pumps)) if safe_pumps else (1, 0)
    together = high - low + 1 == np.count_nonzero(wanted)
    for at, piece in _pieces(outcomes):
        if not together:
            yield at, wanted[piece]
        elif low == high:
            yield at, piece == low
        else:
            yield at, (piece >= low) & (piece <= high)


def positions_of(outcomes: Outcomes, safe_pumps: Sequence[int]) -> Nonces:
    """Give the indices whose k is one of ``safe_pumps``, ascending."""
    found = []
    for at, mask in hit_masks(outcomes, safe_pumps):
        here = np.flatnonzero(mask)
        here += at
        found.append(here)
    return np.concatenate(found) if found else np.empty(0, np.int64)


def count_between(outcomes: Outcomes, safe_pumps: Sequence[int], edges: Nonces) -> Nonces:
    """Give how many hits stand from each of the ascending indices ``edges`` up to the next one."""
    before = np.zeros(len(edges), np.int64)
    total = 0
    for at, mask in hit_masks(outcomes, safe_pumps):
        found = np.flatnonzero(mask)
        here = slice(*np.searchsorted(edges, (at, at + len(mask))))
        before[here] = total + np.searchsorted(found, edges[here] - at)
        total += len(found)
    before[np.searchsorted(edges, len(outcomes)) :] = total
    return np.diff(before)


def part_of(outcomes: Outcomes, first_nonce: int, wanted: HitFilter) -> tuple[int, Outcomes]:
    """Give the outcomes of the nonces that count, and the first of these nonces."""
    first, last = wanted.span(first_nonce, first_nonce + len(outcomes) - 1)
    return first, outcomes[first - first_nonce : last - first_nonce + 1]


def count_outcomes(outcomes: Outcomes, difficulty: Difficulty) -> tuple[int, ...]:
    """Give how many nonces have exactly k safe pumps, for k = 0 .. 25 - M."""
    counts = np.zeros(difficulty.max_safe + 1, np.int64)
    for _, piece in _pieces(outcomes):
        counts += np.bincount(piece, minlength=len(counts))
    return tuple(int(count) for count in counts)


def distances(nonces: Nonces) -> Nonces:
    """Give each nonce's distance to the one before it; 0 for the first."""
    return np.diff(nonces, prepend=nonces[:1])


def find_hits(
    outcomes: Outcomes,
    first_nonce: int,
    difficulty: Difficulty,
    wanted: HitFilter,
    *,
    per_multiplier: bool = False,
) -> Hits:
    """Give the hits of a filter; distances run over all hits, or apart for each multiplier."""
    ks = wanted.safe_pumps(difficulty)
    first, part = part_of(outcomes, first_nonce, wanted)
    index = positions_of(part, ks)
    safe_pumps = part[index]
    index += first
    return Hits(index, safe_pumps, per_multiplier=per_multiplier)


TOP_MAX = 5


def _value_at(difficulty: Difficulty, counts: Sequence[int], rank: int) -> float:
    """Give the multiplier at a 0-based rank of all outcomes in ascending order."""
    for k, count in enumerate(counts):
        if rank < count:
            return PAYOUTS[difficulty][k]
        rank -= count
    raise IndexError(rank)


def summarise(
    difficulty: Difficulty, counts: Sequence[int], targets: Sequence[float], top_max: Sequence[int]
) -> RunSummary:
    """Give the summary of at least one outcome; ``top_max`` are the first nonces of the maximum."""
    table = PAYOUTS[difficulty]
    total = sum(counts)
    highest = max(k for k, count in enumerate(counts) if count)
    middle = [_value_at(difficulty, counts, rank) for rank in ((total - 1) // 2, total // 2)]
    # Cents are whole numbers, so the mean does not depend on the order of summation.
    cents = sum(round(entry * 100) * count for entry, count in zip(table, counts, strict=True))

    def exact(target: float) -> int:
        k = exact_safe_pumps(difficulty, target)
        return 0 if k is None else counts[k]

    def at_least(target: float) -> int:
        k = least_safe_pumps(difficulty, target)
        return 0 if k is None else sum(counts[k:])

    return RunSummary(
        count=total,
        max_multiplier=table[highest],
        median_multiplier=(middle[0] + middle[1]) / 2,
        mean_multiplier=float(Fraction(cents, 100 * total)),
        counts_by_target={str(target): exact(target) for target in targets},
        counts_at_least={str(target): at_least(target) for target in targets},
        counts_by_multiplier={str(table[k]): count for k, count in enumerate(counts) if count},
        top_max=tuple(top_max),
    )
