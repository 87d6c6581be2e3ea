"""A line of one width in pixels, on the screen and in saved pictures."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget


class Curve(pg.PlotCurveItem):  # type: ignore[misc]  # pyqtgraph has no types
    """A line through points; NaN breaks it.

    In an SVG pyqtgraph's own line has a stroke that must not scale with its shape, which few programs but
    browsers know; here the shape is scaled before it is drawn.
    """

    def __init__(self) -> None:
        super().__init__(connect="finite")

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        """Paint the line."""
        if self._exportOpts is False:
            super().paint(painter, option, widget)
        elif self.xData is not None and len(self.xData):
            shape = painter.transform().map(self.getPath())
            painter.save()
            painter.resetTransform()
            pen = QPen(self.opts["pen"])
            pen.setCosmetic(False)
            painter.setPen(pen)
            painter.drawPath(shape)
            painter.restore()
