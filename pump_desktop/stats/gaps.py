"""Distances between consecutive hits, counted and summed up."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

Gaps = NDArray[np.int64]

# Gaps up to this one are counted in an array of 8 MB, which is quicker than to sort them.
_COUNTED = 1 << 20


@dataclass(frozen=True, slots=True)
class GapStats:
    """Gaps of one target: p90 and p99 by nearest rank, stddev of the population, cv = stddev / mean."""

    count: int
    mean: float
    median: float
    min: int
    max: int
    p90: int
    p99: int
    stddev: float
    cv: float


@dataclass(frozen=True, slots=True)
class GapTally:
    """The different gaps in ascending order, and how often each came."""

    values: Gaps
    counts: Gaps

    @property
    def total(self) -> int:
        """Number of gaps."""
        return int(self.counts.sum())

    def at_rank(self, rank: int) -> int:
        """Give the gap at a 0-based rank of all gaps in ascending order."""
        return int(self.values[np.searchsorted(np.cumsum(self.counts), rank, side="right")])

    def up_to(self, bounds: Gaps) -> Gaps:
        """Give how many gaps are at most each of the bounds."""
        ends = np.concatenate(([0], np.cumsum(self.counts)))
        counted: Gaps = ends[np.searchsorted(self.values, bounds, side="right")]
        return counted


def _rank(count: int, quantile: float) -> int:
    return max(ceil(quantile * count), 1) - 1


def tally(gaps: Gaps) -> GapTally:
    """Count equal gaps."""
    if not len(gaps) or gaps.max() > _COUNTED:
        return GapTally(*np.unique(gaps, return_counts=True))
    counts = np.bincount(gaps)
    values = np.flatnonzero(counts)
    return GapTally(values, counts[values])


def tallied_stats(gaps: GapTally) -> GapStats | None:
    """Give the figures of counted gaps; None without any."""
    count = gaps.total
    if not count:
        return None
    mean = int((gaps.values * gaps.counts).sum()) / count
    stddev = sqrt(float(((gaps.values - mean) ** 2 * gaps.counts).sum()) / count)
    return GapStats(
        count=count,
        mean=mean,
        median=(gaps.at_rank((count - 1) // 2) + gaps.at_rank(count // 2)) / 2,
        min=int(gaps.values[0]),
        max=int(gaps.values[-1]),
        p90=gaps.at_rank(_rank(count, 0.90)),
        p99=gaps.at_rank(_rank(count, 0.99)),
        stddev=stddev,
        cv=stddev / mean,
    )


def gap_stats(nonces: NDArray[np.int64]) -> GapStats | None:
    """Give the figures of the gaps between ascending hits; None below two hits."""
    return tallied_stats(tally(np.diff(nonces)))
