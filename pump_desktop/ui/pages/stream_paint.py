"""Words painted by hand into tiles and cards, measured only where they might not fit."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter

LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

# No letter is wider than so much of its font's height: measuring takes as long as painting.
_WIDEST = 0.8


def paint_words(
    painter: QPainter, rect: QRect, text: str, font: QFont, ink: QColor, flags: int = LEFT
) -> None:
    """Paint one line, with an ellipsis where it does not fit."""
    if len(text) * font.pixelSize() * _WIDEST > rect.width():
        text = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(rect, flags, text)
