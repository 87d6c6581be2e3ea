"""A pasted list of seed pairs as rows, each with what is wrong with its line."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from pump_desktop.domain.batch import CheckedPair
from pump_desktop.domain.seeds import seed_sha256, short_seed
from pump_desktop.qt.foreign_text import plain_tip
from pump_desktop.qt.models.roles import NATIVE_ROLE
from pump_desktop.qt.numbers import grouped

Index = QModelIndex | QPersistentModelIndex

_ROOT = QModelIndex()
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_TIP = int(Qt.ItemDataRole.ToolTipRole)


class PairColumn(IntEnum):
    """Columns of the preview."""

    LINE = 0
    SERVER = 1
    CLIENT = 2
    NONCES = 3
    DIFFICULTY = 4
    REMARK = 5


_TITLES = {
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

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Give the number of lines."""
        return 0 if parent.isValid() else len(self._pairs)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else len(PairColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Give a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == _DISPLAY:
            return _TITLES[PairColumn(section)]
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        """Give a cell as text, its whole text as tool tip, or the line under ``NATIVE_ROLE``."""
        if not index.isValid():
            return None
        pair = self._pairs[index.row()]
        if role == NATIVE_ROLE:
            return pair
        column = PairColumn(index.column())
        if role == _DISPLAY:
            return _TEXTS[column](pair)
        if role == _TIP:
            # The line is named where its problem is read away from it.
            problem = column is PairColumn.REMARK and pair.problem
            named = f"line {pair.line.number}: {pair.problem}"
            return plain_tip(named if problem else _TEXTS[column](pair))
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


_TEXTS: dict[PairColumn, Callable[[CheckedPair], str]] = {
    PairColumn.LINE: lambda pair: grouped(pair.line.number),
    PairColumn.SERVER: _server,
    PairColumn.CLIENT: lambda pair: pair.line.client_seed,
    PairColumn.NONCES: _nonces,
    PairColumn.DIFFICULTY: _difficulty,
    PairColumn.REMARK: _remark,
}
