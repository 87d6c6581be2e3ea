"""The pictures of what the window offers everywhere: welcome, menus, palette, keys, help, about, errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from PySide6.QtWidgets import QMenu, QWidget

from pump_desktop.program import Program
from pump_desktop.ui.kit.keys_overlay import KeysOverlay
from pump_desktop.ui.main.about import AboutDialog
from pump_desktop.ui.main.help import HelpWindow
from pump_desktop.ui.main.palette import Palette

W = TypeVar("W", bound=QWidget)

_DETAILS = """Pump Desktop, thread MainThread

Traceback (most recent call last):
  File "scan_page.py", line 1, in a_slot
ZeroDivisionError: a picture of a report"""


def shell_states(
    program: Program, settle: Callable[[int], None]
) -> Iterator[tuple[str, Callable[[], QWidget]]]:
    """Yield each state with its picture's name; it gives the widget to draw."""
    stage = _Stage(program, settle)
    for number, title in enumerate(("File", "Edit", "View", "Run", "Live", "Help"), 1):
        yield f"80-menu-{number}-{title.lower()}", partial(stage.menu, title)
    yield "81-palette", lambda: stage.palette("")
    yield "82-palette-typed", lambda: stage.palette("sam")
    yield "83-palette-nothing", lambda: stage.palette("zzzq")
    yield "84-keys-scan", lambda: stage.keys("scan")
    yield "85-keys-live", lambda: stage.keys("live")
    for key in ("game", "verification", "statistics", "antebot"):
        yield f"86-help-{key}", partial(stage.help, key, "")
    yield "87-help-search", lambda: stage.help("statistics", "p-value")
    yield "88-about", stage.about
    yield "89-report", lambda: stage.report(opened=False)
    yield "90-report-details", lambda: stage.report(opened=True)
    yield "91-failed-page", stage.failed


class _Stage:
    """The shell of a program; each state ends the one before."""

    def __init__(self, program: Program, settle: Callable[[int], None]) -> None:
        self._program = program
        self._window = program.window
        self._shell = program.overlays
        self._settle = settle
        self._open: QWidget | None = None

    def menu(self, title: str) -> QWidget:
        """Drop a menu down."""
        self._end()
        for action in self._window.menuBar().actions():
            menu = action.menu()
            if isinstance(menu, QMenu) and action.text().replace("&", "") == title:
                self._shell.menus.refresh()
                menu.ensurePolished()
                menu.resize(menu.sizeHint())
                return menu
        raise LookupError(title)

    def palette(self, typed: str) -> QWidget:
        """Open the palette and type."""
        self._end()
        self._shell.open_palette()
        palette = self._one(Palette)
        palette._field.setText(typed)
        self._settle(500)
        return palette

    def keys(self, section: str) -> QWidget:
        """Show the keys of a page."""
        self._end()
        self._window.open_section(section)
        self._shell.show_keys()
        return self._one(KeysOverlay)

    def help(self, key: str, typed: str) -> QWidget:
        """Show a help page."""
        self._end()
        self._shell.open_help(key)
        window = self._one(HelpWindow)
        window._search.setText(typed)
        return window

    def about(self) -> QWidget:
        """Show the about box."""
        self._end()
        self._shell.menus.action("About Pump Desktop").trigger()
        self._settle(500)
        return self._one(AboutDialog)

    def report(self, *, opened: bool) -> QWidget:
        """Show the report of an error."""
        self._end()
        sentence = "Something went wrong that Pump Desktop did not expect. Your stored data is not affected."
        dialog = self._window.show_report(sentence, _DETAILS)
        dialog._fold.setChecked(opened)
        self._open = dialog
        return dialog

    def failed(self) -> QWidget:
        """Show what stands in the place of a page that could not be made."""
        self._end()
        self._window._rail.set_current("compare")
        self._window.pages.setCurrentWidget(self._window.pages._failure("compare"))
        return self._window

    def _one(self, kind: type[W]) -> W:
        found = self._window.findChildren(kind)[-1]
        self._open = found
        return found

    def _end(self) -> None:
        if self._open is not None:
            self._open.close()
            self._settle(50)
        self._open = None
