"""The hits of a filter in figures: how many against how many expected, and how far apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from pump_desktop.domain.game import Difficulty
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.text.numbers import count_text, decimal_text, grouped, odds_text
from pump_desktop.ui.pages.figures_column import WIDTH, FiguresColumn
from pump_desktop.ui.widgets.figure_grid import FigureGrid, Figures
from pump_desktop.ui.widgets.text import Label

if TYPE_CHECKING:
    from pump_desktop.stats.gaps import GapStats
    from pump_desktop.stats.hits import HitFilter


class HitsFigures(FiguresColumn):
    """The column beside the hits table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(WIDTH, parent)
        self._counts = FigureGrid()
        self._gaps = FigureGrid()
        self._note = Label("", size=Type.HINT, ink="muted", wrap=True)
        self.add_part("Hits", self._counts)
        self.add_part("Distances", self._gaps, self._note)

    def show_figures(
        self, difficulty: Difficulty, wanted: HitFilter, nonces: int, count: int, gaps: GapStats | None
    ) -> None:
        """Show the figures of one filter: ``count`` of ``nonces`` are hits."""
        chance = wanted.probability(difficulty)
        expected = nonces * float(chance)
        self._counts.set_lines(
            [
                Figures("Observed", (grouped(count),)),
                Figures("Expected", (count_text(expected),)),
                Figures("Odds", (odds_text(chance),)),
            ]
        )
        self._gaps.setVisible(gaps is not None)
        if gaps is None:
            self._note.setText("Distances need at least two hits.")
            return
        self._gaps.set_lines(
            [
                Figures("Mean", (decimal_text(gaps.mean, 1),)),
                Figures("Median", (decimal_text(gaps.median, int(gaps.median % 1 > 0)),)),
                Figures("Shortest", (grouped(gaps.min),)),
                Figures("Longest", (grouped(gaps.max),)),
                Figures("90 % are at most", (grouped(gaps.p90),)),
                Figures("99 % are at most", (grouped(gaps.p99),)),
            ]
        )
        self._note.setText("Rounds are independent: the last distance says nothing about the next.")
