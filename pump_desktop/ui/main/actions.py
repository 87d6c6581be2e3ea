"""What the menus of the window hold, and when each action does something."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QAction, QKeySequence

from pump_desktop.qt.look.icons import Meaning
from pump_desktop.qt.look.theme import Mode
from pump_desktop.ui.main.help import TOPICS
from pump_desktop.ui.main.menus import (
    Item,
    LastFocus,
    Menu,
    MenuActions,
    can_copy,
    can_select_all,
    copy_from,
    page_shortcut,
    press,
    select_all,
)
from pump_desktop.ui.main.overlays import PALETTE, Overlays
from pump_desktop.ui.main.pages import SECTIONS
from pump_desktop.ui.main.window import Window
from pump_desktop.ui.runs.menu import takes

_THEMES = {Mode.SYSTEM: "Theme of the &system", Mode.LIGHT: "&Light theme", Mode.DARK: "&Dark theme"}
_STANDARD = QKeySequence.StandardKey


def add_menus(window: Window, overlays: Overlays) -> None:
    """Fill the window's menu bar, whose actions the palette offers as well."""
    overlays.menus = MenuActions(window, WindowMenus(window, overlays).menus())


class WindowMenus:
    """The menus, from left to right; what opens over the window belongs to the overlays."""

    def __init__(self, window: Window, overlays: Overlays) -> None:
        self._window = window
        self._overlays = overlays
        self._focus = LastFocus(window)

    def menus(self) -> tuple[Menu, ...]:
        """Give all menus."""
        return (self._file(), self._edit(), self._view(), self._run(), self._live(), self._help_menu())

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
                Item(
                    "Open &data folder",
                    self._overlays.open_data,
                    meaning="folder",
                    enabled=self._overlays.has_paths,
                ),
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
                self._page_item("&Find on this page", "Ctrl+F", meaning="search"),
                Item(PALETTE, self._overlays.open_palette, ("Ctrl+K",), meaning="jump"),
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
            Item(words, partial(self._overlays.set_theme, mode), checked=partial(self._overlays.wears, mode))
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
                Item("Ne&xt theme", self._overlays.next_theme, ("Ctrl+Shift+L",)),
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
        topics = [Item(topic.title, partial(self._overlays.open_help, topic.key)) for topic in TOPICS]
        return Menu(
            "&Help",
            (
                Item(
                    "&Help for this page",
                    self._overlays.help_here,
                    (_STANDARD.HelpContents, "F1"),
                    meaning="help",
                ),
                *topics,
                None,
                Item("&Keys", self._overlays.show_keys, ("Ctrl+/", "?")),
                Item(
                    "Open &log folder",
                    self._overlays.open_logs,
                    meaning="folder",
                    enabled=self._overlays.has_paths,
                ),
                None,
                Item(
                    "&About Pump Desktop",
                    self._overlays.show_about,
                    meaning="info",
                    role=QAction.MenuRole.AboutRole,
                ),
            ),
        )

    def _page_item(self, words: str, keys: str, *, meaning: Meaning | None = None) -> Item:
        pages = self._window.pages
        return Item(
            words,
            lambda: press(pages.currentWidget(), keys),
            page_keys=keys,
            meaning=meaning,
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

    # What they do, and when.

    def _is_open(self, key: str) -> bool:
        return self._window.section == key

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

    def _full_screen(self) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()
