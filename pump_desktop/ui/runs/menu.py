"""What can be done with the runs of the list that are selected."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from pump_desktop.domain.sides import MOST_COMPARED
from pump_desktop.qt.look.icons import Meaning, icon


@dataclass(frozen=True, slots=True)
class _Entry:
    """One action: its name, its icon and words, its key, and the fewest and most runs it takes."""

    name: Meaning
    words: str
    keys: str = ""
    least: int = 1
    most: float = 1


_ENTRIES = (
    _Entry("open", "Open", "Return"),
    _Entry("rename", "Rename …", "F2"),
    _Entry("notes", "Notes …"),
    _Entry("duplicate", "Duplicate", "Ctrl+D"),
    _Entry("extend", "Extend the range …"),
    _Entry("rescan", "Use as a new scan"),
    _Entry("compare", "Compare", "Ctrl+M", most=MOST_COMPARED),
    _Entry("export", "Export all nonces as CSV …"),
    _Entry("delete", "Delete", "Del", most=float("inf")),
)
_BY_NAME: dict[str, _Entry] = {entry.name: entry for entry in _ENTRIES}
# Return is the table's own.
KEYS = {entry.name: entry.keys for entry in _ENTRIES if entry.keys and entry.name != "open"}


def takes(name: str, count: int) -> bool:
    """Tell whether an action can be done with so many runs."""
    entry = _BY_NAME[name]
    return entry.least <= count <= entry.most


def runs_menu(count: int, parent: QWidget) -> QMenu:
    """Give the menu for so many selected runs; its actions carry their names as data."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for entry in _ENTRIES:
        if entry.name == "delete":
            menu.addSeparator()
        action = QAction(icon(entry.name), entry.words, menu)
        if entry.keys:
            action.setShortcut(QKeySequence(entry.keys))
        action.setData(entry.name)
        action.setEnabled(takes(entry.name, count))
        menu.addAction(action)
    return menu
