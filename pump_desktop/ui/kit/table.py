"""A table for a million rows: nothing in it asks for more than the rows it shows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractItemModel,
    QElapsedTimer,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QLine,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QAction,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionHeader,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from pump_desktop.qt.look.fonts import Type, ui_font
from pump_desktop.qt.look.theme import Size, current_theme, row_height
from pump_desktop.qt.text.foreign import plain_words
from pump_desktop.services.imports.files import plain_cell
from pump_desktop.ui.kit.text import columns_font

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class NumberDelegate(QStyledItemDelegate):
    """Puts figures at the right edge."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Align a cell."""
        super().initStyleOption(option, index)
        option.displayAlignment = _RIGHT


class TableHeader(QHeaderView):
    """The horizontal header, aligned as its columns are."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.numeric: frozenset[int] = frozenset()
        self.setFont(ui_font(Type.HINT))
        self.setFixedHeight(Size.TABLE_HEADER)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(40)
        self.setSortIndicatorShown(False)
        self.setSectionsMovable(True)

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, logical_index: int) -> None:
        """Align a title over its figures."""
        super().initStyleOptionForIndex(option, logical_index)
        option.textAlignment = _RIGHT if logical_index in self.numeric else _LEFT


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


_FITTED_ROWS = 64


@dataclass(frozen=True, slots=True)
class Column:
    """How a column stands: its width, whether it holds numbers, and whether it takes the spare room."""

    width: int
    numeric: bool = False
    stretch: bool = False
    sortable: bool = True


class BigTable(QTableView):
    """Rows of one height over any model; sorting, opening and copying are asked for by signal."""

    sort_requested = Signal(int, Qt.SortOrder)
    row_opened = Signal(int)
    copied = Signal(int)
    copy_refused = Signal(int)
    copy_stopped = Signal()
    row_height_changed = Signal()

    def __init__(self, name: str, columns: Sequence[Column] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.copy_role = int(Qt.ItemDataRole.DisplayRole)
        self._columns: tuple[Column, ...] = ()
        self._sort: tuple[int, Qt.SortOrder] | None = None
        # Least widths; what the viewport has more is shared out unless a column stretches.
        self._widths: list[int] = []
        self._spreading = False
        self._sized_by_hand = False
        self._copy: TsvCopy | None = None
        self._least: int | None = None
        self._most: int | None = None
        self._by_hand = False
        self._figures = NumberDelegate(self)
        self._header = TableHeader(self)
        self.setHorizontalHeader(self._header)
        self._header.sectionClicked.connect(self._header_clicked)
        self._header.sectionResized.connect(self._section_resized)
        self._header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._header.customContextMenuRequested.connect(self._header_menu)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(row_height())
        rows.setDefaultSectionSize(row_height())
        cap = QFrame(self)
        cap.setProperty("ground", "tablehead")
        cap.setFixedHeight(Size.TABLE_HEADER)
        # The header's ground goes on over the scroll bar, which starts below it.
        self.addScrollBarWidget(cap, Qt.AlignmentFlag.AlignTop)
        self.setFont(columns_font())
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAlternatingRowColors(False)
        self.setCornerButtonEnabled(False)
        self.setSortingEnabled(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        # Tab leaves the table; arrows walk in it.
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.doubleClicked.connect(self._opened)
        self.set_columns(columns)

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Set widths and alignment; call it again after setModel when the number of columns changed."""
        self._columns = tuple(columns)
        self._widths = [max(column.width, self._header.minimumSectionSize()) for column in columns]
        self._header.numeric = frozenset(i for i, column in enumerate(columns) if column.numeric)
        self._apply_columns()

    def setSelectionModel(self, selection: QItemSelectionModel) -> None:
        """Share the selection with no header: Ctrl+A on a million rows would ask each cell (24-52 s)."""
        super().setSelectionModel(selection)
        for header in (self._header, self.verticalHeader()):
            header.setSelectionModel(QItemSelectionModel(selection.model(), header))
        self._apply_columns()

    def keyboardSearch(self, search: str) -> None:
        """Search nothing: one typed letter on a million rows costs 9 s."""

    def set_sort(self, column: int | None, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Show how the rows are sorted; None shows no arrow."""
        self._sort = None if column is None else (column, order)
        self._show_sort()

    @property
    def widths_chosen(self) -> bool:
        """Whether a person has set the width of a column."""
        return self._sized_by_hand

    @property
    def sort(self) -> tuple[int, Qt.SortOrder] | None:
        """The column the rows are sorted by, and how."""
        return self._sort

    def sort_by(self, column: int, order: Qt.SortOrder) -> None:
        """Ask for an order as a click on the header does; a column that has none is passed over."""
        if column < len(self._columns) and self._columns[column].sortable:
            self.set_sort(column, order)
            self.sort_requested.emit(column, order)

    @property
    def hidden_columns(self) -> tuple[int, ...]:
        """The columns a person has hidden."""
        return tuple(i for i in range(self._header.count()) if self._header.isSectionHidden(i))

    def set_hidden_columns(self, hidden: Iterable[int]) -> None:
        """Hide exactly these columns."""
        wanted = set(hidden)
        for index in range(self._header.count()):
            self._header.setSectionHidden(index, index in wanted)
        self._spread()

    def fit_contents(self) -> None:
        """Widen columns until no cell and no title is cut; for tables of a few dozen rows only."""
        model, option = self.model(), QStyleOptionViewItem()
        self.initViewItemOption(option)
        for column in range(min(len(self._widths), self._header.count())):
            wide = self._header.sectionSizeHint(column)
            for row in range(min(model.rowCount(), _FITTED_ROWS)):
                index = model.index(row, column)
                wide = max(wide, self.itemDelegateForIndex(index).sizeHint(option, index).width())
            self._widths[column] = max(self._columns[column].width, wide)
        self._spread()

    def least_width(self, hidden: Collection[int] = ()) -> int:
        """Give the width that the columns need without those in ``hidden``."""
        return sum(width for index, width in enumerate(self._widths) if index not in hidden)

    def leave_out(self, hidden: Iterable[int]) -> None:
        """Hide exactly these for want of room, unless a person has chosen the columns."""
        if not self._by_hand:
            self.set_hidden_columns(hidden)

    def choose_columns(self, hidden: Iterable[int]) -> None:
        """Hide exactly these because a person wants it so."""
        self._by_hand = True
        self.set_hidden_columns(hidden)

    @property
    def columns_chosen(self) -> bool:
        """Whether a person has chosen the columns."""
        return self._by_hand

    def selected_rows(self) -> list[tuple[int, int]]:
        """Give the selected rows as ranges, first and last included; never one index per row."""
        # Without a model there is no selection model either.
        return row_ranges(self.selectionModel().selection()) if self._header.count() else []

    def copy_selection(self) -> None:
        """Copy the selected rows as TSV: ``copied``, ``copy_refused`` or ``copy_stopped`` follows."""
        ranges = self.selected_rows()
        shown = [self._header.logicalIndex(visual) for visual in range(self._header.count())]
        columns = [index for index in shown if not self._header.isSectionHidden(index)]
        cells = len(columns) * sum(bottom - top + 1 for top, bottom in ranges)
        if not cells:
            return
        if cells > COPY_LIMIT:
            self.copy_refused.emit(cells)
            return
        if self._copy is not None:
            self._copy.stop()
        self._copy = TsvCopy(self.model(), ranges, columns, self.copy_role, self)
        self._copy.finished.connect(self._copy_finished)
        self._copy.stopped.connect(self._copy_stopped)
        self._copy.start()

    def columns_menu(self) -> QMenu:
        """Give a menu that shows and hides columns; the last one shown stays."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        left = self._header.count() - len(self.hidden_columns)
        for index in range(self._header.count()):
            title = self.model().headerData(index, Qt.Orientation.Horizontal)
            action = QAction(plain_words(str(title)), menu)
            action.setCheckable(True)
            action.setChecked(not self._header.isSectionHidden(index))
            action.setEnabled(left > 1 or not action.isChecked())
            action.setData(index)
            menu.addAction(action)
        menu.triggered.connect(self._column_toggled)
        return menu

    def stand_in_rows(self, *, least: int | None = None, most: int | None = None) -> None:
        """Be as high as this many rows at least and at most, in every density."""
        self._least, self._most = least, most
        # Header, rows, and the frame's two pixels.
        if least is not None:
            self.setMinimumHeight(Size.TABLE_HEADER + least * row_height() + 2)
        if most is not None:
            self.setMaximumHeight(Size.TABLE_HEADER + most * row_height() + 2)

    def changeEvent(self, event: QEvent) -> None:
        """Take the rows' height anew when the application is dressed anew."""
        super().changeEvent(event)
        rows = self.verticalHeader()
        if event.type() is QEvent.Type.StyleChange and rows.defaultSectionSize() != row_height():
            rows.setMinimumSectionSize(row_height())
            rows.setDefaultSectionSize(row_height())
            self.stand_in_rows(least=self._least, most=self._most)
            self.row_height_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, open, and let every other key walk."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self.row_opened.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Let Home and End go to the first and last row."""
        model = self.model()
        ends = (QAbstractItemView.CursorAction.MoveHome, QAbstractItemView.CursorAction.MoveEnd)
        if action not in ends or not self._header.count() or model.rowCount() == 0:
            return super().moveCursor(action, modifiers)
        row = 0 if action is QAbstractItemView.CursorAction.MoveHome else model.rowCount() - 1
        return model.index(row, max(0, self.currentIndex().column()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out anew."""
        super().resizeEvent(event)
        self._spread()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, hairlines between them, and the ring of the current row."""
        super().paintEvent(event)
        self.paint_lines()

    def paint_lines(self) -> None:
        """Paint the hairlines between rows, and the ring of the current row."""
        view = self.viewport()
        first, last = self.rowAt(0), self.rowAt(view.height() - 1)
        if first < 0:
            return
        if last < 0:
            last = self.model().rowCount() - 1
        theme = current_theme()
        painter = QPainter(view)
        painter.setPen(theme.color("line"))
        high = row_height()
        below = (self.rowViewportPosition(row) + high - 1 for row in range(first, last + 1))
        painter.drawLines([QLine(0, y, view.width(), y) for y in below])
        current = self.currentIndex().row()
        if self.hasFocus() and first <= current <= last:
            painter.setPen(theme.color("focus"))
            painter.drawRect(0, self.rowViewportPosition(current), view.width() - 1, high - 1)

    def _show_sort(self) -> None:
        self._header.setSortIndicatorShown(self._sort is not None)
        if self._sort is not None:
            self._header.setSortIndicator(*self._sort)

    def _spread(self) -> None:
        """Share out spare width in proportion, so that figures stand evenly and lines end with the rows."""
        count = min(len(self._widths), self._header.count())
        shown = [index for index in range(count) if not self._header.isSectionHidden(index)]
        if self._sized_by_hand or not shown or any(self._columns[index].stretch for index in shown):
            return
        least = [self._widths[index] for index in shown]
        spare = max(self.viewport().width() - sum(least), 0)
        self._spreading = True
        given = before = 0
        for index, width in zip(shown, least, strict=True):
            before += width
            share = spare * before // sum(least) - given
            given += share
            self._header.resizeSection(index, width + share)
        self._spreading = False

    @Slot(int, int, int)
    def _section_resized(self, _column: int, old: int, new: int) -> None:
        # Hiding and showing a column tell a size of 0; what else comes from outside is a person's choice.
        if not self._spreading and old and new:
            self._sized_by_hand = True

    def _apply_columns(self) -> None:
        self._spreading = True
        for index, column in enumerate(self._columns[: self._header.count()]):
            self._header.resizeSection(index, column.width)
            mode = QHeaderView.ResizeMode.Stretch if column.stretch else QHeaderView.ResizeMode.Interactive
            self._header.setSectionResizeMode(index, mode)
            if column.numeric:
                self.setItemDelegateForColumn(index, self._figures)
        self._spreading = False
        self._spread()

    @Slot(int)
    def _header_clicked(self, column: int) -> None:
        if column < len(self._columns) and not self._columns[column].sortable:
            # The header has moved its arrow already, before it told anybody of the click.
            self._show_sort()
            return
        rising = self._sort == (column, Qt.SortOrder.AscendingOrder)
        order = Qt.SortOrder.DescendingOrder if rising else Qt.SortOrder.AscendingOrder
        self.set_sort(column, order)
        self.sort_requested.emit(column, order)

    @Slot(QPoint)
    def _header_menu(self, point: QPoint) -> None:
        self.columns_menu().popup(self._header.mapToGlobal(point))

    @Slot(QAction)
    def _column_toggled(self, action: QAction) -> None:
        self._header.setSectionHidden(int(action.data()), not action.isChecked())
        self._by_hand = True

    @Slot(QModelIndex)
    def _opened(self, index: QModelIndex) -> None:
        self.row_opened.emit(index.row())

    @Slot(str, int)
    def _copy_finished(self, text: str, rows: int) -> None:
        self._drop_copy()
        QGuiApplication.clipboard().setText(text)
        self.copied.emit(rows)

    @Slot()
    def _copy_stopped(self) -> None:
        self._drop_copy()
        self.copy_stopped.emit()

    def _drop_copy(self) -> None:
        if self._copy is not None:
            self._copy.deleteLater()
            self._copy = None
