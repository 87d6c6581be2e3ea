"""The list of runs in a test: filled, scrolled, searched and read."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

from pump_desktop.domain.runs import RunRow
from pump_desktop.qt.tables.rows import NATIVE_ROLE
from pump_desktop.qt.tables.runs import RunGroupsModel
from pump_desktop.ui.kit.table import BigTable
from pump_desktop.ui.runs.table import GroupedRunsTable
from tests.ui.support.program import (
    Running,
    child,
    click,
    column,
    named,
    request,
    table,
)


def open_list(running: Running) -> BigTable:
    """Open the list of runs and wait until it is filled."""
    running.press("Ctrl+2")
    running.settle()
    return table(running.window, "Runs")


def listed(running: Running) -> list[str]:
    """Give the names that stand in the list, top to bottom."""
    return [row.name for row in rows(running)]


def rows(running: Running) -> list[RunRow]:
    """Give the loaded runs, top to bottom."""
    return column(table(running.window, "Runs"), 0, NATIVE_ROLE)


def load_all(running: Running) -> None:
    """Scroll to the end until nothing more comes."""
    view = table(running.window, "Runs")
    before = -1
    while view.model().rowCount() != before:
        before = view.model().rowCount()
        view.scrollToBottom()
        running.settle()


def search(running: Running, text: str) -> None:
    """Search, without the pause that typing has."""
    field = named(running.runs, QLineEdit, "Search runs")
    field.setFocus()
    field.setText(text)
    running.runs._typing.stop()
    running.runs._typing.timeout.emit()
    running.settle()


def store(running: Running, *names: str) -> None:
    """Store small runs, one after another."""
    for name in names:
        running.backend.runs.create(request(50), name=name)


def act(running: Running, words: str) -> None:
    """Choose an entry of the Actions button's menu."""
    click(running.runs, "Actions")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    (action,) = [action for action in menu.actions() if action.text() == words]
    assert action.isEnabled()
    QTest.keyClick(menu, Qt.Key.Key_Escape)
    running.window.activateWindow()
    action.trigger()


def pairs_table(running: Running) -> GroupedRunsTable:
    """Open the list of runs under their seed pairs, and wait until it is filled."""
    open_list(running)
    click(running.runs, "Group by seed pair")
    running.settle()
    return child(running.runs, GroupedRunsTable)


def lines(view: BigTable) -> list[str]:
    """Give the first cell of every line of the grouped list, runs marked by a dash before them."""
    model = view.model()
    assert isinstance(model, RunGroupsModel)
    found = [str(model.index(row, 0).data()) for row in range(model.rowCount())]
    return [text if model.run_at(row) is None else f"- {text}" for row, text in enumerate(found)]
