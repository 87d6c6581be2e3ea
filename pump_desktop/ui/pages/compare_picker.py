"""Chooses the runs to compare: a list to search, with a check before each chosen run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pump_desktop.domain.difficulty import Difficulty
from pump_desktop.domain.runs import RunQuery
from pump_desktop.qt.asking import Asker
from pump_desktop.qt.deletes import PendingDeletes
from pump_desktop.qt.models.runs_model import RunColumn, RunsModel
from pump_desktop.qt.theme import Space
from pump_desktop.ui.pages.runs_feed import RunsFeed
from pump_desktop.ui.pages.runs_menu import MOST_COMPARED
from pump_desktop.ui.widgets.buttons import Button
from pump_desktop.ui.widgets.empty import EmptyState
from pump_desktop.ui.widgets.style import announce
from pump_desktop.ui.widgets.table import BigTable, Column
from pump_desktop.ui.widgets.text import Label

_SEARCH_MS = 150
_COLUMNS = (
    Column(200, stretch=True, sortable=False),
    Column(148, sortable=False),
    Column(132, sortable=False),
    Column(136, sortable=False),
    Column(88, sortable=False),
    Column(172, numeric=True, sortable=False),
    Column(110, numeric=True, sortable=False),
    Column(122, numeric=True, sortable=False),
    Column(68, numeric=True, sortable=False),
    Column(160, sortable=False),
)
_SHOWN = (
    RunColumn.NAME,
    RunColumn.CREATED,
    RunColumn.CLIENT_SEED,
    RunColumn.DIFFICULTY,
    RunColumn.NONCES,
)


class PickModel(RunsModel):
    """Runs with a check; those that are chosen stay so while others are searched for."""

    chosen_changed = Signal()

    def __init__(self, chosen: Sequence[UUID], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._chosen = dict.fromkeys(chosen)

    @property
    def chosen(self) -> tuple[UUID, ...]:
        """The chosen runs, in the order they were chosen."""
        return tuple(self._chosen)

    def toggle(self, row: int) -> None:
        """Choose a run, or no longer."""
        run_id = self.run_at(row).id
        if run_id in self._chosen:
            del self._chosen[run_id]
        elif len(self._chosen) < MOST_COMPARED:
            self._chosen[run_id] = None
        index = self.index(row, 0)
        self.dataChanged.emit(index, index)
        self.chosen_changed.emit()

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> Any:
        """Give a cell as RunsModel does, and the check in the first column."""
        if role == Qt.ItemDataRole.CheckStateRole and index.isValid() and index.column() == RunColumn.NAME:
            on = self.run_at(index.row()).id in self._chosen
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        return super().data(index, role)


class _PickTable(BigTable):
    """A click, Space or Return chooses the row."""

    picked = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self.setSelectionMode(BigTable.SelectionMode.SingleSelection)
        self.clicked.connect(self._clicked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose, and let every other key walk."""
        keys = {Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if event.key() in keys and not event.modifiers() and self.currentIndex().isValid():
            self.picked.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        self.picked.emit(index.row())


class RunPicker(QDialog):
    """``chosen`` carries the ids of two to six runs, in the order they were chosen."""

    chosen = Signal(object)

    def __init__(
        self, asker: Asker, deletes: PendingDeletes, run_ids: Sequence[UUID], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Choose runs to compare")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(820, 520)
        self._search = QLineEdit()
        self._search.setPlaceholderText("Name or client seed")
        self._search.setAccessibleName("Search runs")
        self._search.setClearButtonEnabled(True)
        self._difficulty = QComboBox()
        self._difficulty.setAccessibleName("Difficulty")
        self._difficulty.addItem("All difficulties", None)
        for difficulty in Difficulty:
            self._difficulty.addItem(difficulty.label, difficulty)
        self._model = PickModel(run_ids, self)
        self._feed = RunsFeed(asker, deletes, self._model, self)
        self._table = _PickTable("Runs to choose from")
        self._table.setModel(self._model)
        self._table.set_columns(_COLUMNS)
        self._table.set_hidden_columns(set(RunColumn) - set(_SHOWN))
        self._nothing = EmptyState("search", "No run matches.")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._table)
        self._stack.addWidget(self._nothing)
        self._count = Label("", ink="secondary", figures=True)
        self._compare = Button("Compare", "primary")
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_SEARCH_MS)
        self._lay_out()

        self._search.textChanged.connect(self._search_edited)
        self._typing.timeout.connect(self._load)
        self._difficulty.currentIndexChanged.connect(self._load)
        self._table.picked.connect(self._picked)
        self._model.chosen_changed.connect(self._show_count)
        self._feed.filled.connect(self._filled)
        self._feed.failed.connect(self._nothing_read)
        self._show_count()
        self._load()

    def search(self, text: str) -> None:
        """Search for a part of a name or client seed."""
        self._search.setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep Return in the search field from ending the dialog: it goes to the list."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._search.hasFocus():
            self._table.setFocus()
        else:
            super().keyPressEvent(event)

    def accept(self) -> None:
        """Close with what is chosen."""
        if len(self._model.chosen) >= 2:
            self.chosen.emit(self._model.chosen)
            super().accept()

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(Space.S)
        tools.addWidget(self._search, 1)
        tools.addWidget(self._difficulty)
        box = QDialogButtonBox()
        box.addButton(self._compare, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(Button("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(self._count, 1)
        foot.addWidget(box)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addLayout(tools)
        column.addWidget(self._stack, 1)
        column.addLayout(foot)

    @Slot()
    def _search_edited(self) -> None:
        self._typing.start()

    @Slot()
    def _load(self, *_what: object) -> None:
        chosen = self._difficulty.currentData()
        difficulty = None if chosen is None else Difficulty(chosen)
        self._feed.load(RunQuery(search=self._search.text().strip(), difficulty=difficulty))

    @Slot()
    def _filled(self) -> None:
        self._nothing.set_sentence("No run matches.")
        self._stack.setCurrentWidget(self._table if self._model.total else self._nothing)

    @Slot(str)
    def _nothing_read(self, sentence: str) -> None:
        self._nothing.set_sentence(sentence)
        self._stack.setCurrentWidget(self._nothing)

    @Slot(int)
    def _picked(self, row: int) -> None:
        before = self._model.chosen
        self._model.toggle(row)
        if self._model.chosen == before:
            announce(self._table, self._count.text())

    @Slot()
    def _show_count(self) -> None:
        count = len(self._model.chosen)
        words = f"{count} of {MOST_COMPARED} chosen"
        if count < 2:
            words += "; two are needed" if not count else "; one more is needed"
        elif count == MOST_COMPARED:
            words += "; take one out to choose another"
        self._count.setText(words)
        self._compare.setEnabled(count >= 2)
