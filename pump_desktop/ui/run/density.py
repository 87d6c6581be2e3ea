"""The Density tab: hits per bucket of nonces, as a strip and as a chart with the band chance allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QStackedWidget, QWidget

from pump_desktop.domain.runs import Run
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Appearance, Space
from pump_desktop.qt.text.numbers import count_text, counted, decimal_text, grouped, odds_text, p_value_text
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.charts.density_chart import DensityChart
from pump_desktop.ui.charts.frame import ChartFrame
from pump_desktop.ui.charts.legend import Entries, Legend
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.figure_grid import FigureGrid, Figures
from pump_desktop.ui.kit.figures_column import WIDE, FiguresColumn, scrolling
from pump_desktop.ui.kit.hit_filter_bar import HitFilterBar
from pump_desktop.ui.kit.layout import hbox, stretch, vbox
from pump_desktop.ui.kit.text import Label
from pump_desktop.ui.run.tab import RunTab

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.stats.density import Density
    from pump_desktop.stats.hits import HitFilter


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


_LEGEND: Entries = (
    ("line", "accent", "Hits"),
    ("line", "expected", "Expected"),
    ("band", "expected", "95 % band"),
    ("dot", "accent", "Outside it"),
    ("bar", "accent", "Strip: stronger is more"),
)


class DensityTab(RunTab):
    """Hits per bucket of one run; ``hits_asked`` carries the HitFilter of a bucket whose hits are wanted."""

    hits_asked = Signal(object)

    def __init__(self, asker: Asker, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(asker, parent)
        self._asked_for: HitFilter | None = None
        self._filter = HitFilterBar()
        self._buckets = QComboBox()
        self._buckets.setAccessibleName("Bucket size")
        self._buckets.setMinimumWidth(180)
        self._chart = DensityChart()
        self._frame = ChartFrame(self._chart, asker, appearance, Legend(_LEGEND), [self._buckets])
        self._figures = DensityFigures()
        self._empty = EmptyState("hits", "None of the nonces is a hit.")
        self._stack = QStackedWidget()
        self._lay_out()

        self._filter.changed.connect(self._ask)
        self._buckets.currentIndexChanged.connect(self._bucket_chosen)
        self._chart.picked.connect(self._bucket_picked)
        self._frame.said.connect(self.said)
        self._frame.refused.connect(self.refused)

    def _begin(self, run: Run) -> None:
        self._asked_for = None
        self._filter.show_run(run, allow_all=False)
        self._list_sizes((), None, 0)
        self._stack.setCurrentWidget(self._waiting)

    def wanted(self) -> HitFilter | None:
        """Give the filter as it stands."""
        return self._filter.wanted()

    def _lay_out(self) -> None:
        self._shown = QWidget()
        hbox(
            stretch(self._frame),
            scrolling(self._figures, "Figures of the density"),
            into=self._shown,
            spacing=Space.S,
        )
        self._waiting = QWidget()
        for page in (self._waiting, self._shown, self._empty):
            self._stack.addWidget(page)
        vbox(self._filter, stretch(self._stack), into=self, margins=(0, Space.M, 0, 0), spacing=Space.M)

    @Slot()
    def _ask(self) -> None:
        run, wanted = self._run, self.wanted()
        if run is None or wanted is None:
            return
        self._asked_for = wanted
        size: int | None = self._buckets.currentData()
        first, last = wanted.span(run.nonce_start, run.nonce_end)

        def work(backend: Backend) -> tuple[Density, tuple[int, float], tuple[int, ...]]:
            from pump_desktop.services.runs.figures import run_density  # noqa: PLC0415 - in the worker
            from pump_desktop.stats.density import bucket_choices, outside_band  # noqa: PLC0415 - in the worker

            choices = bucket_choices(last - first + 1)
            found = run_density(backend.runs, run, wanted, size if size in choices else None)
            return found, outside_band(found), choices

        self._ask_instead(work, self._answered)

    def _answered(self, answer: tuple[Density, tuple[int, float], tuple[int, ...]]) -> None:
        found, outside, choices = answer
        chosen: int | None = self._buckets.currentData()
        self._list_sizes(choices, chosen if chosen in choices else None, found.bucket_size)
        if not found.hits.sum():
            self._empty.set_sentence(_no_hits(found))
            self._stack.setCurrentWidget(self._empty)
            return
        size = grouped(found.bucket_size)
        self._chart.set_caption(f"Hits of {self._filter.words()} per {size} nonces")
        self._chart.set_density(found)
        self._figures.show_figures(found, outside)
        self._stack.setCurrentWidget(self._shown)

    def _list_sizes(self, choices: Sequence[int], chosen: int | None, used: int) -> None:
        """List the sizes that suit, the fitting one first; nothing is asked."""
        self._buckets.blockSignals(True)
        self._buckets.clear()
        self._buckets.addItem(
            f"Fitting buckets ({grouped(used)})" if chosen is None and used else "Fitting buckets", None
        )
        for size in choices:
            self._buckets.addItem(f"{counted(size, 'nonce')} each", size)
        self._buckets.setCurrentIndex(0 if chosen is None else self._buckets.findData(chosen))
        self._buckets.blockSignals(False)

    @Slot()
    def _bucket_chosen(self, *_what: object) -> None:
        self._ask()

    @Slot(float, float)
    def _bucket_picked(self, nonce: float, _hits: float) -> None:
        bucket = self._chart.bucket_at(nonce)
        if bucket is not None and self._asked_for is not None:
            self.hits_asked.emit(replace(self._asked_for, first=bucket[0], last=bucket[1]))


def _no_hits(found: Density) -> str:
    if not found.probability:
        return "No result of this difficulty matches. Choose another target or “at least”."
    rounds = int(found.rounds.sum())
    awaited = count_text(rounds * found.probability)
    return (
        f"None of the {grouped(rounds)} nonces is a hit; {awaited} are expected. "
        "Choose another target or “at least”."
    )
