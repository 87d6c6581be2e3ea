"""What the window offers everywhere: menus, palette, help, keys, about, welcome."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence

from pump_desktop.domain.errors import KnownError
from pump_desktop.qt.appearance import Appearance, Mode
from pump_desktop.qt.asking import Asker
from pump_desktop.system.paths import AppPaths
from pump_desktop.ui.folders import open_folder
from pump_desktop.ui.general_keys import keys_of
from pump_desktop.ui.help_topics import TOPICS, topic_for
from pump_desktop.ui.keys_overlay import KeysOverlay
from pump_desktop.ui.menu_helps import can_copy, can_select_all, copy_from, page_shortcut, press, select_all
from pump_desktop.ui.menus import Item, LastFocus, Menu, MenuActions
from pump_desktop.ui.page_shelf import SECTIONS
from pump_desktop.ui.pages.runs_menu import takes

if TYPE_CHECKING:
    from pump_desktop.ui.help_pages import HelpWindow
    from pump_desktop.ui.palette import Palette
    from pump_desktop.ui.window import Window

_THEMES = {Mode.SYSTEM: "Theme of the &system", Mode.LIGHT: "&Light theme", Mode.DARK: "&Dark theme"}
_NEXT_THEME = {Mode.SYSTEM: Mode.LIGHT, Mode.LIGHT: Mode.DARK, Mode.DARK: Mode.SYSTEM}
_PALETTE = "&Go to anything …"
_STANDARD = QKeySequence.StandardKey


class Shell(QObject):
    """Belongs to the window; ``theme_chosen`` carries a Mode to be kept."""

    theme_chosen = Signal(object)

    def __init__(self, window: Window, asker: Asker, appearance: Appearance) -> None:
        super().__init__(window)
        self._window = window
        self._asker = asker
        self._appearance = appearance
        self._paths: AppPaths | None = None
        self._focus = LastFocus(window)
        self._help: HelpWindow | None = None
        self._palette: Palette | None = None
        menus = (self._file(), self._edit(), self._view(), self._run(), self._live(), self._help_menu())
        self.menus = MenuActions(window, menus)

    def use_paths(self, paths: AppPaths) -> None:
        """Take the folders that can be shown to a person."""
        self._paths = paths

    # Menus.

    def _file(self) -> Menu:
        window = self._window
        return Menu(
            "&File",
            (
                Item("&New scan", window.new_scan, ("Ctrl+N",), meaning="scan"),
                Item(
                    "&Import bets …",
                    self._import_bets,
                    ("Ctrl+I",),
                    meaning="import",
                    enabled=lambda: window.live_page.connect_actions.can_import,
                ),
                Item("&Export …", self._export, ("Ctrl+E",), meaning="export", enabled=self._can_export),
                None,
                Item("Open &data folder", self._open_data, meaning="folder", enabled=self._has_paths),
                Item(
                    "&Settings …",
                    partial(window.open_section, "settings"),
                    ("Ctrl+,",),
                    meaning="settings",
                    role=QAction.MenuRole.PreferencesRole,
                ),
                None,
                Item(
                    "&Quit",
                    window.close,
                    (_STANDARD.Quit, "Ctrl+Q"),
                    meaning="power",
                    role=QAction.MenuRole.QuitRole,
                ),
            ),
        )

    def _edit(self) -> Menu:
        return Menu(
            "&Edit",
            (
                Item(
                    "&Copy",
                    lambda: copy_from(self._focus.widget),
                    page_keys="Ctrl+C",
                    meaning="copy",
                    enabled=lambda: can_copy(self._focus.widget),
                ),
                Item(
                    "Select &all",
                    lambda: select_all(self._focus.widget),
                    page_keys="Ctrl+A",
                    enabled=lambda: can_select_all(self._focus.widget),
                ),
                None,
                self._page_item("&Find on this page", "Ctrl+F", meaning=True),
                Item(_PALETTE, self.open_palette, ("Ctrl+K",), meaning="jump"),
            ),
        )

    def _view(self) -> Menu:
        window = self._window
        pages = [
            Item(
                f"&{entry.word}",
                partial(window.open_section, entry.key),
                (f"Ctrl+{number}",),
                checked=partial(self._is_open, entry.key),
            )
            for number, entry in enumerate(SECTIONS, 1)
        ]
        themes = [
            Item(words, partial(self.set_theme, mode), checked=partial(self._wears, mode))
            for mode, words in _THEMES.items()
        ]
        return Menu(
            "&View",
            (
                *pages,
                None,
                self._page_item("&Read again", "F5"),
                self._page_item("&Back to the runs", "Alt+Left"),
                Item(
                    "Newest &notice",
                    window.notices.focus_newest,
                    ("F8",),
                    enabled=lambda: bool(window.notices.texts),
                ),
                None,
                *themes,
                Item("Ne&xt theme", self._next_theme, ("Ctrl+Shift+L",)),
                None,
                Item(
                    "F&ull screen",
                    self._full_screen,
                    (_STANDARD.FullScreen, "F11"),
                    checked=window.isFullScreen,
                ),
            ),
        )

    def _run(self) -> Menu:
        scan = self._window.scan_page
        return Menu(
            "&Run",
            (
                Item(
                    "&Start scan",
                    scan.submit,
                    page_keys="Ctrl+Return",
                    meaning="play",
                    enabled=lambda: scan.isVisible() and not scan.running,
                ),
                Item(
                    "&Cancel scan",
                    scan.cancel,
                    page_keys="Esc",
                    meaning="stop",
                    enabled=lambda: scan.running,
                ),
                None,
                self._run_item("Re&name …", "rename", "F2"),
                self._run_item("N&otes …", "notes"),
                self._run_item("D&uplicate", "duplicate", "Ctrl+D"),
                self._run_item("E&xtend the range …", "extend"),
                self._run_item("Use as a new s&can", "rescan"),
                self._run_item("Co&mpare runs", "compare", "Ctrl+M"),
                None,
                self._run_item("&Delete", "delete", "Del"),
            ),
        )

    def _live(self) -> Menu:
        keyed = (
            ("&Pause the table", "P"),
            ("&Freeze everything", "F"),
            ("Open or close the &drawer", "D"),
            ("&Go to a nonce", "G"),
            ("Fil&ter by multiplier", "/"),
            ("&Bookmark the bet", "B"),
        )
        return Menu(
            "&Live",
            (
                Item(
                    "&Connect Antebot …",
                    self._connect_antebot,
                    meaning="connect",
                ),
                None,
                *(
                    Item(
                        words,
                        partial(self._press_live, keys),
                        page_keys=keys,
                        enabled=self._shows_stream,
                    )
                    for words, keys in keyed
                ),
            ),
        )

    def _help_menu(self) -> Menu:
        topics = [Item(topic.title, partial(self.open_help, topic.key)) for topic in TOPICS]
        return Menu(
            "&Help",
            (
                Item("&Help for this page", self._help_here, (_STANDARD.HelpContents, "F1"), meaning="help"),
                *topics,
                None,
                Item("&Keys", self.show_keys, ("Ctrl+/", "?")),
                Item("Open &log folder", self._open_logs, meaning="folder", enabled=self._has_paths),
                None,
                Item(
                    "&About Pump Desktop",
                    self.show_about,
                    meaning="info",
                    role=QAction.MenuRole.AboutRole,
                ),
            ),
        )

    def _page_item(self, words: str, keys: str, *, meaning: bool = False) -> Item:
        pages = self._window.pages
        return Item(
            words,
            lambda: press(pages.currentWidget(), keys),
            page_keys=keys,
            meaning="search" if meaning else None,
            enabled=lambda: page_shortcut(pages.currentWidget(), keys) is not None,
        )

    def _run_item(self, words: str, name: str, keys: str = "") -> Item:
        return Item(
            words,
            partial(self._act_on_runs, name),
            page_keys=keys,
            meaning=name,  # type: ignore[arg-type]  # every action of a run has an icon by its name
            enabled=partial(self._can_act, name),
        )

    # What they do.

    def _is_open(self, key: str) -> bool:
        return self._window.section == key

    def _wears(self, mode: Mode) -> bool:
        return self._appearance.mode is mode

    def _has_paths(self) -> bool:
        return self._paths is not None

    def _can_act(self, name: str) -> bool:
        pages = self._window.pages
        if pages.currentWidget() is pages.runs:
            return takes(name, pages.runs.chosen_count)
        page = pages.shown_run
        return page is not None and page is pages.currentWidget() and page.run is not None

    def _act_on_runs(self, name: str) -> None:
        pages = self._window.pages
        if pages.currentWidget() is pages.runs:
            pages.runs.act(name)
        elif pages.shown_run is not None and pages.shown_run.run is not None:
            self._window.run_actions.act(name, pages.shown_run.run)

    def _import_bets(self) -> None:
        self._window.live_page.connect_actions.open_import()

    def _connect_antebot(self) -> None:
        self._window.live_page.connect_actions.open_connect()

    def _press_live(self, keys: str) -> None:
        press(self._window.live_page, keys)

    def _shows_stream(self) -> bool:
        page = self._window.live_page
        return page.isVisible() and page.stream_id is not None

    def _can_export(self) -> bool:
        return self._can_act("export") or self._shows_stream()

    def _export(self) -> None:
        if self._window.live_page.isVisible():
            self._window.live_page.view.ask_export()
        else:
            self._act_on_runs("export")

    def _open_data(self) -> None:
        if self._paths is not None:
            self._show_folder(lambda paths: open_folder(paths.data))

    def _open_logs(self) -> None:
        self._show_folder(lambda paths: open_folder(paths.logs))

    def _show_folder(self, show: Callable[[AppPaths], None]) -> None:
        if self._paths is None:
            return
        try:
            show(self._paths)
        except KnownError as error:
            self._window.refuse(str(error))

    def set_theme(self, mode: Mode) -> None:
        """Wear a theme, and have it kept."""
        self._appearance.set_mode(mode)
        self.theme_chosen.emit(mode)
        self._window.tell(f"Theme: {mode}")

    def _next_theme(self) -> None:
        self.set_theme(_NEXT_THEME[self._appearance.mode])

    def _full_screen(self) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()

    # What opens over the window.

    @Slot()
    def open_palette(self) -> None:
        """Open the palette over the window."""
        from pump_desktop.ui.palette import Palette  # noqa: PLC0415 - not before first paint

        if self._palette is not None:
            return
        self.menus.refresh()
        commands = [
            (title, action)
            for title, action in self.menus.actions()
            if action.iconText() != _PALETTE.replace("&", "") and self.menus.is_possible(action)
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

    def _help_here(self) -> None:
        self.open_help(topic_for(self._window.section))

    def open_help(self, key: str) -> None:
        """Show a help page; a help window that is open comes to the front."""
        from pump_desktop.ui.help_pages import HelpWindow  # noqa: PLC0415 - not before first paint

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
        from pump_desktop.ui.about import AboutDialog  # noqa: PLC0415 - not before first paint

        AboutDialog(self._asker, self._paths, self._window).open()
