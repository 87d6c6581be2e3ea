"""Exact chances of a result, as fractions, from the count of safe arrangements."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import comb

from pump_desktop.domain.difficulty import POSITIONS, Difficulty
from pump_desktop.domain.payouts import exact_safe_pumps, least_safe_pumps

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
