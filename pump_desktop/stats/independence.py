"""Tests of the order of hits and misses, given how many there are: the runs test and autocorrelation.

Given their number, fair hits stand on any set of nonces with equal chance. Means, variances and the law of
the number of runs below are exact under that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, exp, log, log1p, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special

from pump_desktop.stats.corrections import about
from pump_desktop.stats.distribution import MIN_EXPECTED
from pump_desktop.stats.gaps import GapTally, tally
from pump_desktop.stats.hits import Mask, Outcomes, hit_masks

# Up to so many expected stretches the alternating sum keeps ten digits; with more, none is under e^-12.
_SUMMED = 12
_SMALLEST = 1e-18


@dataclass(frozen=True, slots=True)
class Drought:
    """The longest stretch without a hit inside the nonces of a run, its opening and closing ones included.

    ``first`` and ``last`` are its nonces (None when every nonce is a hit), ``probability`` the chance that
    as many independent rounds have a stretch at least as long.
    """

    length: int
    first: int | None
    last: int | None
    probability: float


def longest_drought(length: int, count: int, probability: float) -> float:
    """Give the chance that ``count`` rounds have ``length`` misses in a row; ``probability`` is a hit's."""
    if length <= 0:
        return 1.0
    if length > count or probability >= 1:
        return 0.0
    if probability <= 0:
        return 1.0
    all_miss = length * log1p(-probability)
    if count * probability * exp(all_miss) <= _SUMMED:
        return min(max(_summed(length, count, probability, all_miss), 0.0), 1.0)
    # Such a stretch is all but certain; what is left out is under 1 in 100,000.
    return 1.0


def _summed(length: int, count: int, probability: float, all_miss: float) -> float:
    """Add up de Moivre's exact alternating sum: a stretch begins the run, or follows a hit."""
    begin = log(probability) + all_miss
    total = 0.0
    for stretches in range(1, count // length + 2):
        # Places for that many stretches, each with a hit before it; then with one of them at the very start.
        places = count - stretches * length
        term = _weighed(places, stretches, stretches * begin)
        term += _weighed(places, stretches - 1, (stretches - 1) * begin + all_miss)
        total += term if stretches % 2 else -term
        if term < _SMALLEST * abs(total):
            break
    return total


def _weighed(places: int, chosen: int, weight: float) -> float:
    """Give "places choose chosen" times e^weight; whole numbers, because the sum's terms nearly cancel."""
    return exp(log(comb(places, chosen)) + weight) if places >= chosen else 0.0


LAGS = range(1, 11)


@dataclass(frozen=True, slots=True)
class HitOrder:
    """What the tests of independence need to know about hits among ``count`` nonces.

    ``runs`` are the unbroken stretches of hits or of misses. For each lag, ``pairs`` holds how often a hit
    stands that far behind another, ``early`` and ``late`` the hits among the first and last so many nonces.
    ``longest`` is the longest stretch without a hit, which begins at index ``longest_at``.
    """

    count: int
    hits: int
    runs: int
    pairs: tuple[int, ...]
    early: tuple[int, ...]
    late: tuple[int, ...]
    gaps: GapTally
    longest: int
    longest_at: int


def hit_order(outcomes: Outcomes, safe_pumps: Sequence[int]) -> HitOrder:
    """Walk once over the outcomes; positions of hits are only ever held for one piece of them."""
    count, reach = len(outcomes), LAGS[-1]
    hits = changes = longest = longest_at = 0
    pairs = dict.fromkeys(LAGS, 0)
    before, first_ten = np.zeros(reach, np.bool_), np.zeros(reach, np.bool_)
    for at, mask in hit_masks(outcomes[:reach], safe_pumps):
        first_ten[at : at + len(mask)] = mask
    first = last = -1
    tallies: list[GapTally] = []
    for at, mask in hit_masks(outcomes, safe_pumps):
        joined = np.concatenate((before, mask))
        # Before the first nonce stands a miss, so a first hit is a change and a run of its own begins.
        changes += int(np.count_nonzero(mask != joined[reach - 1 : -1]))
        for lag in LAGS:
            pairs[lag] += int(np.count_nonzero(mask & joined[reach - lag : -lag]))
        before = joined[-reach:]
        found = np.flatnonzero(mask)
        if not len(found):
            continue
        hits += len(found)
        found += at
        gaps = np.diff(found, prepend=last)
        widest = int(gaps.argmax())
        if gaps[widest] - 1 > longest:
            longest, longest_at = int(gaps[widest]) - 1, int(found[widest] - gaps[widest]) + 1
        tallies.append(tally(gaps if last >= 0 else gaps[1:]))
        first = first if last >= 0 else int(found[0])
        last = int(found[-1])
    if count - 1 - last > longest:
        longest, longest_at = count - 1 - last, last + 1
    return HitOrder(
        count=count,
        hits=hits,
        runs=changes + (1 if count and first != 0 else 0),
        pairs=tuple(pairs.values()),
        early=_running_total(first_ten),
        late=_running_total(before[::-1]),
        gaps=_together(tallies),
        longest=longest,
        longest_at=longest_at,
    )


def _running_total(mask: Mask) -> tuple[int, ...]:
    return tuple(np.cumsum(mask).tolist())


def _together(tallies: Sequence[GapTally]) -> GapTally:
    if not tallies:
        return tally(np.empty(0, np.int64))
    values, places = np.unique(np.concatenate([one.values for one in tallies]), return_inverse=True)
    counts = np.zeros(len(values), np.int64)
    np.add.at(counts, places, np.concatenate([one.counts for one in tallies]))
    return GapTally(values, counts)


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
