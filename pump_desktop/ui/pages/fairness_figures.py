"""What stands beside the tests of fairness: the longest drought, and each lag's autocorrelation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.text.numbers import count_text, grouped, odds_text, percent_text
from pump_desktop.ui.pages.fairness_lags import LagBars
from pump_desktop.ui.pages.figures_column import WIDTH, FiguresColumn
from pump_desktop.ui.widgets.figure_grid import FigureGrid, Figures
from pump_desktop.ui.widgets.text import Label

if TYPE_CHECKING:
    from pump_desktop.stats.fairness import Fairness


class FairnessFigures(FiguresColumn):
    """The column beside the tests."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(WIDTH, parent, top=Space.S)
        self._counts = FigureGrid()
        self._drought = FigureGrid()
        self._stretch = Label("", size=Type.HINT, ink="muted", figures=True, wrap=True)
        self._lags = LagBars()
        self._band = Label("", size=Type.HINT, ink="muted", figures=True, wrap=True)
        self.add_part("Hits", self._counts)
        self.add_part("Longest drought", self._drought, self._stretch)
        self.add_part("Autocorrelation by lag", self._lags, self._band)

    def show_fairness(self, fairness: Fairness) -> None:
        """Show the figures of one target."""
        self._counts.set_lines(
            [
                Figures("Observed", (grouped(fairness.hits),)),
                Figures("Expected", (count_text(fairness.expected),)),
                Figures("Odds", (odds_text(fairness.probability),)),
            ]
        )
        self._show_drought(fairness)
        shown = bool(fairness.autocorrelation)
        self._lags.setVisible(shown)
        if not shown:
            self._band.setText("Autocorrelation needs both hits and misses.")
            return
        self._lags.show_lags(fairness.autocorrelation, fairness.band)
        band = f"{fairness.band:.4f}" if fairness.band >= 0.001 else f"{fairness.band:.1e}"
        self._band.setText(f"Each lag of a fair run lies within ±{band}, the dashes, 95 times in 100.")

    def _show_drought(self, fairness: Fairness) -> None:
        drought = fairness.drought
        self._drought.setVisible(drought is not None)
        if drought is None:
            self._stretch.setText("There is none to speak of: every result matches, or none does.")
            return
        self._drought.set_lines(
            [
                Figures("Nonces without a hit", (grouped(drought.length),)),
                Figures("Chance of one as long", (percent_text(drought.probability),)),
            ]
        )
        where = (
            ""
            if drought.first is None or drought.last is None
            else f"Nonces {grouped(drought.first)} to {grouped(drought.last)}. "
        )
        self._stretch.setText(f"{where}Rounds are independent: it says nothing about the next.")
