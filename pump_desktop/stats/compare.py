"""Outcomes side by side: how often at least each multiplier came, and whether the sides differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from pump_desktop.domain.game import PAYOUTS, Difficulty, p_at_least
from pump_desktop.stats.corrections import holm
from pump_desktop.stats.distribution import MIN_EXPECTED, clopper_pearson

_RARE = ((0.001, "1,000"), (0.01, "100"), (0.05, "20"))


@dataclass(frozen=True, slots=True)
class Side:
    """One of the things compared: a short label, and how many nonces gave each k (length 26 - M)."""

    label: str
    difficulty: Difficulty
    counts: tuple[int, ...]

    @property
    def count(self) -> int:
        """Number of nonces."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class TailPoint:
    """How many nonces gave at least one table entry, as a share with its 95 % Clopper-Pearson bounds."""

    safe_pumps: int
    multiplier: float
    probability: float
    observed: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Homogeneity:
    """Pearson's test that sides follow one law, whichever it is.

    Neighbouring results are pooled until each cell expects at least 5 on every side. ``p_value`` is None when
    there is no test, and ``reason`` then says why. ``adjusted`` is Holm's, where pairs are tested together.
    """

    labels: tuple[str, ...]
    statistic: float | None = None
    degrees: int = 0
    cells: int = 0
    p_value: float | None = None
    adjusted: float | None = None
    reading: str = ""
    reason: str = ""


def tail(side: Side) -> tuple[TailPoint, ...]:
    """Give P(multiplier >= x) at every table entry, as observed and as expected."""
    total = side.count
    least = np.cumsum(side.counts[::-1])[::-1].tolist()
    points = []
    for k, observed in enumerate(least):
        low, high = clopper_pearson(observed, total)
        points.append(
            TailPoint(
                safe_pumps=k,
                multiplier=PAYOUTS[side.difficulty][k],
                probability=float(p_at_least(side.difficulty, k)),
                observed=observed,
                share=observed / total if total else 0.0,
                low=low,
                high=high,
            )
        )
    return tuple(points)


def homogeneity(sides: Sequence[Side]) -> Homogeneity:
    """Test whether all sides follow one law."""
    labels = tuple(side.label for side in sides)
    reason = _untestable(sides)
    if reason:
        return Homogeneity(labels, reason=reason)
    cells = _pooled(np.array([side.counts for side in sides], np.int64))
    if cells.shape[1] < 2:
        reason = "Too few nonces: a test needs two groups of results that expect 5 or more on every side."
        return Homogeneity(labels, cells=cells.shape[1], reason=reason)
    expected = _expected(cells)
    statistic = float(((cells - expected) ** 2 / expected).sum())
    degrees = (cells.shape[0] - 1) * (cells.shape[1] - 1)
    p_value = float(special.chdtrc(degrees, statistic))
    return Homogeneity(labels, statistic, degrees, cells.shape[1], p_value, None, _reading(labels, p_value))


def pairwise(sides: Sequence[Side], apart: Sequence[tuple[str, str, str]] = ()) -> tuple[Homogeneity, ...]:
    """Test every pair, corrected by Holm; pairs in ``apart`` (label, label, reason) are not tested."""
    reasons = {frozenset(labels): reason for *labels, reason in apart}
    tests = []
    for one, other in combinations(sides, 2):
        labels = (one.label, other.label)
        reason = reasons.get(frozenset(labels))
        tests.append(Homogeneity(labels, reason=reason) if reason else homogeneity((one, other)))
    made = [test.p_value for test in tests if test.p_value is not None]
    adjusted = iter(holm(made))
    return tuple(
        test if test.p_value is None else _corrected(test, next(adjusted), len(made)) for test in tests
    )


def named(labels: Sequence[str]) -> str:
    """Give labels as words: ``A, B and C``."""
    return " and ".join(filter(None, (", ".join(labels[:-1]), labels[-1])))


def _untestable(sides: Sequence[Side]) -> str:
    if len(sides) < 2:
        return "A test needs at least two sides."
    if len({side.difficulty for side in sides}) > 1:
        return "The difficulties differ and so do their odds: there is nothing to test."
    return ""


def _expected(cells: NDArray[np.int64]) -> NDArray[np.float64]:
    rows, columns = cells.sum(axis=1), cells.sum(axis=0)
    return np.asarray(np.outer(rows, columns) / cells.sum(), np.float64)


def _pooled(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Join columns from the rarest end until the shortest side expects at least 5 in each."""
    total = int(counts.sum())
    if not total:
        return counts[:, :0]
    share = int(counts.sum(axis=1).min()) / total
    cells: list[NDArray[np.int64]] = []
    open_cell = np.zeros(len(counts), np.int64)
    for column in counts.T[::-1]:
        open_cell = open_cell + column
        if open_cell.sum() * share >= MIN_EXPECTED:
            cells.append(open_cell)
            open_cell = np.zeros(len(counts), np.int64)
    if open_cell.any() and cells:
        cells[-1] = cells[-1] + open_cell
    return np.array(cells[::-1], np.int64).reshape(-1, len(counts)).T


def _reading(labels: Sequence[str], p_value: float, among: str = "") -> str:
    for limit, times in _RARE:
        if p_value < limit:
            return f"Fewer than 1 in {times} comparisons of fair results differ this much{among}."
    return f"{named(labels)} differ no more than fair results do."


def _corrected(test: Homogeneity, adjusted: float, made: int) -> Homogeneity:
    among = f" in any of {made} pairs" if made > 1 else ""
    return replace(test, adjusted=adjusted, reading=_reading(test.labels, adjusted, among))
