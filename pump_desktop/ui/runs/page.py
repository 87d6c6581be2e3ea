"""The Runs page: what is stored, found, ordered, renamed, copied, compared, deleted and opened."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from uuid import UUID

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QLineEdit,
    QWidget,
)

from pump_desktop.domain.runs import RunQuery, RunRow, RunSort
from pump_desktop.domain.sides import MOST_COMPARED
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.tables.runs import SORTS, RunColumn, RunGroupsModel, RunsModel
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.qt.text.numbers import counted, grouped
from pump_desktop.qt.work.query import Asker
from pump_desktop.qt.work.runs_feed import RunGroupsFeed, RunsFeed
from pump_desktop.qt.work.undo import PendingDeletes
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.buttons import Button, IconButton
from pump_desktop.ui.kit.choices import DifficultyFilter
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.header import PageHeader
from pump_desktop.ui.kit.layout import STRETCH, hbox, pages, stretch, vbox
from pump_desktop.ui.kit.text import Label
from pump_desktop.ui.runs.menu import runs_menu, takes
from pump_desktop.ui.runs.table import GroupedRunsTable, RunsTable

_SEARCH_MS = 150


class RunsPage(QWidget):
    """``opened`` carries a RunRow, ``action_asked`` an action's name and a RunRow, ``delete_asked`` many.

    ``compare_asked`` carries the ids of two to six runs, in the order they stand.
    """

    opened = Signal(object)
    action_asked = Signal(str, object)
    delete_asked = Signal(object)
    compare_asked = Signal(object)
    scan_asked = Signal()
    sample_asked = Signal()

    def __init__(self, asker: Asker, deletes: PendingDeletes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sort, self._descending = RunSort.CREATED, True
        self._header = PageHeader("Runs")
        self._search = QLineEdit()
        self._search.setPlaceholderText("Name or client seed")
        self._search.setAccessibleName("Search runs")
        self._search.setClearButtonEnabled(True)
        self._search.setMinimumWidth(180)
        self._difficulty = DifficultyFilter()
        self._compare = Button("Compare", meaning="compare")
        self._actions = Button("Actions", meaning="more")
        self._new = Button("New scan", "primary", "scan")
        self._header.add_filter(self._search)
        self._header.add_filter(self._difficulty)
        for action in (self._compare, self._actions, self._new):
            self._header.add_action(action)
        self._banner = Banner("bad", "", "Try again")
        self._banner.hide()
        self._count = Label("", ink="muted", figures=True)
        self._grouped = QCheckBox("Group by seed pair")
        self._columns = IconButton("columns", "Choose columns")
        self._model = RunsModel(self)
        self._feed = RunsFeed(asker, deletes, self._model, self)
        self._table = RunsTable("Runs", self._model)
        self._table.setObjectName("kept.runs")
        self._table.set_sort(int(RunColumn.CREATED), Qt.SortOrder.DescendingOrder)
        self._groups = RunGroupsModel(self)
        self._groups_feed = RunGroupsFeed(asker, deletes, self._groups, self)
        self._group_table = GroupedRunsTable("Runs by seed pair", self._groups)
        self._group_table.setObjectName("kept.run-groups")
        self._empty = EmptyState(
            "runs",
            "No runs yet. Scan a seed pair, or the sample.",
            "Scan the sample",
            meaning="play",
        )
        self._nothing = EmptyState("search", "No run matches.", "Show all runs", kind="secondary")
        self._stack = pages(self._table, self._group_table, self._empty, self._nothing)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_SEARCH_MS)
        self._asked: RunQuery | None = None
        self._lay_out()
        self._connect()
        self._selection_changed()

    def _connect(self) -> None:
        self._search.textChanged.connect(self._search_edited)
        self._typing.timeout.connect(self.reload)
        self._difficulty.currentIndexChanged.connect(self._filter_changed)
        self._grouped.toggled.connect(self._grouping_changed)
        self._columns.clicked.connect(self._show_columns)
        self._new.clicked.connect(self.scan_asked)
        self._compare.clicked.connect(self._compare_clicked)
        self._actions.clicked.connect(self._show_actions)
        self._empty.acted.connect(self.sample_asked)
        self._nothing.acted.connect(self._show_all)
        self._banner.acted.connect(self.reload)
        for feed in (self._feed, self._groups_feed):
            feed.filled.connect(self._filled)
            feed.failed.connect(self._failed)
        for table in (self._table, self._group_table):
            table.selectionModel().selectionChanged.connect(self._selection_changed)
            table.model().modelReset.connect(self._selection_changed)
            table.row_opened.connect(self._open_row)
            table.customContextMenuRequested.connect(self._show_menu)
            table.acted.connect(self.act)
        self._table.sort_requested.connect(self._sort_asked)
        QShortcut(QKeySequence.StandardKey.Find, self, self._search.setFocus)
        QShortcut(QKeySequence("F5"), self, self.reload)

    @Slot()
    def reload(self) -> None:
        """Read the list again; unless something else is searched for, selection and place stay."""
        query = RunQuery(
            search=self._search.text().strip(),
            difficulty=self._difficulty.difficulty,
            sort=self._sort,
            descending=self._descending,
        )
        self._shown.set_keeps(query == self._asked)
        self._asked = query
        if self._grouped.isChecked():
            self._groups_feed.load(query)
        else:
            self._feed.load(query)

    def hide_runs(self, run_ids: Iterable[UUID]) -> None:
        """Take runs out of the list at once."""
        if self._grouped.isChecked():
            self._groups_feed.hide(run_ids)
        else:
            self._feed.hide(run_ids)
        self._show_state()

    def search(self, text: str) -> None:
        """Search for a part of a name or client seed."""
        self._search.setText(text)

    @property
    def chosen_count(self) -> int:
        """How many runs are selected, at most one more than can be compared."""
        return len(list(islice(self._shown.chosen(), MOST_COMPARED + 1)))

    def focus_list(self) -> None:
        """Put the keyboard on the table."""
        self._shown.setFocus()

    @property
    def _shown(self) -> RunsTable:
        return self._group_table if self._grouped.isChecked() else self._table

    def _lay_out(self) -> None:
        self._tools = QWidget()
        hbox(self._count, STRETCH, self._grouped, self._columns, into=self._tools, spacing=Space.S)
        vbox(
            self._header,
            stretch(
                vbox(
                    self._banner,
                    self._tools,
                    stretch(self._stack),
                    margins=(Space.XL, Space.S, Space.XL, Space.L),
                    spacing=Space.S,
                )
            ),
            into=self,
            spacing=0,
        )

    @Slot()
    def _filled(self) -> None:
        self._banner.hide()
        self._show_state()

    @Slot(str)
    def _failed(self, sentence: str) -> None:
        self._banner.show_sentence("bad", sentence, "Try again")

    def _show_state(self) -> None:
        by_pair = self._grouped.isChecked()
        total = self._groups.total if by_pair else self._model.total
        filtered = bool(self._search.text().strip()) or self._difficulty.difficulty is not None
        if total:
            self._stack.setCurrentWidget(self._shown)
        else:
            self._stack.setCurrentWidget(self._nothing if filtered else self._empty)
        words = "" if not total else counted(total, "run")
        if total and by_pair:
            pairs = self._groups.groups
            words += " of 1 seed pair" if pairs == 1 else f" of {grouped(pairs)} seed pairs"
        self._count.setText(words)
        self._tools.setVisible(bool(total) or filtered)

    @Slot()
    def _search_edited(self) -> None:
        self._typing.start()

    @Slot()
    def _filter_changed(self) -> None:
        self.reload()

    @Slot()
    def _grouping_changed(self) -> None:
        self._asked = None
        self._selection_changed()
        self.reload()

    @Slot()
    def _show_all(self) -> None:
        self._difficulty.show_difficulty(None)
        self._search.clear()
        self.reload()

    @Slot(int, Qt.SortOrder)
    def _sort_asked(self, column: int, order: Qt.SortOrder) -> None:
        sort = SORTS.get(RunColumn(column))
        if sort is not None:
            self._sort = sort
            self._descending = order is Qt.SortOrder.DescendingOrder
            self._table.set_sort(column, order)
            self.reload()

    @Slot(int)
    def _open_row(self, row: int) -> None:
        run = self._groups.run_at(row) if self._grouped.isChecked() else self._model.run_at(row)
        if run is not None:
            self.opened.emit(run)

    @Slot()
    def _selection_changed(self, *_what: object) -> None:
        # One more than can be compared is enough to know; 10,000 may be selected.
        count = self.chosen_count
        self._actions.setEnabled(count > 0)
        comparable = count >= 2 and takes("compare", count)
        self._compare.setEnabled(comparable)
        few = "Select two to six runs to compare them (Ctrl+M)"
        many = f"At most {MOST_COMPARED} runs can be compared; select fewer"
        why = "Compare the selected runs (Ctrl+M)" if comparable else few if count < 2 else many
        self._compare.setToolTip(plain_tip(why))
        self._compare.setAccessibleDescription(why)

    @Slot()
    def _show_columns(self) -> None:
        menu = self._shown.columns_menu()
        menu.popup(self._columns.mapToGlobal(QPoint(0, self._columns.height())))

    @Slot()
    def _show_actions(self) -> None:
        self._popup(self._actions.mapToGlobal(QPoint(0, self._actions.height())))

    @Slot(QPoint)
    def _show_menu(self, position: QPoint) -> None:
        self._popup(self._shown.viewport().mapToGlobal(position))

    def _popup(self, where: QPoint) -> None:
        count = len(self._chosen())
        if count:
            menu = runs_menu(count, self)
            menu.triggered.connect(self._menu_chosen)
            menu.popup(where)

    @Slot(QAction)
    def _menu_chosen(self, action: QAction) -> None:
        self.act(str(action.data()))

    @Slot()
    def _compare_clicked(self) -> None:
        self.act("compare")

    def _chosen(self) -> list[RunRow]:
        return list(self._shown.chosen())

    @Slot(str)
    def act(self, name: str) -> None:
        """Do with the selected runs what an action of their menu does."""
        chosen = self._chosen()
        if not chosen or not takes(name, len(chosen)):
            return
        if name == "open":
            self.opened.emit(chosen[0])
        elif name == "delete":
            self.delete_asked.emit(chosen)
        elif name == "compare" and len(chosen) > 1:
            self.compare_asked.emit(tuple(run.id for run in chosen))
        else:
            self.action_asked.emit(name, chosen[0])
