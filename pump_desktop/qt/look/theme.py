"""The look as data: colour tokens read from a theme file, and the steps every size is taken from.

Widgets, charts and the style sheet read colours only by token, so a theme is one JSON file and nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from PySide6.QtCore import QCoreApplication, QDir, QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QScrollBar, QTableView

from pump_desktop.domain.errors import KnownError
from pump_desktop.qt.look.fonts import base_font
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


_ACTIVE: dict[QPalette.ColorRole, Token] = {
    QPalette.ColorRole.Window: "surface.window",
    QPalette.ColorRole.WindowText: "text.primary",
    QPalette.ColorRole.Base: "surface.card",
    QPalette.ColorRole.AlternateBase: "surface.raised",
    QPalette.ColorRole.Text: "text.primary",
    QPalette.ColorRole.PlaceholderText: "text.muted",
    QPalette.ColorRole.Button: "surface.raised",
    QPalette.ColorRole.ButtonText: "text.primary",
    QPalette.ColorRole.BrightText: "bad",
    QPalette.ColorRole.Light: "surface.hover",
    QPalette.ColorRole.Midlight: "surface.raised",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Dark: "line.strong",
    QPalette.ColorRole.Shadow: "line.strong",
    QPalette.ColorRole.Highlight: "selection",
    QPalette.ColorRole.HighlightedText: "selection.text",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.ToolTipBase: "surface.raised",
    QPalette.ColorRole.ToolTipText: "text.primary",
}
_DISABLED: dict[QPalette.ColorRole, Token] = {
    QPalette.ColorRole.WindowText: "text.disabled",
    QPalette.ColorRole.Text: "text.disabled",
    QPalette.ColorRole.PlaceholderText: "text.disabled",
    QPalette.ColorRole.ButtonText: "text.disabled",
    QPalette.ColorRole.BrightText: "text.disabled",
    QPalette.ColorRole.Highlight: "surface.pressed",
    QPalette.ColorRole.HighlightedText: "text.disabled",
    QPalette.ColorRole.Accent: "text.disabled",
    QPalette.ColorRole.Link: "text.disabled",
    QPalette.ColorRole.LinkVisited: "text.disabled",
    QPalette.ColorRole.ToolTipText: "text.primary",
}


def palette_of(theme: Theme) -> QPalette:
    """Give the palette of a theme with Active, Inactive and Disabled fully set."""
    palette = QPalette()
    for role, token in _ACTIVE.items():
        palette.setColor(QPalette.ColorGroup.Active, role, theme.color(token))
        palette.setColor(QPalette.ColorGroup.Inactive, role, theme.color(token))
        palette.setColor(QPalette.ColorGroup.Disabled, role, theme.color(_DISABLED.get(role, token)))
    return palette


MOTION_MS = 140


class Mode(StrEnum):
    """What a person asks for: the system's choice, or one theme always."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def theme_for(mode: Mode, scheme: Qt.ColorScheme, *, desktop_is_dark: bool) -> Theme:
    """Give the theme asked for; where the system tells no scheme, the desktop's palette decides."""
    if mode is Mode.SYSTEM and scheme is Qt.ColorScheme.Unknown:
        return built_in_theme("dark" if desktop_is_dark else "light")
    dark = mode is Mode.DARK or (mode is Mode.SYSTEM and scheme is Qt.ColorScheme.Dark)
    return built_in_theme("dark" if dark else "light")


class Appearance(QObject):
    """Keeps the application in the theme asked for; ``changed`` carries each new Theme."""

    changed = Signal(object)

    def __init__(self, app: QApplication, mode: Mode = Mode.SYSTEM, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._mode = mode
        # Read before our own palette hides it: bare X11 tells no colour scheme, its palette still tells.
        self._desktop_is_dark = app.palette().color(QPalette.ColorRole.Window).lightness() < 128
        QDir.setSearchPaths("icons", [str(resource("icons"))])
        app.setStyle("Fusion")
        app.setFont(base_font())
        self._theme = self._wanted()
        self._dress()
        app.styleHints().colorSchemeChanged.connect(self._follow_system)

    @property
    def mode(self) -> Mode:
        """What was asked for."""
        return self._mode

    @property
    def theme(self) -> Theme:
        """What is worn now."""
        return self._theme

    def set_mode(self, mode: Mode) -> None:
        """Follow the system, or stay light or dark."""
        if mode is not self._mode:
            self._mode = mode
            self._refresh()

    def set_density(self, density: Density) -> None:
        """Let the rows of all tables stand closer, or with more air."""
        before = row_height()
        wear_density(self._app, density)
        if row_height() == before:
            return
        # Tables look at the height of their rows when their style changes. They alone are told: a new style
        # sheet for everything takes half a second.
        for widget in self._app.allWidgets():
            if isinstance(widget, QTableView):
                QCoreApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))

    @contextmanager
    def sheet_later(self) -> Iterator[None]:
        """Put the style sheet on when the block is done: the window is made in it, before it is shown."""
        # Under a sheet, Qt styles a widget and all below it anew each time one of them gets a parent, which
        # is half the time that making the window takes.
        self._app.setStyleSheet("")
        try:
            yield
        finally:
            self._app.setStyleSheet(style_sheet(self._theme))

    @Slot()
    def _follow_system(self) -> None:
        if self._mode is Mode.SYSTEM:
            self._refresh()

    def _wanted(self) -> Theme:
        scheme = self._app.styleHints().colorScheme()
        return theme_for(self._mode, scheme, desktop_is_dark=self._desktop_is_dark)

    def _refresh(self) -> None:
        hints = self._app.styleHints()
        if self._mode is Mode.SYSTEM:
            hints.unsetColorScheme()
        else:
            # Title bars and native dialogs follow where the platform lets them.
            dark = self._mode is Mode.DARK
            hints.setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)
        wanted = self._wanted()
        if wanted is not self._theme:
            self._theme = wanted
            self._dress()
            self.changed.emit(wanted)

    def _dress(self) -> None:
        wear(self._app, self._theme)
        before = [(bar, bar.value()) for bar in self._app.allWidgets() if isinstance(bar, QScrollBar)]
        # A sheet in the place of another is polished in by Qt once for every widget and again for its
        # parents: 1.1 s for the 2,300 widgets of a full window. Taken off and put on, it takes 0.2 s.
        self._app.setStyleSheet("")
        self._app.setPalette(palette_of(self._theme))
        self._app.setStyleSheet(style_sheet(self._theme))
        moved = [(bar, value) for bar, value in before if bar.value() != value]
        if moved:
            # Without a sheet all is smaller, and what stood at its end was pushed up. The layouts that are
            # waiting make the room to go back to.
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        for bar, value in moved:
            bar.setValue(value)


def motion_ms() -> int:
    """Give how long a movement may last, in milliseconds; 0 where the system asks for none."""
    return MOTION_MS if QApplication.isEffectEnabled(Qt.UIEffect.UI_AnimateMenu) else 0
