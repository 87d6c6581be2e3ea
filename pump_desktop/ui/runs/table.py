"""The table of runs, flat or under their seed pairs, which keeps its place when it is read anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFont, QIcon, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from pump_desktop.domain.runs import RunGroup, RunRow, SeedPair
from pump_desktop.qt.look.icons import icon
from pump_desktop.qt.tables.rows import NATIVE_ROLE
from pump_desktop.qt.tables.runs import RunColumn, RunGroupsModel, RunsModel
from pump_desktop.ui.kit.table import BigTable, Column
from pump_desktop.ui.runs.menu import KEYS

# What a line is known by when the rows are read anew.
Key = UUID | SeedPair

_COLUMNS = (
    Column(180, stretch=True),
    Column(152),
    Column(124),
    Column(150, sortable=False),
    Column(84),
    Column(180, numeric=True),
    Column(110, numeric=True),
    Column(122, numeric=True),
    Column(68, numeric=True),
    Column(160, sortable=False),
)
_GROUP_COLUMNS = (
    Column(180, stretch=True, sortable=False),
    Column(148, sortable=False),
    Column(124, sortable=False),
    Column(150, sortable=False),
    Column(116, sortable=False),
    Column(160, numeric=True, sortable=False),
    Column(110, numeric=True, sortable=False),
    Column(122, numeric=True, sortable=False),
    Column(68, numeric=True, sortable=False),
    Column(160, sortable=False),
)
_HIDDEN = (RunColumn.SERVER_HASH, RunColumn.COUNT, RunColumn.NOTES)
# What a seed pair's own cell says already, and what runs of one pair hardly differ in.
_GROUP_HIDDEN = (
    RunColumn.CLIENT_SEED,
    RunColumn.SERVER_HASH,
    RunColumn.HIGHEST,
    RunColumn.DURATION,
    RunColumn.NOTES,
)
_ARROW = 14
_INDENT = 32


class RunsTable(BigTable):
    """``acted`` carries the name of an action that was asked for by its key."""

    acted = Signal(str)

    def __init__(
        self,
        name: str,
        model: RunsModel | RunGroupsModel,
        columns: Iterable[Column] = _COLUMNS,
        hidden: Iterable[int] = _HIDDEN,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, parent=parent)
        self._rows = model
        self._keeps = False
        self._kept: tuple[frozenset[Key], Key | None, int] | None = None
        self.setModel(model)
        self.set_columns(tuple(columns))
        self.set_hidden_columns(hidden)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        model.modelAboutToBeReset.connect(self._about_to_reset)
        model.modelReset.connect(self._was_reset)
        for action, keys in KEYS.items():
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.setObjectName(action)
            shortcut.activated.connect(self._key_pressed)

    def set_keeps(self, keeps: bool) -> None:
        """Say whether the next rows are the same runs: then selection and place stay."""
        self._keeps = keeps

    def chosen(self) -> Iterator[RunRow]:
        """Yield the selected runs, top to bottom."""
        for first, last in self.selected_rows():
            for row in range(first, last + 1):
                run = self._rows.run_at(row)
                if run is not None:
                    yield run

    @Slot()
    def _about_to_reset(self) -> None:
        self._kept = None
        if self._keeps:
            row = self.currentIndex().row()
            current = self._key(row) if row >= 0 else None
            ids = frozenset(run.id for run in self.chosen())
            self._kept = (ids, current, self.verticalScrollBar().value())

    @Slot()
    def _was_reset(self) -> None:
        if self._kept is None:
            return
        chosen, current, place = self._kept
        self._kept = None
        selection = QItemSelection()
        last = self.model().columnCount() - 1
        for row in range(self.model().rowCount()):
            key = self._key(row)
            if key in chosen:
                selection.select(self.model().index(row, 0), self.model().index(row, last))
            if key == current:
                flags = QItemSelectionModel.SelectionFlag.NoUpdate
                self.selectionModel().setCurrentIndex(self.model().index(row, 0), flags)
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        # The rows are laid out later, and until then the scroll bar has no range.
        self.executeDelayedItemsLayout()
        self.verticalScrollBar().setValue(place)

    def _key(self, row: int) -> Key:
        line: RunRow | RunGroup = self.model().index(row, 0).data(NATIVE_ROLE)
        return line.id if isinstance(line, RunRow) else line.pair

    @Slot()
    def _key_pressed(self) -> None:
        self.acted.emit(self.sender().objectName())


class _PairDelegate(QStyledItemDelegate):
    """Paints an arrow before a seed pair, and its runs further in."""

    def __init__(self, model: RunGroupsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._lines = model

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
        if self._lines.run_at(index.row()) is None:
            option.icon = icon("down" if self._lines.is_open(index.row()) else "next")
            option.decorationSize = QSize(_ARROW, _ARROW)
            option.font.setWeight(QFont.Weight.Medium)
        else:
            option.icon = QIcon()
            option.decorationSize = QSize(_INDENT, _ARROW)


class GroupedRunsTable(RunsTable):
    """Runs under their seed pairs: Right opens a pair, Left closes it, Return and a click do either."""

    def __init__(self, name: str, model: RunGroupsModel, parent: QWidget | None = None) -> None:
        super().__init__(name, model, _GROUP_COLUMNS, _GROUP_HIDDEN, parent)
        self._lines = model
        self.setItemDelegateForColumn(int(RunColumn.NAME), _PairDelegate(model, self))
        self.clicked.connect(self._clicked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open, close, and walk between a pair and its runs."""
        row = self.currentIndex().row()
        key = Qt.Key(event.key())
        if row < 0 or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            super().keyPressEvent(event)
            return
        is_pair = self._lines.run_at(row) is None
        if key is Qt.Key.Key_Left:
            self._lines.set_open(row, opened=False)
            self._walk_to(self._lines.group_row(row))
        elif key is Qt.Key.Key_Right:
            if self._lines.is_open(row) and row + 1 < self.model().rowCount():
                self._walk_to(row + 1)
            self._lines.set_open(row, opened=True)
        elif is_pair and key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self._lines.set_open(row, opened=not self._lines.is_open(row))
        else:
            super().keyPressEvent(event)

    def _walk_to(self, row: int) -> None:
        flags = QItemSelectionModel.SelectionFlag
        index = self.model().index(row, self.currentIndex().column())
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        if self._lines.run_at(index.row()) is None:
            self._lines.set_open(index.row(), opened=not self._lines.is_open(index.row()))
