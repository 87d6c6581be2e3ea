"""What can be done with a run of the list: rename, notes, duplicate, use as a new scan."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPlainTextEdit
from pytestqt.qtbot import QtBot

from pump_desktop.domain.game import Difficulty
from pump_desktop.qt.look.theme import current_theme
from pump_desktop.qt.tables.runs import RunColumn
from pump_desktop.qt.work.runs_feed import PAGE_ROWS
from pump_desktop.ui.kit.dialogs import NameDialog, NotesDialog
from pump_desktop.ui.runs.table import RunsTable
from tests.ui.support.program import (
    MANY,
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
from tests.ui.support.runs_list import act, listed, load_all, open_list, rows, search, store


class TestActions:
    def test_f2_renames_a_run(self, running: Running, qtbot: QtBot) -> None:
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

    def test_notes_are_kept_up_to_their_longest(self, running: Running) -> None:
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

    def test_a_duplicate_has_the_same_outcomes_and_a_name_of_its_own(self, running: Running) -> None:
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

    def test_only_comparing_and_deleting_take_several(self, running: Running) -> None:
        store(running, "one", "two", "three")
        view = open_list(running)
        assert not button(running.runs, "Actions").isEnabled()
        select(view, 0, 2)
        click(running.runs, "Actions")
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert [action.text() for action in menu.actions() if action.isEnabled() and action.text()] == [
            "Compare",
            "Delete",
        ]
        menu.close()
        running.press("F2", view)
        assert running.window.findChild(NameDialog) is None


class TestCompareAndExtend:
    def test_compare_takes_two_to_six_and_says_why_not(self, full: Running, qtbot: QtBot) -> None:
        view = open_list(full)
        compare = button(full.runs, "Compare")
        assert not compare.isEnabled()
        assert compare.toolTip() == "Select two to six runs to compare them (Ctrl+M)"
        for count in range(1, 9):
            select(view, *range(count))
            assert compare.isEnabled() == (2 <= count <= 6), count
        assert compare.toolTip() == "At most 6 runs can be compared; select fewer"
        select(view, 4, 0, 2)
        with qtbot.waitSignal(full.runs.compare_asked) as asked:
            click(full.runs, "Compare")
        found = rows(full)
        assert asked.args == [(found[0].id, found[2].id, found[4].id)]
        full.settle()
        open_list(full)
        select(view, 4, 0)
        with qtbot.waitSignal(full.runs.compare_asked) as asked:
            full.press("Ctrl+M")
        assert len(asked.args[0]) == 2
        full.settle()
        open_list(full)
        full.press("Ctrl+A")
        assert not compare.isEnabled()

    def test_the_menu_asks_to_extend_and_to_compare_one_run(self, running: Running, qtbot: QtBot) -> None:
        store(running, "one", "two")
        view = open_list(running)
        # What the window does with these names is its own affair.
        running.runs.action_asked.disconnect()
        for words, name in (("Extend the range …", "extend"), ("Compare", "compare")):
            select(view, 1)
            with qtbot.waitSignal(running.runs.action_asked) as asked:
                act(running, words)
            assert (asked.args[0], asked.args[1].name) == (name, "one")
        select(view, 0, 1)
        with qtbot.waitSignal(running.runs.compare_asked) as both:
            act(running, "Compare")
        assert len(both.args[0]) == 2


class TestPlace:
    def test_a_rename_keeps_the_selection_and_the_keyboard(self, running: Running) -> None:
        store(running, "one", "two", "three")
        view = open_list(running)
        select(view, 1)
        running.press("F2")
        dialog = running.window.findChild(NameDialog)
        assert dialog is not None
        QTest.keyClicks(named(dialog, QLineEdit, "Name"), "2")
        click(dialog, "Rename")
        running.settle()
        assert listed(running) == ["three", "2", "one"]
        assert view.selected_rows() == [(1, 1)]
        assert view.currentIndex().row() == 1
        assert button(running.runs, "Actions").isEnabled()

    def test_reading_anew_keeps_all_that_is_loaded_selected_and_scrolled_to(self, full: Running) -> None:
        view = open_list(full)
        load_all(full)
        select(view, MANY - 3, MANY - 1)
        place = view.verticalScrollBar().value()
        assert isinstance(view, RunsTable)
        chosen = [row.id for row in view.chosen()]
        assert place > 0
        full.press("F5")
        full.settle()
        assert view.model().rowCount() == MANY
        assert [row.id for row in view.chosen()] == chosen
        assert view.verticalScrollBar().value() == place

    def test_another_search_selects_nothing(self, full: Running) -> None:
        view = open_list(full)
        select(view, 0, 1)
        search(full, "run")
        assert view.selected_rows() == []
        assert view.model().rowCount() == PAGE_ROWS

    def test_a_run_without_a_name_goes_by_its_client_seed(self, running: Running) -> None:
        store(running, "one", "")
        view = open_list(running)
        assert column(view, RunColumn.NAME) == ["zXv1upuFns", "one"]
        inks = column(view, RunColumn.NAME, int(Qt.ItemDataRole.ForegroundRole))
        assert (inks[0].name().upper(), inks[1]) == (current_theme().hex("text.muted"), None)

    def test_columns_are_chosen_from_a_button_and_stay(self, running: Running) -> None:
        store(running, "one")
        view = open_list(running)
        before = view.hidden_columns
        click(running.runs, "Choose columns")
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        entries = {action.text(): action for action in menu.actions()}
        assert [name for name, action in entries.items() if not action.isChecked()] == [
            "Server seed SHA-256", "Nonces", "Notes",
        ]  # fmt: skip
        entries["Notes"].trigger()
        menu.close()
        assert set(before) - set(view.hidden_columns) == {RunColumn.NOTES}
        search(running, "o")
        running.press("F5")
        running.settle()
        assert RunColumn.NOTES not in view.hidden_columns
