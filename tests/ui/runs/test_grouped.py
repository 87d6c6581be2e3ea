"""The Runs page by seed pair: what stands under what, opened and closed, searched, deleted."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox
from pytestqt.qtbot import QtBot

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.runs import RunQuery
from pump_desktop.domain.seeds import seed_sha256, short_seed
from pump_desktop.qt.tables.runs import RunColumn, RunGroupsModel
from pump_desktop.qt.work.runs_feed import GROUPS, RUNS, RunGroupsFeed
from pump_desktop.ui.runs.table import GroupedRunsTable
from tests.model_checks import watched
from tests.ui.support.program import (
    MANY,
    Running,
    button,
    child,
    click,
    column,
    named,
    request,
    select,
    texts,
    toasts,
)
from tests.ui.support.runs_list import lines, listed, open_list, pairs_table, search


def keep(running: Running, server: str, *names: str, difficulty: Difficulty = Difficulty.EXPERT) -> None:
    """Store small runs of one server seed."""
    for name in names:
        running.backend.runs.create(request(50, difficulty, server=server), name=name)


def set_open(view: GroupedRunsTable, row: int) -> None:
    """Open the seed pair of a line."""
    model = view.model()
    assert isinstance(model, RunGroupsModel)
    model.set_open(row, opened=True)


def title(server: str) -> str:
    """Give how a seed pair of the tests is shown."""
    return f"{short_seed(seed_sha256(server))} · zXv1upuFns"


def test_pairs_stand_by_their_newest_run_and_open_to_their_runs(running: Running) -> None:
    keep(running, "a", "a1")
    keep(running, "b", "b1", "b2")
    keep(running, "a", "a2")
    view = pairs_table(running)
    assert lines(view) == [title("a"), title("b")]
    assert "4 runs of 2 seed pairs" in texts(running.runs)
    assert column(view, RunColumn.NONCES) == ["2 runs", "2 runs"]
    assert column(view, RunColumn.COUNT) == ["100", "100"]
    view.setFocus()
    running.press("Right")
    running.settle()
    assert lines(view) == [title("a"), "- a2", "- a1", title("b")]
    running.press("Right")
    assert view.currentIndex().row() == 1
    running.press("Left")
    assert view.currentIndex().row() == 0
    running.press("Left")
    assert lines(view) == [title("a"), title("b")]


def test_return_space_and_a_click_open_and_close(running: Running) -> None:
    keep(running, "a", "a1")
    view = pairs_table(running)
    view.setFocus()
    for key in ("Return", "Space"):
        running.press(key)
        running.settle()
        assert lines(view) == [title("a"), "- a1"]
        running.press(key)
        assert lines(view) == [title("a")]
    spot = view.visualRect(view.model().index(0, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    running.settle()
    assert lines(view) == [title("a"), "- a1"]


def test_a_run_below_its_pair_is_opened_and_acted_on(running: Running, qtbot: QtBot) -> None:
    keep(running, "a", "a1", "a2")
    view = pairs_table(running)
    view.setFocus()
    assert not button(running.runs, "Actions").isEnabled()
    running.press("Right")
    running.settle()
    running.press("Down")
    assert button(running.runs, "Actions").isEnabled()
    with qtbot.waitSignal(running.runs.opened) as told:
        running.press("Return", view)
    assert told.args[0].name == "a2"
    running.settle()
    open_list(running)
    running.press("Shift+Down", view)
    with qtbot.waitSignal(running.runs.compare_asked) as asked:
        click(running.runs, "Compare")
    stored = [running.backend.runs.get(run_id).name for run_id in asked.args[0]]
    assert stored == ["a2", "a1"]


def test_select_all_takes_runs_and_no_pairs(running: Running, qtbot: QtBot) -> None:
    keep(running, "a", "a1", "a2")
    keep(running, "b", "b1")
    view = pairs_table(running)
    set_open(view, 1)
    running.settle()
    view.setFocus()
    running.press("Ctrl+A")
    with qtbot.waitSignal(running.runs.delete_asked) as told:
        running.press("Del", view)
    assert [run.name for run in told.args[0]] == ["a2", "a1"]
    assert lines(view) == [title("b")]
    assert "1 run of 1 seed pair" in texts(running.runs)
    click(running.window, "Undo")
    running.settle()
    assert lines(view) == [title("b"), title("a")]


def test_a_deleted_run_is_taken_off_its_pairs_figures(running: Running) -> None:
    keep(running, "a", "a1", "a2")
    view = pairs_table(running)
    set_open(view, 0)
    running.settle()
    select(view, 1)
    running.press("Del")
    assert lines(view) == [title("a"), "- a1"]
    assert column(view, RunColumn.NONCES)[0] == "1 run"
    running.press("F5")
    running.settle()
    assert lines(view) == [title("a"), "- a1"]
    assert column(view, RunColumn.COUNT)[0] == "50"
    assert toasts(running.window) == ["Run deleted"]


def test_reading_anew_keeps_what_is_open_and_selected(running: Running) -> None:
    keep(running, "a", "a1", "a2")
    keep(running, "b", "b1")
    view = pairs_table(running)
    set_open(view, 1)
    running.settle()
    view.selectRow(3)
    keep(running, "c", "c1")
    running.press("F5")
    running.settle()
    assert lines(view) == [title("c"), title("b"), title("a"), "- a2", "- a1"]
    assert view.selected_rows() == [(4, 4)]
    view.clearSelection()
    view.setCurrentIndex(view.model().index(2, 0))
    running.press("F5")
    running.settle()
    assert view.currentIndex().row() == 2


def test_search_and_difficulty_hold_for_pairs_too(running: Running) -> None:
    keep(running, "a", "one")
    keep(running, "a", "two", difficulty=Difficulty.EASY)
    keep(running, "b", "two")
    view = pairs_table(running)
    search(running, "two")
    assert lines(view) == [title("b"), title("a")]
    assert column(view, RunColumn.NONCES) == ["1 run", "1 run"]
    box = named(running.runs, QComboBox, "Difficulty")
    box.setCurrentIndex(box.findText("Easy"))
    running.settle()
    assert lines(view) == [title("a")]
    set_open(view, 0)
    running.settle()
    assert lines(view) == [title("a"), "- two"]
    search(running, "nothing like it")
    assert "No run matches." in texts(running.runs)
    assert child(running.runs, QCheckBox).isVisible()


def test_the_toggle_goes_back_to_the_flat_list(running: Running) -> None:
    keep(running, "a", "a1")
    pairs_table(running)
    toggle = child(running.runs, QCheckBox)
    toggle.setFocus()
    QTest.keyClick(toggle, Qt.Key.Key_Space)
    running.settle()
    assert listed(running) == ["a1"]
    assert "1 run" in texts(running.runs)
    assert QApplication.focusWidget() is toggle


def test_pairs_come_page_by_page(full: Running) -> None:
    view = pairs_table(full)
    model = view.model()
    assert isinstance(model, RunGroupsModel)
    assert model.loaded_groups == GROUPS
    assert f"{MANY} runs of {MANY} seed pairs" in texts(full.runs)
    view.scrollToBottom()
    full.settle()
    assert model.loaded_groups == MANY
    assert len(set(lines(view))) == MANY


def test_a_large_pair_is_read_in_steps(running: Running) -> None:
    row = running.store(end=20)
    for number in range(RUNS + 20):
        moment = row.created_at + timedelta(seconds=number)
        running.backend.runs._store.duplicate(row.id, uuid4(), moment, "copy").result(10)
    view = pairs_table(running)
    model = view.model()
    assert isinstance(model, RunGroupsModel)
    model.set_open(0, opened=True)
    for _ in range(2):
        running.settle()
        runs = [model.run_at(line) for line in range(1, model.rowCount())]
        assert len({run.id for run in runs if run is not None}) == len(runs) == RUNS + 21
        running.press("F5")


def test_the_model_is_sound_as_pairs_open_and_close(running: Running) -> None:
    keep(running, "a", "a1", "a2")
    keep(running, "b", "b1", "b2")
    model = RunGroupsModel()
    tester = watched(model)
    feed = RunGroupsFeed(running.program.asker, running.program.deletes, model, model)
    feed.load(RunQuery())
    running.settle()
    model.set_open(1, opened=True)
    running.settle()
    model.set_open(0, opened=True)
    running.settle()
    assert model.rowCount() == 6
    assert model.rowCount(model.index(0, 0)) == 0
    gone = model.run_at(1)
    assert gone is not None
    assert model.remove(gone.id)
    assert not model.remove(gone.id)
    model.set_open(0, opened=False)
    assert model.rowCount() == 4
    assert not model.canFetchMore(QModelIndex())
    tester.deleteLater()
    model.deleteLater()
