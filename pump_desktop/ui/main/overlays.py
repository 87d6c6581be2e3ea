"""What opens over the window from everywhere: palette, help, keys, about, folders; and the theme."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QAction

from pump_desktop.domain.errors import KnownError
from pump_desktop.qt.look.theme import Appearance, Mode
from pump_desktop.qt.work.query import Asker
from pump_desktop.system.paths import AppPaths
from pump_desktop.ui.kit.keys_overlay import KeysOverlay
from pump_desktop.ui.kit.saving import open_folder
from pump_desktop.ui.main.help import topic_for
from pump_desktop.ui.main.keys import keys_of
from pump_desktop.ui.main.menus import MenuActions
from pump_desktop.ui.main.window import Window

if TYPE_CHECKING:
    from pump_desktop.ui.main.help import HelpWindow
    from pump_desktop.ui.main.palette import Palette

PALETTE = "&Go to anything …"
_NEXT_THEME = {Mode.SYSTEM: Mode.LIGHT, Mode.LIGHT: Mode.DARK, Mode.DARK: Mode.SYSTEM}


class Overlays(QObject):
    """Belong to the window; ``theme_chosen`` carries a Mode to be kept."""

    menus: MenuActions
    """The menu bar, whose actions the palette offers; set by ``actions.add_menus()``, which needs both."""

    theme_chosen = Signal(object)

    def __init__(self, window: Window, asker: Asker, appearance: Appearance) -> None:
        super().__init__(window)
        self._window = window
        self._asker = asker
        self._appearance = appearance
        self._paths: AppPaths | None = None
        self._help: HelpWindow | None = None
        self._palette: Palette | None = None

    def use_paths(self, paths: AppPaths) -> None:
        """Take the folders that can be shown."""
        self._paths = paths

    def has_paths(self) -> bool:
        """Tell whether there are folders to show."""
        return self._paths is not None

    def open_data(self) -> None:
        """Show the data folder."""
        if self._paths is not None:
            self._show_folder(self._paths.data)

    def open_logs(self) -> None:
        """Show the folder of the logs."""
        if self._paths is not None:
            self._show_folder(self._paths.logs)

    def _show_folder(self, folder: Path) -> None:
        try:
            open_folder(folder)
        except KnownError as error:
            self._window.refuse(str(error))

    def wears(self, mode: Mode) -> bool:
        """Tell whether this theme was asked for."""
        return self._appearance.mode is mode

    def set_theme(self, mode: Mode) -> None:
        """Apply a theme and save the choice."""
        self._appearance.set_mode(mode)
        self.theme_chosen.emit(mode)
        self._window.tell(f"Theme: {mode}")

    def next_theme(self) -> None:
        """Apply the next of the three."""
        self.set_theme(_NEXT_THEME[self._appearance.mode])

    @Slot()
    def open_palette(self) -> None:
        """Open the palette over the window."""
        from pump_desktop.ui.main.palette import Palette  # noqa: PLC0415 - not before first paint

        if self._palette is not None:
            return
        self.menus.refresh()
        commands = [
            (title, action)
            for title, action in self.menus.actions()
            if action.iconText() != PALETTE.replace("&", "") and self.menus.is_possible(action)
        ]
        palette = Palette(commands, self._asker, self._window)
        palette.command_chosen.connect(self._trigger)
        palette.run_chosen.connect(self._window.open_run_by_id)
        palette.stream_chosen.connect(self._window.open_stream)
        palette.finished.connect(self._palette_closed)
        self._palette = palette
        palette.open()

    @Slot(QAction)
    def _trigger(self, action: QAction) -> None:
        # Once the palette is gone: what the action does may open a dialog, or need the keyboard.
        QTimer.singleShot(0, action, action.trigger)

    @Slot()
    def _palette_closed(self) -> None:
        self._palette = None

    def help_here(self) -> None:
        """Show the help page that suits the page that is open."""
        self.open_help(topic_for(self._window.section))

    def open_help(self, key: str) -> None:
        """Show a help page; a help window that is open comes to the front."""
        from pump_desktop.ui.main.help import HelpWindow  # noqa: PLC0415 - not before first paint

        if self._help is None:
            self._help = HelpWindow(self._appearance, self._window)
            self._help.finished.connect(self._help_closed)
            self._help.show()
        self._help.open_topic(key)
        self._help.raise_()
        self._help.activateWindow()

    @Slot()
    def _help_closed(self) -> None:
        self._help = None

    def show_keys(self) -> None:
        """Show the keys of the page that is open, and those that work everywhere."""
        shown_run = self._window.pages.shown_run
        on_run = shown_run is not None and self._window.pages.currentWidget() is shown_run
        KeysOverlay(keys_of("run" if on_run else self._window.section), self._window, columns=2).open()

    def show_about(self) -> None:
        """Show versions and folders."""
        from pump_desktop.ui.main.about import AboutDialog  # noqa: PLC0415 - not before first paint

        AboutDialog(self._asker, self._paths, self._window).open()
