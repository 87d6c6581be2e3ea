"""Exact chances of a result, as fractions, from the count of safe arrangements."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from functools import cache
from math import comb
from types import MappingProxyType

from pump_desktop.domain.errors import FieldError

POSITIONS = 25


class Difficulty(StrEnum):
    """How many of the 25 positions pop."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"
    EXPERT = "expert"

    @property
    def pops(self) -> int:
        """Number of popping positions M."""
        return _POPS[self]

    @property
    def max_safe(self) -> int:
        """Largest possible number of safe pumps, 25 - M."""
        return POSITIONS - _POPS[self]

    @property
    def label(self) -> str:
        """The name as a title, such as ``Expert``."""
        return self.value.capitalize()

    @classmethod
    def parse(cls, value: object) -> Difficulty:
        """Read a difficulty in any letter case; raises FieldError on ``difficulty``."""
        if isinstance(value, Difficulty):
            return value
        if isinstance(value, str):
            try:
                return cls(value.strip().lower())
            except ValueError:
                pass
        raise FieldError("difficulty", "difficulty must be one of: easy, medium, hard, expert")


_POPS = {Difficulty.EASY: 1, Difficulty.MEDIUM: 3, Difficulty.HARD: 5, Difficulty.EXPERT: 10}


# Inside the program a result is the integer k (safe pumps); a multiplier is its label.


EXACT_TOLERANCE = 1e-9
SNAP_TOLERANCE = 0.015

# fmt: off
PAYOUTS: Mapping[Difficulty, tuple[float, ...]] = MappingProxyType({
    Difficulty.EASY: (
        1.00, 1.02, 1.07, 1.11, 1.17, 1.23, 1.29, 1.36, 1.44, 1.53, 1.63, 1.75, 1.88, 2.04, 2.23, 2.45,
        2.72, 3.06, 3.50, 4.08, 4.90, 6.13, 8.17, 12.25, 24.50,
    ),
    Difficulty.MEDIUM: (
        1.00, 1.11, 1.27, 1.46, 1.69, 1.98, 2.33, 2.76, 3.31, 4.03, 4.95, 6.19, 7.88, 10.25, 13.66, 18.78,
        26.83, 40.25, 64.40, 112.70, 225.40, 563.50, 2254.00,
    ),
    Difficulty.HARD: (
        1.00, 1.23, 1.55, 1.98, 2.56, 3.36, 4.48, 6.08, 8.41, 11.92, 17.34, 26.01, 40.46, 65.74, 112.70,
        206.62, 413.23, 929.77, 2479.40, 8677.90, 52067.40,
    ),
    Difficulty.EXPERT: (
        1.00, 1.63, 2.80, 4.95, 9.08, 17.34, 34.68, 73.21, 164.72, 400.02, 1066.73, 3200.18, 11200.65,
        48536.13, 291216.80, 3203384.80,
    ),
})
# fmt: on


def multiplier(difficulty: Difficulty, safe_pumps: int) -> float:
    """Give the published multiplier for k safe pumps."""
    return PAYOUTS[difficulty][safe_pumps]


def exact_safe_pumps(difficulty: Difficulty, value: float) -> int | None:
    """Give the k whose table entry equals ``value`` within 1e-9, or None when it is off the table."""
    for k, entry in enumerate(PAYOUTS[difficulty]):
        if abs(entry - value) <= EXACT_TOLERANCE:
            return k
    return None


def least_safe_pumps(difficulty: Difficulty, value: float) -> int | None:
    """Give the smallest k whose multiplier is at least ``value``, or None when none is."""
    for k, entry in enumerate(PAYOUTS[difficulty]):
        if entry >= value - EXACT_TOLERANCE:
            return k
    return None


def nearest_entries(difficulty: Difficulty, value: float) -> tuple[float, ...]:
    """Give the table entries on both sides of ``value``; one entry beyond an end of the table."""
    table = PAYOUTS[difficulty]
    below = [entry for entry in table if entry <= value][-1:]
    above = [entry for entry in table if entry > value][:1]
    return (*below, *above)


def snap(difficulty: Difficulty, value: float) -> int | None:
    """Give the k of the nearest entry within 1.5 % of an outside multiplier, or None (*off table*)."""
    table = PAYOUTS[difficulty]
    k = min(range(len(table)), key=lambda index: abs(table[index] - value))
    return k if abs(table[k] - value) <= SNAP_TOLERANCE * table[k] else None


RETURN_TO_PLAYER = Fraction(98, 100)


@cache
def p_at_least(difficulty: Difficulty, safe_pumps: int) -> Fraction:
    """Give P(safe >= k) = C(25-k, M) / C(25, M)."""
    return Fraction(comb(POSITIONS - safe_pumps, difficulty.pops), comb(POSITIONS, difficulty.pops))


@cache
def p_exact(difficulty: Difficulty, safe_pumps: int) -> Fraction:
    """Give P(safe = k)."""
    if safe_pumps == difficulty.max_safe:
        return p_at_least(difficulty, safe_pumps)
    return p_at_least(difficulty, safe_pumps) - p_at_least(difficulty, safe_pumps + 1)


def target_p_exact(difficulty: Difficulty, target: float) -> Fraction:
    """Give the chance that a nonce's multiplier equals ``target``; zero when it is off the table."""
    k = exact_safe_pumps(difficulty, target)
    return Fraction(0) if k is None else p_exact(difficulty, k)


def target_p_at_least(difficulty: Difficulty, target: float) -> Fraction:
    """Give the chance that a nonce's multiplier is at least ``target``; zero above the table."""
    k = least_safe_pumps(difficulty, target)
    return Fraction(0) if k is None else p_at_least(difficulty, k)
