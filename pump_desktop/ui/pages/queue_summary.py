"""What a batch says as a whole: the funnel of its pairs, and the same in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Appearance, Space
from pump_desktop.qt.text.numbers import count_text, grouped, p_value_text, percent_text
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.charts.frame import ChartFrame
from pump_desktop.ui.charts.funnel_chart import FunnelChart
from pump_desktop.ui.charts.legend import Legend
from pump_desktop.ui.pages.figures_column import scrolling
from pump_desktop.ui.widgets.empty import EmptyState
from pump_desktop.ui.widgets.figure_grid import FigureGrid, Figures
from pump_desktop.ui.widgets.text import Label, SectionTitle

if TYPE_CHECKING:
    from pump_desktop.services.runs.batch import BatchFigures
    from pump_desktop.stats.funnel import Funnel

_WIDTH = 264
_NOTHING = "The summary begins with the first pair that is scanned."
_UNREACHABLE = "No pair of this batch can hit this target: it is in none of their tables."
_CHANCE = (
    "Every round is independent. Some pairs lie outside their limits by chance; it says nothing about their "
    "next rounds."
)


class QueueSummary(QWidget):
    """``pair_picked`` carries the number of a pair whose run is wanted."""

    pair_picked = Signal(int)
    said = Signal(str)
    refused = Signal(str)

    def __init__(self, asker: Asker, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart = FunnelChart()
        legend = Legend(
            (
                ("dot", "accent", "A pair"),
                ("line", "expected", "As expected"),
                ("dashes", "text.secondary", "95 % limits"),
                ("line", "text.secondary", "99.8 % limits"),
            )
        )
        self._frame = ChartFrame(self._chart, asker, appearance, legend)
        self._title = SectionTitle("")
        self._title.setWordWrap(True)
        self._totals = FigureGrid()
        self._reading = Label("", ink="secondary", wrap=True)
        self._outside = FigureGrid(("Outside", "Seen", "By chance"))
        self._notes = Label("", size=Type.HINT, ink="muted", figures=True, wrap=True)
        self._empty = EmptyState("queue", _NOTHING)
        self._stack = QStackedWidget()
        self._lay_out()
        self._chart.pair_picked.connect(self.pair_picked)
        self._frame.said.connect(self.said)
        self._frame.refused.connect(self.refused)

    def show_batch(self, batch: BatchFigures | None, target: str) -> None:
        """Show the figures of a batch for a target such as ``at least 400.02x``."""
        funnel = None if batch is None else batch.funnel
        self._chart.set_funnel(funnel)
        self._chart.set_caption(f"Hits of {target}, pair by pair")
        if batch is None or funnel is None:
            self._empty.set_sentence(_NOTHING if batch is None or not batch.pairs else _UNREACHABLE)
            self._stack.setCurrentWidget(self._empty)
            return
        self._stack.setCurrentIndex(0)
        self._title.setText(f"Hits of {target}")
        overall, of = funnel.overall, grouped(len(funnel))
        p = overall.p_value
        self._totals.set_lines(
            [
                Figures("Pairs", (of,)),
                Figures("Hits in all", (grouped(overall.hits),)),
                Figures("Expected", (count_text(overall.expected),)),
                Figures("Two-sided", ("no test" if p is None else p_value_text(p),)),
            ]
        )
        self._reading.setText(overall.reading)
        self._outside.set_lines(
            [
                Figures(
                    percent_text(outside.level),
                    (f"{grouped(outside.seen)} of {of}", count_text(outside.by_chance)),
                )
                for outside in funnel.outside
            ]
        )
        self._notes.setText("\n\n".join(_notes(batch, funnel)))

    def _lay_out(self) -> None:
        words = QWidget()
        words.setProperty("ground", "page")
        words.setFixedWidth(_WIDTH)
        column = QVBoxLayout(words)
        column.setContentsMargins(Space.L, 0, Space.S, 0)
        column.setSpacing(Space.S)
        column.addWidget(self._title)
        column.addWidget(self._totals)
        column.addWidget(self._reading)
        column.addSpacing(Space.M)
        column.addWidget(self._outside)
        column.addSpacing(Space.S)
        column.addWidget(self._notes)
        column.addStretch(1)
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._frame, 1)
        row.addWidget(scrolling(words, "Summary of the queue"))
        self._stack.addWidget(both)
        self._stack.addWidget(self._empty)
        self._stack.setCurrentWidget(self._empty)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, Space.M, 0, 0)
        outer.addWidget(self._stack)


def _notes(batch: BatchFigures, funnel: Funnel) -> list[str]:
    notes = []
    if funnel.furthest is not None and funnel.adjusted is not None:
        tests = len(funnel) - funnel.small
        number = grouped(int(funnel.numbers[funnel.furthest]))
        alone = p_value_text(float(funnel.p_values[funnel.furthest]))
        among = p_value_text(funnel.adjusted)
        if tests == 1:
            notes.append(f"1 test was made, for pair {number}: {alone}.")
        else:
            of = f"as the smallest of {grouped(tests)} tests (Holm)"
            notes.append(f"Pair {number} strays furthest: {alone} alone, {among} {of}.")
    if small := funnel.small:
        which = "1 pair expects" if small == 1 else f"{grouped(small)} pairs expect"
        notes.append(f"{which} under 5 hits: too few for a test of their own. Such pairs are drawn as rings.")
    if left := len(batch.unreachable):
        which = "1 pair is" if left == 1 else f"{grouped(left)} pairs are"
        notes.append(f"{which} left out: the target is not in their table.")
    if left := len(batch.repeated):
        which = "1 pair is" if left == 1 else f"{grouped(left)} pairs are"
        notes.append(f"{which} left out: they share nonces of a seed pair with another one, so count once.")
    notes.append(_CHANCE)
    return notes
