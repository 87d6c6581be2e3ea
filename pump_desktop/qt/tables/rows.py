"""Short lists of frozen values as table rows: each column says how it writes its cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from pump_desktop.qt.text.foreign import plain_tip

# A cell as the value it shows, or the whole row.
NATIVE_ROLE = int(Qt.ItemDataRole.UserRole)


T = TypeVar("T")

Index = QModelIndex | QPersistentModelIndex

ROOT = QModelIndex()
DISPLAY = int(Qt.ItemDataRole.DisplayRole)
TIP = int(Qt.ItemDataRole.ToolTipRole)
DECORATION = int(Qt.ItemDataRole.DecorationRole)


@dataclass(frozen=True, slots=True)
class Cell(Generic[T]):
    """A column: its title, how a row's cell reads, and what more its tool tip says."""

    title: str
    text: Callable[[T], str]
    tip: Callable[[T], str] | None = None


class RowsModel(QAbstractTableModel, Generic[T]):
    """The rows of one list; ``NATIVE_ROLE`` gives the row itself."""

    def __init__(self, cells: Sequence[Cell[T]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cells = tuple(cells)
        self._rows: tuple[T, ...] = ()

    @property
    def rows(self) -> tuple[T, ...]:
        """What is shown."""
        return self._rows

    def set_rows(self, rows: Sequence[T]) -> bool:
        """Show other rows; those that are shown already change nothing. Tell whether they changed."""
        if tuple(rows) == self._rows:
            return False
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()
        return True

    def rowCount(self, parent: Index = ROOT) -> int:
        """Give the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else len(self._cells)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Give a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == DISPLAY:
            return self._cells[section].title
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        """Give a cell as text, its tool tip, or the row."""
        if not index.isValid():
            return None
        row, cell = self._rows[index.row()], self._cells[index.column()]
        if role == NATIVE_ROLE:
            return row
        if role == DISPLAY:
            return cell.text(row)
        if role == TIP and cell.tip is not None:
            return plain_tip(cell.tip(row))
        return None
