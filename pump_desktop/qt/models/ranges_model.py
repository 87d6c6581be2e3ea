"""Ranges of nonces that are missing, and nonces that came twice, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from pump_desktop.qt.numbers import grouped

Index = QModelIndex | QPersistentModelIndex

_ROOT = QModelIndex()


class RangesModel(QAbstractTableModel):
    """Pairs of numbers under two titles: first and last nonce with their count, or nonce and bets."""

    def __init__(self, titles: tuple[str, str], *, spans: bool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._titles = titles
        self._spans = spans
        self._pairs: tuple[tuple[int, int], ...] = ()

    def set_pairs(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Show other rows; the same ones tell nobody."""
        if tuple(pairs) != self._pairs:
            self.beginResetModel()
            self._pairs = tuple(pairs)
            self.endResetModel()

    def nonce_at(self, row: int) -> int:
        """Give the nonce that stands for a row; before a missing range it is the last one that came."""
        first = self._pairs[row][0]
        return max(first - 1, 1) if self._spans else first

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Give the number of rows."""
        return 0 if parent.isValid() else len(self._pairs)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Give a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        """Give a cell as text."""
        if role != Qt.ItemDataRole.DisplayRole or not index.isValid():
            return None
        first, second = self._pairs[index.row()]
        if index.column() == 0:
            whole = first == second or not self._spans
            return grouped(first) if whole else f"{grouped(first)} – {grouped(second)}"
        return grouped(second - first + 1 if self._spans else second)
