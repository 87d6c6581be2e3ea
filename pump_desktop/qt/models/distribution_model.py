"""The distribution as rows: one per result, observed beside expected."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from pump_desktop.qt.models.roles import NATIVE_ROLE
from pump_desktop.qt.numbers import count_text, decimal_text, grouped, multiplier_text, odds_text

if TYPE_CHECKING:
    from pump_desktop.stats.distribution import Distribution, DistributionRow

Index = QModelIndex | QPersistentModelIndex

_ROOT = QModelIndex()


class DistributionColumn(IntEnum):
    """Columns of the distribution table."""

    MULTIPLIER = 0
    ODDS = 1
    OBSERVED = 2
    EXPECTED = 3
    RATIO = 4
    INTERVAL = 5


_TITLES = {
    DistributionColumn.MULTIPLIER: "Multiplier",
    DistributionColumn.ODDS: "Odds",
    DistributionColumn.OBSERVED: "Observed",
    DistributionColumn.EXPECTED: "Expected",
    DistributionColumn.RATIO: "Ratio",
    DistributionColumn.INTERVAL: "95 % interval",
}


class DistributionModel(QAbstractTableModel):
    """Rows k = 0 .. 25 - M of one distribution."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[DistributionRow, ...] = ()

    def set_distribution(self, distribution: Distribution) -> None:
        """Show another distribution."""
        self.beginResetModel()
        self._rows = distribution.rows
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Give the number of results."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else len(DistributionColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Give a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[DistributionColumn(section)]
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        """Give a cell as text, or natively under ``NATIVE_ROLE``."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == int(Qt.ItemDataRole.DisplayRole):
            return _text(row, DistributionColumn(index.column()))
        if role == NATIVE_ROLE:
            return _native(row, DistributionColumn(index.column()))
        return None


def _text(row: DistributionRow, column: DistributionColumn) -> str:
    match column:
        case DistributionColumn.MULTIPLIER:
            return multiplier_text(row.multiplier)
        case DistributionColumn.ODDS:
            return odds_text(row.probability)
        case DistributionColumn.OBSERVED:
            return grouped(row.observed)
        case DistributionColumn.EXPECTED:
            return count_text(row.expected)
        case DistributionColumn.RATIO:
            return decimal_text(row.ratio, 3 if row.expected >= 1000 else 2)
        case DistributionColumn.INTERVAL:
            return f"{count_text(row.low)} – {count_text(row.high)}"


def _native(row: DistributionRow, column: DistributionColumn) -> float:
    match column:
        case DistributionColumn.MULTIPLIER:
            return row.multiplier
        case DistributionColumn.ODDS:
            return row.probability
        case DistributionColumn.OBSERVED:
            return row.observed
        case DistributionColumn.EXPECTED:
            return row.expected
        case DistributionColumn.RATIO:
            return row.ratio
        case DistributionColumn.INTERVAL:
            return row.low
