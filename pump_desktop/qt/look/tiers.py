"""Tiers of multipliers: seven steps by how rare a result is, the same for every difficulty."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache

from pump_desktop.domain.game import RETURN_TO_PLAYER, Difficulty, p_at_least

# "1 in n" for this result or a higher one, from which each tier above the lowest begins. On expert these
# are the multipliers from 10, 34, 164, 1,000, 3,000 and 11,000.
STEPS = (10, 35, 165, 1_000, 3_000, 11_000)


@cache
def _table(difficulty: Difficulty) -> tuple[int, ...]:
    return tuple(bisect_right(STEPS, 1 / p_at_least(difficulty, k)) for k in range(difficulty.max_safe + 1))


def tier_of(difficulty: Difficulty, safe_pumps: int | None, multiplier: float) -> int:
    """Give the tier, 0 to 6; off the table the multiplier stands for its odds."""
    if safe_pumps is not None:
        return _table(difficulty)[safe_pumps]
    return bisect_right(STEPS, multiplier / float(RETURN_TO_PLAYER))
