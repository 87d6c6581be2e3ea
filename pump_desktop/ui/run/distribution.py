"""The Distribution tab: chart and table of the same figures, selection linked both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from pump_desktop.qt.look.theme import Appearance, Space
from pump_desktop.qt.tables.run_figures import DistributionColumn, DistributionModel
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.charts.distribution_chart import DistributionChart
from pump_desktop.ui.charts.frame import ChartFrame
from pump_desktop.ui.charts.legend import Legend
from pump_desktop.ui.kit.layout import vbox
from pump_desktop.ui.kit.segmented import Segment, Segmented
from pump_desktop.ui.kit.table import BigTable, Column

if TYPE_CHECKING:
    from pump_desktop.stats.distribution import Distribution

_COLUMNS = (
    Column(118, numeric=True, sortable=False),
    Column(118, numeric=True, sortable=False),
    Column(82, numeric=True, sortable=False),
    Column(82, numeric=True, sortable=False),
    Column(62, numeric=True, sortable=False),
    Column(144, numeric=True, sortable=False),
)

_WIDE = 1000
_SCROLL_BAR = 24
_LEFT_OUT = (int(DistributionColumn.ODDS), int(DistributionColumn.INTERVAL))


class DistributionTab(QWidget):
    """Observed against expected for one run; ``said`` and ``refused`` tell of copies and pictures."""

    said = Signal(str)
    refused = Signal(str)

    def __init__(self, asker: Asker, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._narrow: bool | None = None
        self._chart = DistributionChart()
        self._scale = Segmented(
            [Segment("log", "Log"), Segment("linear", "Linear")], "log", "Scale of counts"
        )
        self._scale.set_least_width(160)
        legend = Legend(
            (
                ("bar", "accent", "Observed"),
                ("outline", "expected", "Expected"),
                ("whisker", "text.primary", "95 % interval"),
            )
        )
        self._frame = ChartFrame(self._chart, asker, appearance, legend, [self._scale])
        self._model = DistributionModel(self)
        self._table = BigTable("Distribution table", _COLUMNS)
        self._table.setObjectName("kept.distribution")
        self._table.setModel(self._model)
        self._table.set_columns(_COLUMNS)
        self._table.setSelectionMode(BigTable.SelectionMode.SingleSelection)
        self._lay_out()

        self._scale.changed.connect(self._scale_changed)
        self._chart.selected.connect(self._bar_selected)
        self._frame.said.connect(self.said)
        self._frame.refused.connect(self.refused)
        self._table.selectionModel().selectionChanged.connect(self._row_selected)

    def show_distribution(self, distribution: Distribution) -> None:
        """Show another run's figures."""
        self._model.set_distribution(distribution)
        self._table.fit_contents()
        self._share()
        self._chart.select(None)
        self._chart.set_distribution(distribution)
        self._chart.point_nowhere()

    def show_linear_with(self, safe_pumps: int) -> None:
        """Change to the linear scale and select one result."""
        self._scale.set_value("linear")
        self._chart.set_log(False)
        self._bar_selected(safe_pumps)

    def _lay_out(self) -> None:
        left = QWidget()
        vbox(self._frame, into=left, margins=(0, 0, Space.M, 0))
        self._split = split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("kept.distribution")
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(self._table)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 0)
        self._table.setMinimumWidth(300)
        left.setMinimumWidth(320)
        vbox(split, into=self, margins=(0, Space.M, 0, 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what the chart's reading line also says when both would be too narrow."""
        super().resizeEvent(event)
        narrow = event.size().width() < _WIDE
        if narrow != self._narrow:
            self._narrow = narrow
            self._table.leave_out(_LEFT_OUT if narrow else ())
            self._share()

    def _share(self) -> None:
        """Give the table what its columns need, and the chart the rest, unless a person moved the border."""
        if self._split.property("chosen"):
            return
        table = self._table.least_width(_LEFT_OUT if self._narrow else ()) + _SCROLL_BAR
        self._split.setSizes([max(self.width() - table, 320), table])

    @Slot(str)
    def _scale_changed(self, value: str) -> None:
        self._chart.set_log(value == "log")

    @Slot(int)
    def _bar_selected(self, k: int) -> None:
        flags = QItemSelectionModel.SelectionFlag
        index = self._model.index(k, 0)
        chosen = flags.ClearAndSelect | flags.Rows
        self._table.selectionModel().setCurrentIndex(index, chosen)
        self._table.scrollTo(index)

    @Slot(QItemSelection, QItemSelection)
    def _row_selected(self, _now: QItemSelection, _before: QItemSelection) -> None:
        rows = self._table.selected_rows()
        self._chart.select(rows[0][0] if rows else None)
