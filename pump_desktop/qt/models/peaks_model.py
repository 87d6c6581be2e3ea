"""The highest rounds of a stream as rows."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from pump_desktop.domain.game import target_p_at_least
from pump_desktop.qt.numbers import grouped, multiplier_text, odds_text

if TYPE_CHECKING:
    from pump_desktop.services.live.board import Peak

Index = QModelIndex | QPersistentModelIndex

_ROOT = QModelIndex()


class PeakColumn(IntEnum):
    """Columns of the peaks."""

    MULTIPLIER = 0
    NONCE = 1
    ODDS = 2


_TITLES = {PeakColumn.MULTIPLIER: "Multiplier", PeakColumn.NONCE: "Nonce", PeakColumn.ODDS: "Or more"}


class PeaksModel(QAbstractTableModel):
    """Peaks, highest first; the same ones tell nobody."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._peaks: tuple[Peak, ...] = ()

    def set_peaks(self, peaks: Sequence[Peak]) -> None:
        """Show other peaks."""
        fresh = tuple(peaks)
        if fresh == self._peaks:
            return
        if len(fresh) == len(self._peaks):
            self._peaks = fresh
            self.dataChanged.emit(self.index(0, 0), self.index(len(fresh) - 1, len(PeakColumn) - 1))
            return
        self.beginResetModel()
        self._peaks = fresh
        self.endResetModel()

    def peak_at(self, row: int) -> Peak:
        """Give the peak of a row."""
        return self._peaks[row]

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Give the number of peaks."""
        return 0 if parent.isValid() else len(self._peaks)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else len(PeakColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Give a column's title, and what the odds are of."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.ToolTipRole and section == PeakColumn.ODDS:
            return "How often a round comes to this or more"
        return _TITLES[PeakColumn(section)] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = 0) -> Any:
        """Give a cell as text."""
        if role != Qt.ItemDataRole.DisplayRole or not index.isValid():
            return None
        peak = self._peaks[index.row()]
        match index.column():
            case PeakColumn.MULTIPLIER:
                return multiplier_text(peak.result)
            case PeakColumn.NONCE:
                return grouped(peak.nonce)
        if peak.difficulty is None or peak.safe_pumps is None:
            return "–"
        return odds_text(target_p_at_least(peak.difficulty, peak.result))
