"""Copies rows of a model as tab-separated text in slices, so that a million cells never hold the window."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QElapsedTimer,
    QItemSelection,
    QModelIndex,
    QObject,
    Qt,
    QTimer,
    Signal,
    Slot,
)

from pump_desktop.services.imports.files import plain_cell

COPY_LIMIT = 1_000_000
_SLICE_MS = 8
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,'’ \u00a0\u202f]*(?:[eE][+-]?[0-9]+)?")
_BREAKS = str.maketrans({"\t": " ", "\n": " ", "\r": " "})


def row_ranges(selection: QItemSelection) -> list[tuple[int, int]]:
    """Give the selected rows as sorted ranges that do not overlap, first and last included."""
    spans = sorted((selection.at(i).top(), selection.at(i).bottom()) for i in range(selection.count()))
    merged: list[tuple[int, int]] = []
    for top, bottom in spans:
        if merged and top <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], bottom))
        else:
            merged.append((top, bottom))
    return merged


def safe_cell(value: object) -> str:
    """Give a cell as text on one line that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value).translate(_BREAKS)
    return text if _NUMBER.fullmatch(text) else plain_cell(text)


class TsvCopy(QObject):
    """One copy in progress: ``finished`` carries text and rows, ``stopped`` that the model changed."""

    finished = Signal(str, int)
    stopped = Signal()

    def __init__(
        self,
        model: QAbstractItemModel,
        ranges: Sequence[tuple[int, int]],
        columns: Sequence[int],
        role: int = Qt.ItemDataRole.DisplayRole,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._columns = tuple(columns)
        self._role = role
        self._last = ranges[-1][1] if ranges else -1
        self._rows: Iterator[int] = (row for top, bottom in ranges for row in range(top, bottom + 1))
        self._lines: list[str] = []
        self._turn = QTimer(self)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._slice)
        model.modelReset.connect(self.stop)
        model.layoutChanged.connect(self.stop)
        model.rowsRemoved.connect(self.stop)
        model.rowsInserted.connect(self._rows_came)

    def start(self) -> None:
        """Copy the first slice now; a small selection is finished before this returns."""
        self._turn.start()
        self._slice()

    @Slot()
    def stop(self) -> None:
        """Give up; rows already read may no longer be those that were selected."""
        if self._turn.isActive():
            self._turn.stop()
            self.stopped.emit()

    @Slot(QModelIndex, int, int)
    def _rows_came(self, _parent: QModelIndex, first: int, _last: int) -> None:
        # Rows appended below the selection move nothing in it.
        if first <= self._last:
            self.stop()

    @Slot()
    def _slice(self) -> None:
        clock = QElapsedTimer()
        clock.start()
        index, data = self._model.index, self._model.data
        for row in self._rows:
            cells = (safe_cell(data(index(row, column), self._role)) for column in self._columns)
            self._lines.append("\t".join(cells))
            if clock.elapsed() >= _SLICE_MS:
                return
        self._turn.stop()
        self.finished.emit("\n".join(self._lines), len(self._lines))
