"""What menu actions ask of pages and of whatever has the keyboard."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from pump_desktop.ui.widgets.table import BigTable


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
