"""How many buckets of a density lie outside their band, and how many do by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from scipy import special

from pump_desktop.domain.errors import FieldError
from pump_desktop.stats.binomial import binomial_band
from pump_desktop.stats.corrections import UNUSUAL, about, fair_runs
from pump_desktop.stats.distribution import MIN_EXPECTED
from pump_desktop.stats.hits import Nonces, Outcomes, count_between

FEWEST_BUCKETS = 10
MOST_BUCKETS = 2_000
# What a bucket should expect: enough for a band on both sides, few enough for many buckets.
GOOD_EXPECTED = 20
# More could neither be drawn nor be told apart.
MAX_BUCKETS = 100_000


@dataclass(frozen=True, slots=True)
class Dispersion:
    """How evenly hits are spread over full buckets of equal size.

    ``index`` is the variance of hits per bucket over the one of independent rounds with as many hits: 1 as
    chance does, more in clusters, less when too even. Two-sided chi-square test with B - 1 degrees.
    """

    index: float
    buckets: int
    statistic: float
    degrees: int
    p_value: float


@dataclass(frozen=True, slots=True)
class Density:
    """Hits per bucket; bucket i begins at ``first_nonce`` + i * ``bucket_size``, and the last may be shorter.

    ``low`` to ``high`` is the band of hits that holds at least 95 % of fair buckets. Without a
    ``dispersion``, ``reading`` says why.
    """

    bucket_size: int
    first_nonce: int
    last_nonce: int
    probability: float
    hits: Nonces
    rounds: Nonces
    low: Nonces
    high: Nonces
    dispersion: Dispersion | None
    reading: str


def bucket_choices(count: int) -> tuple[int, ...]:
    """Give the sizes 1, 2, 5, 10, ... that cut ``count`` nonces into 10 to 2,000 buckets; 1 for a few."""
    sizes = [1]
    while sizes[-1] <= count:
        sizes += [2 * sizes[-1], 5 * sizes[-1], 10 * sizes[-1]]
    fitting = (size for size in sizes if FEWEST_BUCKETS <= count / size <= MOST_BUCKETS)
    return tuple(fitting) or (1,)


def default_bucket(count: int, probability: float) -> int:
    """Give the choice whose buckets expect about 20 hits (or misses, when these are rarer)."""
    rarer = min(probability, 1 - probability)
    ideal = GOOD_EXPECTED / rarer if rarer > 0 else max(count, 1) / 100
    return min(bucket_choices(count), key=lambda size: abs(log(size / ideal)))


def run_buckets(
    outcomes: Outcomes,
    first_nonce: int,
    safe_pumps: Sequence[int],
    probability: float,
    bucket_size: int | None = None,
) -> Density:
    """Give the hits per bucket of outcomes from ``first_nonce``; raises FieldError on ``bucket_size``."""
    count = len(outcomes)
    size = default_bucket(count, probability) if bucket_size is None else bucket_size
    if size < 1:
        raise FieldError("bucket_size", "bucket_size must be at least 1")
    if count > size * MAX_BUCKETS:
        raise FieldError(
            "bucket_size",
            f"bucket_size must be at least {-(-count // MAX_BUCKETS):,} for {count:,} nonces "
            f"(at most {MAX_BUCKETS:,} buckets)",
        )
    edges = np.append(np.arange(0, count, size), count)
    hits = count_between(outcomes, safe_pumps, edges)
    rounds = np.diff(edges)
    low, high = np.empty_like(rounds), np.empty_like(rounds)
    for length in np.unique(rounds).tolist():
        alike = rounds == length
        low[alike], high[alike] = binomial_band(length, probability)
    spread, reason = dispersion(hits[rounds == size], size)
    return Density(
        bucket_size=size,
        first_nonce=first_nonce,
        last_nonce=first_nonce + count - 1,
        probability=probability,
        hits=hits,
        rounds=rounds,
        low=low,
        high=high,
        dispersion=spread,
        reading=_reading(spread) or reason,
    )


def dispersion(hits: Nonces, size: int) -> tuple[Dispersion | None, str]:
    """Test the hits of full buckets of ``size`` nonces, given their sum; without a test, say why."""
    buckets, total = len(hits), int(hits.sum())
    if buckets < 2:
        return None, "Too few buckets for a test: two full ones are needed."
    mean = total / buckets
    rate = mean / size
    rarer = min(mean, size - mean)
    if rarer < MIN_EXPECTED:
        kind = "hits" if mean <= size - mean else "misses"
        return None, f"Too few {kind} for a test: a bucket has {about(rarer)} on average, 5 are needed."
    # Given their sum, hits are drawn without replacement from all nonces; hence the last factor.
    squares = float(((hits - mean) ** 2).sum())
    statistic = squares / (mean * (1 - rate)) * (1 - 1 / (buckets * size))
    degrees = buckets - 1
    tails = special.chdtr(degrees, statistic), special.chdtrc(degrees, statistic)
    p_value = min(2 * float(min(tails)), 1.0)
    return Dispersion(statistic / degrees, buckets, statistic, degrees, p_value), ""


def _reading(spread: Dispersion | None) -> str:
    if spread is None:
        return ""
    often = fair_runs(spread.p_value)
    verdict = "unusual" if spread.p_value < UNUSUAL else "nothing unusual"
    return f"{often} spread their hits this unevenly, or this evenly, or more so: {verdict}."


def outside_band(density: Density) -> tuple[int, float]:
    """Give how many buckets lie outside the band, and how many of them do on average in fair runs."""
    hits, low, high = density.hits, density.low, density.high
    seen = int(np.count_nonzero((hits < low) | (hits > high)))
    expected = 0.0
    for length in np.unique(density.rounds).tolist():
        alike = density.rounds == length
        below, above = int(low[alike][0]) - 1, int(high[alike][0])
        chance = float(special.bdtrc(above, length, density.probability)) if above < length else 0.0
        if below >= 0:
            chance += float(special.bdtr(below, length, density.probability))
        expected += chance * int(np.count_nonzero(alike))
    return seen, expected
