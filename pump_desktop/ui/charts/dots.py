"""Thousands of dots as one item: stamped into an image of the plot, and drawn as circles in pictures.

pyqtgraph's own scatter item takes 150 ms to take in 20,000 dots and 30 ms to paint them; this one needs 10 ms
for both, and a crosshair that moves over it costs one blit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform
from PySide6.QtWidgets import QWidget

Floats = NDArray[np.float64]


class Dots(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """Round dots of one colour and one size, in pixels."""

    def __init__(self) -> None:
        super().__init__()
        self._x: Floats = np.empty(0)
        self._y: Floats = np.empty(0)
        self._colour = QColor()
        self._size = 4.0
        self._bounds = QRectF()
        self._image: QImage | None = None
        self._made_for: object = None

    def set_dots(self, x: Any, y: Any, colour: QColor, size: float) -> None:
        """Show other dots, in coordinates of the chart."""
        self.prepareGeometryChange()
        self._x, self._y = np.asarray(x, float), np.asarray(y, float)
        self._colour, self._size = colour, size
        self._made_for = None
        if len(self._x):
            left, right, low, high = self._x.min(), self._x.max(), self._y.min(), self._y.max()
            # Dots reach beyond their middles, by pixels; a twentieth of the whole is more than that.
            air_x, air_y = max((right - left) / 20, 1e-3), max((high - low) / 20, 1e-3)
            self._bounds = QRectF(left, low, right - left, high - low).adjusted(-air_x, -air_y, air_x, air_y)
        else:
            self._bounds = QRectF()
        self.update()

    def boundingRect(self) -> QRectF:
        """Give where dots are, in coordinates."""
        return self._bounds

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        """Paint all dots in view."""
        if not len(self._x):
            return
        transform = painter.transform()
        view = transform.mapRect(self.viewRect())
        painter.resetTransform()
        if self._exportOpts is not False:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._colour, self._size, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            across, along = self._in_view(transform, view)
            painter.drawPoints([QPointF(x, y) for x, y in zip(across.tolist(), along.tolist(), strict=True)])
            return
        ratio = painter.device().devicePixelRatioF()
        made_for = (transform, view, ratio)
        if made_for != self._made_for:
            self._made_for = made_for
            self._image = self._stamped(transform, view, ratio)
        if self._image is not None:
            painter.drawImage(view.topLeft().toPoint(), self._image)

    def _in_view(self, transform: QTransform, view: QRectF) -> tuple[Floats, Floats]:
        """Give the pixels of the dots in view."""
        across = self._x * transform.m11() + transform.dx()
        along = self._y * transform.m22() + transform.dy()
        seen = (across >= view.left()) & (across <= view.right())
        seen &= (along >= view.top()) & (along <= view.bottom())
        return across[seen], along[seen]

    def _stamped(self, transform: QTransform, view: QRectF, ratio: float) -> QImage | None:
        """Give an image of the view with all dots in it; where several meet, the colour is stronger."""
        origin = view.topLeft().toPoint()
        width, height = int(view.width() * ratio) + 1, int(view.height() * ratio) + 1
        if width < 2 or height < 2:
            return None
        across, along = self._in_view(transform, view)
        column = np.clip(((across - origin.x()) * ratio).astype(np.int64), 0, width - 1)
        row = np.clip(((along - origin.y()) * ratio).astype(np.int64), 0, height - 1)
        middles = np.bincount(row * width + column, minlength=width * height).reshape(height, width)
        disc = _disc(self._size * ratio)
        reach = len(disc) // 2
        padded = np.pad(middles.astype(np.float32), reach)
        weight = np.zeros((height, width), np.float32)
        for dy, line in enumerate(disc):
            for dx, share in enumerate(line.tolist()):
                if share:
                    weight += share * padded[dy : dy + height, dx : dx + width]
        alpha = 1 - (1 - self._colour.alphaF()) ** weight
        pixels = np.empty((height, width, 4), np.uint8)
        for place, part in enumerate((self._colour.blue(), self._colour.green(), self._colour.red(), 255)):
            # Premultiplied, in the order of bytes of a little-endian ARGB32.
            pixels[..., place] = part * alpha
        image = QImage(
            pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied
        ).copy()
        image.setDevicePixelRatio(ratio)
        return image


def _disc(size: float) -> NDArray[np.float32]:
    """Give how much of each pixel a disc of this diameter covers, around the pixel in its middle."""
    reach = int(np.ceil(size / 2))
    fine = 4
    at = (np.arange((2 * reach + 1) * fine) + 0.5) / fine - reach - 0.5
    inside = (at[:, None] ** 2 + at[None, :] ** 2 <= (size / 2) ** 2).astype(np.float32)
    side = 2 * reach + 1
    covered: NDArray[np.float32] = inside.reshape(side, fine, side, fine).mean(axis=(1, 3))
    return covered
