"""Hits of many runs against their expectations: exact control limits for each, one test for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special

from pump_desktop.stats.distribution import MIN_EXPECTED

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# The limits of a funnel: a fair run lies within them in at least this share of all cases.
LEVELS = (0.95, 0.998)
# Points of a drawn limit.
_DRAWN = 240
# Beyond this variance the normal law is off by less than 1 in 10,000, and exact sums would take seconds.
_MAX_VARIANCE = 1e8
# What lies this many standard deviations out adds less than 1e-20.
_REACH = 10.0


@dataclass(frozen=True, slots=True)
class Counted:
    """One run: how many nonces, the chance that one is a hit, and how many were."""

    number: int
    nonces: int
    probability: float
    hits: int


@dataclass(frozen=True, slots=True)
class Outside:
    """How many runs lie outside one pair of limits, and how many do by chance on average."""

    level: float
    seen: int
    by_chance: float


@dataclass(frozen=True, slots=True)
class Limit:
    """A pair of limits to draw for one chance per nonce: hits ``low`` and ``high`` at ``expected`` hits.

    Limits of counts jump by whole hits; these are smooth lines that part the last count inside from the
    first outside everywhere. ``low`` is NaN where not even 0 hits are outside.
    """

    level: float
    probability: float
    expected: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class Overall:
    """All runs together: p is two-sided and exact; None with a reason where too little is expected."""

    hits: int
    expected: float
    p_value: float | None
    reading: str


@dataclass(frozen=True, slots=True)
class Funnel:
    """Runs as columns of one length, in the order given; ``p_values`` is NaN where under 5 hits are expected.

    ``low`` and ``high`` hold a row for each of LEVELS. ``furthest`` is the place of the smallest p-value and
    ``adjusted`` that p-value times the number of tests made (Holm's first step).
    """

    numbers: Ints
    nonces: Ints
    hits: Ints
    expected: Floats
    p_values: Floats
    low: Ints
    high: Ints
    outside: tuple[Outside, ...]
    limits: tuple[Limit, ...]
    overall: Overall
    furthest: int | None
    adjusted: float | None

    def __len__(self) -> int:
        """Give the number of runs."""
        return len(self.numbers)

    @property
    def ratios(self) -> Floats:
        """Hits over expected hits."""
        return self.hits / self.expected

    @property
    def small(self) -> int:
        """How many runs expect too few hits for a test of their own."""
        return int(np.count_nonzero(self.expected < MIN_EXPECTED))


def p_at_most(hits: NDArray[np.int64], nonces: Ints, probability: Floats) -> Floats:
    """Give P(X <= hits) of binomial counts."""
    inside = np.clip(hits, 0, nonces - 1)
    found = special.betaincc(inside + 1.0, (nonces - inside).astype(float), probability)
    return np.where(hits < 0, 0.0, np.where(hits >= nonces, 1.0, found))


def p_at_least(hits: NDArray[np.int64], nonces: Ints, probability: Floats) -> Floats:
    """Give P(X >= hits) of binomial counts, exact also where it is tiny."""
    inside = np.clip(hits, 1, nonces)
    found = special.betainc(inside.astype(float), nonces - inside + 1.0, probability)
    return np.where(hits <= 0, 1.0, np.where(hits > nonces, 0.0, found))


def binomial_quantile(share: float, nonces: Ints, probability: Floats) -> Ints:
    """Give the smallest counts that ``share`` of all cases do not exceed."""
    mean = nonces * probability
    spread = np.sqrt(mean * (1 - probability))
    z = float(special.ndtri(share))
    skewed = mean + z * spread + (z * z - 1) * (1 - 2 * probability) / 6
    # A guess that is a few counts off at most; the law itself decides.
    found = np.clip(np.rint(skewed), 0, nonces).astype(np.int64)
    while np.any(short := p_at_most(found, nonces, probability) < share):
        found = found + short
    while np.any(long := (found > 0) & (p_at_most(found - 1, nonces, probability) >= share)):
        found = found - long
    return found


def limits(level: float, nonces: Ints, probability: Floats) -> tuple[Ints, Ints]:
    """Give the counts between which at least ``level`` of all cases lie, ends included."""
    tail = (1 - level) / 2
    return binomial_quantile(tail, nonces, probability), binomial_quantile(1 - tail, nonces, probability)


def two_sided(hits: Ints, nonces: Ints, probability: Floats) -> Floats:
    """Give exact two-sided p-values: twice the smaller tail, 1 at most."""
    tails = np.minimum(p_at_most(hits, nonces, probability), p_at_least(hits, nonces, probability))
    doubled: Floats = np.minimum(1.0, 2 * tails)
    return doubled


def funnel(runs: Sequence[Counted]) -> Funnel:
    """Give the funnel of runs that can all have hits; none may repeat nonces of another."""
    nonces = np.array([run.nonces for run in runs], np.int64)
    probability = np.array([run.probability for run in runs])
    hits = np.array([run.hits for run in runs], np.int64)
    expected = nonces * probability
    # Thousands of runs mostly share a few ranges: each is worked out once.
    kinds, kind = np.unique(np.stack([nonces.astype(float), probability]), axis=1, return_inverse=True)
    kind = kind.reshape(-1)
    kind_nonces, kind_probability = kinds[0].astype(np.int64), kinds[1]
    bounds = [limits(level, kind_nonces, kind_probability) for level in LEVELS]
    low = np.stack([bound[0][kind] for bound in bounds])
    high = np.stack([bound[1][kind] for bound in bounds])
    p_values = np.where(expected < MIN_EXPECTED, np.nan, two_sided(hits, nonces, probability))
    tested = np.flatnonzero(~np.isnan(p_values))
    furthest = int(tested[np.argmin(p_values[tested])]) if len(tested) else None
    return Funnel(
        numbers=np.array([run.number for run in runs], np.int64),
        nonces=nonces,
        hits=hits,
        expected=expected,
        p_values=p_values,
        low=low,
        high=high,
        outside=tuple(
            _outside(level, hits, low[row], high[row], nonces, probability)
            for row, level in enumerate(LEVELS)
        ),
        limits=_drawn(nonces, probability),
        overall=overall(hits, nonces, probability),
        furthest=furthest,
        adjusted=None if furthest is None else min(1.0, float(p_values[furthest]) * len(tested)),
    )


def overall(hits: Ints, nonces: Ints, probability: Floats) -> Overall:
    """Test the sum of all hits against the law of a sum of binomial counts."""
    total, expected = int(hits.sum()), float((nonces * probability).sum())
    if expected < MIN_EXPECTED:
        return Overall(total, expected, None, "Under 5 hits are expected in all: too few for a test.")
    p_value = sum_p_value(total, nonces, probability)
    return Overall(total, expected, p_value, _reading(p_value))


def sum_p_value(total: int, nonces: Ints, probability: Floats) -> float:
    """Give the two-sided p-value of a sum of binomial counts with one chance for each difficulty."""
    chances = np.unique(probability)
    tries = np.array([int(nonces[probability == chance].sum()) for chance in chances], np.int64)
    if len(chances) == 1:
        return float(two_sided(np.array([total]), tries, chances)[0])
    mean = float((tries * chances).sum())
    variance = float((tries * chances * (1 - chances)).sum())
    if variance > _MAX_VARIANCE:
        away = abs(total - mean) - 0.5
        return min(1.0, 2 * float(special.ndtr(-away / sqrt(variance))))
    first, law = _sum_law(tries, chances)
    at_most = float(law[: max(total - first + 1, 0)].sum())
    at_least = float(law[max(total - first, 0) :].sum())
    return min(1.0, 2 * min(at_most, at_least))


def _sum_law(tries: Ints, chances: Floats) -> tuple[int, Floats]:
    """Give the first count and the chances from there on of a sum of binomial counts."""
    pieces = [_binomial_law(int(n), float(p)) for n, p in zip(tries, chances, strict=True)]
    length = sum(len(law) for _, law in pieces)
    product = np.ones(length // 2 + 1, np.complex128)
    for _, law in pieces:
        product *= np.fft.rfft(law, length)
    law = np.maximum(np.fft.irfft(product, length), 0.0)
    return sum(first for first, _ in pieces), law


def _binomial_law(tries: int, chance: float) -> tuple[int, Floats]:
    """Give the chances of the counts around the mean, from the ratio of each to the one before."""
    mean = tries * chance
    reach = _REACH * sqrt(mean * (1 - chance)) + 40
    first, last = max(0, int(mean - reach)), min(tries, int(mean + reach))
    if chance >= 1 or first == last:
        return first, np.ones(1)
    k = np.arange(first, last, dtype=float)
    logs = np.concatenate([[0.0], np.cumsum(np.log((tries - k) / (k + 1) * chance / (1 - chance)))])
    law = np.exp(logs - logs.max())
    return first, law / law.sum()


def _outside(level: float, hits: Ints, low: Ints, high: Ints, nonces: Ints, probability: Floats) -> Outside:
    chance = p_at_most(low - 1, nonces, probability) + p_at_least(high + 1, nonces, probability)
    return Outside(level, int(np.count_nonzero((hits < low) | (hits > high))), float(chance.sum()))


def _drawn(nonces: Ints, probability: Floats) -> tuple[Limit, ...]:
    """Give limits over the range of the runs, and a little beyond, for each chance there is."""
    if not len(nonces):
        return ()
    expected = nonces * probability
    least, most = float(expected.min()) / 2, float(expected.max()) * 2
    drawn = []
    for chance in np.unique(probability):
        first, last = max(1.0, least / chance), max(2.0, most / chance)
        places = np.unique(np.rint(np.geomspace(first, last, _DRAWN)).astype(np.int64))
        same = np.full(len(places), chance)
        for level in LEVELS:
            tail = (1 - level) / 2
            low = _smooth_quantile(tail, places, same)
            high = _smooth_quantile(1 - tail, places, same) + 1
            low[low <= 0] = np.nan
            drawn.append(Limit(level, float(chance), places * chance, low, high))
    return tuple(drawn)


def _smooth_quantile(share: float, nonces: Ints, probability: Floats) -> Floats:
    """Give quantiles without their jumps: less by how far the law is past ``share``, up to one hit."""
    found = binomial_quantile(share, nonces, probability)
    before, at = p_at_most(found - 1, nonces, probability), p_at_most(found, nonces, probability)
    smooth: Floats = found - 1 + (share - before) / (at - before)
    return smooth


def _reading(p_value: float) -> str:
    for share, often in ((0.001, "1,000"), (0.01, "100"), (0.05, "20")):
        if p_value < share:
            return f"Under 1 fair batch in {often} strays this far from its expectation."
    return "All pairs together stray no further than fair seeds do."
