"""Autocorrelation of the hits as ten small bars around zero, with the bounds fair ones keep."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from pump_desktop.qt.look.fonts import Type, ui_font
from pump_desktop.qt.look.theme import current_theme
from pump_desktop.qt.text.foreign import plain_tip

_HEIGHT = 104
_WORDS = 18
_SHARE = 0.5


class LagBars(QWidget):
    """One bar per lag; the figures are also its tool tip and what a screen reader says."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Nonces and lags run from left to right in every language.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._lags: tuple[tuple[int, float], ...] = ()
        self._band = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Autocorrelation")

    def show_lags(self, lags: Sequence[tuple[int, float]], band: float) -> None:
        """Show the autocorrelation of each lag, with dashes at plus and minus ``band``."""
        self._lags, self._band = tuple(lags), band
        words = "\n".join(f"Lag {lag}: {r:+.4f}".replace("-", "−") for lag, r in self._lags)
        self.setToolTip(plain_tip(words))
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:
        """Give room for ten bars and their lags."""
        return QSize(220, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bounds, the bars and their lags."""
        if not self._lags:
            return
        theme = current_theme()
        painter = QPainter(self)
        middle = (self.height() - _WORDS) / 2
        reach = max(self._band, *(abs(r) for _, r in self._lags)) * 1.1
        painter.setPen(QPen(theme.color("expected"), 1, Qt.PenStyle.DashLine))
        for side in (-1, 1):
            y = round(middle - side * self._band / reach * middle) + 0.5
            painter.drawLine(QLineF(0, y, self.width(), y))
        painter.setPen(theme.color("line.strong"))
        painter.drawLine(QLineF(0, middle, self.width(), middle))
        painter.setFont(ui_font(Type.HINT, figures=True))
        step = self.width() / len(self._lags)
        for place, (lag, r) in enumerate(self._lags):
            left = place * step
            bar = QRectF(
                left + step * (1 - _SHARE) / 2, middle, step * _SHARE, -r / reach * middle
            ).normalized()
            painter.fillRect(bar, theme.color("accent"))
            painter.setPen(theme.color("text.muted"))
            words = QRectF(left, self.height() - _WORDS, step, _WORDS)
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, str(lag))
