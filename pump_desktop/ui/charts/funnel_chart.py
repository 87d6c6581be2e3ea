"""A funnel: each pair's hits over expected hits, against the limits fair pairs keep to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from pump_desktop.qt.text.numbers import count_text, grouped, p_value_text
from pump_desktop.ui.charts.axes import CountAxis, RatioAxis
from pump_desktop.ui.charts.curve import Curve
from pump_desktop.ui.charts.kit import Chart, Place

if TYPE_CHECKING:
    from pump_desktop.stats.funnel import Funnel

Floats = NDArray[np.float64]

# Expectations further apart than this need a log scale to be seen side by side.
_WIDE_SPAN = 20.0
# Dots that would hide each other stand side by side: so many fit along the chart, in so many bands.
_PER_WIDTH, _BANDS = 80, 60
# Pairs with one expectation spread over at most this share of the width; alone they may take all of it.
_SPREAD, _SPREAD_ALONE = 0.05, 0.8
_DOT, _DOT_OUTSIDE = 7, 9
_SMALL = 5.0


class FunnelChart(Chart):
    """One batch; ``pair_picked`` carries the number of a pair that was clicked or chosen with Enter."""

    pair_picked = Signal(int)

    hint = "Point at a pair, or walk with the arrow keys, for its figures. Enter or a click opens its run."

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "Funnel of the batch", CountAxis("Expected hits"), RatioAxis("Hits / expected"), parent
        )
        self._funnel: Funnel | None = None
        self._x: Floats = np.empty(0)
        self._y: Floats = np.empty(0)
        self._order: NDArray[np.int64] = np.empty(0, np.int64)
        self._centre = pg.InfiniteLine(pos=1, angle=0, movable=False)
        self._wide = Curve()
        self._narrow = Curve()
        self._dots = pg.ScatterPlotItem(pxMode=True)
        for item in (self._centre, self._wide, self._narrow, self._dots):
            self.addItem(item, ignoreBounds=True)
        self.picked.connect(self._picked)

    def set_funnel(self, funnel: Funnel | None) -> None:
        """Show another batch, or nothing."""
        self.point_nowhere()
        self._funnel = funnel
        if funnel is None:
            self._x = self._y = np.empty(0)
        else:
            expected = funnel.expected
            self.bottom.set_log(bool(expected.max() > _WIDE_SPAN * expected.min()))
            self._y = funnel.ratios
            self._frame(funnel)
        self._draw()

    def data_text(self) -> str:
        """Give a line for each pair, with its limits as counts."""
        heading = "pair\tnonces\thits\texpected\tratio\tlow 95 %\thigh 95 %\tlow 99.8 %\thigh 99.8 %\tp\n"
        shown = self._funnel
        if shown is None:
            return heading
        lines = []
        for i, p in enumerate(shown.p_values.tolist()):
            bounds = "\t".join(f"{shown.low[row, i]}\t{shown.high[row, i]}" for row in range(2))
            figures = f"{shown.hits[i]}\t{shown.expected[i]:.10g}\t{self._y[i]:.6g}"
            tested = "" if np.isnan(p) else f"{p:.6g}"
            lines.append(f"{shown.numbers[i]}\t{shown.nonces[i]}\t{figures}\t{bounds}\t{tested}\n")
        return heading + "".join(lines)

    def _frame(self, funnel: Funnel) -> None:
        """Find the room for all pairs and their limits, and a place for each dot."""
        places = self.bottom.place(funnel.expected)
        alone = len(np.unique(places)) == 1
        span = float(np.ptp(places))
        air = 0.06 * span if not alone else max(0.5 * float(places[0]), 0.5)
        left, right = float(places.min()) - air, float(places.max()) + air
        ample = funnel.expected >= 1
        reach = np.where(ample, np.maximum(self._y, funnel.high[1] / funnel.expected), self._y)
        deep = np.where(ample, np.minimum(self._y, funnel.low[1] / funnel.expected), self._y)
        top, bottom = max(float(reach.max()), 1.0), min(float(deep.min()), 1.0)
        pad = 0.08 * max(top - bottom, 0.02)
        share = _SPREAD_ALONE if alone else _SPREAD
        moved = places + _side_by_side(places, self._y, right - left, top - bottom + 2 * pad, share)
        self._x = np.array([self.bottom.value(place) for place in moved])
        self._order = np.lexsort((self._y, places))
        self.set_whole(left, right, bottom - pad, top + pad)

    def _draw(self) -> None:
        theme, shown = self.theme, self._funnel
        self._centre.setPen(pg.mkPen(theme.color("expected"), width=1.5))
        self._centre.setVisible(shown is not None)
        self._narrow.setPen(pg.mkPen(theme.color("text.secondary"), width=1, style=Qt.PenStyle.DashLine))
        self._wide.setPen(pg.mkPen(theme.color("text.secondary"), width=1))
        if shown is None:
            for item in (self._narrow, self._wide):
                item.setData([], [])
            self._dots.clear()
            return
        for row, item in enumerate((self._narrow, self._wide)):
            item.setData(*self._limit_lines(shown, row))
        outside = (shown.hits < shown.low[0]) | (shown.hits > shown.high[0])
        small = shown.expected < _SMALL
        accent, ink = theme.color("accent", 0.75), theme.color("text.primary")
        clear = pg.mkBrush(None)
        rim, bold = pg.mkPen(theme.color("accent"), width=1.2), pg.mkPen(ink, width=1.5)
        full = pg.mkBrush(accent)
        self._dots.setData(
            x=self.bottom.place(self._x),
            y=self._y,
            size=np.where(outside, _DOT_OUTSIDE, _DOT),
            brush=[clear if few else full for few in small],
            pen=[bold if out else rim for out in outside],
        )

    def _limit_lines(self, shown: Funnel, row: int) -> tuple[Floats, Floats]:
        """Give the lower and upper limit of a level as lines broken by NaN, one pair of lines a chance."""
        gap = np.array([np.nan])
        drawn = [limit for limit in shown.limits if limit.level == shown.outside[row].level]
        if len(np.unique(shown.expected)) == 1:
            # The dots stand side by side, so their common limits do, too.
            ends, here = np.array([self._whole.left(), self._whole.right()]), shown.expected[0]
            pieces = [
                (ends, np.full(2, np.interp(here, limit.expected, hits) / here))
                for limit in drawn
                for hits in (limit.low, limit.high)
            ]
        else:
            pieces = [
                (self.bottom.place(limit.expected), hits / limit.expected)
                for limit in drawn
                for hits in (limit.low, limit.high)
            ]
        xs = np.concatenate([part for x, _ in pieces for part in (x, gap)])
        ys = np.concatenate([part for _, y in pieces for part in (y, gap)])
        return xs, ys

    def _nearest(self, x: float, y: float) -> int | None:
        if not len(self._x):
            return None
        (x0, x1), (y0, y1) = self.plotItem.vb.viewRange()
        across = (self.bottom.place(self._x) - float(self.bottom.place(x))) / max(x1 - x0, 1e-12)
        along = (self._y - y) / max(y1 - y0, 1e-12)
        return int(np.argmin(across**2 + along**2))

    def _snap(self, x: float, y: float) -> Place | None:
        i = self._nearest(x, y)
        return None if i is None else (float(self._x[i]), float(self._y[i]))

    def _next(self, x: float, y: float, right: int, up: int) -> Place:
        i = self._nearest(x, y)
        if i is None:
            return x, y
        order = self._order if right else np.argsort(self._y, kind="stable")
        here = int(np.flatnonzero(order == i)[0])
        there = int(order[min(max(here + right + up, 0), len(order) - 1)])
        return float(self._x[there]), float(self._y[there])

    def _sentence_at(self, x: float, y: float) -> str:
        i, shown = self._nearest(x, y), self._funnel
        if i is None or shown is None:
            return ""
        p = float(shown.p_values[i])
        test = "too few expected for a test" if np.isnan(p) else p_value_text(p)
        return (
            f"pair {grouped(int(shown.numbers[i]))}: {grouped(int(shown.hits[i]))} hits, "
            f"{count_text(float(shown.expected[i]))} expected; "
            f"95 % limits {grouped(int(shown.low[0, i]))} to {grouped(int(shown.high[0, i]))}; {test}"
        )

    @Slot(float, float)
    def _picked(self, x: float, y: float) -> None:
        i = self._nearest(x, y)
        if i is not None and self._funnel is not None:
            self.pair_picked.emit(int(self._funnel.numbers[i]))


def _side_by_side(places: Floats, heights: Floats, width: float, height: float, share: float) -> Any:
    """Give how far each dot moves sideways so that dots of one place and height do not hide each other."""
    band = np.floor(heights / (height / _BANDS)).astype(np.int64)
    # Dots of one place and band stand next to each other in this order.
    order = np.lexsort((heights, band, places))
    new = np.ones(len(order), np.bool_)
    new[1:] = (np.diff(places[order]) != 0) | (np.diff(band[order]) != 0)
    starts = np.flatnonzero(new)
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    # 0, 1, -1, 2, -2, … steps from the middle.
    steps = np.where(rank % 2, (rank + 1) // 2, -(rank // 2))
    most = int(np.abs(steps).max()) if len(steps) else 0
    step = min(width / _PER_WIDTH, width * share / 2 / most) if most else 0.0
    moved = np.empty(len(order))
    moved[order] = steps * step
    return moved
