"""Axes of charts: nonces, counts, multipliers, shares and ratios, on a linear or a log scale.

On a log scale a chart's coordinates are exponents of ten; an axis places values and reads coordinates, so
that charts draw and speak in values on either scale.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF

from pump_desktop.qt.look.fonts import Type, tabular, ui_font
from pump_desktop.qt.look.theme import Theme
from pump_desktop.qt.text.numbers import amount_text, grouped, multiplier_text, percent_text

Edge = Literal["bottom", "left"]

# Room for a label that stands at the end of the bottom axis and reaches past the plot, in pixels.
LABEL_ROOM = 36
_LEFT_WIDTH = 52
_BOTTOM_HEIGHT = 24
_TITLE_HEIGHT = 18
# Qt's largest size.
_UNBOUND = 16777215
# One tick for so many pixels; the bottom axis adds the width of its widest label.
_TICK_HEIGHT = 40.0
_TICK_AIR = 26.0
# The labels of a log scale stand where they must, so they may come this near.
_LINE_HEIGHT = 20.0
_HALF_LABEL = 9.0
_UNITS = ((10**9, "B", 2), (10**6, "M", 2), (10**3, "K", 1))


def nice_step(span: float, most: int, *, whole: bool = False) -> float:
    """Give the smallest step of 1, 2 or 5 times a power of ten that cuts ``span`` into ``most`` at most."""
    least = max(span / max(most, 1), 1e-12)
    power = 10.0 ** math.floor(math.log10(least))
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= least * (1 - 1e-9))
    return max(step, 1.0) if whole else step


def short_text(value: float, step: float) -> str:
    """Give a whole number in short, ``1.25M``, with the digits a step between ticks needs; else in groups."""
    for size, unit, decimals in _UNITS:
        if abs(value) >= size and step >= size / 10**decimals * 0.99:
            return f"{amount_text(value / size)}{unit}"
    return grouped(round(value)) if float(value).is_integer() else amount_text(value)


class Axis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """One edge of a chart; ``title`` says what stands along it."""

    # No value below it has a place on a log scale: it stands on the floor instead.
    floor = 1e-9
    # Values have no fractions.
    whole = False

    def __init__(self, title: str = "", *, log: bool = False) -> None:
        super().__init__("left")
        self.title = title
        self.logarithmic = log
        self.enableAutoSIPrefix(False)

    def stand_at(self, edge: Edge) -> None:
        """Take one edge of a chart."""
        self.orientation = edge
        bottom = edge == "bottom"
        self.label.setRotation(0 if bottom else -90)
        self.setStyle(tickLength=-4, tickTextOffset=6, hideOverlappingLabels=LABEL_ROOM if bottom else False)
        if self.title:
            self.setLabel(self.title)
        air = _TITLE_HEIGHT if self.title else 0
        # Fixed, so that the plot does not move while its numbers change; each frees the other side.
        if bottom:
            self.setMinimumWidth(0)
            self.setMaximumWidth(_UNBOUND)
            self.setHeight(_BOTTOM_HEIGHT + air)
        else:
            self.setWidth(_LEFT_WIDTH + air)

    def set_title(self, title: str) -> None:
        """Say in other words what stands along the axis."""
        self.title = title
        self.setLabel(title)

    def set_log(self, log: bool) -> None:
        """Change the scale; the chart draws anew."""
        self.logarithmic = log
        self.refresh()

    def place(self, values: Any) -> Any:
        """Give where values stand, as coordinates of the chart."""
        numbers = np.asarray(values, float)
        return np.log10(np.maximum(numbers, self.floor)) if self.logarithmic else numbers

    def value(self, coordinate: float) -> float:
        """Give the value that stands at a coordinate."""
        return float(10.0**coordinate) if self.logarithmic else float(coordinate)

    def least_span(self) -> float:
        """Give how far one can zoom in, in coordinates: to one whole number, or a tenth of a decade."""
        return 0.1 if self.logarithmic else 1.0 if self.whole else 1e-6

    def reading(self, value: float) -> str:
        """Give a value in full, for a sentence."""
        return self._text(value, 0.0)

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.setPen(pg.mkPen(theme.color("line")))
        self.setTextPen(pg.mkPen(theme.color("text.muted")))
        self.setTickFont(tabular(ui_font(Type.HINT)))
        self.label.setFont(ui_font(Type.HINT))
        self.label.setDefaultTextColor(theme.color("text.muted"))
        # Grid lines belong behind the data.
        self.setZValue(-1)
        self.refresh()

    def refresh(self) -> None:
        """Paint anew: scale or labels are others."""
        self.picture = None
        self.update()

    def boundingRect(self) -> QRectF:
        """Leave room for labels at both ends of the left axis; with a grid pyqtgraph drops them."""
        box: QRectF = super().boundingRect()
        return box.adjusted(0, -_HALF_LABEL, 0, _HALF_LABEL) if self.orientation == "left" else box

    def resizeEvent(self, event: Any = None) -> None:
        """Keep the title within the axis."""
        super().resizeEvent(event)
        # pyqtgraph moves it five pixels beyond the edge.
        if self.orientation == "bottom":
            self.label.moveBy(0, -5)
        else:
            self.label.moveBy(3, 0)

    def tickValues(self, low: float, high: float, size: float) -> Any:
        """Put ticks at round values, as many as have room."""
        if self.logarithmic:
            return self._log_ticks(low, high, size)
        step = nice_step(high - low, self._most(low, high, size), whole=self.whole)
        return [
            (
                step,
                [step * n for n in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)],
            )
        ]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Write the ticks in short."""
        del scale, spacing
        if self.logarithmic:
            return [self._text(10.0**value, 10.0 ** math.floor(value + 1e-9)) for value in values]
        step = min((after - before for before, after in pairwise(values)), default=1.0)
        return [self._text(value, step) for value in values]

    def _text(self, value: float, step: float) -> str:
        """Write one value; ``step`` is the distance between ticks, 0 for all digits."""
        return amount_text(value) if step else amount_text(float(f"{value:.4g}"))

    def _most(self, low: float, high: float, size: float) -> int:
        if self.orientation == "left":
            return max(int(size / _TICK_HEIGHT), 1)
        metrics = QFontMetricsF(self.style["tickFont"] or self.font())
        step = (high - low) / 4
        widest = max(metrics.horizontalAdvance(self._text(end, step)) for end in (low, high))
        return max(int(size / (min(widest, 72.0) + _TICK_AIR)), 1)

    def _log_ticks(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        room = _LINE_HEIGHT if self.orientation == "left" else 34.0 + _TICK_AIR
        a_decade = size / max(high - low, 1e-9)
        if high - low < 0.7:
            # Within less than a decade round values stand closer than any fixed fraction of one.
            start, end = 10.0**low, 10.0**high
            step = nice_step(end - start, max(int(size / room / 2), 1), whole=self.whole)
            values = [step * n for n in range(math.ceil(start / step), math.floor(end / step) + 1)]
            return [(1.0, [math.log10(value) for value in values if value > 0])]
        within = (1, 2, 5) if a_decade * 0.3 >= room else (1, 3) if a_decade * 0.47 >= room else (1,)
        stride = max(1, math.ceil(room / a_decade))
        powers = [n for n in range(math.floor(low) - 1, math.ceil(high) + 1) if n % stride == 0]
        least = 0 if self.whole else -math.inf
        ticks = [power + math.log10(times) for power in powers if power >= least for times in within]
        return [(1.0, [tick for tick in ticks if low <= tick <= high])]


class NonceAxis(Axis):
    """Nonces, or distances between them."""

    floor = 1.0
    whole = True

    def _text(self, value: float, step: float) -> str:
        return short_text(value, step) if step else grouped(round(value))


class CountAxis(Axis):
    """How often something came; on the log scale zero stands on half a hit, so that one is still a bar."""

    floor = 0.5
    whole = True

    def _text(self, value: float, step: float) -> str:
        return short_text(value, step) if step else grouped(round(value))


class MultiplierAxis(Axis):
    """Multipliers."""

    floor = 0.01

    def _text(self, value: float, step: float) -> str:
        return f"{short_text(value, step)}x" if step else multiplier_text(value)


class ShareAxis(Axis):
    """Shares of a whole, in percent."""

    def _text(self, value: float, step: float) -> str:
        if not step:
            return percent_text(value)
        return percent_text(value, decimals=max(0, -math.floor(math.log10(step * 100) + 1e-9)))


class RatioAxis(Axis):
    """How many times as much as expected: 1 is as the odds have it."""

    floor = 1e-3


class ResultAxis(Axis):
    """One place and one label for each result, k = 0, 1, 2, …; as many labels as fit."""

    labels: tuple[str, ...] = ()

    def set_labels(self, labels: Sequence[str]) -> None:
        """Change the words below the places."""
        self.labels = tuple(labels)
        self.refresh()

    def tickValues(self, low: float, high: float, size: float) -> Any:
        """Label as many places as fit, from the rarest down: those are what people look for."""
        metrics = QFontMetricsF(self.style["tickFont"] or self.font())
        a_place = size / max(high - low, 1e-9)
        shown: list[float] = []
        free = math.inf
        for k in range(len(self.labels) - 1, -1, -1):
            half = metrics.horizontalAdvance(self.labels[k]) / 2 + 4.0
            centre = (k - low) * a_place
            if centre + half <= min(free, size + LABEL_ROOM) and low <= k <= high:
                shown.append(float(k))
                free = centre - half
        return [(1.0, shown)]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Write the labels."""
        del scale, spacing
        return [self.labels[int(value)] for value in values]

    def reading(self, value: float) -> str:
        """Give the label of a place."""
        k = round(value)
        return self.labels[k] if 0 <= k < len(self.labels) else ""
