"""Observed counts as bars, the expected law as an outline, intervals as whiskers; log or linear."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QKeyEvent
from PySide6.QtWidgets import QWidget

from pump_desktop.qt.fonts import Type, tabular, ui_font
from pump_desktop.qt.models.distribution_model import count_text
from pump_desktop.qt.numbers import grouped, multiplier_text, odds_text, short_count
from pump_desktop.qt.theme import Theme, current_theme

if TYPE_CHECKING:
    from pump_desktop.stats.distribution import Distribution, DistributionRow

# On the log scale zero has no place: bars stand on half a hit, so that a single hit is still a bar.
_LOG_FLOOR = 0.5
_BAR = 0.62
_STEP = 0.86
_WHISKER = 0.18
_LABEL_AIR = 4.0
# The rarest bar stands at the edge and has the longest label; it may reach past the plot this far.
_LABEL_ROOM = 36


class _CountAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Counts; on the log scale the coordinates are exponents of ten."""

    logarithmic = True

    def tickValues(self, low: float, high: float, size: float) -> Any:
        """Put ticks at whole powers of ten on the log scale."""
        if not self.logarithmic:
            return super().tickValues(low, high, size)
        return [(1.0, [float(power) for power in range(int(np.ceil(low)), int(high) + 1) if power >= 0])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Write counts in short."""
        del scale, spacing
        numbers = [10**value if self.logarithmic else value for value in values]
        return [short_count(round(number)) if number >= 1000 else f"{number:g}" for number in numbers]


class _MultiplierAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """One label a bar, as many as fit."""

    labels: tuple[str, ...] = ()

    def tickValues(self, low: float, high: float, size: float) -> Any:
        """Label as many bars as fit, from the rarest down: those are what people look for."""
        metrics = QFontMetricsF(self.style["tickFont"] or self.font())
        a_bar = size / max(high - low, 1e-9)
        shown: list[float] = []
        free = math.inf
        for k in range(len(self.labels) - 1, -1, -1):
            half = metrics.horizontalAdvance(self.labels[k]) / 2 + _LABEL_AIR
            centre = (k - low) * a_bar
            if centre + half <= min(free, size + _LABEL_ROOM):
                shown.append(float(k))
                free = centre - half
        return [(1.0, shown)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Write the multipliers."""
        del scale, spacing
        return [self.labels[int(value)] for value in values]


class DistributionChart(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """One distribution; ``selected`` carries the k of a clicked bar, ``hovered`` a sentence about it."""

    selected = Signal(int)
    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._counts = _CountAxis("left")
        self._multipliers = _MultiplierAxis("bottom")
        super().__init__(parent, axisItems={"left": self._counts, "bottom": self._multipliers})
        self.setAccessibleName("Distribution chart")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self._rows: tuple[DistributionRow, ...] = ()
        self._log = True
        self._chosen: int | None = None
        self._bars = pg.BarGraphItem(x=[], height=[], width=_BAR)
        self._steps = pg.PlotCurveItem(connect="finite")
        self._whiskers = pg.PlotCurveItem(connect="finite")
        for item in (self._bars, self._steps, self._whiskers):
            self.addItem(item)
        self.plotItem.layout.setContentsMargins(0, 0, _LABEL_ROOM, 0)
        self.showGrid(y=True, alpha=0.35)
        self.apply_theme(current_theme())
        self.scene().sigMouseMoved.connect(self._moved)
        self.scene().sigMouseClicked.connect(self._clicked)

    def set_distribution(self, distribution: Distribution) -> None:
        """Show another distribution."""
        self._rows = distribution.rows
        self._multipliers.labels = tuple(multiplier_text(row.multiplier) for row in self._rows)
        self._draw()

    def set_log(self, log: bool) -> None:
        """Change the scale of the counts."""
        self._log = log
        self._draw()

    def select(self, safe_pumps: int | None) -> None:
        """Mark one bar."""
        if safe_pumps != self._chosen:
            self._chosen = safe_pumps
            self._draw()

    @Slot(object)
    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.setBackground(theme.color("surface.card"))
        font = tabular(ui_font(Type.HINT))
        for axis in (self._counts, self._multipliers):
            axis.setPen(pg.mkPen(theme.color("line")))
            axis.setTextPen(pg.mkPen(theme.color("text.muted")))
            axis.setTickFont(font)
            axis.setStyle(tickLength=-4, tickTextOffset=6, hideOverlappingLabels=_LABEL_ROOM)
            # Grid lines belong behind the bars.
            axis.setZValue(-1)
        self._counts.setWidth(52)
        self._draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk along the bars with the arrow keys."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self._rows:
            super().keyPressEvent(event)
            return
        start = -1 if self._chosen is None else self._chosen
        k = min(max(start + step, 0), len(self._rows) - 1)
        self.select(k)
        self.selected.emit(k)
        self.hovered.emit(self._sentence(k))

    def leaveEvent(self, event: QEvent) -> None:
        """Read nothing out once the pointer is elsewhere."""
        super().leaveEvent(event)
        self.hovered.emit("")

    def _height(self, count: float | np.ndarray[Any, Any]) -> Any:
        return np.log10(np.maximum(count, _LOG_FLOOR)) if self._log else np.asarray(count, float)

    def _draw(self) -> None:
        rows, theme = self._rows, self._theme
        if not rows:
            return
        self._counts.logarithmic = self._log
        floor = float(np.log10(_LOG_FLOOR)) if self._log else 0.0
        x = np.arange(len(rows), dtype=float)
        observed = self._height(np.array([row.observed for row in rows], float))
        expected = self._height(np.array([row.expected for row in rows]))
        low = self._height(np.array([row.low for row in rows]))
        high = self._height(np.array([row.high for row in rows]))

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
        self._steps.setData(*_outline(x, expected, floor))
        self._steps.setPen(pg.mkPen(theme.color("expected"), width=1.5))
        self._whiskers.setData(*_whiskers(x, low, high))
        self._whiskers.setPen(pg.mkPen(theme.color("text.primary"), width=1))
        top = float(max(expected.max(), high.max()))
        self.setYRange(floor, top + (top - floor) * 0.06, padding=0)
        self.setXRange(-0.6, len(rows) - 0.4, padding=0)
        self._multipliers.picture = None
        self._counts.picture = None
        self._multipliers.update()
        self._counts.update()

    def _bar_at(self, scene_position: QPointF) -> int | None:
        if not self._rows or not self.plotItem.vb.sceneBoundingRect().contains(scene_position):
            return None
        k = round(self.plotItem.vb.mapSceneToView(scene_position).x())
        return k if 0 <= k < len(self._rows) else None

    def _sentence(self, k: int) -> str:
        row = self._rows[k]
        return (
            f"{multiplier_text(row.multiplier)} ({odds_text(row.probability)}): "
            f"{grouped(row.observed)} observed, {count_text(row.expected)} expected, "
            f"95 % interval {count_text(row.low)} to {count_text(row.high)}"
        )

    @Slot(object)
    def _moved(self, position: QPointF) -> None:
        k = self._bar_at(position)
        self.hovered.emit("" if k is None else self._sentence(k))

    @Slot(object)
    def _clicked(self, event: Any) -> None:
        k = self._bar_at(event.scenePos())
        if k is not None:
            self.select(k)
            self.selected.emit(k)


def _outline(x: Any, height: Any, floor: float) -> tuple[Any, Any]:
    """Give an open box per bar, broken by NaN, so that the law is never filled."""
    left, right, gap = x - _STEP / 2, x + _STEP / 2, np.full(len(x), np.nan)
    base = np.full(len(x), floor)
    xs = np.column_stack([left, left, right, right, gap]).ravel()
    ys = np.column_stack([base, height, height, base, gap]).ravel()
    return xs, ys


def _whiskers(x: Any, low: Any, high: Any) -> tuple[Any, Any]:
    """Give a vertical line with two caps per bar."""
    left, right, gap = x - _WHISKER / 2, x + _WHISKER / 2, np.full(len(x), np.nan)
    xs = np.column_stack([left, right, gap, x, x, gap, left, right, gap]).ravel()
    ys = np.column_stack([low, low, gap, low, high, gap, high, high, gap]).ravel()
    return xs, ys
