"""The table of a stream's bets: it follows where the newest come in, and holds still everywhere else."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from pump_desktop.qt.look.theme import current_theme, row_height
from pump_desktop.qt.tables.bets import BetColumn, BetsModel
from pump_desktop.ui.pages.live_cells import Place, RowPainter
from pump_desktop.ui.widgets.table import BigTable, Column

_COLUMNS = (
    Column(36, sortable=False),
    Column(86, sortable=False),
    Column(98, numeric=True, sortable=False),
    Column(118, numeric=True, sortable=False),
    Column(88, sortable=False),
    Column(104, numeric=True, sortable=False),
    Column(124, numeric=True, sortable=False),
    Column(112, numeric=True, sortable=False),
    Column(104, sortable=False),
    Column(76, numeric=True, sortable=False),
)
# What goes first where there is no room for all; most streams have one difficulty and one target.
_GIVES_WAY = (BetColumn.DIFFICULTY, BetColumn.TARGET, BetColumn.AMOUNT)


class BetsTable(BigTable):
    """Bets in either order; ``top_changed`` tells whether the newest row is in view."""

    top_changed = Signal(bool)

    def __init__(self, model: BetsModel, parent: QWidget | None = None) -> None:
        super().__init__("Bets", _COLUMNS, parent)
        self.setObjectName("kept.bets")
        self._bets = model
        self._at_top = True
        self.setModel(model)
        self.set_columns(_COLUMNS)
        # Connected after setModel(), so that the view has taken the rows in when it is asked to hold still.
        model.rowsInserted.connect(self._rows_came)
        model.modelReset.connect(self._start)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    @property
    def at_top(self) -> bool:
        """Whether the newest row is in view."""
        return self._at_top

    @Slot()
    def follow(self) -> None:
        """Go to the newest row that is loaded, and stay with it."""
        if self._bets.newest_first:
            self.scrollToTop()
        else:
            self.scrollToBottom()
        self._scrolled(self.verticalScrollBar().value())

    def step(self, by: int) -> None:
        """Make the next row or the one before the current one."""
        count = self._bets.rowCount()
        if count:
            row = self.currentIndex().row()
            self._make_current(min(max(row + by, 0), count - 1) if row >= 0 else max(self.rowAt(0), 0))

    def go_to(self, bet_id: int) -> bool:
        """Make a bet's row the current one, in the middle of the view; tell whether it is loaded."""
        row = self._bets.row_of(bet_id)
        if row is None:
            return False
        self.executeDelayedItemsLayout()
        self.scrollTo(self._bets.index(row, BetColumn.NONCE), BigTable.ScrollHint.PositionAtCenter)
        self._make_current(row)
        self._scrolled(self.verticalScrollBar().value())
        return True

    def _make_current(self, row: int) -> None:
        flags = QItemSelectionModel.SelectionFlag
        index = self._bets.index(row, BetColumn.NONCE)
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what there is no room for, until a person has chosen the columns."""
        super().resizeEvent(event)
        if not self.columns_chosen:
            self._fit_columns()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows that the event asks for, and nothing as Qt would paint it: see live_cells."""
        clip, view = event.rect(), self.viewport()
        first, last = self.rowAt(clip.top()), self.rowAt(clip.bottom())
        if first < 0:
            return
        last = last if last >= 0 else self._bets.rowCount() - 1
        painter = QPainter(view)
        painter.setFont(self.font())
        # Columns change sides with the window; inside a cell dot, icon and figure keep their places.
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        rows = RowPainter(painter, current_theme(), self._bets, self._places())
        chosen = self.selected_rows()
        top, high = self.rowViewportPosition(first), row_height()
        for row in range(first, last + 1):
            picked = any(start <= row <= end for start, end in chosen)
            rows.paint(row, top + (row - first) * high, view.width(), chosen=picked)
        painter.end()
        self.paint_lines()

    def _places(self) -> list[Place]:
        return [
            Place(column, self.columnViewportPosition(column), self.columnWidth(column))
            for column in BetColumn
            if not self.isColumnHidden(column)
        ]

    def _fit_columns(self) -> None:
        room = self.viewport().width() - sum(column.width for column in _COLUMNS)
        hidden = []
        for column in _GIVES_WAY:
            if room >= 0:
                break
            hidden.append(int(column))
            room += _COLUMNS[column].width
        self.set_hidden_columns(hidden)

    @Slot()
    def _start(self) -> None:
        if self._bets.newest_first:
            self.follow()
        else:
            self.scrollToTop()
            self._scrolled(self.verticalScrollBar().value())

    @Slot(QModelIndex, int, int)
    def _rows_came(self, _parent: QModelIndex, first: int, last: int) -> None:
        if first > 0:
            if self._at_top and not self._bets.newest_first and not self._bets.joining:
                self.scrollToBottom()
            self._scrolled(self.verticalScrollBar().value())
            return
        bar = self.verticalScrollBar()
        # Whoever stands at the newest row moves with the news; rows that were asked for move nobody.
        if self._at_top and not self._bets.joining:
            return
        # The scroll bar counts rows, so the same value would show other bets. Its new range is worked out
        # with a delay; without it the new value would be cut.
        self.executeDelayedItemsLayout()
        self.updateGeometries()
        bar.setValue(bar.value() + last - first + 1)

    @Slot(int)
    def _scrolled(self, value: int) -> None:
        bar, bets = self.verticalScrollBar(), self._bets
        if value == 0 and bets.above:
            bets.want_top()
        end = value == 0 if bets.newest_first else value >= bar.maximum()
        at_top = end and not bets.ahead
        if at_top != self._at_top:
            self._at_top = at_top
            self.top_changed.emit(at_top)
