"""Icons asked for by meaning, all from Phosphor, coloured by token at the moment they are painted.

QtAwesome carries the font. Importing it pulls qtpy and every Qt module qtpy knows (70 ms), and its first
icon loads twelve fonts (90 ms more); reading the one font and its character map takes 18 ms in all. Because
the colour is looked up while painting, a theme change needs a repaint and no new icons.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QIconEngine, QPainter, QPainterPath, QPixmap, QRawFont

from pump_desktop.qt.look.theme import Token, current_theme

Meaning = Literal[
    "scan", "runs", "live", "verify", "compare", "settings", "copy", "copied", "hide", "show", "delete",
    "rename", "notes", "duplicate", "extend", "export", "import", "save", "open", "folder", "search",
    "sort-ascending", "sort-descending", "columns", "close", "cancel", "check", "add", "remove", "undo",
    "more", "good", "warn", "error", "info", "help", "jump", "next", "previous", "up", "down", "back",
    "forward", "expand", "collapse", "rescan", "refresh", "paste", "play", "pause", "freeze", "stop",
    "bookmark", "pin", "alert", "alert-off", "snapshot", "history", "reveal", "locked", "unlocked",
    "token", "target", "nonce", "gaps", "density", "connect", "send", "backup", "restore", "speed",
    "time", "drawer", "fullscreen", "shield", "power",
]  # fmt: skip

_GLYPHS: dict[Meaning, str] = {
    "scan": "crosshair", "runs": "stack", "live": "broadcast", "verify": "shield-check",
    "compare": "scales", "settings": "gear-six", "copy": "copy", "copied": "check", "hide": "eye-slash",
    "show": "eye", "delete": "trash", "rename": "pencil-simple", "notes": "note-pencil",
    "duplicate": "copy-simple", "extend": "arrow-line-right", "export": "export",
    "import": "download-simple", "save": "floppy-disk", "open": "folder-open", "folder": "folder-simple",
    "search": "magnifying-glass", "sort-ascending": "sort-ascending",
    "sort-descending": "sort-descending", "columns": "columns", "close": "x", "cancel": "x-circle",
    "check": "check", "add": "plus", "remove": "minus", "undo": "arrow-counter-clockwise",
    "more": "dots-three-vertical", "good": "check-circle", "warn": "warning", "error": "warning-circle",
    "info": "info", "help": "question", "jump": "arrow-bend-down-right", "next": "caret-right",
    "previous": "caret-left", "up": "caret-up", "down": "caret-down", "back": "arrow-left",
    "forward": "arrow-right", "expand": "caret-down", "collapse": "caret-up",
    "rescan": "arrows-clockwise", "refresh": "arrows-clockwise", "paste": "clipboard-text",
    "play": "play", "pause": "pause", "freeze": "snowflake", "stop": "stop",
    "bookmark": "bookmark-simple", "pin": "push-pin", "alert": "bell", "alert-off": "bell-slash",
    "snapshot": "camera", "history": "clock-counter-clockwise", "reveal": "lock-key-open",
    "locked": "lock-simple", "unlocked": "lock-simple-open", "token": "key", "target": "target",
    "nonce": "hash", "gaps": "arrows-out-line-horizontal", "density": "rows", "connect": "link-simple",
    "send": "paper-plane-right", "backup": "archive", "restore": "clock-clockwise", "speed": "lightning",
    "time": "timer", "drawer": "square-half", "fullscreen": "corners-out", "shield": "shield",
    "power": "power",
}  # fmt: skip

# Phosphor draws on a square em; one raw font at this size gives outlines for every size by scaling.
_EM = 1024


class IconFontError(RuntimeError):
    """The icon font is not installed or has lost a glyph: a broken installation."""


@cache
def _fonts_folder() -> Path:
    spec = find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise IconFontError("QtAwesome, which carries the icon font, is not installed.")
    return Path(spec.origin).parent / "fonts"


def _newest(pattern: str) -> Path:
    found = sorted(_fonts_folder().glob(pattern))
    if not found:
        raise IconFontError(f"QtAwesome holds no {pattern}.")
    return found[-1]


@cache
def _characters() -> dict[str, str]:
    points: dict[str, str] = json.loads(_newest("phosphor-charmap-*.json").read_text(encoding="utf-8"))
    return {glyph: chr(int(points[glyph], 16)) for glyph in _GLYPHS.values()}


@cache
def _raw_font() -> QRawFont:
    font = QRawFont(str(_newest("phosphor-*.ttf")), _EM, QFont.HintingPreference.PreferNoHinting)
    if not font.isValid():
        raise IconFontError("The icon font cannot be read.")
    return font


@cache
def _outline(meaning: Meaning) -> QPainterPath:
    font = _raw_font()
    (glyph,) = font.glyphIndexesForString(_characters()[_GLYPHS[meaning]])
    path = font.pathForGlyph(glyph)
    path.translate(0, font.ascent())
    path.setFillRule(Qt.FillRule.WindingFill)
    return path


def paint_icon(painter: QPainter, rect: QRect | QRectF, meaning: Meaning, color: QColor) -> None:
    """Paint an icon centred in ``rect``, as large as its shorter side."""
    side = min(rect.width(), rect.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.x() + (rect.width() - side) / 2, rect.y() + (rect.height() - side) / 2)
    painter.scale(side / _EM, side / _EM)
    painter.fillPath(_outline(meaning), color)
    painter.restore()


class _GlyphEngine(QIconEngine):
    """Paints one outline in the colour its token has now."""

    def __init__(self, meaning: Meaning, off: Token, on: Token) -> None:
        super().__init__()
        self._meaning = meaning
        self._off: Token = off
        self._on: Token = on

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ink: Token = self._on if state is QIcon.State.On else self._off
        if mode is QIcon.Mode.Disabled:
            ink = "text.disabled"
        paint_icon(painter, rect, self._meaning, current_theme().color(ink))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        try:
            self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        finally:
            # A pixmap that dies under an open painter takes the process with it.
            painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _GlyphEngine(self._meaning, self._off, self._on)


def icon(meaning: Meaning, ink: Token = "text.secondary", *, on: Token | None = None) -> QIcon:
    """Give an icon by meaning; ``on`` is its colour where the button is checked."""
    return QIcon(_GlyphEngine(meaning, ink, on or ink))
