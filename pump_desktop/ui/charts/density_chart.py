"""Hits per bucket of nonces with the band chance allows, under a strip that shows them as shades."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QWidget

from pump_desktop.qt.look.theme import Theme
from pump_desktop.qt.text.numbers import count_text, grouped
from pump_desktop.ui.charts.axes import CountAxis, NonceAxis
from pump_desktop.ui.charts.curve import Curve
from pump_desktop.ui.charts.kit import Chart, Place
from pump_desktop.ui.charts.shapes import steps

if TYPE_CHECKING:
    from pump_desktop.stats.density import Density

# Heights as shares of the chart below the strip: its foot, its top, and the upper edge of everything.
_STRIP_FOOT, _STRIP_TOP, _TOP = 1.10, 1.26, 1.28
_SHADES = 256
_COLUMNS = 500


def shades(theme: Theme) -> NDArray[np.uint8]:
    """Give 256 colours from a quiet ground to the accent."""
    low, high = theme.color("surface.raised"), theme.color("accent")
    ends = zip((low.red(), low.green(), low.blue()), (high.red(), high.green(), high.blue()), strict=True)
    return np.column_stack([np.linspace(start, end, _SHADES) for start, end in ends]).astype(np.uint8)


class DensityChart(Chart):
    """One density; ``picked`` carries a place in the bucket that was chosen, ``bucket_at`` gives it."""

    hint = "Point at a bucket, or walk with the arrow keys, for its figures. Enter or a click shows its hits."

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Hits per bucket", NonceAxis("Nonce"), _LowCountAxis("Hits"), parent, zoom="x")
        self._density: Density | None = None
        self._band = QGraphicsPathItem()
        self._hits = Curve()
        self._expected = Curve()
        self._outside = pg.ScatterPlotItem(size=6, pen=None)
        self._strip = pg.ImageItem(axisOrder="row-major")
        for item in (self._band, self._hits, self._expected, self._outside, self._strip):
            self.addItem(item)
        # Empty until there is a density.
        self._strip.hide()

    def set_density(self, density: Density) -> None:
        """Show another density."""
        self.point_nowhere()
        self._density = density
        self._draw()

    def bucket_at(self, nonce: float) -> tuple[int, int] | None:
        """Give first and last nonce of the bucket around a nonce."""
        if self._density is None:
            return None
        place = self._place(nonce)
        first = self._density.first_nonce + place * self._density.bucket_size
        return first, first + int(self._density.rounds[place]) - 1

    def data_text(self) -> str:
        """Give one line per bucket."""
        lines = ["from_nonce\tto_nonce\thits\texpected\tlow\thigh"]
        if (found := self._density) is not None:
            first = found.first_nonce + np.arange(len(found.hits)) * found.bucket_size
            columns = (first, first + found.rounds - 1, found.hits, found.low, found.high)
            expected = found.rounds * found.probability
            lines += [
                f"{a}\t{b}\t{hits}\t{mean:.6g}\t{low}\t{high}"
                for (a, b, hits, low, high), mean in zip(
                    zip(*(column.tolist() for column in columns), strict=True), expected.tolist(), strict=True
                )
            ]
        return "\n".join(lines) + "\n"

    def _draw(self) -> None:
        found, theme = self._density, self.theme
        if found is None:
            return
        edges = found.first_nonce - 0.5 + np.append(np.arange(len(found.hits)) * found.bucket_size, 0.0)
        edges[-1] = found.last_nonce + 0.5
        top = max(float(found.hits.max()), float(found.high.max()), 1.0) * 1.04
        self.left.highest = top
        xs, ys = steps(edges, found.hits, 0.0)
        # Without its two sides: there is nothing to fill, and they would read as drops to zero.
        self._hits.setData(xs[1:-1], ys[1:-1])
        self._hits.setPen(pg.mkPen(theme.color("accent"), width=1))
        self._draw_band(edges)
        outside = np.flatnonzero((found.hits < found.low) | (found.hits > found.high))
        middles = (edges[:-1] + edges[1:]) / 2
        self._outside.setData(
            x=middles[outside], y=found.hits[outside], brush=theme.color("accent"), pen=None
        )
        self._draw_strip(float(edges[0]), top)
        self.set_whole(edges[0], edges[-1], 0.0, top * _TOP)

    def _draw_band(self, edges: NDArray[np.float64]) -> None:
        """Draw band and expected line; buckets of one length share theirs, so this is two boxes at most."""
        found = self._density
        if found is None:
            return
        starts = np.flatnonzero(np.diff(found.rounds, prepend=-1)).tolist()
        path, xs, ys = QPainterPath(), [], []
        for start, stop in zip(starts, [*starts[1:], len(found.rounds)], strict=True):
            left, right = float(edges[start]), float(edges[stop])
            # A count of hits stands for its whole unit: the band reaches half a hit beyond its ends.
            low, high = max(float(found.low[start]) - 0.5, 0.0), float(found.high[start]) + 0.5
            path.addRect(QRectF(left, low, right - left, high - low))
            mean = float(found.rounds[start]) * found.probability
            xs += [left, right, np.nan]
            ys += [mean, mean, np.nan]
        self._band.setPath(path)
        self._band.setPen(QPen(Qt.PenStyle.NoPen))
        self._band.setBrush(self.theme.color("expected", 0.16))
        self._expected.setData(np.array(xs), np.array(ys))
        self._expected.setPen(pg.mkPen(self.theme.color("expected"), width=1.5))

    def _draw_strip(self, left: float, top: float) -> None:
        found = self._density
        if found is None:
            return
        # Shades run from twice the band's reach below the middle to twice above: the same for every size.
        middle, reach = (found.low + found.high) / 2, np.maximum(found.high - found.low, 1)
        least = np.maximum(middle - reach, 0)
        share = np.clip((found.hits - least) / (middle + reach - least), 0, 1)
        # Where the screen has fewer pixels than there are buckets, the strongest of some stands for them: a
        # lone hit must not fall between two pixels.
        together = -(-len(share) // _COLUMNS)
        share = np.pad(share, (0, -len(share) % together)).reshape(-1, together).max(axis=1)
        self._strip.setImage(share[None, :], autoLevels=False, levels=(0, 1), lut=shades(self.theme))
        # Of a shorter last column the view cuts off what is too much.
        width = float(len(share) * together * found.bucket_size)
        height = top * (_STRIP_TOP - _STRIP_FOOT)
        self._strip.setRect(QRectF(left, top * _STRIP_FOOT, width, height))
        self._strip.show()

    def _place(self, nonce: float) -> int:
        found = self._density
        if found is None:
            return 0
        place = int((nonce - found.first_nonce + 0.5) // found.bucket_size)
        return min(max(place, 0), len(found.hits) - 1)

    def _middle(self, place: int) -> Place:
        found = self._density
        if found is None:
            return 0.0, 0.0
        first = found.first_nonce + place * found.bucket_size
        return first + (float(found.rounds[place]) - 1) / 2, float(found.hits[place])

    def _snap(self, x: float, y: float) -> Place | None:
        return None if self._density is None else self._middle(self._place(x))

    def _next(self, x: float, y: float, right: int, up: int) -> Place:
        found = self._density
        return (x, y) if found is None else self._middle(self._place(x) + (right or up))

    def _sentence_at(self, x: float, y: float) -> str:
        found, span = self._density, self.bucket_at(x)
        if found is None or span is None:
            return ""
        place = self._place(x)
        hits = int(found.hits[place])
        low, high = int(found.low[place]), int(found.high[place])
        nonces = f"Nonce {grouped(span[0])}" if span[0] == span[1] else f"Nonces {_range(*span)}"
        verdict = "" if low <= hits <= high else ", outside the band"
        return (
            f"{nonces}: {grouped(hits)} {'hit' if hits == 1 else 'hits'}, "
            f"{count_text(float(found.rounds[place]) * found.probability)} expected, "
            f"95 % band {grouped(low)} to {grouped(high)}{verdict}"
        )


class _LowCountAxis(CountAxis):
    """Counts of the chart below the strip; beside the strip there is nothing to count."""

    highest = np.inf

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Leave out ticks beside the strip."""
        return [
            (step, [value for value in values if value <= self.highest])
            for step, values in super().tickValues(low, high, size)
        ]


def _range(first: int, last: int) -> str:
    return f"{grouped(first)} – {grouped(last)}"
