"""Line drawings coloured by token: each SVG names colours as ``var(--token, fallback)``."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, get_args

from PySide6.QtCore import QByteArray, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from pump_desktop.qt.look.theme import TOKENS, current_theme
from pump_desktop.system.resources import resource

Need = Literal["welcome", "runs", "live", "verify", "compare", "search", "hits", "alerts", "quiet", "queue"]
NEEDS: tuple[Need, ...] = get_args(Need)

_VARIABLE = re.compile(r"var\(--([a-z0-9-]+)(?:,[^)]*)?\)")
_TOKEN_OF = {token.replace(".", "-"): token for token in TOKENS}


@cache
def _source(need: Need) -> str:
    return resource("icons", "drawings", f"{need}.svg").read_text(encoding="utf-8")


class Drawing(QWidget):
    """One drawing, 160 by 120, repainted in the theme's colours."""

    def __init__(self, need: Need, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._need = need
        self._painted_in = ""
        self._renderer = QSvgRenderer(self)
        self.setFixedSize(QSize(160, 120))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Read the drawing again when the theme changed, and paint it."""
        theme = current_theme()
        if self._painted_in != theme.name:
            filled = _VARIABLE.sub(lambda found: theme.hex(_TOKEN_OF[found[1]]), _source(self._need))
            self._renderer.load(QByteArray(filled.encode()))
            self._painted_in = theme.name
        painter = QPainter(self)
        self._renderer.render(painter, QRectF(self.rect()))
