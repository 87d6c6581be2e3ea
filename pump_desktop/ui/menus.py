"""The menu bar: every action of the window in one place, enabled only where it does something.

Keys that belong to a page stay with the page: the menu shows them as words and asks the page to do what the
key does, so that no key is claimed twice. Only what works everywhere has a key of its own here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QMenuBar, QWidget

from pump_desktop.qt.look.icons import Meaning, icon

Always = Callable[[], bool]


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Item:
    """One action: words, what it does, and when it does something.

    ``keys`` work all over the window; ``page_keys`` are only shown, because a page listens to them.
    ``checked`` makes it a switch.
    """

    words: str
    act: Callable[[], object]
    keys: Sequence[str | QKeySequence.StandardKey] = ()
    page_keys: str = ""
    meaning: Meaning | None = None
    enabled: Always = _always
    checked: Always | None = None
    role: QAction.MenuRole = QAction.MenuRole.NoRole


@dataclass(frozen=True, slots=True)
class Menu:
    """One menu; None draws a line."""

    title: str
    items: Sequence[Item | None]


class MenuActions(QObject):
    """Fills the window's menu bar; ``refresh()`` brings words and states up to date."""

    def __init__(self, window: QMainWindow, menus: Sequence[Menu]) -> None:
        super().__init__(window)
        self._window = window
        self._items: dict[QAction, Item] = {}
        self._menus: list[QMenu] = []
        bar = QMenuBar(window)
        bar.setAccessibleName("Menu")
        for menu in menus:
            made = bar.addMenu(menu.title)
            self._menus.append(made)
            for item in menu.items:
                if item is None:
                    made.addSeparator()
                else:
                    made.addAction(self._action(item, made))
            made.aboutToShow.connect(self.refresh)
        window.setMenuBar(bar)

    def actions(self) -> Iterator[tuple[str, QAction]]:
        """Yield every action with the title of its menu."""
        for menu in self._menus:
            for action in menu.actions():
                if not action.isSeparator():
                    yield menu.title().replace("&", ""), action

    def action(self, words: str) -> QAction:
        """Give the action with these words."""
        return next(action for action, item in self._items.items() if item.words.replace("&", "") == words)

    @Slot()
    def refresh(self) -> None:
        """Enable what does something now."""
        for action, item in self._items.items():
            # One that has keys is asked again when it is triggered: nobody tells when a page changes.
            action.setEnabled(bool(item.keys) or item.enabled())
            if item.checked is not None:
                action.setChecked(item.checked())

    def is_possible(self, action: QAction) -> bool:
        """Tell whether an action does something now."""
        return self._items[action].enabled()

    def _action(self, item: Item, parent: QMenu) -> QAction:
        # After a tab stands the key that a page listens to; Qt sets it where a shortcut would be.
        words = item.words if not item.page_keys else f"{item.words}\t{_native(item.page_keys)}"
        action = QAction(words, parent)
        action.setIconText(item.words.replace("&", ""))
        if item.meaning is not None and sys.platform != "darwin":
            action.setIcon(icon(item.meaning))
        action.setShortcuts([QKeySequence(key) for key in _usable(item.keys)])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setMenuRole(item.role)
        action.setCheckable(item.checked is not None)
        action.triggered.connect(self._triggered)
        self._items[action] = item
        return action

    @Slot()
    def _triggered(self, *_checked: object) -> None:
        action = self.sender()
        if not isinstance(action, QAction):
            return
        item = self._items[action]
        if item.enabled():
            item.act()
        if item.checked is not None:
            action.setChecked(item.checked())


def _usable(keys: Sequence[str | QKeySequence.StandardKey]) -> list[str]:
    """Give the keys as text, each once; a standard key may have none on a system."""
    found: list[str] = []
    for key in keys:
        texts = [key] if isinstance(key, str) else [one.toString() for one in QKeySequence.keyBindings(key)]
        found += [text for text in texts if text and text not in found]
    return found


def _native(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


class LastFocus(QObject):
    """Remembers which widget of the window had the keyboard before a menu took it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._widget: QWidget | None = None
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._moved)

    @property
    def widget(self) -> QWidget | None:
        """The widget, if it is still there."""
        there = self._widget is not None and shiboken6.isValid(self._widget) and self._widget.isVisible()
        return self._widget if there else None

    @Slot(QWidget, QWidget)
    def _moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is None or isinstance(now, (QMenu, QMenuBar)) or not self._window.isAncestorOf(now):
            return
        self._widget = now
