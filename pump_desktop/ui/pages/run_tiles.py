"""A run in four figures: nonces, highest, median, and how it stands against the odds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pump_desktop.domain.runs import Run
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.qt.text.numbers import decimal_text, grouped, multiplier_text, p_value_text
from pump_desktop.ui.widgets.card import Tile
from pump_desktop.ui.widgets.text import ElidedLabel

if TYPE_CHECKING:
    from pump_desktop.stats.distribution import Distribution


class RunTiles(QWidget):
    """Four tiles in a row, or one line of words; the last figure waits for the distribution."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = Tile("Nonces")
        self._highest = Tile("Highest")
        self._median = Tile("Median")
        self._test = Tile("Against the odds")
        self._words = ""
        self._verdict = ""
        self._line = ElidedLabel("", ink="secondary", figures=True)
        self._tiles = QWidget()
        row = QHBoxLayout(self._tiles)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.L)
        for tile in (self._count, self._highest, self._median, self._test):
            row.addWidget(tile, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._tiles)
        column.addWidget(self._line)
        self.set_compact(False)

    def set_compact(self, compact: bool) -> None:
        """Say the four figures in one line, or show them large."""
        self._tiles.setVisible(not compact)
        self._line.setVisible(compact)

    def show_run(self, run: Run) -> None:
        """Show what a run says of itself."""
        summary = run.summary
        first = summary.top_max[0] if summary.top_max else run.nonce_start
        times = summary.counts_by_multiplier.get(str(summary.max_multiplier), 1)
        where = (
            f"at nonce {grouped(first)}"
            if times == 1
            else f"{grouped(times)} times, first at {grouped(first)}"
        )
        self._count.set_figure(grouped(run.count), f"{run.difficulty.pops} of 25 positions pop")
        self._highest.set_figure(multiplier_text(summary.max_multiplier), where)
        self._median.set_figure(
            multiplier_text(summary.median_multiplier), f"mean {multiplier_text(summary.mean_multiplier)}"
        )
        self._words = (
            f"{grouped(run.count)} nonces · highest {multiplier_text(summary.max_multiplier)}, {where} · "
            f"median {multiplier_text(summary.median_multiplier)}"
        )
        self._line.setText(self._words + self._verdict)

    def await_test(self) -> None:
        """Say that the test is being made."""
        self._test.set_figure("…", "")
        self._test.setToolTip("")
        self._verdict = ""
        self._line.setText(self._words)

    def show_distribution(self, distribution: Distribution) -> None:
        """Show the chi-square test of a distribution."""
        from pump_desktop.stats.distribution import chi_square_reading  # noqa: PLC0415 - imported by the worker

        test = distribution.chi_square
        reading = chi_square_reading(test)
        figure = "No test" if test is None else p_value_text(test.p_value)
        self._test.set_figure(figure, reading)
        self._verdict = f" · {figure} against the odds"
        self._line.setText(self._words + self._verdict)
        self._test.setToolTip(plain_tip(_test_tip(distribution)))


def _test_tip(distribution: Distribution) -> str:
    test = distribution.chi_square
    if test is None:
        return "A chi-square test needs at least two groups of results that expect 5 or more."
    return (
        f"Chi-square test of all results: {decimal_text(test.statistic, 2)} with "
        f"{grouped(test.degrees)} degrees of freedom, {p_value_text(test.p_value)}. "
        "Results that expect fewer than 5 are pooled."
    )
