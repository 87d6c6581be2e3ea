"""Backups, and what the deletion of old rounds takes, as table rows."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QObject, Qt

from pump_desktop.domain.game import Difficulty, target_p_at_least
from pump_desktop.domain.seeds import short_seed
from pump_desktop.domain.storage import Backup, StreamPruning
from pump_desktop.qt.look.icons import icon
from pump_desktop.qt.tables.rows import DECORATION, NATIVE_ROLE, ROOT, Cell, Index, RowsModel
from pump_desktop.qt.text.numbers import bytes_text, counted, grouped, multiplier_text, odds_text

if TYPE_CHECKING:
    from pump_desktop.engine.verify import Derivation, Pick
    from pump_desktop.services.live.board import Peak


class PeakColumn(IntEnum):
    """Columns of the peaks."""

    MULTIPLIER = 0
    NONCE = 1
    ODDS = 2


_PEAK_TITLES = {PeakColumn.MULTIPLIER: "Multiplier", PeakColumn.NONCE: "Nonce", PeakColumn.ODDS: "Or more"}


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

    def rowCount(self, parent: Index = ROOT) -> int:
        """Give the number of peaks."""
        return 0 if parent.isValid() else len(self._peaks)

    def columnCount(self, parent: Index = ROOT) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else len(PeakColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Give a column's title, and what the odds are of."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.ToolTipRole and section == PeakColumn.ODDS:
            return "How often a round comes to this or more"
        return _PEAK_TITLES[PeakColumn(section)] if role == Qt.ItemDataRole.DisplayRole else None

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


class PickColumn(IntEnum):
    """Columns of the table of picks."""

    NUMBER = 0
    WORD = 1
    FLOAT = 2
    REMAINING = 3
    INDEX = 4
    POSITION = 5
    POPS = 6


_PICK_TITLES = {
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

    def rowCount(self, parent: Index = ROOT) -> int:
        """Give the number of picks."""
        return 0 if parent.isValid() else len(self._picks)

    def columnCount(self, parent: Index = ROOT) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else len(PickColumn)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Give a title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _PICK_TITLES[PickColumn(section)]
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

    def rowCount(self, parent: Index = ROOT) -> int:
        """Give the number of rows."""
        return 0 if parent.isValid() else len(self._pairs)

    def columnCount(self, parent: Index = ROOT) -> int:
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


_STATE = 4

_WHY = {
    "manual": "By hand",
    "before-restore": "Before a restore",
    "before-compact": "Before compacting",
    "before-delete": "Before deleting",
    "before-move": "Before a move",
}


def made_text(backup: Backup) -> str:
    """Give when a backup was made, in local time."""
    return f"{backup.at.astimezone():%Y-%m-%d %H:%M:%S}"


def why_text(backup: Backup) -> str:
    """Give what a backup was made for."""
    if backup.label.startswith("before-") and backup.label[7:].isdigit():
        return "Before an update"
    return _WHY.get(backup.label, backup.label)


def holds_text(backup: Backup) -> str:
    """Give what is in a backup."""
    return f"{counted(backup.runs, 'run')}, {counted(backup.bets, 'bet')}"


def state_text(backup: Backup) -> str:
    """Give whether a backup can be used."""
    if backup.healthy is False:
        return "Damaged"
    if backup.newer:
        return "Newer"
    return "Healthy" if backup.healthy else "Checking …"


class BackupsModel(RowsModel[Backup]):
    """The backups, newest first, with an icon before their state."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_BACKUP_CELLS, parent)

    def data(self, index: Index, role: int = 0) -> Any:
        """Give a cell, with an icon before the state."""
        if role == DECORATION and index.isValid() and index.column() == _STATE:
            backup = self._rows[index.row()]
            if backup.healthy is False:
                return icon("error", "bad")
            if backup.newer:
                return icon("warn", "warn")
            return icon("good", "good") if backup.healthy else icon("time", "text.muted")
        return super().data(index, role)


class PruningModel(RowsModel[StreamPruning]):
    """What goes from each stream, and what stays."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_PRUNING_CELLS, parent)


_BACKUP_CELLS: tuple[Cell[Backup], ...] = (
    Cell("Made", made_text),
    Cell("Why", why_text),
    Cell("Size", lambda backup: bytes_text(backup.size)),
    Cell("Holds", holds_text),
    Cell("State", state_text, lambda backup: str(backup.path)),
)

_PRUNING_CELLS: tuple[Cell[StreamPruning], ...] = (
    Cell("Stream", lambda one: short_seed(one.client_seed, 24), lambda one: one.client_seed),
    Cell("Rounds that go", lambda one: grouped(one.rounds)),
    Cell("Bets that go", lambda one: grouped(one.bets)),
    Cell("Rounds that stay", lambda one: grouped(one.kept_rounds)),
    Cell("Of them bookmarked", lambda one: grouped(one.bookmarked)),
)
