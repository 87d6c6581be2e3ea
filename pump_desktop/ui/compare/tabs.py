"""The Differences and Tests tabs of a comparison: figures side by side, and whether they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Appearance, Space
from pump_desktop.qt.tables.compare import CompareModel, Figure, SidesModel, TestsModel, figure_column
from pump_desktop.qt.text.numbers import counted
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.charts.frame import ChartFrame
from pump_desktop.ui.charts.legend import Legend
from pump_desktop.ui.charts.overlay_chart import OverlayChart
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.layout import STRETCH, hbox, pages, stretch, vbox
from pump_desktop.ui.kit.segmented import Segment, Segmented
from pump_desktop.ui.kit.table import BigTable, Column
from pump_desktop.ui.kit.text import Label, SectionTitle

if TYPE_CHECKING:
    from pump_desktop.services.compare.compare import Comparison


class CompareChart(QWidget):
    """``said`` and ``refused`` carry what came of copies and pictures."""

    said = Signal(str)
    refused = Signal(str)

    def __init__(
        self, chart: OverlayChart, asker: Asker, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.chart = chart
        self.legend = Legend(())
        self.frame = ChartFrame(chart, asker, appearance, self.legend)
        self._nothing = EmptyState("compare", "")
        self._stack = pages(self.frame, self._nothing)
        vbox(self._stack, into=self, margins=(0, Space.M, 0, 0))
        self.frame.said.connect(self.said)
        self.frame.refused.connect(self.refused)

    def show_comparison(self, comparison: Comparison, why_not: str) -> None:
        """Draw other sides, with the crosshair where a person pointed; or say why that cannot be."""
        at = self.chart.at
        self.chart.show_comparison(comparison)
        if at is not None:
            self.chart.point_at(*at)
        self.legend.set_entries(self.chart.entries())
        if why_not:
            self._nothing.set_sentence(why_not)
        self._stack.setCurrentWidget(self._nothing if why_not else self.frame)


_ENTRY = (Column(124, numeric=True, sortable=False), Column(124, numeric=True, sortable=False))
_FIGURE = (
    Column(92, numeric=True, sortable=False),
    Column(102, numeric=True, sortable=False),
    Column(76, numeric=True, sortable=False),
)
_SIDES = (
    Column(40, sortable=False),
    Column(140, stretch=True, sortable=False),
    Column(82, sortable=False),
    Column(96, numeric=True, sortable=False),
    Column(120, numeric=True, sortable=False),
    Column(76, numeric=True, sortable=False),
    Column(76, numeric=True, sortable=False),
    Column(140, numeric=True, sortable=False),
)
_TESTS = (
    Column(112, sortable=False),
    Column(96, numeric=True, sortable=False),
    Column(88, numeric=True, sortable=False),
    Column(84, numeric=True, sortable=False),
    Column(84, numeric=True, sortable=False),
    Column(320, stretch=True, sortable=False),
)
_ALL = "all"
# With more sides than this one figure at a time is easier to read.
_SIDES_WITH_ALL = 3


class DifferencesTab(QWidget):
    """Count, share and ratio to the odds of each table entry on every side; ``said`` tells of copies."""

    said = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sides = 0
        self._figures = Segmented(
            [
                Segment(_ALL, "All"),
                Segment(Figure.COUNT.name, "Counts"),
                Segment(Figure.SHARE.name, "Shares"),
                Segment(Figure.RATIO.name, "Ratios"),
            ],
            _ALL,
            "Figures",
        )
        self._figures.set_least_width(270)
        self._model = CompareModel(self)
        self._table = BigTable("Differences")
        self._table.setModel(self._model)
        note = Label(
            "Ratio is observed over expected: 1 is as the odds have it.", size=Type.HINT, ink="muted"
        )
        vbox(
            hbox(self._figures, note, STRETCH, spacing=Space.L),
            stretch(self._table),
            into=self,
            margins=(0, Space.M, 0, 0),
            spacing=Space.M,
        )
        self._figures.changed.connect(self._choose)
        self._table.copied.connect(self._copied)

    def show_comparison(self, comparison: Comparison) -> None:
        """Show other sides."""
        more = len(comparison.sides)
        self._model.set_comparison(comparison)
        if more != self._sides:
            self._table.set_columns((*_ENTRY, *(_FIGURE * more)))
            self._sides = more
            self._figures.set_value(_ALL if more <= _SIDES_WITH_ALL else Figure.RATIO.name)
        self._table.fit_contents()
        self._choose(self._figures.value or _ALL)

    @Slot(str)
    def _choose(self, name: str) -> None:
        shown = set(Figure) if name == _ALL else {Figure[name]}
        self._table.set_hidden_columns(
            figure_column(side, figure)
            for side in range(self._sides)
            for figure in Figure
            if figure not in shown
        )

    @Slot(int)
    def _copied(self, rows: int) -> None:
        self.said.emit(f"{counted(rows, 'row')} copied")


class TestsTab(QWidget):
    """The sides as wholes, and the tests of all together and of each pair."""

    # Its name begins as a test's does; it holds none.
    __test__ = False

    said = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sides_model = SidesModel(self)
        self._tests_model = TestsModel(self)
        self._sides = BigTable("Sides", _SIDES)
        self._tests = BigTable("Tests", _TESTS)
        for table, model, columns in (
            (self._sides, self._sides_model, _SIDES),
            (self._tests, self._tests_model, _TESTS),
        ):
            table.setModel(model)
            table.set_columns(columns)
            table.copied.connect(self._copied)
        # In a low window both scroll.
        self._sides.stand_in_rows(least=2)
        self._tests.stand_in_rows(least=4)
        self._note = Label("", size=Type.HINT, ink="muted", wrap=True)
        vbox(
            self._sides,
            Space.S,
            SectionTitle("Do they follow one law?"),
            self._note,
            stretch(self._tests),
            into=self,
            margins=(0, Space.M, 0, 0),
            spacing=Space.S,
        )

    def show_comparison(self, comparison: Comparison) -> None:
        """Show other sides."""
        self._sides_model.set_comparison(comparison)
        self._tests_model.set_comparison(comparison)
        self._sides.stand_in_rows(least=2, most=len(comparison.sides))
        made = sum(test.p_value is not None for test in comparison.pairs)
        words = (
            "Chi-square test of homogeneity. Neighbouring results are pooled "
            "until each group expects 5 or more on every side."
        )
        if made > 1:
            words += f" The {made} tests of pairs are corrected together, by Holm."
        self._note.setText(words)

    @Slot(int)
    def _copied(self, rows: int) -> None:
        self.said.emit(f"{counted(rows, 'row')} copied")
