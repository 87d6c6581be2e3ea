"""What was observed against what the odds expect, per number of safe pumps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scipy import special

from pump_desktop.domain.game import PAYOUTS, Difficulty, p_exact

MIN_EXPECTED = 5.0
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class DistributionRow:
    """One result k: how often it came, how often it was expected, and the interval its true rate lies in.

    ``low`` and ``high`` are the 95 % Clopper-Pearson bounds of the rate, as counts in this many nonces.
    """

    safe_pumps: int
    multiplier: float
    probability: float
    observed: int
    expected: float
    ratio: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ChiSquare:
    """Pearson's test of all results together; cells that expect fewer than 5 are pooled with neighbours."""

    statistic: float
    degrees: int
    p_value: float
    cells: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """All rows of a run; ``chi_square`` is None when too few nonces leave fewer than two cells."""

    difficulty: Difficulty
    count: int
    rows: tuple[DistributionRow, ...]
    chi_square: ChiSquare | None


def clopper_pearson(successes: int, trials: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Give the exact interval of a proportion; (0, 1) without trials."""
    if trials == 0:
        return 0.0, 1.0
    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else float(special.betaincinv(successes, trials - successes + 1, tail))
    high = (
        1.0 if successes == trials else float(special.betaincinv(successes + 1, trials - successes, 1 - tail))
    )
    return low, high


def pooled(
    observed: Sequence[int], expected: Sequence[float], least: float = MIN_EXPECTED
) -> list[tuple[int, float]]:
    """Give (observed, expected) cells from the rarest end, joined until each expects at least ``least``."""
    cells: list[tuple[int, float]] = []
    seen, awaited = 0, 0.0
    for count, expectation in zip(reversed(observed), reversed(expected), strict=True):
        seen += count
        awaited += expectation
        if awaited >= least:
            cells.append((seen, awaited))
            seen, awaited = 0, 0.0
    if awaited > 0:
        last = cells.pop() if cells else (0, 0.0)
        cells.append((last[0] + seen, last[1] + awaited))
    cells.reverse()
    return cells


def chi_square(observed: Sequence[int], expected: Sequence[float]) -> ChiSquare | None:
    """Test counts against expectations that share their sum; None with fewer than two pooled cells."""
    cells = pooled(observed, expected)
    if len(cells) < 2:
        return None
    statistic = sum((seen - awaited) ** 2 / awaited for seen, awaited in cells)
    degrees = len(cells) - 1
    return ChiSquare(statistic, degrees, float(special.chdtrc(degrees, statistic)), len(cells))


def distribution(difficulty: Difficulty, counts: Sequence[int]) -> Distribution:
    """Give the distribution of a run from its counts per k (length 26 - M)."""
    total = sum(counts)
    rows = []
    for k, observed in enumerate(counts):
        probability = float(p_exact(difficulty, k))
        expected = total * probability
        low, high = clopper_pearson(observed, total)
        rows.append(
            DistributionRow(
                safe_pumps=k,
                multiplier=PAYOUTS[difficulty][k],
                probability=probability,
                observed=observed,
                expected=expected,
                ratio=observed / expected if expected else 0.0,
                low=low * total,
                high=high * total,
            )
        )
    test = chi_square(counts, [row.expected for row in rows])
    return Distribution(difficulty, total, tuple(rows), test)


def chi_square_reading(test: ChiSquare | None) -> str:
    """Give the one-line plain reading of a distribution's chi-square test."""
    if test is None:
        return "Too few nonces for a test."
    if test.p_value < 0.001:
        return "Under 1 fair run in 1,000 does."
    if test.p_value < 0.01:
        return "Under 1 fair run in 100 does."
    if test.p_value < 0.05:
        return "Under 1 fair run in 20 does."
    return "As fair seeds behave."
