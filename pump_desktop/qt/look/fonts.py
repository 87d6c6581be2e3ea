"""Type: five sizes, one face, figures that line up, and a fixed-width face for seeds and hashes."""

from __future__ import annotations

from enum import IntEnum
from functools import cache

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication

_PREFERRED = "Inter"
_MONO = ("JetBrains Mono", "SF Mono", "Cascadia Mono", "Consolas", "Menlo", "DejaVu Sans Mono")


class Type(IntEnum):
    """The type scale, in pixels."""

    HINT = 12
    BODY = 13
    SECTION = 15
    TITLE = 20
    FIGURE = 28


def base_font() -> QFont:
    """Give the face the application is set in: Inter where it is installed, else the system's own."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    family = _installed(_PREFERRED)
    if family is not None:
        font.setFamily(family)
    font.setPixelSize(Type.BODY)
    return font


def ui_font(
    size: Type = Type.BODY, weight: QFont.Weight = QFont.Weight.Normal, *, figures: bool = False
) -> QFont:
    """Give the application's face in one of the five sizes; ``figures`` makes its digits equally wide."""
    font = QGuiApplication.font()
    font.setPixelSize(size)
    font.setWeight(weight)
    return tabular(font) if figures else font


def tabular(font: QFont) -> QFont:
    """Give ``font`` with digits of one width, so that numbers stand in columns."""
    figures = QFont(font)
    figures.setFeature(QFont.Tag("tnum"), 1)
    return figures


def mono_font(size: Type = Type.BODY) -> QFont:
    """Give the fixed-width face for seeds, hashes and digests."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    family = _installed(*_MONO)
    if family is not None:
        font.setFamily(family)
    font.setStyleHint(QFont.StyleHint.Monospace)
    # Fixed-width faces run large: one pixel less makes them sit level with the body face.
    font.setPixelSize(size - 1 if size > Type.HINT else size)
    return font


@cache
def _installed(*families: str) -> str | None:
    """Give the first family there is; asked anew for every label, it was a tenth of a page's making."""
    return next(filter(QFontDatabase.hasFamily, families), None)
