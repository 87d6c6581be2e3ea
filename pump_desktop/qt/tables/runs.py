"""Stored runs under their seed pairs: a line a pair, and its runs below it while it is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import IntEnum
from typing import Any
from uuid import UUID

from PySide6.QtCore import QAbstractTableModel, QObject, Qt, Signal

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.runs import RunGroup, RunRow, RunSort, SeedPair
from pump_desktop.domain.seeds import short_seed
from pump_desktop.qt.look.theme import current_theme
from pump_desktop.qt.tables.rows import NATIVE_ROLE, ROOT, Index
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.qt.text.numbers import counted, duration_text, grouped, multiplier_text
from pump_desktop.qt.text.times import local_time


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
            self.beginInsertRows(ROOT, first, first + len(rows) - 1)
            self._rows.extend(rows)
            self._ids.update(run.id for run in rows)
            self.endInsertRows()
        self._waiting = False

    def remove(self, run_id: UUID) -> bool:
        """Take one run out of the rows, and tell whether it was among them."""
        row = self.row_of(run_id)
        if row is None:
            return False
        self.beginRemoveRows(ROOT, row, row)
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

    def rowCount(self, parent: Index = ROOT) -> int:
        """Give the number of loaded rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = ROOT) -> int:
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


_MANY = {3: "3 difficulties", 4: "All four"}
_TITLES = TITLES | {RunColumn.NAME: "Seed pair, name", RunColumn.NONCES: "Runs, range"}


class RunGroupsModel(QAbstractTableModel):
    """``more_wanted`` asks for the groups behind those loaded, ``runs_wanted`` for a pair's first runs."""

    more_wanted = Signal(int)
    runs_wanted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[RunGroup | RunRow] = []
        self._open: set[SeedPair] = set()
        self._loaded = 0
        self._groups = 0
        self._total = 0
        self._waiting = False

    @property
    def total(self) -> int:
        """How many runs match, loaded or not."""
        return self._total

    @property
    def groups(self) -> int:
        """How many seed pairs these runs have, loaded or not."""
        return self._groups

    @property
    def loaded_groups(self) -> int:
        """How many of them are loaded."""
        return self._loaded

    @property
    def pairs(self) -> tuple[SeedPair, ...]:
        """The pairs that are loaded, top to bottom."""
        return tuple(line.pair for line in self._lines if isinstance(line, RunGroup))

    @property
    def loaded_ids(self) -> set[UUID]:
        """The runs that are shown."""
        return {line.id for line in self._lines if isinstance(line, RunRow)}

    @property
    def open_pairs(self) -> tuple[SeedPair, ...]:
        """The pairs whose runs are shown, top to bottom."""
        lines = (line for line in self._lines if isinstance(line, RunGroup))
        return tuple(group.pair for group in lines if group.pair in self._open)

    def set_groups(
        self,
        groups: Sequence[RunGroup],
        total: int,
        runs: int,
        opened: Mapping[SeedPair, Sequence[RunRow]] | None = None,
    ) -> None:
        """Start over with the first groups; ``opened`` holds the runs of those that are open."""
        opened = opened or {}
        self.beginResetModel()
        self._lines = []
        for group in groups:
            self._lines.append(group)
            self._lines.extend(opened.get(group.pair, ()))
        self._open = {group.pair for group in groups if group.pair in opened}
        self._loaded, self._groups, self._total = len(groups), total, runs
        self._waiting = False
        self.endResetModel()

    def append_groups(self, groups: Sequence[RunGroup], total: int, runs: int) -> None:
        """Add the next groups."""
        self._groups, self._total = total, runs
        self._loaded += len(groups)
        self._insert(len(self._lines), groups)
        self._waiting = False

    def append_runs(self, pair: SeedPair, runs: Sequence[RunRow]) -> None:
        """Add runs at the end of an open pair; those of one that was closed meanwhile are dropped."""
        row = self._row_of_pair(pair)
        if row is not None and pair in self._open:
            self._insert(self._end(row), runs)

    def remove(self, run_id: UUID) -> bool:
        """Take one run out, and its pair with its last one; tell whether it was among the lines."""
        row = self.row_of(run_id)
        if row is None:
            return False
        run, above = self._lines[row], self.group_row(row)
        group = self._lines[above]
        if not isinstance(run, RunRow) or not isinstance(group, RunGroup):
            return False
        self._total -= 1
        if group.runs == 1:
            self._groups -= 1
            self._loaded -= 1
            self._open.discard(group.pair)
            self._remove(above, row)
            return True
        self._lines[above] = replace(group, runs=group.runs - 1, count=group.count - run.count)
        self._remove(row, row)
        self.dataChanged.emit(self.index(above, 0), self.index(above, len(RunColumn) - 1))
        return True

    def run_at(self, row: int) -> RunRow | None:
        """Give the run of a line, or None for a seed pair's."""
        line = self._lines[row]
        return line if isinstance(line, RunRow) else None

    def row_of(self, run_id: UUID) -> int | None:
        """Give the line of a run, when it is loaded and its pair open."""
        lines = enumerate(self._lines)
        return next((row for row, line in lines if isinstance(line, RunRow) and line.id == run_id), None)

    def loaded_runs(self, pair: SeedPair) -> int:
        """Give how many runs of a pair are shown."""
        row = self._row_of_pair(pair)
        return 0 if row is None else self._end(row) - row - 1

    def group_row(self, row: int) -> int:
        """Give the line of the seed pair that a line belongs to."""
        while not isinstance(self._lines[row], RunGroup):
            row -= 1
        return row

    def is_open(self, row: int) -> bool:
        """Tell whether a line is a seed pair whose runs are shown."""
        line = self._lines[row]
        return isinstance(line, RunGroup) and line.pair in self._open

    def set_open(self, row: int, *, opened: bool) -> None:
        """Show or hide the runs of a seed pair."""
        group = self._lines[row]
        if not isinstance(group, RunGroup) or opened == (group.pair in self._open):
            return
        if opened:
            self._open.add(group.pair)
            self.runs_wanted.emit(group.pair)
        else:
            self._open.remove(group.pair)
            self._remove(row + 1, self._end(row) - 1)
        self.dataChanged.emit(self.index(row, 0), self.index(row, 0))

    def rowCount(self, parent: Index = ROOT) -> int:
        """Give the number of lines."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = ROOT) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else len(RunColumn)

    def canFetchMore(self, parent: Index) -> bool:
        """Tell whether there are more groups than are loaded, and none are under way."""
        return not parent.isValid() and not self._waiting and self._loaded < self._groups

    def fetchMore(self, parent: Index) -> None:
        """Ask for the next groups."""
        if self.canFetchMore(parent):
            self._waiting = True
            self.more_wanted.emit(self._loaded)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let runs be selected, and seed pairs only be walked to."""
        flags = super().flags(index)
        pair = index.isValid() and isinstance(self._lines[index.row()], RunGroup)
        return flags & ~Qt.ItemFlag.ItemIsSelectable if pair else flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Give a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[RunColumn(section)]
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        """Give a cell as RunsModel does; a seed pair's line tells screen readers whether it is open."""
        if not index.isValid():
            return None
        line, column = self._lines[index.row()], RunColumn(index.column())
        if isinstance(line, RunRow):
            return run_cell(line, column, role)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _group_text(line, column)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(_tip(line, column))
            case Qt.ItemDataRole.AccessibleTextRole if column is RunColumn.NAME:
                state = "open" if line.pair in self._open else "closed"
                return (
                    f"Seed pair {_group_text(line, column)}, {_group_text(line, RunColumn.NONCES)}, {state}"
                )
        return line if role == NATIVE_ROLE else None

    def _row_of_pair(self, pair: SeedPair) -> int | None:
        lines = enumerate(self._lines)
        return next((row for row, line in lines if isinstance(line, RunGroup) and line.pair == pair), None)

    def _end(self, row: int) -> int:
        row += 1
        while row < len(self._lines) and isinstance(self._lines[row], RunRow):
            row += 1
        return row

    def _insert(self, row: int, lines: Sequence[RunGroup | RunRow]) -> None:
        if lines:
            self.beginInsertRows(ROOT, row, row + len(lines) - 1)
            self._lines[row:row] = lines
            self.endInsertRows()

    def _remove(self, first: int, last: int) -> None:
        if first <= last:
            self.beginRemoveRows(ROOT, first, last)
            del self._lines[first : last + 1]
            self.endRemoveRows()


def _difficulties(group: RunGroup) -> str:
    return ", ".join(difficulty.label for difficulty in Difficulty if difficulty in group.difficulties)


def _tip(group: RunGroup, column: RunColumn) -> str:
    match column:
        case RunColumn.NAME | RunColumn.SERVER_HASH:
            return group.pair.server_seed_sha256
        case RunColumn.DIFFICULTY:
            return _difficulties(group)
    return _group_text(group, column)


def _group_text(group: RunGroup, column: RunColumn) -> str:  # noqa: PLR0911 - one return a column
    match column:
        case RunColumn.NAME:
            return f"{short_seed(group.pair.server_seed_sha256)} · {short_seed(group.pair.client_seed, 10)}"
        case RunColumn.CREATED:
            return local_time(group.newest)
        case RunColumn.CLIENT_SEED:
            return group.pair.client_seed
        case RunColumn.SERVER_HASH:
            return short_seed(group.pair.server_seed_sha256)
        case RunColumn.DIFFICULTY:
            return _difficulties(group) if len(group.difficulties) < 3 else _MANY[len(group.difficulties)]
        case RunColumn.NONCES:
            return counted(group.runs, "run")
        case RunColumn.COUNT:
            return grouped(group.count)
        case RunColumn.HIGHEST:
            return multiplier_text(group.max_multiplier)
    return ""
