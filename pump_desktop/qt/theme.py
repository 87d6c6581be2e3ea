"""The look as data: colour tokens read from a theme file, and the steps every size is taken from.

Widgets, charts and the style sheet read colours only by token, so a theme is one JSON file and nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor

from pump_desktop.domain.errors import KnownError
from pump_desktop.system.resources import resource

Token = Literal[
    "surface.window", "surface.card", "surface.raised", "surface.hover", "surface.pressed",
    "line", "line.strong",
    "text.primary", "text.secondary", "text.muted", "text.disabled",
    "accent", "accent.hover", "accent.pressed", "accent.text", "accent.soft",
    "selection", "selection.text", "focus", "expected",
    "good", "good.soft", "warn", "warn.soft", "bad", "bad.soft",
    "tier.0", "tier.1", "tier.2", "tier.3", "tier.4", "tier.5", "tier.6",
    "series.0", "series.1", "series.2", "series.3", "series.4", "series.5",
]  # fmt: skip
TOKENS: tuple[Token, ...] = get_args(Token)
TIERS: tuple[Token, ...] = ("tier.0", "tier.1", "tier.2", "tier.3", "tier.4", "tier.5", "tier.6")
# Runs and streams that stand side by side in one chart.
SERIES: tuple[Token, ...] = ("series.0", "series.1", "series.2", "series.3", "series.4", "series.5")

_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
_PLACEHOLDER = re.compile(r"@\{([a-z0-9.]+)\}")
_PROPERTY = "theme"
_DENSITY = "density"


class Space(IntEnum):
    """Steps of distance, in pixels."""

    XS = 4
    S = 8
    M = 12
    L = 16
    XL = 24
    XXL = 32


class Radius(IntEnum):
    """Rounding of corners, in pixels."""

    CONTROL = 6
    CARD = 10


class Size(IntEnum):
    """Heights that line up across the window, in pixels."""

    HIT = 28
    CONTROL = 32
    ROW = 28
    TABLE_HEADER = 32
    STATUS = 32
    HEADER = 56


class Density(StrEnum):
    """How close the rows of tables stand."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


# The height of a table's row in pixels; 22 hold 13-pixel figures and 16-pixel icons.
_ROWS = {Density.COMFORTABLE: int(Size.ROW), Density.COMPACT: 22}


class ThemeFileError(KnownError):
    """A theme file cannot be used; the sentence names the file and what is wrong in it."""


@dataclass(frozen=True, slots=True)
class Theme:
    """All colours of one look, by token."""

    name: str
    dark: bool
    colors: Mapping[Token, str]

    def hex(self, token: Token) -> str:
        """Give a colour as ``#rrggbb``."""
        return self.colors[token]

    def color(self, token: Token, alpha: float = 1.0) -> QColor:
        """Give a colour to paint with; ``alpha`` runs from 0 to 1."""
        color = QColor(self.colors[token])
        color.setAlphaF(alpha)
        return color

    def tier(self, level: int) -> QColor:
        """Give the colour of a multiplier tier, 0 to 6."""
        return QColor(self.colors[TIERS[level]])


def theme_from_file(path: Path) -> Theme:
    """Give the theme of a JSON file; raises ThemeFileError for a missing, unknown or colourless token."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ThemeFileError(f"Theme file {path.name} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ThemeFileError(f"Theme file {path.name} is not valid JSON: {error}.") from error
    if not isinstance(data, dict) or set(data) != {"name", "dark", "colors"}:
        raise ThemeFileError(f"Theme file {path.name} must hold exactly name, dark and colors.")
    name, dark, colors = data["name"], data["dark"], data["colors"]
    if not isinstance(name, str) or not isinstance(dark, bool) or not isinstance(colors, dict):
        raise ThemeFileError(f"Theme file {path.name} needs a text name, a true or false dark, and colors.")
    if missing := sorted(set(TOKENS) - set(colors)):
        raise ThemeFileError(f"Theme file {path.name} lacks {', '.join(missing)}.")
    if unknown := sorted(set(colors) - set(TOKENS)):
        raise ThemeFileError(f"Theme file {path.name} has unknown tokens: {', '.join(unknown)}.")
    for token, value in colors.items():
        if not isinstance(value, str) or not _HEX.fullmatch(value):
            raise ThemeFileError(f"Theme file {path.name}: {token} must be a colour such as #0F1318.")
    return Theme(name, dark, MappingProxyType({token: colors[token].upper() for token in TOKENS}))


@cache
def built_in_theme(name: Literal["light", "dark"]) -> Theme:
    """Give one of the two themes the program ships."""
    return theme_from_file(resource("themes", f"{name}.json"))


def current_theme() -> Theme:
    """Give the theme the application wears; light until an Appearance dresses it."""
    app = QCoreApplication.instance()
    theme = app.property(_PROPERTY) if app is not None else None
    return theme if isinstance(theme, Theme) else built_in_theme("light")


def wear(app: QCoreApplication, theme: Theme) -> None:
    """Make ``theme`` the one current_theme() gives; kept on the application, so it ends with it."""
    app.setProperty(_PROPERTY, theme)


def row_height() -> int:
    """Give the height of a table's row in pixels, in the density the application wears."""
    app = QCoreApplication.instance()
    density = app.property(_DENSITY) if app is not None else None
    return _ROWS[Density(density or Density.COMFORTABLE)]


def wear_density(app: QCoreApplication, density: Density) -> None:
    """Make ``density`` the one row_height() follows."""
    app.setProperty(_DENSITY, density.value)


def style_sheet(theme: Theme) -> str:
    """Give the application's style sheet with every ``@{token}`` and ``@{size.name}`` filled in."""
    values: dict[str, str] = {str(token): value for token, value in theme.colors.items()}
    for family, steps in (("space", Space), ("radius", Radius), ("size", Size)):
        values |= {f"{family}.{step.name.lower().replace('_', '')}": f"{step.value}px" for step in steps}
    values["controls"] = f"icons:controls/{theme.name}"

    def fill(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise ThemeFileError(f"The style sheet asks for an unknown token: {match[1]}.")
        return values[match[1]]

    return _PLACEHOLDER.sub(fill, resource("themes", "app.qss").read_text(encoding="utf-8"))
