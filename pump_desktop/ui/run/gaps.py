"""The Gaps tab: distances between hits as a histogram or over the nonces, with their figures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from pump_desktop.domain.runs import Run
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Appearance, Space
from pump_desktop.qt.text.numbers import count_text, decimal_text, grouped, p_value_text
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.charts.frame import ChartFrame
from pump_desktop.ui.charts.gap_histogram import GapHistogram
from pump_desktop.ui.charts.gap_scatter import GapScatter
from pump_desktop.ui.charts.legend import Legend
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.figure_grid import FigureGrid, Figures
from pump_desktop.ui.kit.figures_column import WIDE, FiguresColumn, scrolling
from pump_desktop.ui.kit.hit_filter_bar import HitFilterBar
from pump_desktop.ui.kit.layout import aligned, hbox, stretch, vbox
from pump_desktop.ui.kit.saving import save_dialog
from pump_desktop.ui.kit.segmented import Segment, Segmented
from pump_desktop.ui.kit.text import Label
from pump_desktop.ui.run.tab import RunTab

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.stats.gaps import GapStats
    from pump_desktop.stats.hits import HitFilter
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


class GapsTab(RunTab):
    """Gaps of one filter of one run."""

    def __init__(self, asker: Asker, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(asker, parent)
        self._asked_for: tuple[Run, HitFilter] | None = None
        # Figures that a view has not drawn yet.
        self._not_drawn: dict[str, GapFigures] = {}
        self._filter = HitFilterBar()
        self._export = Button("Export distances.csv", meaning="export")
        self._view = Segmented(
            [Segment("histogram", "Histogram"), Segment("nonces", "Over nonces")], "histogram", "View of gaps"
        )
        self._view.set_least_width(220)
        self._scale = Segmented(
            [Segment("log", "Log"), Segment("linear", "Linear")], "linear", "Scale of gap counts"
        )
        self._scale.set_least_width(140)
        self._histogram = GapHistogram()
        self._scatter = GapScatter()
        self._dots = Legend((("dot", "accent", "Gaps"), ("dashes", "expected", "Expected mean")))
        bars = Legend((("bar", "accent", "Observed"), ("outline", "expected", "Geometric law")))
        self._frames = {
            "histogram": ChartFrame(self._histogram, asker, appearance, bars, [self._scale]),
            "nonces": ChartFrame(self._scatter, asker, appearance, self._dots),
        }
        self._charts = QStackedWidget()
        self._figures = GapsFigures()
        self._empty = EmptyState("hits", "Gaps need at least two hits.")
        self._stack = QStackedWidget()
        self._lay_out()

        self._filter.changed.connect(self._ask)
        self._view.changed.connect(self._view_changed)
        self._scale.changed.connect(self._scale_changed)
        self._scatter.drawn.connect(self._dots_drawn)
        self._export.clicked.connect(self._export_clicked)
        for frame in self._frames.values():
            frame.said.connect(self.said)
            frame.refused.connect(self.refused)

    def _begin(self, run: Run) -> None:
        self._asked_for = None
        self._not_drawn = {}
        self._filter.show_run(run, allow_all=False)
        self._stack.setCurrentWidget(self._waiting)
        self._export.setEnabled(False)

    def wanted(self) -> HitFilter | None:
        """Give the filter as it stands."""
        return self._filter.wanted()

    def _lay_out(self) -> None:
        for frame in self._frames.values():
            self._charts.addWidget(frame)
        self._frames["histogram"].lead(self._view)
        left = QWidget()
        vbox(stretch(self._charts), into=left, margins=(0, 0, Space.S, 0))
        shown = QWidget()
        hbox(stretch(left), scrolling(self._figures, "Figures of the gaps"), into=shown, spacing=0)
        self._shown = shown
        self._waiting = QWidget()
        for page in (self._waiting, shown, self._empty):
            self._stack.addWidget(page)
        vbox(
            hbox(stretch(self._filter), aligned(self._export, Qt.AlignmentFlag.AlignTop), spacing=Space.S),
            stretch(self._stack),
            into=self,
            margins=(0, Space.M, 0, 0),
            spacing=Space.M,
        )

    @Slot()
    def _ask(self) -> None:
        run, wanted = self._run, self.wanted()
        if run is None or wanted is None:
            return
        self._asked_for = run, wanted

        def work(backend: Backend) -> GapFigures:
            from pump_desktop.services.runs.figures import run_gaps  # noqa: PLC0415 - in the worker

            return run_gaps(backend.runs, run, wanted)

        self._ask_instead(work, self._answered)

    def _answered(self, found: GapFigures) -> None:
        if self._asked_for is None:
            return
        run, wanted = self._asked_for
        self._export.setEnabled(found.stats is not None)
        if found.stats is None:
            self._empty.set_sentence(_too_few(run, wanted, len(found.nonces)))
            self._stack.setCurrentWidget(self._empty)
            return
        what = self._filter.words()
        self._histogram.set_caption(f"Gaps between hits of {what}")
        self._scatter.set_caption(f"Gaps between hits of {what} over nonces")
        self._not_drawn = dict.fromkeys(self._frames, found)
        self._show_found()
        self._figures.show_figures(found)
        self._stack.setCurrentWidget(self._shown)

    def _show_found(self) -> None:
        """Draw the view in front; the other one waits until it is wanted."""
        view = self._view.value or "histogram"
        found = self._not_drawn.pop(view, None)
        if found is None or self._asked_for is None:
            return
        run, wanted = self._asked_for
        if view == "nonces":
            self._scatter.set_figures(found, *wanted.span(run.nonce_start, run.nonce_end))
        else:
            self._histogram.set_bins(found.bins)

    @Slot(str)
    def _view_changed(self, value: str) -> None:
        keyboard = QApplication.focusWidget()
        self._charts.setCurrentWidget(self._frames[value])
        # One switch for both charts: it moves along, and the keyboard with it.
        self._frames[value].lead(self._view)
        self._view.show()
        if keyboard is not None and self._view.isAncestorOf(keyboard):
            keyboard.setFocus()
        self._show_found()

    @Slot(str)
    def _scale_changed(self, value: str) -> None:
        self._histogram.set_log(value == "log")

    @Slot(int, int)
    def _dots_drawn(self, drawn: int, there: int) -> None:
        some = f"Gaps ({grouped(drawn)} of {grouped(there)})"
        self._dots.set_words(0, "Gaps" if drawn == there else some)

    @Slot()
    def _export_clicked(self) -> None:
        dialog = save_dialog(self, "Export distances as CSV", "distances.csv")
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    @Slot(str)
    def export_to(self, path: str) -> None:
        """Write the distances of the filter to a CSV file."""
        run, wanted = self._run, self.wanted()
        if run is not None and wanted is not None:
            self._write_csv(path, "distances", run, wanted)


def _too_few(run: Run, wanted: HitFilter, hits: int) -> str:
    first, last = wanted.span(run.nonce_start, run.nonce_end)
    of = grouped(last - first + 1)
    there = "None of the" if hits == 0 else "Only one of the"
    return f"{there} {of} nonces is a hit, and a gap needs two. Choose another target or “at least”."
