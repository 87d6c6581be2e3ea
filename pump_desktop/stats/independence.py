"""Tests of the order of hits and misses, given how many there are: the runs test and autocorrelation.

Given their number, fair hits stand on any set of nonces with equal chance. Means, variances and the law of
the number of runs below are exact under that.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special

from pump_desktop.stats.corrections import about
from pump_desktop.stats.distribution import MIN_EXPECTED
from pump_desktop.stats.hit_order import LAGS, HitOrder

# Beyond ten standard deviations nothing is left to add up: 1e-23.
_REACH = 10
_NOTHING = 1e-20

# With 10 expected pairs, 1.4 % of fair runs had p <= 0.01; from 15 on the chi-square law holds.
LEAST_PAIRS = 15


@dataclass(frozen=True, slots=True)
class RunsTest:
    """Wald and Wolfowitz: too few runs mean that hits cluster, too many that they alternate."""

    runs: int
    expected: float
    p_value: float


@dataclass(frozen=True, slots=True)
class PairsTest:
    """All lags together: pairs of hits 1 to 10 nonces apart against their exact means and covariances."""

    statistic: float
    degrees: int
    p_value: float


def _log_ways(items: int, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
    inside = (chosen >= 0) & (chosen <= items)
    some = np.where(inside, chosen, 0)
    ways = -special.betaln(items - some + 1, some + 1) - np.log(items + 1)
    return np.where(inside, ways, -np.inf)


def runs_law(hits: int, misses: int, runs: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the chances of these numbers of runs, up to one common factor."""
    # Cut into n stretches: "items - 1 choose n - 1". As many of both kinds, or one more of one of them.
    half = runs // 2
    hits_half, misses_half = _log_ways(hits - 1, half - 1), _log_ways(misses - 1, half - 1)
    even = np.log(2) + hits_half + misses_half
    odd = np.logaddexp(_log_ways(hits - 1, half) + misses_half, hits_half + _log_ways(misses - 1, half))
    ways = np.where(runs % 2 == 0, even, odd)
    return np.asarray(np.exp(ways - ways.max()))


def runs_tails(hits: int, misses: int, runs: int) -> tuple[float, float]:
    """Give the chances of at most and of at least this many runs, given the hits and misses."""
    mean = 1 + 2 * hits * misses / (hits + misses)
    reach = _REACH * sqrt((mean - 1) * (mean - 2) / (hits + misses - 1)) + 2
    if abs(runs - mean) > reach:
        return (_NOTHING, 1.0) if runs < mean else (1.0, _NOTHING)
    span = np.arange(max(int(mean - reach), 2), int(mean + reach) + 2)
    chances = runs_law(hits, misses, span)
    chances /= chances.sum()
    at = runs - int(span[0])
    return float(chances[: at + 1].sum()), float(chances[at:].sum())


def runs_test(order: HitOrder) -> tuple[RunsTest | None, str]:
    """Test the number of runs, two-sided and by its exact law; without a test, say why."""
    hits, misses = order.hits, order.count - order.hits
    reason = _too_rare(order.count, min(hits, misses), 1, MIN_EXPECTED)
    if reason:
        return None, reason
    expected = 1 + 2 * hits * misses / order.count
    tail = min(runs_tails(hits, misses, order.runs))
    return RunsTest(order.runs, expected, min(2 * tail, 1.0)), ""


def pair_law(count: int, hits: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give mean and covariance of the number of pairs at each lag, exactly, by counting shared nonces."""
    nonces = count * (count - 1)
    both = hits * (hits - 1)
    all_different = nonces * nonces * (count - 2) * (count - 3)
    # Chances that two, three or four given nonces are all hits, over that common denominator.
    two = both * nonces * (count - 2) * (count - 3)
    three = both * (hits - 2) * nonces * (count - 3)
    four = both * (hits - 2) * (hits - 3) * nonces
    squared = both * both * (count - 2) * (count - 3)
    covariance = np.empty((len(LAGS), len(LAGS)))
    for i, one in enumerate(LAGS):
        for j, other in enumerate(LAGS[: i + 1]):
            places = (count - one) * (count - other)
            chained = 2 * max(count - one - other, 0)
            same = count - one if one == other else 0
            shared = chained if one == other else chained + 2 * (count - max(one, other))
            apart = places - same - shared
            exact = same * two + shared * three + apart * four - places * squared
            covariance[i, j] = covariance[j, i] = exact / all_different
    return np.array([(count - lag) * both / nonces for lag in LAGS]), covariance


def pairs_test(order: HitOrder) -> tuple[PairsTest | None, str]:
    """Test the pairs at all lags at once; without a test, say why."""
    count, hits = order.count, order.hits
    reason = _too_rare(count, min(hits, count - hits), LAGS[-1], LEAST_PAIRS)
    if reason:
        return None, reason
    mean, covariance = pair_law(count, hits)
    away = np.array(order.pairs) - mean
    statistic = float(away @ np.linalg.solve(covariance, away))
    return PairsTest(statistic, len(LAGS), float(special.chdtrc(len(LAGS), statistic))), ""


def autocorrelation(order: HitOrder) -> tuple[tuple[int, float], ...]:
    """Give the sample autocorrelation of the hit indicator at each lag; none when it never changes."""
    count, hits = order.count, order.hits
    mean = hits / count if count else 0.0
    variance = hits * (1 - mean)
    if variance <= 0:
        return ()
    found = []
    for lag, pairs, early, late in zip(LAGS, order.pairs, order.early, order.late, strict=True):
        if lag < count:
            product = pairs - mean * (2 * hits - early - late) + (count - lag) * mean * mean
            found.append((lag, product / variance))
    return tuple(found)


def _too_rare(count: int, rarer: int, lag: int, least: float) -> str:
    expected = (count - lag) * rarer * (rarer - 1) / (count * (count - 1)) if count > lag else 0.0
    if expected >= least:
        return ""
    apart = "next to each other" if lag == 1 else f"{lag} nonces apart"
    return f"Too rare for a test: {about(expected)} pairs {apart} are expected, {least:.0f} are needed."
