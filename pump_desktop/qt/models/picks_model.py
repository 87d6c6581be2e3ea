"""The selection shuffle of one bet as rows: one per pick."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from pump_desktop.domain.game import Difficulty
from pump_desktop.qt.models.roles import NATIVE_ROLE

if TYPE_CHECKING:
    from pump_desktop.engine.verify import Derivation, Pick

Index = QModelIndex | QPersistentModelIndex

_ROOT = QModelIndex()


class PickColumn(IntEnum):
    """Columns of the table of picks."""

    NUMBER = 0
    WORD = 1
    FLOAT = 2
    REMAINING = 3
    INDEX = 4
    POSITION = 5
    POPS = 6


_TITLES = {
    PickColumn.NUMBER: "Pick",
    PickColumn.WORD: "Word",
    PickColumn.FLOAT: "Float",
    PickColumn.REMAINING: "Remaining",
    PickColumn.INDEX: "Index",
    PickColumn.POSITION: "Position",
    PickColumn.POPS: "Pops",
}


class PicksModel(QAbstractTableModel):
    """Rows 1 to 25 of one derivation, with the pops of one difficulty marked."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._picks: tuple[Pick, ...] = ()
        self._pops = 0
        self._pop_point = 0

    def show(self, derivation: Derivation, difficulty: Difficulty) -> None:
        """Show the picks of a bet at a difficulty."""
        self.beginResetModel()
        self._picks = derivation.picks
        self._pops = difficulty.pops
        self._pop_point = derivation.results[difficulty].pop_point
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Give the number of picks."""
        return 0 if parent.isValid() else len(self._picks)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else len(PickColumn)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Give a title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[PickColumn(section)]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give a cell as words, or the value itself."""
        if role not in {Qt.ItemDataRole.DisplayRole, NATIVE_ROLE}:
            return None
        number, pick = index.row() + 1, self._picks[index.row()]
        cells = {
            PickColumn.NUMBER: number,
            PickColumn.WORD: pick.word,
            PickColumn.FLOAT: pick.float if role == NATIVE_ROLE else f"{pick.float:.10f}",
            PickColumn.REMAINING: pick.remaining,
            PickColumn.INDEX: pick.index,
            PickColumn.POSITION: pick.position,
            PickColumn.POPS: self._pops_word(number, pick.position),
        }
        cell = cells[PickColumn(index.column())]
        # As text: the view would put a number into groups, and these are copied to be reckoned with.
        return cell if role == NATIVE_ROLE else str(cell)

    def _pops_word(self, number: int, position: int) -> str:
        if number > self._pops:
            return ""
        return "pop point" if position == self._pop_point else "pops"
