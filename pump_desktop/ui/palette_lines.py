"""The lines of the palette: what each says, and how it is painted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from pump_desktop.qt.look.fonts import Type, ui_font
from pump_desktop.qt.look.icons import Meaning, paint_icon
from pump_desktop.qt.look.theme import Radius, Space, current_theme
from pump_desktop.ui.widgets.style import paint_box

WIDTH, ROW = 560, 44
_BOTH = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what it is, where it leads, and what it is called beside."""

    title: str
    detail: str
    meaning: Meaning
    target: object
    kind: str
    keys: str = ""


class EntriesModel(QAbstractListModel):
    """The lines; DisplayRole is what a screen reader says."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show other lines."""
        self.beginResetModel()
        self._entries = tuple(entries)
        self.endResetModel()

    def entry(self, row: int) -> Entry | None:
        """Give the line of a row, when there is one."""
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        """Give the number of lines."""
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> Any:
        """Give what a screen reader says."""
        if role in {int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)}:
            entry = self._entries[index.row()]
            return f"{entry.kind}: {entry.title}" + (f", {entry.detail}" if entry.detail else "")
        return None


class EntryDelegate(QStyledItemDelegate):
    """Paints icon, title over detail, and the key."""

    def __init__(self, entries: EntriesModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._entries = entries

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Give all lines one height."""
        return QSize(WIDTH, ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint ground, icon, words and key."""
        entry = self._entries.entry(index.row())
        if entry is None:
            return
        theme, box = current_theme(), option.rect
        widget = option.widget
        current = isinstance(widget, QListView) and widget.currentIndex().row() == index.row()
        if current:
            fill = theme.color("selection")
            paint_box(painter, box.adjusted(4, 1, -4, -1), Radius.CONTROL, fill=fill)
        ink = theme.color("selection.text" if current else "text.primary")
        quiet = ink if current else theme.color("text.secondary")
        spot = QRect(box.left() + Space.L, box.center().y() - 8, 18, 18)
        paint_icon(painter, spot, entry.meaning, quiet)
        left, room = box.left() + Space.L + 18 + Space.M, box.right() - Space.L
        painter.setFont(ui_font(Type.HINT))
        painter.setPen(quiet)
        side = entry.keys or entry.kind
        width = painter.fontMetrics().horizontalAdvance(side)
        painter.drawText(QRect(room - width, box.top(), width, box.height()), _RIGHT, side)
        words = room - width - Space.L - left
        if entry.detail:
            detail = painter.fontMetrics().elidedText(entry.detail, Qt.TextElideMode.ElideMiddle, words)
            painter.drawText(QRect(left, box.center().y(), words, 18), _BOTH, detail)
        painter.setFont(ui_font(Type.BODY))
        painter.setPen(ink)
        title = painter.fontMetrics().elidedText(entry.title, Qt.TextElideMode.ElideRight, words)
        line = QRect(left, box.top() + 4, words, 20) if entry.detail else QRect(left, box.top(), words, ROW)
        painter.drawText(line, _BOTH, title)
