"""Figures with their goals, and the table they stand in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_TITLES = ("figure", "measured", "goal", "ratio", "", "more")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number; ``measured`` is None when it could not be taken, and ``more`` says why."""

    name: str
    measured: float | None
    unit: str
    goal: float | None = None
    more_is_better: bool = False
    more: str = ""

    @property
    def ratio(self) -> float | None:
        """How far the goal is met: 1 and above is well, for rates and for times alike."""
        if self.goal is None or self.measured is None:
            return None
        pair = (self.measured, self.goal) if self.more_is_better else (self.goal, self.measured)
        return pair[0] / max(pair[1], 1e-9)

    @property
    def verdict(self) -> str:
        """``ok``, ``short``, or nothing without a goal."""
        return "" if self.ratio is None else "ok" if self.ratio >= 1 else "short"

    def as_json(self) -> dict[str, Any]:
        """Give the figure as JSON fields."""
        return {
            "figure": self.name, "measured": self.measured, "unit": self.unit, "goal": self.goal,
            "more_is_better": self.more_is_better, "ratio": self.ratio, "verdict": self.verdict,
            "more": self.more,
        }  # fmt: skip


def _shown(value: float) -> str:
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f}"


def _row(figure: Figure) -> tuple[str, ...]:
    bound = "≥" if figure.more_is_better else "≤"
    return (
        figure.name,
        "not taken" if figure.measured is None else f"{_shown(figure.measured)} {figure.unit}",
        "" if figure.goal is None else f"{bound} {_shown(figure.goal)} {figure.unit}",
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
        figure.verdict,
        figure.more,
    )


def table(figures: Iterable[Figure]) -> str:
    """Give the figures as aligned text."""
    rows = [_TITLES, *map(_row, figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_TITLES))]
    lines = []
    for row in rows:
        name, *numbers, verdict, more = row
        cells = [name.ljust(widths[0])]
        cells += [number.rjust(width) for number, width in zip(numbers, widths[1:], strict=False)]
        lines.append("  ".join([*cells, verdict.ljust(widths[-2]), more]).rstrip())
    lines.insert(1, "-" * max(map(len, lines)))
    return "\n".join(lines)


def median_seconds(work: Callable[[], object], repetitions: int) -> float:
    """Give the median time of several calls."""
    taken = []
    for _ in range(repetitions):
        began = perf_counter()
        work()
        taken.append(perf_counter() - began)
    return median(taken)
