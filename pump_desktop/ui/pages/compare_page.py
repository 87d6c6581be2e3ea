"""The Compare page: two to six runs side by side, as charts, figures, tests and hits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from pump_desktop.domain.errors import KnownError
from pump_desktop.qt.appearance import Appearance
from pump_desktop.qt.asking import Asker, Question
from pump_desktop.qt.deletes import PendingDeletes
from pump_desktop.qt.numbers import p_value_text
from pump_desktop.qt.theme import Space
from pump_desktop.ui.charts.frame import ChartFrame
from pump_desktop.ui.charts.legend import Legend
from pump_desktop.ui.charts.overlay_chart import RatioChart, TailChart
from pump_desktop.ui.pages.compare_hits import CompareHits
from pump_desktop.ui.pages.compare_picker import RunPicker
from pump_desktop.ui.pages.compare_sides import SideCards, side_name
from pump_desktop.ui.pages.compare_table import DifferencesTab, TestsTab
from pump_desktop.ui.widgets.banner import Banner
from pump_desktop.ui.widgets.buttons import Button
from pump_desktop.ui.widgets.card import Card
from pump_desktop.ui.widgets.empty import EmptyState
from pump_desktop.ui.widgets.header import PageHeader
from pump_desktop.ui.widgets.text import Label

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.services.compare import Comparison

_NOTHING = "Put two to six runs side by side: where do they differ, and more than chance lets them?"
_ONE = "One run alone has nothing to differ from. Choose another beside it."


class ComparePage(QWidget):
    """``said`` and ``refused`` carry sentences for the window."""

    said = Signal(str)
    refused = Signal(str)

    def __init__(
        self,
        asker: Asker,
        appearance: Appearance,
        parent: QWidget | None = None,
        *,
        deletes: PendingDeletes | None = None,
    ) -> None:
        super().__init__(parent)
        self._asker = asker
        # Without the window's own, nothing waits to be deleted.
        self._deletes = deletes if deletes is not None else PendingDeletes(asker, self)
        self._ids: tuple[UUID, ...] = ()
        self._comparison: Comparison | None = None
        self._question: Question | None = None
        self._header = PageHeader("Compare")
        self._choose = Button("Choose runs …", meaning="compare")
        self._header.add_action(self._choose)
        self._banner = Banner("info", "")
        self._banner.hide()
        self._cards = SideCards()
        self._cards.hide()
        self._verdict = Label("", ink="secondary", figures=True, wrap=True, selectable=True)
        self._empty = EmptyState("compare", _NOTHING, "Choose runs …", meaning="compare")
        self._ratio = RatioChart()
        self._tail = TailChart()
        self._ratio_legend, self._tail_legend = Legend(()), Legend(())
        self._ratio_frame = ChartFrame(self._ratio, appearance, self._ratio_legend)
        self._tail_frame = ChartFrame(self._tail, appearance, self._tail_legend)
        self._no_ratio = EmptyState("compare", "The difficulties differ.")
        self._ratio_stack = QStackedWidget()
        self._ratio_stack.addWidget(self._ratio_frame)
        self._ratio_stack.addWidget(self._no_ratio)
        self._differences = DifferencesTab()
        self._tests = TestsTab()
        self._hits = CompareHits(asker)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._work = QWidget()
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()

    def _connect(self) -> None:
        self._choose.clicked.connect(self.choose_runs)
        self._empty.acted.connect(self.choose_runs)
        self._banner.acted.connect(self.refresh)
        self._cards.remove_asked.connect(self.remove_run)
        self._tabs.currentChanged.connect(self._tab_changed)
        self._hits.gone.connect(self.refresh)
        for part in (self._ratio_frame, self._tail_frame, self._hits):
            part.refused.connect(self.refused)
        for speaker in (self._ratio_frame, self._tail_frame, self._hits, self._differences, self._tests):
            speaker.said.connect(self.said)
        QShortcut(QKeySequence("F5"), self, self.refresh)

    @property
    def run_ids(self) -> tuple[UUID, ...]:
        """The runs that are compared, in their order."""
        return self._ids

    @property
    def comparison(self) -> Comparison | None:
        """What is shown."""
        return self._comparison

    @Slot(object)
    def show_runs(self, run_ids: Sequence[UUID]) -> None:
        """Compare these runs instead, up to six."""
        self._ids = tuple(dict.fromkeys(run_ids))
        self._banner.hide()
        self._ask()

    @Slot()
    def refresh(self) -> None:
        """Read the runs again."""
        if self._ids:
            self._ask()

    @Slot(object)
    def remove_run(self, run_id: UUID) -> None:
        """Compare the others."""
        self.show_runs([one for one in self._ids if one != run_id])

    @Slot(object)
    def hide_runs(self, run_ids: Sequence[UUID]) -> None:
        """Leave out runs that will be deleted, and say so."""
        left = tuple(one for one in self._ids if one not in set(run_ids))
        if left != self._ids:
            gone = tuple(one for one in self._ids if one not in left)
            words = self._gone_sentence(gone)
            self.show_runs(left)
            self._banner.show_sentence("info", words)

    @Slot()
    def choose_runs(self) -> None:
        """Open the list of runs to choose from."""
        picker = RunPicker(self._asker, self._deletes, self._ids, self)
        picker.chosen.connect(self.show_runs)
        picker.open()

    def open_tab(self, name: str) -> None:
        """Bring a tab to the front by its title."""
        for index in range(self._tabs.count()):
            if self._tabs.tabText(index) == name:
                self._tabs.setCurrentIndex(index)

    def showEvent(self, event: QShowEvent) -> None:
        """Look again: a run may have been renamed, extended or deleted meanwhile."""
        super().showEvent(event)
        if not event.spontaneous():
            self.refresh()

    def _lay_out(self) -> None:
        self._tabs.addTab(_padded(self._ratio_stack), "Ratio to the odds")
        self._tabs.addTab(_padded(self._tail_frame), "Share at least")
        self._tabs.addTab(self._differences, "Differences")
        self._tabs.addTab(self._tests, "Tests")
        self._tabs.addTab(self._hits, "Hits")
        card = Card()
        card.add(self._tabs, 1)
        work = QVBoxLayout(self._work)
        work.setContentsMargins(0, 0, 0, 0)
        work.setSpacing(Space.M)
        work.addWidget(self._verdict)
        work.addWidget(card, 1)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._work)
        body = QVBoxLayout()
        body.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        body.setSpacing(Space.M)
        body.addWidget(self._banner)
        body.addWidget(self._cards)
        body.addWidget(self._stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addLayout(body, 1)

    def _ask(self) -> None:
        if self._question is not None:
            self._question.forget()
        wanted = self._ids

        def work(backend: Backend) -> Comparison:
            from pump_desktop.services.compare import compare_runs  # noqa: PLC0415 - in the worker

            return compare_runs(backend.runs, wanted)

        self._question = self._asker.ask(self, work, self._came, self._failed)

    def _came(self, comparison: Comparison) -> None:
        self._question = None
        before = self._comparison
        if comparison.gone:
            self._banner.show_sentence("info", self._gone_sentence(comparison.gone))
            self._ids = tuple(one for one in self._ids if one not in comparison.gone)
        if before is not None and before == comparison and not comparison.gone:
            return
        self._comparison = comparison
        sides = comparison.sides
        self._cards.show_sides(sides)
        self._cards.setVisible(bool(sides))
        self._empty.set_sentence(_ONE if len(sides) == 1 else _NOTHING)
        self._stack.setCurrentWidget(self._work if len(sides) > 1 else self._empty)
        if len(sides) > 1:
            self._show(comparison)

    def _show(self, comparison: Comparison) -> None:
        self._verdict.setText(_verdict(comparison))
        self._ratio.show_comparison(comparison)
        self._ratio_legend.set_entries(self._ratio.entries())
        self._tail.show_comparison(comparison)
        self._tail_legend.set_entries(self._tail.entries())
        if comparison.difficulty is None:
            named = {side.source.difficulty.label: None for side in comparison.sides}
            self._no_ratio.set_sentence(
                f"{' and '.join(named)} have tables of their own, so results cannot stand side by side. "
                "“Share at least” shows them together."
            )
        self._ratio_stack.setCurrentIndex(int(comparison.difficulty is None))
        self._differences.show_comparison(comparison)
        self._tests.show_comparison(comparison)
        self._hits.show_comparison(comparison)

    def _failed(self, error: KnownError) -> None:
        self._question = None
        self._banner.show_sentence("bad", str(error), "Try again")

    def _gone_sentence(self, gone: Sequence[UUID]) -> str:
        sides = self._comparison.sides if self._comparison is not None else ()
        names = [f"“{side_name(side.source)}”" for side in sides if side.source.id in gone]
        many = len(gone) > 1
        unnamed = f"{len(gone)} runs" if many else "A run"
        what = " and ".join(names) if len(names) == len(gone) else unnamed
        return f"{what} {'were' if many else 'was'} deleted and {'are' if many else 'is'} no longer compared."

    @Slot(int)
    def _tab_changed(self, _index: int) -> None:
        if self._tabs.currentWidget() is self._hits:
            self._hits.ask_once()


def _padded(widget: QWidget) -> QWidget:
    around = QWidget()
    column = QVBoxLayout(around)
    column.setContentsMargins(0, Space.M, 0, 0)
    column.addWidget(widget)
    return around


def _verdict(comparison: Comparison) -> str:
    test = comparison.together
    if test.p_value is None:
        return test.reason
    words = f"{p_value_text(test.p_value)}: {test.reading}"
    return f"All together, {words}" if comparison.pairs else words
