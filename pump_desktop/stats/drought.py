"""The longest stretch of nonces without a hit, and how often chance makes one at least that long."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, exp, log, log1p

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
