"""Stored runs as rows, loaded page by page; sorting and searching are the store's."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any
from uuid import UUID

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from pump_desktop.domain.runs import RunRow, RunSort
from pump_desktop.domain.seeds import short_seed
from pump_desktop.qt.foreign_text import plain_tip
from pump_desktop.qt.models.roles import NATIVE_ROLE
from pump_desktop.qt.numbers import duration_text, grouped, multiplier_text
from pump_desktop.qt.theme import current_theme
from pump_desktop.qt.times import local_time

Index = QModelIndex | QPersistentModelIndex

_ROOT = QModelIndex()


class RunColumn(IntEnum):
    """Columns of the runs table."""

    NAME = 0
    CREATED = 1
    CLIENT_SEED = 2
    SERVER_HASH = 3
    DIFFICULTY = 4
    NONCES = 5
    COUNT = 6
    HIGHEST = 7
    DURATION = 8
    NOTES = 9


TITLES = {
    RunColumn.NAME: "Name",
    RunColumn.CREATED: "Scanned",
    RunColumn.CLIENT_SEED: "Client seed",
    RunColumn.SERVER_HASH: "Server seed SHA-256",
    RunColumn.DIFFICULTY: "Difficulty",
    RunColumn.NONCES: "First – last nonce",
    RunColumn.COUNT: "Nonces",
    RunColumn.HIGHEST: "Highest",
    RunColumn.DURATION: "Time",
    RunColumn.NOTES: "Notes",
}

SORTS = {
    RunColumn.NAME: RunSort.NAME,
    RunColumn.CREATED: RunSort.CREATED,
    RunColumn.CLIENT_SEED: RunSort.CLIENT_SEED,
    RunColumn.DIFFICULTY: RunSort.DIFFICULTY,
    RunColumn.NONCES: RunSort.NONCE_START,
    RunColumn.COUNT: RunSort.COUNT,
    RunColumn.HIGHEST: RunSort.HIGHEST,
    RunColumn.DURATION: RunSort.DURATION,
}


class RunsModel(QAbstractTableModel):
    """The rows loaded so far; ``more_wanted`` asks for the page behind them."""

    more_wanted = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[RunRow] = []
        self._ids: set[UUID] = set()
        self._total = 0
        self._waiting = False

    @property
    def total(self) -> int:
        """How many runs match, loaded or not."""
        return self._total

    def set_rows(self, rows: Sequence[RunRow], total: int) -> None:
        """Start over with the first page."""
        self.beginResetModel()
        self._rows = list(rows)
        self._ids = {run.id for run in rows}
        self._total = total
        self._waiting = False
        self.endResetModel()

    def append_rows(self, rows: Sequence[RunRow], total: int) -> None:
        """Add the next page."""
        self._total = total
        if rows:
            first = len(self._rows)
            self.beginInsertRows(_ROOT, first, first + len(rows) - 1)
            self._rows.extend(rows)
            self._ids.update(run.id for run in rows)
            self.endInsertRows()
        self._waiting = False

    def remove(self, run_id: UUID) -> bool:
        """Take one run out of the rows, and tell whether it was among them."""
        row = self.row_of(run_id)
        if row is None:
            return False
        self.beginRemoveRows(_ROOT, row, row)
        del self._rows[row]
        self._ids.remove(run_id)
        self._total -= 1
        self.endRemoveRows()
        return True

    def holds(self, run_id: UUID) -> bool:
        """Tell whether a run is among the rows."""
        return run_id in self._ids

    def run_at(self, row: int) -> RunRow:
        """Give the run of a row."""
        return self._rows[row]

    def row_of(self, run_id: UUID) -> int | None:
        """Give the row of a run, when it is loaded."""
        return next((row for row, run in enumerate(self._rows) if run.id == run_id), None)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Give the number of loaded rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else len(RunColumn)

    def canFetchMore(self, parent: Index) -> bool:
        """Tell whether more runs match than are loaded, and none are under way."""
        return not parent.isValid() and not self._waiting and len(self._rows) < self._total

    def fetchMore(self, parent: Index) -> None:
        """Ask for the next page."""
        if self.canFetchMore(parent):
            self._waiting = True
            self.more_wanted.emit(len(self._rows))

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Give a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return TITLES[RunColumn(section)]
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        """Give a cell as text, its whole text as tool tip, or the run under ``NATIVE_ROLE``."""
        return run_cell(self._rows[index.row()], RunColumn(index.column()), role) if index.isValid() else None


def run_cell(run: RunRow, column: RunColumn, role: int) -> Any:
    """Give what a run's cell holds under a role; a run without a name goes by its client seed, muted."""
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return _text(run, column)
        case Qt.ItemDataRole.ToolTipRole:
            whole = run.server_seed_sha256 if column is RunColumn.SERVER_HASH else _text(run, column)
            return plain_tip(whole)
        case Qt.ItemDataRole.ForegroundRole if column is RunColumn.NAME and not run.name:
            return current_theme().color("text.muted")
    return run if role == NATIVE_ROLE else None


def _text(run: RunRow, column: RunColumn) -> str:  # noqa: PLR0911 - one return a column
    match column:
        case RunColumn.NAME:
            return run.name or run.client_seed
        case RunColumn.CREATED:
            return local_time(run.created_at)
        case RunColumn.CLIENT_SEED:
            return run.client_seed
        case RunColumn.SERVER_HASH:
            return short_seed(run.server_seed_sha256)
        case RunColumn.DIFFICULTY:
            return run.difficulty.label
        case RunColumn.NONCES:
            return f"{grouped(run.nonce_start)} – {grouped(run.nonce_end)}"
        case RunColumn.COUNT:
            return grouped(run.count)
        case RunColumn.HIGHEST:
            return multiplier_text(run.max_multiplier)
        case RunColumn.DURATION:
            return duration_text(run.duration_ms / 1000, fine=True)
        case RunColumn.NOTES:
            return " ".join(run.notes.split())
