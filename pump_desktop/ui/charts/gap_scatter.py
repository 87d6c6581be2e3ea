"""Each gap over the nonce of the hit that ended it; of very many, those that show the whole."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from pump_desktop.domain.errors import KnownError
from pump_desktop.qt.text.numbers import grouped, odds_text
from pump_desktop.ui.charts.axes import NonceAxis
from pump_desktop.ui.charts.curve import Curve
from pump_desktop.ui.charts.dots import Dots
from pump_desktop.ui.charts.kit import Chart, Place
from pump_desktop.ui.kit.table import COPY_LIMIT

if TYPE_CHECKING:
    from pump_desktop.stats.hits import Nonces
    from pump_desktop.stats.run_gaps import GapFigures

# More dots than pixels along the axis would be one blot.
MOST_DOTS = 20_000
# So many of them are the longest gap of a stretch of nonces, about one a pixel, so that no peak is lost; more
# would show as a band that is not in the data.
_PEAKS = 1_000
_DOT = 4
_FEW = 2_000
_ROOM = 0.04


def chosen_gaps(gaps: Nonces, most: int = MOST_DOTS) -> Nonces:
    """Give the places of at most ``most`` gaps, ascending: the longest of each stretch, and every n-th."""
    count = len(gaps)
    if count <= most:
        return np.arange(count)
    peaks = max(min(_PEAKS, most // 4), 1)
    length = -(-count // peaks)
    whole = count // length
    longest = gaps[: whole * length].reshape(whole, length).argmax(axis=1) + np.arange(whole) * length
    rest = np.array([whole * length + int(gaps[whole * length :].argmax())] if whole * length < count else [])
    stride = -(-count // (most - peaks))
    return np.unique(np.concatenate([longest, rest, np.arange(0, count, stride)])).astype(np.int64)


class GapScatter(Chart):
    """Gap over nonce; ``drawn`` carries how many of how many gaps in view are drawn."""

    drawn = Signal(int, int)

    hint = "Point at a dot, or walk with the arrow keys, for its figures."

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Gap over nonce", NonceAxis("Nonce"), NonceAxis("Gap in nonces", log=True), parent)
        self._chance = 0.0
        # The nonce that ended each gap, the gaps, and the places of those that are drawn.
        self._ends: Nonces = np.empty(0, np.int64)
        self._gaps: Nonces = self._ends
        self._shown: Nonces = self._ends
        self._dots = Dots()
        self._mean = Curve()
        self.addItem(self._dots, ignoreBounds=True)
        self.addItem(self._mean, ignoreBounds=True)
        self.plotItem.vb.sigXRangeChanged.connect(self._window_changed)

    def set_figures(self, figures: GapFigures, first: int, last: int) -> None:
        """Show the gaps of another filter among the nonces ``first`` to ``last``."""
        self.point_nowhere()
        if len(figures.gaps):
            side = (last - first + 1) * 0.01
            top = float(self.left.place(figures.gaps.max()))
            # Moving the view asks for its dots; they are chosen once, below.
            self._ends = self._gaps = figures.gaps[:0]
            self.set_whole(first - side, last + side, -_ROOM, top + max(top, 1) * _ROOM)
        self._chance = figures.probability
        self._ends, self._gaps = figures.nonces[1:], figures.gaps
        self._draw()

    def data_text(self) -> str:
        """Give one line per gap; raises KnownError for more than a clipboard should hold."""
        if 2 * len(self._gaps) > COPY_LIMIT:
            count = grouped(len(self._gaps))
            raise KnownError(f"{count} gaps are too many for the clipboard. Export them as CSV instead.")
        pairs = zip(self._ends.tolist(), self._gaps.tolist(), strict=True)
        lines = ["nonce\tgap", *(f"{nonce}\t{gap}" for nonce, gap in pairs)]
        return "\n".join(lines) + "\n"

    def _draw(self) -> None:
        x0, x1 = self.plotItem.vb.viewRange()[0]
        # In whole numbers: with others numpy would first make a copy of millions of nonces as floats.
        window = np.array([math.ceil(x0), math.floor(x1) + 1], np.int64)
        start, stop = np.searchsorted(self._ends, window).tolist()
        self._shown = chosen_gaps(self._gaps[start:stop]) + start
        alone = len(self._shown) < _FEW
        self._dots.set_dots(
            self._ends[self._shown],
            self.left.place(self._gaps[self._shown]),
            self.theme.color("accent", 0.9 if alone else 0.45),
            _DOT + 1 if alone else _DOT,
        )
        if self._chance > 0:
            self._mean.setData([x0, x1], [float(self.left.place(1 / self._chance))] * 2)
        self._mean.setPen(pg.mkPen(self.theme.color("expected"), width=1, style=Qt.PenStyle.DashLine))
        drawn, there = len(self._shown), stop - start
        some = f"{grouped(drawn)} of {grouped(there)} gaps are drawn, the longest among them."
        self.set_hint(GapScatter.hint if drawn == there else f"{some} Zoom in to see more.")
        self.drawn.emit(drawn, there)

    @Slot(object, object)
    def _window_changed(self, *_what: object) -> None:
        """Choose other dots: closer in, fewer stand for more. The mean runs through all that is shown."""
        if len(self._gaps):
            self._draw()

    def _snap(self, x: float, y: float) -> Place | None:
        if not len(self._shown):
            return None
        width, height = self.plotItem.vb.viewPixelSize()
        across = (self._ends[self._shown] - x) / width
        along = (self.left.place(self._gaps[self._shown]) - float(self.left.place(y))) / height
        return self._dot(int(np.argmin(across * across + along * along)))

    def _next(self, x: float, y: float, right: int, up: int) -> Place:
        if not len(self._shown):
            return x, y
        here = int(np.searchsorted(self._ends[self._shown], round(x))) + (right or up)
        return self._dot(min(max(here, 0), len(self._shown) - 1))

    def _dot(self, shown: int) -> Place:
        place = int(self._shown[shown])
        return float(self._ends[place]), float(self._gaps[place])

    def _sentence_at(self, x: float, y: float) -> str:
        gap = round(y)
        chance = (1 - self._chance) ** (gap - 1)
        return (
            f"Hit at nonce {grouped(round(x))}, {grouped(gap)} after the one before; "
            f"a gap as long or longer: {odds_text(chance)}"
        )
