"""Questions to an outcome vector: which nonces match, and how far apart they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pump_desktop.domain.difficulty import Difficulty
from pump_desktop.domain.payouts import exact_safe_pumps, least_safe_pumps
from pump_desktop.domain.runs import Match

Outcomes = NDArray[np.uint8]
Nonces = NDArray[np.int64]

# Looked at 4 MB at a time: a mask over 100 million nonces would be another 100 MB.
PIECE = 1 << 22


@dataclass(frozen=True, slots=True)
class HitFilter:
    """Which results count as hits: any of ``multipliers`` exactly, or at least the smallest of them."""

    multipliers: tuple[float, ...]
    match: Match = Match.EXACT

    def safe_pumps(self, difficulty: Difficulty) -> tuple[int, ...]:
        """Give the matching k in ascending order; empty when nothing on the table matches."""
        if self.match is Match.AT_LEAST:
            least = least_safe_pumps(difficulty, min(self.multipliers))
            return () if least is None else tuple(range(least, difficulty.max_safe + 1))
        found = (exact_safe_pumps(difficulty, value) for value in self.multipliers)
        return tuple(sorted({k for k in found if k is not None}))


@dataclass(frozen=True, slots=True)
class Hits:
    """The matching nonces in order, their k, and the distance to the hit before (0 for the first)."""

    nonces: Nonces
    safe_pumps: Outcomes
    distances: Nonces

    def __len__(self) -> int:
        """Give the number of hits."""
        return len(self.nonces)


def _pieces(outcomes: Outcomes) -> Iterator[tuple[int, Outcomes]]:
    for at in range(0, len(outcomes), PIECE):
        yield at, outcomes[at : at + PIECE]


def positions_of(outcomes: Outcomes, safe_pumps: Sequence[int]) -> Nonces:
    """Give the indices whose k is one of ``safe_pumps``, ascending."""
    wanted = np.zeros(256, np.bool_)
    wanted[list(safe_pumps)] = True
    found = [np.flatnonzero(wanted[piece]) + at for at, piece in _pieces(outcomes)]
    return np.concatenate(found) if found else np.empty(0, np.int64)


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
    index = positions_of(outcomes, ks)
    safe_pumps = outcomes[index]
    nonces = index + first_nonce
    if not per_multiplier or len(ks) < 2:
        return Hits(nonces, safe_pumps, distances(nonces))
    apart = np.zeros(len(nonces), np.int64)
    for k in ks:
        own = np.flatnonzero(safe_pumps == k)
        apart[own] = distances(nonces[own])
    return Hits(nonces, safe_pumps, apart)
