"""The target a whole batch is judged by: one multiplier, exactly or at least."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QStackedWidget, QWidget

from pump_desktop.domain.game import PAYOUTS, Difficulty, p_at_least
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import Match
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Appearance, Space
from pump_desktop.qt.text.numbers import count_text, grouped, multiplier_text, p_value_text, percent_text
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.charts.frame import ChartFrame
from pump_desktop.ui.charts.funnel_chart import FunnelChart
from pump_desktop.ui.charts.legend import Legend
from pump_desktop.ui.kit.choices import MatchChoice
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.figure_grid import FigureGrid, Figures
from pump_desktop.ui.kit.figures_column import scrolling
from pump_desktop.ui.kit.layout import STRETCH, hbox, stretch, vbox
from pump_desktop.ui.kit.text import Label, SectionTitle

if TYPE_CHECKING:
    from pump_desktop.services.runs.batch import BatchFigures
    from pump_desktop.stats.funnel import Funnel
    from pump_desktop.stats.hits import HitFilter


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
        vbox(
            self._title,
            self._totals,
            self._reading,
            Space.M,
            self._outside,
            Space.S,
            self._notes,
            STRETCH,
            into=words,
            margins=(Space.L, 0, Space.S, 0),
            spacing=Space.S,
        )
        both = QWidget()
        hbox(stretch(self._frame), scrolling(words, "Summary of the queue"), into=both, spacing=0)
        self._stack.addWidget(both)
        self._stack.addWidget(self._empty)
        self._stack.setCurrentWidget(self._empty)
        vbox(self._stack, into=self, margins=(0, Space.M, 0, 0))


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


# The target at first is the rarest one that the shortest pair still expects so often.
_OFTEN = 20


class QueueTarget(QWidget):
    """Match and multiplier; ``changed`` after every choice."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._difficulties: frozenset[Difficulty] = frozenset()
        self._match = MatchChoice(Match.AT_LEAST, 160)
        self._target = QComboBox()
        self._target.setAccessibleName("Target of the batch")
        self._target.setMinimumWidth(140)
        hbox(self._match, self._target, into=self, margins=(0, 0, 0, Space.XS), spacing=Space.S)
        self._match.changed.connect(self._chosen)
        self._target.currentIndexChanged.connect(self._chosen)

    @property
    def multiplier(self) -> float | None:
        """The multiplier, or None while nothing is queued."""
        chosen = self._target.currentData()
        return None if chosen is None else float(chosen)

    @property
    def match(self) -> Match:
        """How it is matched."""
        return self._match.match

    @property
    def words(self) -> str:
        """The target as words: ``at least 400.02x``."""
        target = multiplier_text(self.multiplier or 0.0)
        return f"exactly {target}" if self.match is Match.EXACT else f"at least {target}"

    def wanted(self) -> HitFilter | None:
        """Give the filter as it stands."""
        # The statistics bring numpy; the view that asks is made when they have been imported.
        from pump_desktop.stats.hits import HitFilter  # noqa: PLC0415 - see above

        multiplier = self.multiplier
        return None if multiplier is None else HitFilter((multiplier,), self.match)

    def offer(self, requests: Iterable[ScanRequest]) -> None:
        """Offer the tables of all difficulties that are queued; what is chosen stays chosen."""
        queued = list(requests)
        difficulties = frozenset(request.difficulty for request in queued)
        if not queued or difficulties == self._difficulties:
            return
        self._difficulties = difficulties
        chosen = self.multiplier or _first_target(queued)
        entries = sorted(
            {entry for difficulty in difficulties for entry in PAYOUTS[difficulty]}, reverse=True
        )
        self._target.blockSignals(True)
        self._target.clear()
        for entry in entries:
            self._target.addItem(multiplier_text(entry), entry)
        self._target.setCurrentIndex(max(self._target.findData(chosen), 0))
        self._target.blockSignals(False)
        self.changed.emit()

    @Slot()
    def _chosen(self, *_what: object) -> None:
        self.changed.emit()


def _first_target(requests: Sequence[ScanRequest]) -> float:
    shortest = min(requests, key=lambda request: request.count)
    table = PAYOUTS[shortest.difficulty]
    often = [
        entry
        for k, entry in enumerate(table)
        if k and shortest.count * p_at_least(shortest.difficulty, k) >= _OFTEN
    ]
    return often[-1] if often else table[1]
