"""A chart as a file: caption, legend and plot, in the colours the chart has now."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from pump_desktop.domain.errors import KnownError
from pump_desktop.qt.look.fonts import Type, tabular, ui_font
from pump_desktop.qt.look.theme import Space
from pump_desktop.system.files import whole_file
from pump_desktop.ui.charts.kit import Chart
from pump_desktop.ui.charts.legend import MARK_HEIGHT, MARK_WIDTH, Entry, paint_mark

# Pixels of a PNG for each pixel on the screen: sharp in print and on dense screens.
PNG_SCALE = 2
_LINE = 22
_MILLIMETRES = re.compile(rb'<svg width="[0-9.]+mm" height="[0-9.]+mm"')


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart that is drawn: pixels, which take 0.1 s to pack, or the text of an SVG."""

    drawn: QImage | bytes

    def write(self, path: Path) -> None:
        """Write the file, on any thread; it appears only when it is whole. Raises KnownError."""
        try:
            with whole_file(path) as file:
                file.buffer.write(self._packed())
        except OSError as error:
            raise KnownError(f"{path} cannot be written: {error.strerror or error}.") from error

    def _packed(self) -> bytes:
        image = self.drawn
        if isinstance(image, bytes):
            return image
        return _bytes(lambda buffer: image.save(buffer, "PNG"))  # type: ignore[call-overload]  # the stub wants bytes


def draw_picture(chart: Chart, name: str) -> Picture:
    """Draw a chart with caption and legend for a PNG or SVG file, by its name's ending; raises KnownError."""
    drawings: dict[str, Callable[[Chart], QImage | bytes]] = {".png": _png, ".svg": _svg}
    if draw := drawings.get(Path(name).suffix.lower()):
        with chart.without_pointers():
            return Picture(draw(chart))
    raise KnownError(f"{name}: choose a name that ends with .png or .svg.")


def _png(chart: Chart) -> QImage:
    size = _size(chart)
    image = QImage(size * PNG_SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(PNG_SCALE)
    image.setDotsPerMeterX(round(chart.logicalDpiX() / 0.0254))
    image.setDotsPerMeterY(round(chart.logicalDpiY() / 0.0254))
    painter = QPainter(image)
    _paint(chart, painter, size)
    painter.end()
    return image


def _svg(chart: Chart) -> bytes:
    size = _size(chart)

    def draw(buffer: QBuffer) -> None:
        generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
        generator.setOutputDevice(buffer)
        # pyqtgraph keeps bars as recordings, which are scaled by the density of what they are played on.
        generator.setResolution(chart.logicalDpiX())
        generator.setSize(size)
        generator.setViewBox(QRect(0, 0, size.width(), size.height()))
        generator.setTitle(chart.caption)
        painter = QPainter(generator)
        _paint(chart, painter, size)
        painter.end()

    # Qt writes millimetres, at a density of its own; pixels are what was drawn.
    pixels = f'<svg width="{size.width()}" height="{size.height()}"'.encode()
    return _MILLIMETRES.sub(pixels, _bytes(draw), count=1)


def _bytes(write: Any) -> bytes:
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    write(buffer)
    buffer.close()
    return bytes(held.data())


def _size(chart: Chart) -> QSize:
    view = chart.viewport().size()
    return QSize(view.width() + 2 * Space.L, view.height() + 2 * Space.L + _head(chart))


def _head(chart: Chart) -> int:
    return _LINE * (bool(chart.caption) + len(_legend_lines(chart))) + Space.S


def _legend_lines(chart: Chart) -> list[list[tuple[float, Entry]]]:
    """Give the entries of the legend, each with its place from the left, in as many lines as they need."""
    metrics = QFontMetricsF(tabular(ui_font(Type.HINT)))
    lines: list[list[tuple[float, Entry]]] = []
    left = 0.0
    for entry in chart.legend:
        width = MARK_WIDTH + Space.XS + metrics.horizontalAdvance(entry[2])
        if not lines or left + width > chart.viewport().width():
            lines.append([])
            left = 0.0
        lines[-1].append((left, entry))
        left += width + Space.L
    return lines


def _paint(chart: Chart, painter: QPainter, size: QSize) -> None:
    theme = chart.theme
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(QRectF(0, 0, size.width(), size.height()), theme.color("surface.card"))
    top = float(Space.L)
    if chart.caption:
        painter.setFont(ui_font(Type.SECTION, QFont.Weight.DemiBold))
        painter.setPen(theme.color("text.primary"))
        painter.drawText(QPointF(Space.L, top + 15), chart.caption)
        top += _LINE
    for line in _legend_lines(chart):
        _paint_legend(chart, painter, line, top)
        top += _LINE
    view = chart.viewport().rect()
    plot = QRectF(Space.L, top + Space.S, view.width(), view.height())
    with _exporting(chart, painter):
        chart.render(painter, plot, view, Qt.AspectRatioMode.IgnoreAspectRatio)


def _paint_legend(chart: Chart, painter: QPainter, line: list[tuple[float, Entry]], top: float) -> None:
    for left, (mark, token, words) in line:
        painter.save()
        painter.translate(Space.L + left, top + 2)
        paint_mark(painter, mark, chart.theme.color(token))
        painter.setFont(tabular(ui_font(Type.HINT)))
        painter.setPen(chart.theme.color("text.secondary"))
        painter.drawText(QPointF(MARK_WIDTH + Space.XS, MARK_HEIGHT - 3), words)
        painter.restore()


@contextmanager
def _exporting(chart: Chart, painter: QPainter) -> Iterator[None]:
    """Let pyqtgraph draw shapes where it keeps pixels for the screen."""
    items = [item for item in chart.scene().items() if hasattr(item, "setExportMode")]
    wanted = {"painter": painter, "antialias": True, "background": None}
    for item in items:
        item.setExportMode(True, wanted)
    try:
        yield
    finally:
        for item in items:
            item.setExportMode(False)
