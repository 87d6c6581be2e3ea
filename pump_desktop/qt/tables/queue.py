"""The scan queue as rows: a cell is a look-up, and only what has changed is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QObject, Qt, Slot

from pump_desktop.domain.batch import CheckedPair, PairState, QueuedPair
from pump_desktop.domain.seeds import seed_sha256, short_seed
from pump_desktop.qt.tables.rows import DISPLAY, NATIVE_ROLE, ROOT, TIP, Index
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.qt.text.numbers import NBSP, count_text, grouped, multiplier_text, p_value_text, rate_text
from pump_desktop.qt.work.queue import ScanQueue

if TYPE_CHECKING:
    from pump_desktop.services.runs.batch import PairFigures


class PairColumn(IntEnum):
    """Columns of the preview."""

    LINE = 0
    SERVER = 1
    CLIENT = 2
    NONCES = 3
    DIFFICULTY = 4
    REMARK = 5


_PAIR_TITLES = {
    PairColumn.LINE: "Line",
    PairColumn.SERVER: "Seed SHA-256",
    PairColumn.CLIENT: "Client seed",
    PairColumn.NONCES: "First – last nonce",
    PairColumn.DIFFICULTY: "Difficulty",
    PairColumn.REMARK: "Remark",
}


class PairsModel(QAbstractTableModel):
    """The lines of one list; ``set_pairs`` replaces them all."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pairs: tuple[CheckedPair, ...] = ()

    def set_pairs(self, pairs: tuple[CheckedPair, ...]) -> None:
        """Show other lines."""
        self.beginResetModel()
        self._pairs = pairs
        self.endResetModel()

    def rowCount(self, parent: Index = ROOT) -> int:
        """Give the number of lines."""
        return 0 if parent.isValid() else len(self._pairs)

    def columnCount(self, parent: Index = ROOT) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else len(PairColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Give a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == DISPLAY:
            return _PAIR_TITLES[PairColumn(section)]
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        """Give a cell as text, its whole text as tool tip, or the line under ``NATIVE_ROLE``."""
        if not index.isValid():
            return None
        pair = self._pairs[index.row()]
        if role == NATIVE_ROLE:
            return pair
        column = PairColumn(index.column())
        if role == DISPLAY:
            return _PAIR_TEXTS[column](pair)
        if role == TIP:
            # The line is named where its problem is read away from it.
            problem = column is PairColumn.REMARK and pair.problem
            named = f"line {pair.line.number}: {pair.problem}"
            return plain_tip(named if problem else _PAIR_TEXTS[column](pair))
        return None


def _server(pair: CheckedPair) -> str:
    return "–" if pair.request is None else short_seed(seed_sha256(pair.request.server_seed))


def _nonces(pair: CheckedPair) -> str:
    if pair.request is None:
        return " – ".join(text for text in (pair.line.start, pair.line.end) if text)
    return f"{grouped(pair.request.start)} – {grouped(pair.request.end)}"


def _difficulty(pair: CheckedPair) -> str:
    return pair.line.difficulty if pair.request is None else pair.request.difficulty.label


def _remark(pair: CheckedPair) -> str:
    if pair.problem:
        return pair.problem
    if pair.repeats is not None:
        return f"Repeats line {grouped(pair.repeats)}"
    return pair.warning


_PAIR_TEXTS: dict[PairColumn, Callable[[CheckedPair], str]] = {
    PairColumn.LINE: lambda pair: grouped(pair.line.number),
    PairColumn.SERVER: _server,
    PairColumn.CLIENT: lambda pair: pair.line.client_seed,
    PairColumn.NONCES: _nonces,
    PairColumn.DIFFICULTY: _difficulty,
    PairColumn.REMARK: _remark,
}


_P_MEANS = (
    "How often a fair pair strays this far or further.\n"
    "Each stands for its pair alone: among many pairs some are small by chance."
)
_TOO_FEW = "Under 5 hits are expected: too few for a test."


class QueueColumn(IntEnum):
    """Columns of the queue."""

    NUMBER = 0
    SERVER = 1
    CLIENT = 2
    NONCES = 3
    DIFFICULTY = 4
    STATE = 5
    HIGHEST = 6
    HITS = 7
    EXPECTED = 8
    P_VALUE = 9


_QUEUE_TITLES = {
    QueueColumn.NUMBER: "#",
    QueueColumn.SERVER: "Seed SHA-256",
    QueueColumn.CLIENT: "Client seed",
    QueueColumn.NONCES: "First – last nonce",
    QueueColumn.DIFFICULTY: "Difficulty",
    QueueColumn.STATE: "State",
    QueueColumn.HIGHEST: "Highest",
    QueueColumn.HITS: "Hits",
    QueueColumn.EXPECTED: "Expected",
    QueueColumn.P_VALUE: "p",
}
_FIGURES = (QueueColumn.HITS, QueueColumn.EXPECTED, QueueColumn.P_VALUE)
_PROGRESS = (QueueColumn.STATE, QueueColumn.HIGHEST)
# Rows told about cell by cell.
_FEW = 8
_STATES = {
    PairState.WAITING: "Waiting",
    PairState.DONE: "Done",
    PairState.CANCELLED: "Cancelled",
}


class QueueModel(QAbstractTableModel):
    """Rows of a queue; hits and p-values come from ``set_figures`` for the target that is chosen."""

    def __init__(self, queue: ScanQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue = queue
        self._figures: Mapping[int, PairFigures] = {}
        queue.adding.connect(self._adding)
        queue.added.connect(self._added)
        queue.removing.connect(self._removing)
        queue.removed.connect(self._removed)
        queue.changed.connect(self._changed)

    def set_figures(self, figures: Mapping[int, PairFigures]) -> None:
        """Show other figures, by pair number; rows whose figures stay the same are not told about."""
        before, self._figures = self._figures, figures
        first: int | None = None
        for row in range(len(self._queue) + 1):
            number = self._queue.pair_at(row).number if row < len(self._queue) else 0
            if before.get(number) != figures.get(number):
                first = row if first is None else first
            elif first is not None:
                self._tell(first, row - 1, _FIGURES)
                first = None

    def pair_at(self, row: int) -> QueuedPair:
        """Give the pair of a row."""
        return self._queue.pair_at(row)

    def rowCount(self, parent: Index = ROOT) -> int:
        """Give the number of pairs."""
        return 0 if parent.isValid() else len(self._queue)

    def columnCount(self, parent: Index = ROOT) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else len(QueueColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Give a column's title."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == DISPLAY:
            return _QUEUE_TITLES[QueueColumn(section)]
        if role == TIP and section == QueueColumn.P_VALUE:
            return _P_MEANS
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        """Give a cell as text, what it leaves out as tool tip, or the pair under ``NATIVE_ROLE``."""
        if not index.isValid():
            return None
        pair = self._queue.pair_at(index.row())
        if role == NATIVE_ROLE:
            return pair
        column = QueueColumn(index.column())
        if role == DISPLAY:
            return _QUEUE_TEXTS[column](pair, self._figures.get(pair.number))
        if role == TIP:
            return plain_tip(self._tip(pair, column))
        return None

    def _tip(self, pair: QueuedPair, column: QueueColumn) -> str:
        figures = self._figures.get(pair.number)
        if column is QueueColumn.SERVER:
            return pair.server_seed_sha256
        if column is QueueColumn.P_VALUE and figures is not None and figures.p_value is None:
            return _TOO_FEW
        return _QUEUE_TEXTS[column](pair, figures)

    def _tell(self, first: int, last: int, columns: Sequence[QueueColumn]) -> None:
        if last - first < _FEW:
            # A view repaints one cell for one cell, and all it shows for two: 20 times a second that counts.
            for row in range(first, last + 1):
                for column in columns:
                    cell = self.index(row, column)
                    self.dataChanged.emit(cell, cell)
        else:
            self.dataChanged.emit(self.index(first, columns[0]), self.index(last, columns[-1]))

    @Slot(int, int)
    def _adding(self, first: int, last: int) -> None:
        self.beginInsertRows(ROOT, first, last)

    @Slot()
    def _added(self) -> None:
        self.endInsertRows()

    @Slot(int, int)
    def _removing(self, first: int, last: int) -> None:
        self.beginRemoveRows(ROOT, first, last)

    @Slot()
    def _removed(self) -> None:
        self.endRemoveRows()

    @Slot(int, int)
    def _changed(self, first: int, last: int) -> None:
        self._tell(first, last, _PROGRESS)


def share_done(pair: QueuedPair) -> float:
    """Give how much of a pair is scanned, 0 to 1."""
    return pair.done / pair.request.count


def _state(pair: QueuedPair, _figures: PairFigures | None) -> str:
    if pair.state is PairState.FAILED:
        return pair.problem
    if pair.state is not PairState.RUNNING:
        return _STATES[pair.state]
    if not pair.done:
        return "Starting …"
    return f"{int(share_done(pair) * 100)}{NBSP}% · {rate_text(pair.rate)}"


def _p_value(_pair: QueuedPair, figures: PairFigures | None) -> str:
    if figures is None or figures.p_value is None:
        return "–" if figures is not None else ""
    # The heading says p.
    return p_value_text(figures.p_value).removeprefix("p ").removeprefix("= ")


_QUEUE_TEXTS: dict[QueueColumn, Callable[[QueuedPair, PairFigures | None], str]] = {
    QueueColumn.NUMBER: lambda pair, _: grouped(pair.number),
    QueueColumn.SERVER: lambda pair, _: short_seed(pair.server_seed_sha256),
    QueueColumn.CLIENT: lambda pair, _: pair.request.client_seed,
    QueueColumn.NONCES: lambda pair, _: f"{grouped(pair.request.start)} – {grouped(pair.request.end)}",
    QueueColumn.DIFFICULTY: lambda pair, _: pair.request.difficulty.label,
    QueueColumn.STATE: _state,
    QueueColumn.HIGHEST: lambda pair, _: (
        "" if pair.scanned is None else multiplier_text(pair.scanned.highest)
    ),
    QueueColumn.HITS: lambda _, figures: "" if figures is None else grouped(figures.hits),
    QueueColumn.EXPECTED: lambda _, figures: "" if figures is None else count_text(figures.expected),
    QueueColumn.P_VALUE: _p_value,
}
