"""The gaps of a filter in figures: observed beside what the geometric law expects, and the test."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QWidget

from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.text.numbers import count_text, decimal_text, grouped, p_value_text
from pump_desktop.ui.pages.figures_column import WIDE, FiguresColumn
from pump_desktop.ui.widgets.figure_grid import FigureGrid, Figures
from pump_desktop.ui.widgets.text import Label

if TYPE_CHECKING:
    from pump_desktop.stats.gaps import GapStats
    from pump_desktop.stats.run_gaps import GapFigures


class GapsFigures(FiguresColumn):
    """The column beside the chart of gaps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(WIDE, parent)
        self._grid = FigureGrid(("", "Observed", "Expected"))
        self._stretch = Label("", ink="secondary", figures=True, wrap=True)
        self._p_value = Label("", figures=True)
        self._reading = Label("", ink="secondary", figures=True, wrap=True)
        self._method = Label("", size=Type.HINT, ink="muted", figures=True, wrap=True)
        independent = Label(
            "Rounds are independent: the last gap says nothing about the next.",
            size=Type.HINT,
            ink="muted",
            wrap=True,
        )
        self.add_part("Gaps", self._grid)
        self.add_part("Longest stretch", self._stretch)
        self.add_part("Against the geometric law", self._p_value, self._reading, self._method, independent)

    def show_figures(self, found: GapFigures) -> None:
        """Show the figures of one filter, which has a gap at least."""
        stats = found.stats
        if stats is None:
            return
        self._grid.set_lines(_lines(stats, found.probability))
        longest = int(np.argmax(found.gaps))
        self._stretch.setText(
            f"{grouped(stats.max - 1)} nonces without a hit, between {grouped(int(found.nonces[longest]))} "
            f"and {grouped(int(found.nonces[longest + 1]))}."
        )
        test = found.test
        self._p_value.setText("No test" if test is None else p_value_text(test.p_value))
        self._reading.setText(found.reading)
        self._method.setVisible(test is not None)
        if test is not None:
            self._method.setText(
                f"Chi-square test of {test.cells} groups of gaps that the law makes about equally likely: "
                f"{decimal_text(test.statistic, 2)} with {grouped(test.degrees)} degrees of freedom."
            )


def _lines(stats: GapStats, p: float) -> list[Figures]:
    """Give observed against the geometric law: mean 1/p, standard deviation sqrt(1-p)/p."""
    from pump_desktop.stats.streams import waiting_rounds  # noqa: PLC0415 - imported by the worker

    spread = math.sqrt(1 - p)
    within = {share: grouped(waiting_rounds(p, share)) if p < 1 else "1" for share in (0.5, 0.9, 0.99)}
    return [
        Figures("Number", (grouped(stats.count), "")),
        Figures("Mean", (_tenths(stats.mean), _tenths(1 / p))),
        Figures("Median", (_tenths(stats.median), within[0.5])),
        Figures("Shortest", (grouped(stats.min), "")),
        Figures("Longest", (grouped(stats.max), "")),
        Figures("90 % at most", (grouped(stats.p90), within[0.9])),
        Figures("99 % at most", (grouped(stats.p99), within[0.99])),
        Figures("Std. deviation", (_tenths(stats.stddev), _tenths(spread / p))),
        Figures("Variation (cv)", (decimal_text(stats.cv, 3), decimal_text(spread, 3))),
    ]


def _tenths(value: float) -> str:
    return count_text(value) if value >= 1000 else decimal_text(value, 1)
