"""How many hits chance allows: the binomial law without scipy.stats, which costs two seconds to import."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log, log1p

from scipy import special

# Chances that differ by less count as equal, as in scipy.stats.binomtest.
_TIE = 1 + 1e-7


def first_true(holds: Callable[[int], bool], low: int, high: int) -> int:
    """Give the first number from ``low`` to ``high`` for which ``holds`` is true; ``high`` when none is."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _at_most(hits: int, count: int, probability: float) -> float:
    return float(special.bdtr(hits, count, probability)) if hits >= 0 else 0.0


def _at_least(hits: int, count: int, probability: float) -> float:
    return float(special.bdtrc(hits - 1, count, probability)) if hits > 0 else 1.0


def _exactly(hits: int, count: int, probability: float) -> float:
    ways = -special.betaln(hits + 1, count - hits + 1) - log(count + 1)
    return exp(ways + hits * log(probability) + (count - hits) * log1p(-probability))


def binomial_p(hits: int, count: int, probability: float) -> float:
    """Give the two-sided exact p-value: the chance of all counts that are no likelier than this one."""
    chance = _exactly(hits, count, probability) * _TIE
    likeliest = min(int((count + 1) * probability), count)
    if hits < likeliest:
        other = first_true(lambda k: _exactly(k, count, probability) <= chance, likeliest, count + 1)
        p_value = _at_most(hits, count, probability) + _at_least(other, count, probability)
    else:
        other = first_true(lambda k: _exactly(k, count, probability) > chance, 0, likeliest)
        p_value = _at_least(hits, count, probability) + _at_most(other - 1, count, probability)
    return min(p_value, 1.0)


def binomial_band(count: int, probability: float, confidence: float = 0.95) -> tuple[int, int]:
    """Give the fewest and the most hits of the central band that holds at least this share of fair counts."""
    tail = (1 - confidence) / 2
    low = first_true(lambda k: _at_most(k, count, probability) >= tail, 0, count)
    high = first_true(lambda k: _at_least(k + 1, count, probability) <= tail, low, count)
    return low, high
