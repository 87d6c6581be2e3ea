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
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from pump_desktop.qt.look.icons import Meaning, icon
from pump_desktop.ui.kit.table import BigTable


def page_shortcut(page: QWidget | None, keys: str) -> QShortcut | None:
    """Give the shortcut with which a page listens to a key now."""
    if page is None:
        return None
    wanted = QKeySequence(keys)
    for shortcut in page.findChildren(QShortcut):
        owner = shortcut.parent()
        seen = isinstance(owner, QWidget) and owner.isVisible()
        if seen and shortcut.isEnabled() and shortcut.key() == wanted:
            return shortcut
    return None


def press(page: QWidget | None, keys: str) -> None:
    """Have a page do what it does at a key."""
    shortcut = page_shortcut(page, keys)
    if shortcut is not None:
        shortcut.activated.emit()


def can_copy(widget: QWidget | None) -> bool:
    """Tell whether something in a widget is selected that can be copied."""
    match widget:
        case QLineEdit() | QLabel():
            return widget.hasSelectedText()
        case QTextEdit() | QPlainTextEdit():
            return widget.textCursor().hasSelection()
        case BigTable():
            return bool(widget.selected_rows())
    return widget is not None and _own_copy(widget) is not None


def copy_from(widget: QWidget | None) -> None:
    """Copy what is selected in a widget."""
    match widget:
        case QLineEdit() | QTextEdit() | QPlainTextEdit():
            widget.copy()
        case QLabel():
            QGuiApplication.clipboard().setText(widget.selectedText())
        case BigTable():
            widget.copy_selection()
        case QWidget():
            shortcut = _own_copy(widget)
            if shortcut is not None:
                shortcut.activated.emit()


def can_select_all(widget: QWidget | None) -> bool:
    """Tell whether a widget has parts that can be selected."""
    return isinstance(widget, (QLineEdit, QTextEdit, QPlainTextEdit, BigTable))


def select_all(widget: QWidget | None) -> None:
    """Select everything in a widget."""
    if isinstance(widget, (QLineEdit, QTextEdit, QPlainTextEdit, BigTable)):
        widget.selectAll()


def _own_copy(widget: QWidget) -> QShortcut | None:
    # A chart copies its numbers by a shortcut of its own.
    wanted = QKeySequence(QKeySequence.StandardKey.Copy)
    return next((one for one in widget.findChildren(QShortcut) if one.key() == wanted), None)


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
