"""A density in figures: hits, buckets outside the band, and how evenly the hits are spread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.text.numbers import count_text, decimal_text, grouped, odds_text, p_value_text
from pump_desktop.ui.pages.figures_column import WIDE, FiguresColumn
from pump_desktop.ui.widgets.figure_grid import FigureGrid, Figures
from pump_desktop.ui.widgets.text import Label

if TYPE_CHECKING:
    from pump_desktop.stats.density import Density


class DensityFigures(FiguresColumn):
    """The column beside the chart of a density."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(WIDE, parent)
        self._hits = FigureGrid()
        self._outside = Label("", ink="secondary", figures=True, wrap=True)
        self._p_value = Label("", figures=True)
        self._reading = Label("", ink="secondary", figures=True, wrap=True)
        self._method = Label("", size=Type.HINT, ink="muted", figures=True, wrap=True)
        self.add_part("Hits", self._hits)
        self.add_part("Outside the 95 % band", self._outside)
        self.add_part("Spread over the buckets", self._p_value, self._reading, self._method)

    def show_figures(self, found: Density, outside: tuple[int, float]) -> None:
        """Show the figures of one density; ``outside`` counts buckets seen and expected outside the band."""
        rounds = int(found.rounds.sum())
        self._hits.set_lines(
            [
                Figures("Observed", (grouped(int(found.hits.sum())),)),
                Figures("Expected", (count_text(rounds * found.probability),)),
                Figures("Odds", (odds_text(found.probability),)),
                Figures("Nonces", (grouped(rounds),)),
                Figures("Buckets", (grouped(len(found.hits)),)),
                Figures("Expected per bucket", (count_text(found.bucket_size * found.probability),)),
            ]
        )
        self._outside.setText(outside_text(len(found.hits), *outside))
        test = found.dispersion
        self._p_value.setText("No test" if test is None else p_value_text(test.p_value))
        self._reading.setText(found.reading)
        self._method.setVisible(test is not None)
        if test is not None:
            self._method.setText(
                f"Dispersion index {decimal_text(test.index, 2)} over {grouped(test.buckets)} full buckets, "
                f"1 as chance does. Chi-square {decimal_text(test.statistic, 1)} with "
                f"{grouped(test.degrees)} degrees of freedom."
            )


def outside_text(buckets: int, seen: int, expected: float) -> str:
    """Give the sentence about buckets outside the band."""
    there = f"{grouped(seen)} of {grouped(buckets)} buckets {'lies' if seen == 1 else 'lie'} outside."
    return f"{there} Chance alone puts {count_text(expected)} there on average."
