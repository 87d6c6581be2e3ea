"""The Compare page once two sides are chosen: a verdict over charts, figures, tests and hits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from pump_desktop.qt.look.theme import Appearance, Space
from pump_desktop.qt.text.numbers import p_value_text
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.charts.overlay_chart import RatioChart, TailChart
from pump_desktop.ui.pages.compare_chart import CompareChart
from pump_desktop.ui.pages.compare_hits import CompareHits
from pump_desktop.ui.pages.compare_table import DifferencesTab, TestsTab
from pump_desktop.ui.widgets.card import Card
from pump_desktop.ui.widgets.text import Label

if TYPE_CHECKING:
    from pump_desktop.services.compare.compare import Comparison

_NONE_RATED = (
    "None of these has every round, so there is nothing to hold against the odds. “Differences” counts them."
)


class CompareWork(QWidget):
    """The tabs of one comparison; ``gone`` says that a side is no longer there.

    ``said`` and ``refused`` carry sentences for the window.
    """

    said = Signal(str)
    refused = Signal(str)
    gone = Signal()

    def __init__(self, asker: Asker, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._verdict = Label("", ink="secondary", figures=True, wrap=True, selectable=True)
        self._ratio = CompareChart(RatioChart(), asker, appearance)
        self._tail = CompareChart(TailChart(), asker, appearance)
        self._differences = DifferencesTab()
        self._tests = TestsTab()
        self._hits = CompareHits(asker)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._lay_out()

        self._tabs.currentChanged.connect(self._tab_changed)
        self._hits.gone.connect(self.gone)
        for part in (self._ratio, self._tail, self._hits):
            part.refused.connect(self.refused)
        for speaker in (self._ratio, self._tail, self._hits, self._differences, self._tests):
            speaker.said.connect(self.said)

    def open_tab(self, name: str) -> None:
        """Bring a tab to the front by its title."""
        titles = [self._tabs.tabText(index) for index in range(self._tabs.count())]
        self._tabs.setCurrentIndex(titles.index(name))

    def show_comparison(self, comparison: Comparison) -> None:
        """Show other sides, or the same further on."""
        self._verdict.setText(_verdict(comparison))
        nothing = "" if comparison.rated else _NONE_RATED
        self._ratio.show_comparison(comparison, _no_ratio(comparison) or nothing)
        self._tail.show_comparison(comparison, nothing)
        self._differences.show_comparison(comparison)
        self._tests.show_comparison(comparison)
        self._hits.show_comparison(comparison)

    def _lay_out(self) -> None:
        self._tabs.addTab(self._ratio, "Ratio to the odds")
        self._tabs.addTab(self._tail, "Share at least")
        self._tabs.addTab(self._differences, "Differences")
        self._tabs.addTab(self._tests, "Tests")
        self._tabs.addTab(self._hits, "Hits")
        card = Card()
        card.add(self._tabs, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(self._verdict)
        column.addWidget(card, 1)

    @Slot(int)
    def _tab_changed(self, _index: int) -> None:
        if self._tabs.currentWidget() is self._hits:
            self._hits.ask_once()


def _no_ratio(comparison: Comparison) -> str:
    """Give why results cannot stand side by side; empty when they can."""
    if comparison.difficulty is not None:
        return ""
    named = {side.source.difficulty.label: None for side in comparison.sides}
    return (
        f"{' and '.join(named)} have tables of their own, so results cannot stand side by side. "
        "“Share at least” shows them together."
    )


def _verdict(comparison: Comparison) -> str:
    test = comparison.together
    if test.p_value is None:
        return test.reason
    words = f"{p_value_text(test.p_value)}: {test.reading}"
    return f"All together, {words}" if comparison.pairs else words
