"""Observed counts as bars, the expected law as an outline, intervals as whiskers; log or linear."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from pump_desktop.qt.text.numbers import count_text, grouped, multiplier_text, odds_text
from pump_desktop.ui.charts.axes import CountAxis, ResultAxis
from pump_desktop.ui.charts.curve import Curve
from pump_desktop.ui.charts.kit import Chart, Place
from pump_desktop.ui.charts.shapes import boxes, whiskers

if TYPE_CHECKING:
    from pump_desktop.stats.distribution import Distribution, DistributionRow

_BAR = 0.62
_STEP = 0.86
_WHISKER = 0.18


class DistributionChart(Chart):
    """One distribution; ``selected`` carries the k of a clicked bar, ``hovered`` a sentence about it."""

    selected = Signal(int)

    hint = "Point at a bar, or walk with the arrow keys, for its figures."

    def __init__(self, parent: QWidget | None = None) -> None:
        self._counts = CountAxis(log=True)
        self._multipliers = ResultAxis()
        super().__init__("Distribution chart", self._multipliers, self._counts, parent, zoom="none")
        self._rows: tuple[DistributionRow, ...] = ()
        self._chosen: int | None = None
        self._bars = pg.BarGraphItem(x=[], height=[], width=_BAR)
        self._steps = Curve()
        self._whiskers = Curve()
        for item in (self._bars, self._steps, self._whiskers):
            self.addItem(item)
        self.picked.connect(self._bar_picked)

    def set_distribution(self, distribution: Distribution) -> None:
        """Show another distribution."""
        self._rows = distribution.rows
        nonces = grouped(distribution.count)
        self.set_caption(f"{distribution.difficulty.label}: results of {nonces} nonces")
        self._multipliers.set_labels([multiplier_text(row.multiplier) for row in self._rows])
        self._draw()

    def set_log(self, log: bool) -> None:
        """Change the scale of the counts."""
        self.point_nowhere()
        self._counts.set_log(log)
        self._draw()

    def select(self, safe_pumps: int | None) -> None:
        """Mark one bar."""
        if safe_pumps != self._chosen:
            self._chosen = safe_pumps
            self._draw()

    def data_text(self) -> str:
        """Give one line per result."""
        lines = ["multiplier\tprobability\tobserved\texpected\tlow\thigh"]
        lines += [
            f"{row.multiplier}\t{row.probability:.12g}\t{row.observed}\t{row.expected:.6g}"
            f"\t{row.low:.6g}\t{row.high:.6g}"
            for row in self._rows
        ]
        return "\n".join(lines) + "\n"

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk along the bars with the arrow keys."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or not self._rows:
            super().keyPressEvent(event)
            return
        start = -1 if self._chosen is None else self._chosen
        k = min(max(start + step, 0), len(self._rows) - 1)
        self._bar_picked(k, 0.0)
        self.point_at(k, 0.0, spoken=True)

    def _draw(self) -> None:
        rows, theme, counts = self._rows, self.theme, self._counts
        if not rows:
            return
        floor = float(counts.place(0))
        x = np.arange(len(rows), dtype=float)
        observed = counts.place([row.observed for row in rows])
        expected = counts.place([row.expected for row in rows])
        low = counts.place([row.low for row in rows])
        high = counts.place([row.high for row in rows])
        colours = [
            theme.color("accent", 1.0 if self._chosen in {None, k} else 0.45) for k in range(len(rows))
        ]
        self._bars.setOpts(
            x=x,
            y0=np.full(len(rows), floor),
            height=observed - floor,
            width=_BAR,
            brushes=colours,
            pen=pg.mkPen(None),
        )
        self._steps.setData(*boxes(x - _STEP / 2, x + _STEP / 2, expected, floor))
        self._steps.setPen(pg.mkPen(theme.color("expected"), width=1.5))
        self._whiskers.setData(*whiskers(x, low, high, _WHISKER))
        self._whiskers.setPen(pg.mkPen(theme.color("text.primary"), width=1))
        top = float(max(expected.max(), high.max()))
        self.set_whole(-0.6, len(rows) - 0.4, floor, top + (top - floor) * 0.06)

    def _snap(self, x: float, y: float) -> Place | None:
        k = round(x)
        return (float(k), float(self._rows[k].observed)) if 0 <= k < len(self._rows) else None

    def _sentence_at(self, x: float, y: float) -> str:
        row = self._rows[round(x)]
        return (
            f"{multiplier_text(row.multiplier)} ({odds_text(row.probability)}): "
            f"{grouped(row.observed)} observed, {count_text(row.expected)} expected, "
            f"95 % interval {count_text(row.low)} to {count_text(row.high)}"
        )

    @Slot(float, float)
    def _bar_picked(self, x: float, _y: float) -> None:
        self.select(round(x))
        self.selected.emit(round(x))
