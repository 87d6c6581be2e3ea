"""Rows of hits over arrays: a million of them open at once, because a cell is a look-up."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QObject, Qt

from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.qt.tables.rows import NATIVE_ROLE, ROOT, Index
from pump_desktop.qt.text.numbers import count_text, decimal_text, grouped, multiplier_text, odds_text

if TYPE_CHECKING:
    from pump_desktop.stats.distribution import Distribution, DistributionRow


class DistributionColumn(IntEnum):
    """Columns of the distribution table."""

    MULTIPLIER = 0
    ODDS = 1
    OBSERVED = 2
    EXPECTED = 3
    RATIO = 4
    INTERVAL = 5


_DISTRIBUTION_TITLES = {
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

    def rowCount(self, parent: Index = ROOT) -> int:
        """Give the number of results."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else len(DistributionColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Give a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _DISTRIBUTION_TITLES[DistributionColumn(section)]
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


class HitColumn(IntEnum):
    """Columns of the hits table."""

    NUMBER = 0
    NONCE = 1
    MULTIPLIER = 2
    SAFE_PUMPS = 3
    DISTANCE = 4


_HIT_TITLES = {
    HitColumn.NUMBER: "Hit",
    HitColumn.NONCE: "Nonce",
    HitColumn.MULTIPLIER: "Multiplier",
    HitColumn.SAFE_PUMPS: "Safe pumps",
    HitColumn.DISTANCE: "Distance",
}


# Rows looked back over at a time for the hit before with the same multiplier, then four times as many.
_LOOK_BACK = 64


class HitsModel(QAbstractTableModel):
    """Hits of one filter; ``set_hits`` replaces all rows at once.

    A distance is worked out when its cell is read: ten million of them would be another 80 MB.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._nonces: NDArray[np.int64] = np.empty(0, np.int64)
        self._safe_pumps: NDArray[np.uint8] = np.empty(0, np.uint8)
        self._per_multiplier = False
        self._labels: tuple[str, ...] = ()
        self._multipliers: tuple[float, ...] = ()

    def set_hits(
        self,
        difficulty: Difficulty,
        nonces: NDArray[np.int64],
        safe_pumps: NDArray[np.uint8],
    ) -> None:
        """Show these hits, which share one length and stand in nonce order."""
        self.beginResetModel()
        self._nonces, self._safe_pumps = nonces, safe_pumps
        self._multipliers = PAYOUTS[difficulty]
        self._labels = tuple(multiplier_text(entry) for entry in self._multipliers)
        self.endResetModel()

    @property
    def per_multiplier(self) -> bool:
        """Whether a distance runs from the hit before with the same multiplier, not from any hit."""
        return self._per_multiplier

    def set_per_multiplier(self, apart: bool) -> None:
        """Let distances run from the hit before with the same multiplier, or from the hit before."""
        if apart == self._per_multiplier:
            return
        self._per_multiplier = apart
        column = int(HitColumn.DISTANCE)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, column, column)
        if rows := self.rowCount():
            self.dataChanged.emit(self.index(0, column), self.index(rows - 1, column))

    def row_at_or_after(self, nonce: int) -> int | None:
        """Give the row of the first hit at or after a nonce."""
        row = int(np.searchsorted(self._nonces, nonce))
        return row if row < len(self._nonces) else None

    def nonce_at(self, row: int) -> int:
        """Give the nonce of a row."""
        return int(self._nonces[row])

    def rowCount(self, parent: Index = ROOT) -> int:
        """Give the number of hits."""
        return 0 if parent.isValid() else len(self._nonces)

    def columnCount(self, parent: Index = ROOT) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else len(HitColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Give a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            if section == HitColumn.DISTANCE and self._per_multiplier:
                return "Distance to same"
            return _HIT_TITLES[HitColumn(section)]
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        """Give a cell as text, or natively under ``NATIVE_ROLE``."""
        if role not in {int(Qt.ItemDataRole.DisplayRole), NATIVE_ROLE} or not index.isValid():
            return None
        value = self._native(index.row(), index.column())
        if role == NATIVE_ROLE:
            return value
        if value is None:
            return "–"
        if index.column() == HitColumn.MULTIPLIER:
            return self._labels[int(self._safe_pumps[index.row()])]
        return grouped(int(value))

    def _native(self, row: int, column: int) -> float | None:
        match column:
            case HitColumn.NUMBER:
                return row + 1
            case HitColumn.NONCE:
                return int(self._nonces[row])
            case HitColumn.MULTIPLIER:
                return self._multipliers[int(self._safe_pumps[row])]
            case HitColumn.SAFE_PUMPS:
                return int(self._safe_pumps[row])
        before = self._row_before(row)
        return None if before is None else int(self._nonces[row] - self._nonces[before])

    def _row_before(self, row: int) -> int | None:
        """Give the row a distance runs from; the first hit has none before it."""
        if not self._per_multiplier:
            return row - 1 if row else None
        k, end, step = self._safe_pumps[row], row, _LOOK_BACK
        while end > 0:
            start = max(end - step, 0)
            found = np.flatnonzero(self._safe_pumps[start:end] == k)
            if len(found):
                return start + int(found[-1])
            end, step = start, 4 * step
        return None
