"""Dresses the application: Fusion, one palette and one style sheet, changed while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from PySide6.QtCore import QCoreApplication, QDir, QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QScrollBar, QTableView

from pump_desktop.qt.fonts import base_font
from pump_desktop.qt.palette import palette_of
from pump_desktop.qt.theme import Density, Theme, built_in_theme, row_height, style_sheet, wear, wear_density
from pump_desktop.system.resources import resource

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
