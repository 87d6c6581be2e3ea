"""The highest rounds of a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Slot
from PySide6.QtWidgets import QWidget

from pump_desktop.qt.tables.small import PeaksModel
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.pages.board_panel import BoardPanel
from pump_desktop.ui.widgets.table import BigTable, Column

if TYPE_CHECKING:
    from pump_desktop.services.live.board import Board


class PeaksPanel(BoardPanel):
    """The twenty highest rounds."""

    title = "Peaks"

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(asker, parent)
        self._model = PeaksModel(self)
        columns = (
            Column(120, numeric=True, stretch=True, sortable=False),
            Column(88, numeric=True, sortable=False),
            Column(106, numeric=True, sortable=False),
        )
        self._table = BigTable("Highest rounds", columns)
        self._table.setModel(self._model)
        self._table.set_columns(columns)
        self._column.addWidget(self._table, 1)
        self._table.row_opened.connect(self._go_to)
        self._table.clicked.connect(self._clicked)

    def _changed(self) -> None:
        # Until the board comes.
        self._model.set_peaks(())

    def show_board(self, board: Board) -> None:
        """Show the peaks of a board."""
        self._model.set_peaks(board.peaks)

    @Slot(int)
    def _go_to(self, row: int) -> None:
        self.nonce_asked.emit(self._model.peak_at(row).nonce)

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        self._go_to(index.row())
