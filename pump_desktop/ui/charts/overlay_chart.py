"""Several runs in one chart: each result against its odds, and how often at least a multiplier came."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QPainterPath, QTransform
from PySide6.QtWidgets import QWidget

from pump_desktop.domain.game import PAYOUTS, p_at_least
from pump_desktop.qt.look.fonts import ui_font
from pump_desktop.qt.look.theme import SERIES
from pump_desktop.qt.text.numbers import count_text, grouped, multiplier_text, odds_text, percent_text
from pump_desktop.ui.charts.axes import Axis, MultiplierAxis, RatioAxis, ResultAxis, ShareAxis
from pump_desktop.ui.charts.curve import Curve
from pump_desktop.ui.charts.kit import Chart, Place
from pump_desktop.ui.charts.legend import Entries
from pump_desktop.ui.charts.shapes import steps, whiskers

if TYPE_CHECKING:
    from pump_desktop.services.compare.compare import Comparison

# An interval is drawn no matter how wide; one that expects less than this sets no scale and is pale.
_ENOUGH = 5.0
_PALE = 0.4
# Sides share this much of the room between two results; a mark with a letter needs so many pixels of it.
_ROOM = 0.8
_LETTER_PX = 9.0
_USUAL_WIDTH = 900.0
_DISC, _SMALL_DISC = 13, 7


class OverlayChart(Chart):
    """The base of both: marks with letters and whiskers for each side, read out one by one."""

    hint = "Point at a mark, or walk with the arrow keys, for its figures."

    def __init__(self, name: str, bottom: Axis, left: Axis, parent: QWidget | None = None) -> None:
        super().__init__(name, bottom, left, parent)
        self._comparison: Comparison | None = None
        # One place for each mark, in the order a person walks them: result by result, side by side.
        self._marks: list[tuple[float, float, int, int]] = []
        self._law = [Curve() for _ in SERIES]
        self._lines = [Curve() for _ in SERIES]
        self._whiskers = [Curve() for _ in SERIES]
        self._faint = [Curve() for _ in SERIES]
        self._discs = [pg.ScatterPlotItem(pxMode=True) for _ in SERIES]
        self._letters = [pg.ScatterPlotItem(pxMode=True) for _ in SERIES]
        drawn = (self._law, self._lines, self._faint, self._whiskers, self._discs, self._letters)
        self._items = [item for items in drawn for item in items]
        for item in self._items:
            self.addItem(item)

    def show_comparison(self, comparison: Comparison) -> None:
        """Show other sides."""
        self.point_nowhere()
        self._comparison = comparison
        sides = ", ".join(f"{side.label} {side.name}" for side in comparison.sides)
        self.set_caption(f"{self.accessibleName()}: {sides}")
        self._draw()

    def entries(self) -> Entries:
        """Give the legend of what is drawn."""
        sides = self._comparison.sides if self._comparison is not None else ()
        return tuple(
            ("dot", SERIES[place], side.label) for place, side in enumerate(sides) if not side.reason
        )

    def _clear(self) -> None:
        self._marks.clear()
        for item in self._items:
            item.setData([], [])

    def _mark(
        self, side: int, label: str, x: Any, shares: tuple[Any, Any, Any], *, strong: Any, lettered: Any
    ) -> None:
        """Draw the marks of one side: (height, low, high) at x in coordinates, pale where not ``strong``."""
        height, low, high = shares
        theme = self.theme
        colour, pale = theme.color(SERIES[side]), theme.color(SERIES[side], _PALE)
        for item, where, ink in ((self._whiskers, strong, colour), (self._faint, ~strong, pale)):
            item[side].setData(*whiskers(x[where], low[where], high[where], 0.0))
            item[side].setPen(pg.mkPen(ink, width=1))
        brushes = [pg.mkBrush(colour if sure else pale) for sure in strong]
        sizes = [_DISC if large else _SMALL_DISC for large in lettered]
        self._discs[side].setData(x, height, brush=brushes, size=sizes, pen=None, symbol="o")
        self._letters[side].setData(
            x[lettered],
            height[lettered],
            symbol=_letter(label),
            size=_DISC,
            pen=None,
            brush=pg.mkBrush(theme.color("surface.card")),
        )

    def _snap(self, x: float, y: float) -> Place | None:
        place = self._place_at(x, y)
        return None if place is None else self._values(place)

    def _next(self, x: float, y: float, right: int, up: int) -> Place:
        place = self._place_at(x, y) or 0
        return self._values(min(max(place + right, 0), len(self._marks) - 1))

    def _place_at(self, x: float, y: float) -> int | None:
        if not self._marks:
            return None
        (x0, x1), (y0, y1) = self.plotItem.vb.viewRange()
        at = np.array([(mark[0], mark[1]) for mark in self._marks])
        across = (at[:, 0] - float(self.bottom.place(x))) / max(x1 - x0, 1e-12)
        along = (at[:, 1] - float(self.left.place(y))) / max(y1 - y0, 1e-12)
        # Marks stand side by side: which one is meant is told by x, and by y only when they touch.
        return int(np.argmin(np.abs(across) + 0.05 * np.abs(along)))

    def _values(self, place: int) -> Place:
        x, y, _, _ = self._marks[place]
        return self.bottom.value(x), self.left.value(y)

    def _sentence_at(self, x: float, y: float) -> str:
        place = self._place_at(x, y)
        if place is None or self._comparison is None:
            return ""
        _, _, k, side = self._marks[place]
        return self._sentence(self._comparison, k, side)

    def _sentence(self, comparison: Comparison, k: int, side: int) -> str:
        raise NotImplementedError


class RatioChart(OverlayChart):
    """Observed over expected for every table entry; only for sides of one difficulty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._results = ResultAxis()
        super().__init__("Ratio to the odds", self._results, RatioAxis("Observed / expected"), parent)

    def entries(self) -> Entries:
        """Give the legend of what is drawn."""
        more: Entries = (
            ("line", "expected", "As the odds have it"),
            ("whisker", "text.secondary", "95 % interval"),
        )
        return (*super().entries(), *more)

    def data_text(self) -> str:
        """Give one line per result and side."""
        lines = ["side\tmultiplier\tobserved\texpected\tratio\tlow\thigh"]
        for side in self._comparison.rated if self._comparison is not None else ():
            lines += [
                f"{side.label}\t{row.multiplier}\t{row.observed}\t{row.expected:.6g}\t{row.ratio:.6g}"
                f"\t{row.low / row.expected:.6g}\t{row.high / row.expected:.6g}"
                for row in side.distribution.rows
            ]
        return "\n".join(lines) + "\n"

    def _draw(self) -> None:
        self._clear()
        comparison = self._comparison
        if comparison is None or comparison.difficulty is None:
            return
        table = PAYOUTS[comparison.difficulty]
        self._results.set_labels([multiplier_text(entry) for entry in table])
        sides, count = comparison.sides, len(comparison.sides)
        k = np.arange(len(table), dtype=float)
        lettered = np.full(len(table), _USUAL_WIDTH / len(table) * _ROOM / count >= _LETTER_PX)
        least, most = 0.9, 1.1
        for number, side in enumerate(sides):
            if side.reason:
                continue
            rows = side.distribution.rows
            expected = np.array([row.expected for row in rows])
            figures = ("observed", "low", "high")
            ratio, low, high = (np.array([getattr(row, name) for row in rows]) / expected for name in figures)
            strong = expected >= _ENOUGH
            if strong.any():
                least = min(least, float(low[strong].min()))
                most = max(most, float(high[strong].max()))
            x = k + ((number + 0.5) / count - 0.5) * _ROOM
            self._mark(number, side.label, x, (ratio, low, high), strong=strong, lettered=lettered)
            self._marks += [
                (float(at), float(height), int(result), number)
                for at, height, result in zip(x, ratio, k, strict=True)
            ]
        self._marks.sort()
        self._law[0].setData([-0.6, len(table) - 0.4], [1.0, 1.0])
        self._law[0].setPen(pg.mkPen(self.theme.color("expected"), width=1.5))
        air = (most - least) * 0.06
        self.set_whole(-0.6, len(table) - 0.4, least - air, most + air)

    def _sentence(self, comparison: Comparison, k: int, side: int) -> str:
        one = comparison.sides[side]
        row = one.distribution.rows[k]
        return (
            f"{one.label}: {multiplier_text(row.multiplier)} ({odds_text(row.probability)}), "
            f"{grouped(row.observed)} observed, {count_text(row.expected)} expected, ratio {row.ratio:.3g}, "
            f"95 % interval {row.low / row.expected:.3g} to {row.high / row.expected:.3g}"
        )


class TailChart(OverlayChart):
    """The share of nonces that give at least a multiplier, both on a log scale, for any difficulties."""

    def __init__(self, parent: QWidget | None = None) -> None:
        bottom = MultiplierAxis("Multiplier", log=True)
        super().__init__("Share at least", bottom, ShareAxis("Share at least", log=True), parent)

    def entries(self) -> Entries:
        """Give the legend of what is drawn."""
        more: Entries = (
            ("outline", "expected", "Expected"),
            ("whisker", "text.secondary", "95 % interval"),
        )
        return (*super().entries(), *more)

    def data_text(self) -> str:
        """Give one line per table entry and side."""
        lines = ["side\tmultiplier\tobserved\tshare\texpected\tlow\thigh"]
        for side in self._comparison.sides if self._comparison is not None else ():
            lines += [
                f"{side.label}\t{point.multiplier}\t{point.observed}\t{point.share:.6g}"
                f"\t{point.probability:.6g}\t{point.low:.6g}\t{point.high:.6g}"
                for point in side.tail
            ]
        return "\n".join(lines) + "\n"

    def _draw(self) -> None:
        self._clear()
        comparison = self._comparison
        if comparison is None or not comparison.sides:
            return
        sides = comparison.sides
        difficulties = sorted({side.source.difficulty for side in sides}, key=lambda one: one.pops)
        top = max(PAYOUTS[difficulty][-1] for difficulty in difficulties)
        whole = float(self.bottom.place(top))
        floor = min(float(p_at_least(difficulty, difficulty.max_safe)) for difficulty in difficulties)
        floor = min([floor, *(0.5 / side.source.count for side in comparison.rated)])
        base = float(self.left.place(floor))
        for place, difficulty in enumerate(difficulties):
            edges = self.bottom.place(PAYOUTS[difficulty])
            law = [float(p_at_least(difficulty, k)) for k in range(1, difficulty.max_safe + 1)]
            self._law[place].setData(*steps(edges, self.left.place(law), base))
            self._law[place].setPen(pg.mkPen(self.theme.color("expected"), width=1.5))
        for number, side in enumerate(sides):
            if side.reason:
                continue
            edges = self.bottom.place([point.multiplier for point in side.tail])
            points = side.tail[1:]
            figures = ("share", "low", "high")
            share, low, high = (
                np.maximum(self.left.place([getattr(point, name) for point in points]), base)
                for name in figures
            )
            # Above a share's step, where it is the same everywhere, so that sides stand beside each other.
            x = edges[:-1] + np.diff(edges) * (number + 1) / (len(sides) + 1)
            lettered = np.diff(edges) / whole * _USUAL_WIDTH / (len(sides) + 1) >= _LETTER_PX
            strong = np.array([point.probability * side.source.count >= _ENOUGH for point in points])
            self._mark(number, side.label, x, (share, low, high), strong=strong, lettered=lettered)
            seen = np.array([point.observed > 0 for point in points])
            self._lines[number].setData(*steps(edges, np.where(seen, share, np.nan), base))
            self._lines[number].setPen(pg.mkPen(self.theme.color(SERIES[number], 0.75), width=1))
            self._marks += [
                (float(at), float(height), k, number)
                for k, (at, height) in enumerate(zip(x, share, strict=True), 1)
            ]
        self._marks.sort()
        self.set_whole(0.0, whole * 1.02, base, 0.12)

    def _sentence(self, comparison: Comparison, k: int, side: int) -> str:
        one = comparison.sides[side]
        point = one.tail[k]
        return (
            f"{one.label}: at least {multiplier_text(point.multiplier)} ({odds_text(point.probability)}), "
            f"{grouped(point.observed)} nonces, {percent_text(point.share)}, "
            f"95 % interval {percent_text(point.low)} to {percent_text(point.high)}, "
            f"expected {percent_text(point.probability)}"
        )


@cache
def _letter(label: str) -> QPainterPath:
    """Give a letter as a mark of unit size, upright and centred."""
    path = QPainterPath()
    font = QFont(ui_font(weight=QFont.Weight.Bold))
    font.setPixelSize(100)
    path.addText(0, 0, font, label)
    box: QRectF = path.boundingRect()
    shrink = 0.58 / max(box.height(), 1.0)
    moved = QTransform.fromTranslate(-box.center().x(), -box.center().y())
    return QTransform.fromScale(shrink, shrink).map(moved.map(path))
