"""What a table draws of its columns: titles and figures at the right edge, words at the left."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import (
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionHeader,
    QStyleOptionViewItem,
    QWidget,
)

from pump_desktop.qt.look.fonts import Type, ui_font
from pump_desktop.qt.look.theme import Size

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class NumberDelegate(QStyledItemDelegate):
    """Puts figures at the right edge."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Align a cell."""
        super().initStyleOption(option, index)
        option.displayAlignment = _RIGHT


class TableHeader(QHeaderView):
    """The horizontal header, aligned as its columns are."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.numeric: frozenset[int] = frozenset()
        self.setFont(ui_font(Type.HINT))
        self.setFixedHeight(Size.TABLE_HEADER)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(40)
        self.setSortIndicatorShown(False)
        self.setSectionsMovable(True)

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, logical_index: int) -> None:
        """Align a title over its figures."""
        super().initStyleOptionForIndex(option, logical_index)
        option.textAlignment = _RIGHT if logical_index in self.numeric else _LEFT
