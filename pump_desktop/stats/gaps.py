"""Distances between consecutive hits, summed up."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray


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


def nearest_rank(ascending: NDArray[np.int64], quantile: float) -> int:
    """Give the smallest value with at least this share of the values at or below it."""
    return int(ascending[max(ceil(quantile * len(ascending)), 1) - 1])


def gap_stats(nonces: NDArray[np.int64]) -> GapStats | None:
    """Give the figures of the gaps between ascending hits; None below two hits."""
    if len(nonces) < 2:
        return None
    gaps = np.sort(np.diff(nonces))
    mean = float(gaps.mean())
    stddev = float(gaps.std())
    return GapStats(
        count=len(gaps),
        mean=mean,
        median=float(np.median(gaps)),
        min=int(gaps[0]),
        max=int(gaps[-1]),
        p90=nearest_rank(gaps, 0.90),
        p99=nearest_rank(gaps, 0.99),
        stddev=stddev,
        cv=stddev / mean,
    )
