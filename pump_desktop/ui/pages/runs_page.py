"""The Runs page: what is stored, found, ordered, renamed, copied, deleted and opened."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QLineEdit, QMenu, QStackedWidget, QVBoxLayout, QWidget

from pump_desktop.domain.difficulty import Difficulty
from pump_desktop.domain.runs import RunQuery, RunRow, RunSort
from pump_desktop.qt.asking import Asker
from pump_desktop.qt.deletes import PendingDeletes
from pump_desktop.qt.icons import icon
from pump_desktop.qt.models.runs_model import SORTS, RunColumn, RunsModel
from pump_desktop.qt.numbers import grouped
from pump_desktop.qt.theme import Space
from pump_desktop.ui.pages.runs_feed import RunsFeed
from pump_desktop.ui.widgets.banner import Banner
from pump_desktop.ui.widgets.buttons import Button
from pump_desktop.ui.widgets.empty import EmptyState
from pump_desktop.ui.widgets.header import PageHeader
from pump_desktop.ui.widgets.table import BigTable, Column
from pump_desktop.ui.widgets.text import Label

_SEARCH_MS = 150

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
_HIDDEN_AT_FIRST = (int(RunColumn.SERVER_HASH), int(RunColumn.COUNT), int(RunColumn.NOTES))
_MENU = (
    ("open", "Open", "Return"),
    ("rename", "Rename …", "F2"),
    ("notes", "Notes …", ""),
    ("duplicate", "Duplicate", "Ctrl+D"),
    ("rescan", "Use as a new scan", ""),
    ("export", "Export all nonces as CSV …", ""),
    ("delete", "Delete", "Del"),
)


class RunsPage(QWidget):
    """``opened`` carries a RunRow, ``action_asked`` an action's name and a RunRow, ``delete_asked`` many."""

    opened = Signal(object)
    action_asked = Signal(str, object)
    delete_asked = Signal(object)
    scan_asked = Signal()
    sample_asked = Signal()

    def __init__(self, asker: Asker, deletes: PendingDeletes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sort, self._descending = RunSort.CREATED, True
        self._header = PageHeader("Runs")
        self._search = QLineEdit()
        self._search.setPlaceholderText("Search name or client seed")
        self._search.setAccessibleName("Search runs")
        self._search.setClearButtonEnabled(True)
        self._search.setMinimumWidth(220)
        self._difficulty = QComboBox()
        self._difficulty.setAccessibleName("Difficulty")
        self._difficulty.addItem("All difficulties", None)
        for difficulty in Difficulty:
            self._difficulty.addItem(difficulty.label, difficulty)
        self._new = Button("New scan", "primary", "scan")
        self._header.add_filter(self._search)
        self._header.add_filter(self._difficulty)
        self._actions = Button("Actions", meaning="more")
        self._actions.setEnabled(False)
        self._header.add_action(self._actions)
        self._header.add_action(self._new)
        self._banner = Banner("bad", "", "Try again")
        self._banner.hide()
        self._model = RunsModel(self)
        self._feed = RunsFeed(asker, deletes, self._model, self)
        self._table = BigTable("Runs", _COLUMNS)
        self._table.setModel(self._model)
        self._table.set_columns(_COLUMNS)
        self._table.set_hidden_columns(_HIDDEN_AT_FIRST)
        self._table.set_sort(int(RunColumn.CREATED), Qt.SortOrder.DescendingOrder)
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._count = Label("", ink="muted", figures=True)
        self._empty = EmptyState(
            "runs",
            "No runs yet. Scan a seed pair, or begin with the sample.",
            "Scan the sample",
            meaning="play",
        )
        self._nothing = EmptyState("search", "No run matches.", "Show all runs", kind="secondary")
        self._stack = QStackedWidget()
        for widget in (self._table, self._empty, self._nothing):
            self._stack.addWidget(widget)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_SEARCH_MS)
        self._lay_out()
        self._connect()

    def _connect(self) -> None:
        self._search.textChanged.connect(self._search_edited)
        self._typing.timeout.connect(self.reload)
        self._difficulty.currentIndexChanged.connect(self._filter_changed)
        self._new.clicked.connect(self.scan_asked)
        self._actions.clicked.connect(self._show_actions)
        self._table.selectionModel().selectionChanged.connect(self._selection_changed)
        self._model.modelReset.connect(self._selection_changed)
        self._empty.acted.connect(self.sample_asked)
        self._nothing.acted.connect(self._show_all)
        self._banner.acted.connect(self.reload)
        self._feed.filled.connect(self._filled)
        self._feed.failed.connect(self._failed)
        self._table.sort_requested.connect(self._sort_asked)
        self._table.row_opened.connect(self._open_row)
        self._table.customContextMenuRequested.connect(self._show_menu)
        for name, _words, keys in _MENU[1:]:
            if keys:
                shortcut = QShortcut(QKeySequence(keys), self._table)
                shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
                shortcut.setObjectName(name)
                shortcut.activated.connect(self._shortcut_pressed)
        QShortcut(QKeySequence.StandardKey.Find, self, self._search.setFocus)
        QShortcut(QKeySequence("F5"), self, self.reload)

    @Slot()
    def reload(self) -> None:
        """Ask for the first page again."""
        self._feed.start_over(
            RunQuery(
                search=self._search.text().strip(),
                difficulty=self._chosen_difficulty(),
                sort=self._sort,
                descending=self._descending,
            )
        )

    def hide_runs(self, run_ids: Iterable[UUID]) -> None:
        """Take runs out of the list at once."""
        self._feed.hide(run_ids)
        self._show_state()

    def search(self, text: str) -> None:
        """Search for a part of a name or client seed."""
        self._search.setText(text)

    def delete_first(self) -> None:
        """Delete the first run of the list, as with the Delete key."""
        self._table.selectRow(0)
        self._act("delete")

    def focus_list(self) -> None:
        """Put the keyboard on the table."""
        self._table.setFocus()

    def _lay_out(self) -> None:
        body = QVBoxLayout()
        body.setContentsMargins(Space.XL, Space.L, Space.XL, Space.M)
        body.setSpacing(Space.M)
        body.addWidget(self._banner)
        body.addWidget(self._stack, 1)
        body.addWidget(self._count)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addLayout(body, 1)

    def _chosen_difficulty(self) -> Difficulty | None:
        # A combo box gives its data back as plain text.
        chosen = self._difficulty.currentData()
        return None if chosen is None else Difficulty(chosen)

    @Slot()
    def _filled(self) -> None:
        self._banner.hide()
        self._show_state()

    @Slot(str)
    def _failed(self, sentence: str) -> None:
        self._banner.show_sentence("bad", sentence, "Try again")

    def _show_state(self) -> None:
        total = self._model.total
        filtered = bool(self._search.text().strip()) or self._chosen_difficulty() is not None
        if total:
            self._stack.setCurrentWidget(self._table)
        else:
            self._stack.setCurrentWidget(self._nothing if filtered else self._empty)
        self._count.setText("" if not total else "1 run" if total == 1 else f"{grouped(total)} runs")

    @Slot()
    def _search_edited(self) -> None:
        self._typing.start()

    @Slot()
    def _filter_changed(self) -> None:
        self.reload()

    @Slot()
    def _show_all(self) -> None:
        self._difficulty.setCurrentIndex(0)
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
        self.opened.emit(self._model.run_at(row))

    @Slot()
    def _selection_changed(self, *_what: object) -> None:
        self._actions.setEnabled(bool(self._table.selected_rows()))

    @Slot()
    def _show_actions(self) -> None:
        self._popup(self._actions.mapToGlobal(QPoint(0, self._actions.height())))

    @Slot(QPoint)
    def _show_menu(self, position: QPoint) -> None:
        self._popup(self._table.viewport().mapToGlobal(position))

    def _popup(self, where: QPoint) -> None:
        if not self._chosen():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        single = len(self._chosen()) == 1
        for name, words, keys in _MENU:
            if name == "delete":
                menu.addSeparator()
            action = QAction(icon(name), words, menu)  # type: ignore[arg-type]  # all are meanings
            if keys:
                action.setShortcut(QKeySequence(keys))
            action.setData(name)
            action.setEnabled(single or name == "delete")
            menu.addAction(action)
        menu.triggered.connect(self._menu_chosen)
        menu.popup(where)

    @Slot(QAction)
    def _menu_chosen(self, action: QAction) -> None:
        self._act(str(action.data()))

    @Slot()
    def _shortcut_pressed(self) -> None:
        self._act(self.sender().objectName())

    def _chosen(self) -> list[RunRow]:
        return [
            self._model.run_at(row)
            for first, last in self._table.selected_rows()
            for row in range(first, last + 1)
        ]

    def _act(self, name: str) -> None:
        chosen = self._chosen()
        if not chosen or (len(chosen) > 1 and name != "delete"):
            return
        if name == "open":
            self.opened.emit(chosen[0])
        elif name == "delete":
            self.delete_asked.emit(chosen)
        else:
            self.action_asked.emit(name, chosen[0])
