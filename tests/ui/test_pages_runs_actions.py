"""What can be done with a run of the list: rename, notes, duplicate, use as a new scan."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPlainTextEdit
from pytestqt.qtbot import QtBot

from pump_desktop.domain.difficulty import Difficulty
from pump_desktop.qt.models.runs_model import RunColumn
from pump_desktop.ui.dialogs import NameDialog, NotesDialog
from tests.ui.program import (
    SERVER,
    Running,
    button,
    child,
    click,
    column,
    edit,
    named,
    request,
    select,
    texts,
    toasts,
)
from tests.ui.runs_list import act, listed, open_list, rows, store


class TestActions:
    def test_rename(self, running: Running, qtbot: QtBot) -> None:
        store(running, "old")
        view = open_list(running)
        select(view, 0)
        running.press("F2")
        dialog = running.window.findChild(NameDialog)
        assert dialog is not None
        field = named(dialog, QLineEdit, "Name")
        assert (field.text(), field.selectedText()) == ("old", "old")
        QTest.keyClicks(field, "  new   name ")
        QTest.keyClick(field, Qt.Key.Key_Return)
        running.settle()
        assert running.stored() == ["new name"]
        assert listed(running) == ["new name"]
        qtbot.waitUntil(lambda: running.window.findChild(NameDialog) is None)

    def test_a_rename_can_be_thought_over(self, running: Running, qtbot: QtBot) -> None:
        store(running, "old")
        select(open_list(running), 0)
        act(running, "Rename …")
        dialog = running.window.findChild(NameDialog)
        assert dialog is not None
        QTest.keyClicks(named(dialog, QLineEdit, "Name"), "x")
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        running.settle()
        assert running.stored() == ["old"]
        qtbot.waitUntil(lambda: running.window.findChild(NameDialog) is None)

    def test_a_rename_on_the_run_page_changes_its_title(self, running: Running) -> None:
        running.scan_and_open(request(50))
        page = running.window.run_page
        assert "zXv1upuFns · Expert" in texts(page)
        QTest.keyClick(page, Qt.Key.Key_F2)
        dialog = running.window.findChild(NameDialog)
        assert dialog is not None
        QTest.keyClicks(named(dialog, QLineEdit, "Name"), "mine")
        click(dialog, "Rename")
        running.settle()
        assert "mine" in texts(page)
        assert running.stored() == ["mine"]

    def test_notes(self, running: Running) -> None:
        store(running, "one")
        view = open_list(running)
        select(view, 0)
        act(running, "Notes …")
        dialog = running.window.findChild(NotesDialog)
        assert dialog is not None
        notes = child(dialog, QPlainTextEdit)
        notes.setPlainText("n" * 10_001)
        click(dialog, "Save")
        assert "Notes hold at most 10,000 characters; these have 10,001." in texts(dialog)
        notes.setPlainText("first\nsecond")
        click(dialog, "Save")
        running.settle()
        assert column(view, RunColumn.NOTES) == ["first second"]
        assert rows(running)[0].notes == "first\nsecond"

    def test_duplicate(self, running: Running) -> None:
        store(running, "one")
        select(open_list(running), 0)
        running.press("Ctrl+D")
        running.settle()
        assert sorted(running.stored()) == ["one", "one (copy)"]
        assert sorted(listed(running)) == ["one", "one (copy)"]
        assert toasts(running.window) == ["Duplicated as “one (copy)”"]
        first, second = (running.backend.runs.outcomes(row.id) for row in rows(running))
        assert first.tobytes() == second.tobytes()

    def test_use_as_a_new_scan_fills_the_form(self, running: Running) -> None:
        running.backend.runs.create(request(900, Difficulty.HARD, (65.74, 250.0), start=5), name="one")
        select(open_list(running), 0)
        act(running, "Use as a new scan")
        running.settle()
        assert running.scan.isVisible()
        assert running.window._rail.current == "scan"
        form = running.scan._form
        assert form.read(10**8) == request(900, Difficulty.HARD, (65.74, 250.0), start=5)
        assert edit(running.scan, "Server seed").text() == SERVER
        assert QApplication.focusWidget() is button(running.scan, "Start scan")

    def test_only_deleting_takes_several(self, running: Running) -> None:
        store(running, "one", "two", "three")
        view = open_list(running)
        assert not button(running.runs, "Actions").isEnabled()
        select(view, 0, 2)
        click(running.runs, "Actions")
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert [action.text() for action in menu.actions() if action.isEnabled() and action.text()] == [
            "Delete"
        ]
        menu.close()
        running.press("F2", view)
        assert running.window.findChild(NameDialog) is None
