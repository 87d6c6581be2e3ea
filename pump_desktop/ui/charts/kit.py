"""What every chart does: crosshair with values, zoom and reset, keys, colours by theme, picture and data.

A chart draws in coordinates (``bottom.place``, ``left.place``) and is asked in values: a subclass gives
``_draw``, ``_sentence_at`` and ``data_text``, and where its crosshair should jump from datum to datum
``_snap`` and ``_next``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from pump_desktop.qt.look.theme import Radius, Theme, current_theme
from pump_desktop.ui.charts.axes import LABEL_ROOM, Axis
from pump_desktop.ui.charts.legend import Entries
from pump_desktop.ui.kit.style import announce, paint_box

Zoom = Literal["none", "x", "both"]
# A place in values: nonces, counts, … on the bottom axis, then on the left one.
Place = tuple[float, float]

_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_LEAP = 10
# One press of + or - shows this share of what was shown, or its inverse.
_CLOSER = 0.7
# An arrow key moves a crosshair that snaps to nothing by this share of the view.
_STEP = 0.01
# Where pyqtgraph's own limits are.
_FAR = 1e307


class Chart(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """The base of all charts.

    ``hovered`` carries the crosshair's sentence, empty when it is nowhere; ``picked`` the place that was
    clicked or stood under the crosshair at Enter; ``zoomed`` whether less than everything is shown.
    """

    hovered = Signal(str)
    picked = Signal(float, float)
    zoomed = Signal(bool)

    hint = "Point at the chart, or walk with the arrow keys, for its figures."

    def __init__(
        self, name: str, bottom: Axis, left: Axis, parent: QWidget | None = None, *, zoom: Zoom = "both"
    ) -> None:
        bottom.stand_at("bottom")
        left.stand_at("left")
        super().__init__(parent, axisItems={"left": left, "bottom": bottom}, enableMenu=False)
        # Nonces and multipliers run from left to right in every language.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        # It is never shown; without a parent it would outlive the chart as a window of its own.
        self.plotItem.ctrlMenu.setParent(self, Qt.WindowType.Popup)
        self.bottom = bottom
        self.left = left
        self.zoom: Zoom = zoom
        self.caption = name
        self.legend: Entries = ()
        self.theme: Theme = current_theme()
        self._whole = QRectF(0, 0, 1, 1)
        self._is_zoomed = False
        self._at: Place | None = None
        self._for_picture = False
        self.setAccessibleName(name)
        self.setAccessibleDescription(self.hint)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hideButtons()
        self.setMouseEnabled(x=zoom != "none", y=zoom == "both")
        self.plotItem.layout.setContentsMargins(0, 6, LABEL_ROOM, 0)
        self.showGrid(y=True, alpha=0.35)
        self._down = pg.InfiniteLine(angle=90, movable=False)
        self._across = pg.InfiniteLine(angle=0, movable=False)
        for line in (self._down, self._across):
            line.setZValue(20)
            line.hide()
            self.addItem(line, ignoreBounds=True)
        self._dress(self.theme)
        self.scene().sigMouseMoved.connect(self._mouse_moved)
        self.scene().sigMouseClicked.connect(self._mouse_clicked)
        self.sigRangeChanged.connect(self._range_changed)

    # What a subclass says and draws.

    def _draw(self) -> None:
        """Put data and colours of ``self.theme`` into the chart's items."""

    def _sentence_at(self, x: float, y: float) -> str:
        """Give the sentence about a place; empty where there is nothing to say."""
        return f"{self.bottom.reading(x)}, {self.left.reading(y)}"

    def _snap(self, x: float, y: float) -> Place | None:
        """Give the place of the datum nearest to a place; None where there is none."""
        return x, y

    def _next(self, x: float, y: float, right: int, up: int) -> Place:
        """Give the place so many steps of the arrow keys away."""
        (x0, x1), (y0, y1) = self.plotItem.vb.viewRange()
        across = float(self.bottom.place(x)) + right * _STEP * (x1 - x0)
        along = float(self.left.place(y)) + up * _STEP * (y1 - y0)
        return self.bottom.value(across), self.left.value(along)

    def data_text(self) -> str:
        """Give the chart's data as lines of tab-separated text under a heading; raises KnownError."""
        return ""

    # What every chart does.

    @Slot(object)
    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.theme = theme
        self._dress(theme)
        self._draw()

    def set_caption(self, caption: str) -> None:
        """Say what the chart shows; saved pictures begin with it."""
        self.caption = caption

    def set_hint(self, hint: str) -> None:
        """Change what is said while the crosshair is nowhere."""
        if hint != self.hint:
            self.hint = hint
            self.setAccessibleDescription(hint)
            if self._at is None:
                self.hovered.emit("")

    def set_whole(self, left: float, right: float, bottom: float, top: float) -> None:
        """Say what there is to see, in coordinates, and show all of it when that is new."""
        whole = QRectF(left, bottom, max(right - left, 1e-9), max(top - bottom, 1e-9))
        if whole == self._whole:
            return
        self._whole = whole
        self.setLimits(xMin=-_FAR, xMax=_FAR, yMin=-_FAR, yMax=_FAR, minXRange=None, minYRange=None)
        self.reset()
        self.setLimits(
            xMin=whole.left(),
            xMax=whole.right(),
            yMin=whole.top(),
            yMax=whole.bottom(),
            minXRange=min(self.bottom.least_span(), whole.width()),
            minYRange=min(self.left.least_span(), whole.height()),
        )

    @Slot()
    def reset(self) -> None:
        """Show everything again."""
        whole = self._whole
        self.plotItem.vb.setRange(
            xRange=(whole.left(), whole.right()), yRange=(whole.top(), whole.bottom()), padding=0
        )

    def closer(self, share: float = _CLOSER) -> None:
        """Show only a share of what is shown, around the crosshair or the middle; more than 1 shows more."""
        if self.zoom == "none":
            return
        box, whole = self.plotItem.vb, self._whole
        middle = box.viewRect().center()
        across, along = (middle.x(), middle.y()) if self._at is None else self._coordinates(self._at)
        (x0, x1), (y0, y1) = box.viewRange()
        box.setRange(xRange=_scaled(x0, x1, across, share, whole.left(), whole.right()), padding=0)
        if self.zoom == "both":
            box.setRange(yRange=_scaled(y0, y1, along, share, whole.top(), whole.bottom()), padding=0)

    @contextmanager
    def without_pointers(self) -> Iterator[None]:
        """Leave crosshair and focus ring out of what is drawn in this block: a picture shows neither."""
        lines = [line for line in (self._down, self._across) if line.isVisible()]
        for line in lines:
            line.hide()
        self._for_picture = True
        try:
            yield
        finally:
            self._for_picture = False
            for line in lines:
                line.show()

    @property
    def at(self) -> Place | None:
        """Where the crosshair stands, in values; None while it is nowhere."""
        return self._at

    def point_at(self, x: float, y: float, *, spoken: bool = False) -> None:
        """Put the crosshair on the datum nearest to a place and read it out."""
        snapped = self._snap(x, y)
        if snapped is None:
            self.point_nowhere()
            return
        self._at = snapped
        across, along = self._coordinates(snapped)
        self._down.setPos(across)
        self._across.setPos(along)
        self._down.show()
        self._across.show()
        sentence = self._sentence_at(*snapped)
        self.hovered.emit(sentence)
        if spoken:
            announce(self, sentence)

    def point_nowhere(self) -> None:
        """Take the crosshair away."""
        self._at = None
        self._down.hide()
        self._across.hide()
        self.hovered.emit("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk with the arrows (Shift: ten steps), zoom with + and -, reset with 0, pick with Enter."""
        key = Qt.Key(event.key())
        if (step := _STEPS.get(key)) is not None:
            far = _LEAP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            self._walk(step[0] * far, step[1] * far)
        elif key in {Qt.Key.Key_Plus, Qt.Key.Key_Equal}:
            self.closer()
        elif key == Qt.Key.Key_Minus:
            self.closer(1 / _CLOSER)
        elif key in {Qt.Key.Key_0, Qt.Key.Key_Home}:
            self.reset()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._at is not None:
            self.picked.emit(*self._at)
        elif key == Qt.Key.Key_Escape and self._at is not None:
            self.point_nowhere()
        else:
            # Not QGraphicsView's own: it would scroll the scene.
            event.ignore()
            return
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Read nothing out once the pointer is elsewhere."""
        super().leaveEvent(event)
        self.point_nowhere()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the keys go here."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.viewport().update()

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the focus ring."""
        super().drawForeground(painter, rect)
        if self.hasFocus() and not self._for_picture:
            painter.save()
            painter.resetTransform()
            ring = self.viewport().rect()
            paint_box(painter, ring, Radius.CONTROL, border=self.theme.color("focus"), width=2)
            painter.restore()

    def _dress(self, theme: Theme) -> None:
        self.setBackground(theme.color("surface.card"))
        for axis in (self.left, self.bottom):
            axis.apply_theme(theme)
        for line in (self._down, self._across):
            line.setPen(pg.mkPen(theme.color("text.muted", 0.8), width=1))

    def _walk(self, right: int, up: int) -> None:
        if self._at is None:
            centre = self.plotItem.vb.viewRect().center()
            self.point_at(self.bottom.value(centre.x()), self.left.value(centre.y()), spoken=True)
            return
        x, y = self._next(*self._at, right, up)
        self.point_at(x, y, spoken=True)
        self._keep_in_view()

    def _keep_in_view(self) -> None:
        """Move the view so far that the crosshair stands in it."""
        if self._at is None or self.zoom == "none":
            return
        box = self.plotItem.vb
        across, along = self._coordinates(self._at)
        (x0, x1), (y0, y1) = box.viewRange()
        by_x = min(across - x0, 0) or max(across - x1, 0)
        by_y = min(along - y0, 0) or max(along - y1, 0)
        if by_x or by_y:
            box.translateBy(x=by_x, y=by_y)

    def _coordinates(self, place: Place) -> tuple[float, float]:
        return float(self.bottom.place(place[0])), float(self.left.place(place[1]))

    def _place_of(self, scene_position: QPointF) -> Place | None:
        box = self.plotItem.vb
        if not box.sceneBoundingRect().contains(scene_position):
            return None
        spot = box.mapSceneToView(scene_position)
        return self.bottom.value(spot.x()), self.left.value(spot.y())

    @Slot(object)
    def _mouse_moved(self, position: QPointF) -> None:
        place = self._place_of(position)
        if place is None:
            self.point_nowhere()
        else:
            self.point_at(*place)

    @Slot(object)
    def _mouse_clicked(self, event: Any) -> None:
        place = self._place_of(event.scenePos())
        if place is None or event.button() is not Qt.MouseButton.LeftButton or event.double():
            return
        snapped = self._snap(*place)
        if snapped is not None:
            self.picked.emit(*snapped)

    @Slot(object, object)
    def _range_changed(self, *_what: object) -> None:
        (x0, x1), (y0, y1) = self.plotItem.vb.viewRange()
        whole = self._whole
        tight = 1e-6
        less = (x1 - x0) < whole.width() * (1 - tight) or (y1 - y0) < whole.height() * (1 - tight)
        if less != self._is_zoomed:
            self._is_zoomed = less
            self.zoomed.emit(less)


def _scaled(
    low: float, high: float, centre: float, share: float, least: float, most: float
) -> tuple[float, float]:
    """Give a range around a fixed point, within bounds."""
    start, end = centre - (centre - low) * share, centre + (high - centre) * share
    if end - start >= most - least:
        return least, most
    shift = max(least - start, 0.0) or min(most - end, 0.0)
    return start + shift, end + shift
