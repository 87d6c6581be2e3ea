"""A chart of several sides with its legend, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from pump_desktop.qt.look.theme import Appearance, Space
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.charts.frame import ChartFrame
from pump_desktop.ui.charts.legend import Legend
from pump_desktop.ui.charts.overlay_chart import OverlayChart
from pump_desktop.ui.widgets.empty import EmptyState

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
        self._stack = QStackedWidget()
        self._stack.addWidget(self.frame)
        self._stack.addWidget(self._nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.M, 0, 0)
        column.addWidget(self._stack)
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
