"""A run at a glance, from its counts alone."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pump_desktop.domain.game import PAYOUTS, Difficulty, exact_safe_pumps, least_safe_pumps
from pump_desktop.domain.runs import RunSummary

TOP_MAX = 5


def _value_at(difficulty: Difficulty, counts: Sequence[int], rank: int) -> float:
    """Give the multiplier at a 0-based rank of all outcomes in ascending order."""
    for k, count in enumerate(counts):
        if rank < count:
            return PAYOUTS[difficulty][k]
        rank -= count
    raise IndexError(rank)


def summarise(
    difficulty: Difficulty, counts: Sequence[int], targets: Sequence[float], top_max: Sequence[int]
) -> RunSummary:
    """Give the summary of at least one outcome; ``top_max`` are the first nonces of the maximum."""
    table = PAYOUTS[difficulty]
    total = sum(counts)
    highest = max(k for k, count in enumerate(counts) if count)
    middle = [_value_at(difficulty, counts, rank) for rank in ((total - 1) // 2, total // 2)]
    # Cents are whole numbers, so the mean does not depend on the order of summation.
    cents = sum(round(entry * 100) * count for entry, count in zip(table, counts, strict=True))

    def exact(target: float) -> int:
        k = exact_safe_pumps(difficulty, target)
        return 0 if k is None else counts[k]

    def at_least(target: float) -> int:
        k = least_safe_pumps(difficulty, target)
        return 0 if k is None else sum(counts[k:])

    return RunSummary(
        count=total,
        max_multiplier=table[highest],
        median_multiplier=(middle[0] + middle[1]) / 2,
        mean_multiplier=float(Fraction(cents, 100 * total)),
        counts_by_target={str(target): exact(target) for target in targets},
        counts_at_least={str(target): at_least(target) for target in targets},
        counts_by_multiplier={str(table[k]): count for k, count in enumerate(counts) if count},
        top_max=tuple(top_max),
    )
