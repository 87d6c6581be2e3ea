"""Gaps between hits as a histogram, with the geometric law as an outline; counts log or linear."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QWidget

from pump_desktop.qt.text.numbers import count_text, grouped
from pump_desktop.ui.charts.axes import CountAxis, NonceAxis
from pump_desktop.ui.charts.curve import Curve
from pump_desktop.ui.charts.kit import Chart, Place
from pump_desktop.ui.charts.shapes import steps

if TYPE_CHECKING:
    from pump_desktop.stats.run_gaps import GapBin


class GapHistogram(Chart):
    """How many gaps of which length came, and how many the law expects."""

    hint = "Point at a bar, or walk with the arrow keys, for its figures."

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Histogram of gaps", NonceAxis("Gap in nonces"), CountAxis("Gaps"), parent, zoom="x")
        self._bins: tuple[GapBin, ...] = ()
        self._bars = pg.BarGraphItem(x0=[], x1=[], height=[])
        self._law = Curve()
        for item in (self._bars, self._law):
            self.addItem(item)

    def set_bins(self, bins: tuple[GapBin, ...]) -> None:
        """Show another histogram."""
        self.point_nowhere()
        self._bins = bins
        self._draw()

    def set_log(self, log: bool) -> None:
        """Change the scale of the counts."""
        self.point_nowhere()
        self.left.set_log(log)
        self._draw()

    def data_text(self) -> str:
        """Give one line per cell."""
        lines = ["from_gap\tto_gap\tobserved\texpected"]
        lines += [f"{cell.low}\t{cell.high}\t{cell.observed}\t{cell.expected:.6g}" for cell in self._bins]
        return "\n".join(lines) + "\n"

    def _draw(self) -> None:
        bins, counts = self._bins, self.left
        if not bins:
            return
        edges = np.array([bins[0].low - 0.5, *(cell.high + 0.5 for cell in bins)])
        floor = float(counts.place(0))
        observed = counts.place([cell.observed for cell in bins])
        expected = counts.place([cell.expected for cell in bins])
        # A sliver of air between the bars; touching ones would read as one body.
        air = (edges[1] - edges[0]) * 0.06
        self._bars.setOpts(
            x0=edges[:-1] + air,
            x1=edges[1:] - air,
            y0=np.full(len(bins), floor),
            height=observed - floor,
            brush=self.theme.color("accent"),
            pen=pg.mkPen(None),
        )
        self._law.setData(*steps(edges, expected, floor))
        self._law.setPen(pg.mkPen(self.theme.color("expected"), width=1.5))
        top = float(max(observed.max(), expected.max()))
        side = (edges[-1] - edges[0]) * 0.01
        self.set_whole(edges[0] - side, edges[-1] + side, floor, top + max(top - floor, 0.1) * 0.06)

    def _bin_at(self, gap: float) -> int:
        return min(bisect_left([cell.high + 0.5 for cell in self._bins], gap), len(self._bins) - 1)

    def _snap(self, x: float, y: float) -> Place | None:
        return self._middle(self._bin_at(x)) if self._bins else None

    def _next(self, x: float, y: float, right: int, up: int) -> Place:
        return self._middle(min(max(self._bin_at(x) + right, 0), len(self._bins) - 1))

    def _middle(self, place: int) -> Place:
        cell = self._bins[place]
        return (cell.low + cell.high) / 2, float(cell.observed)

    def _sentence_at(self, x: float, y: float) -> str:
        place = self._bin_at(x)
        cell = self._bins[place]
        last = place == len(self._bins) - 1
        span = f"from {grouped(cell.low)} on" if last else f"{grouped(cell.low)} to {grouped(cell.high)}"
        if not last and cell.low == cell.high:
            span = f"of {grouped(cell.low)}"
        return f"Gaps {span}: {grouped(cell.observed)} observed, {count_text(cell.expected)} expected"
