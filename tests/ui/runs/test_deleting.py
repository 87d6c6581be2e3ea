"""Deleting runs: hidden at once, undone, carried out, and what the list makes of it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from pump_desktop.qt.tables.runs import RunsModel
from tests.ui.support.program import (
    MANY,
    Running,
    Start,
    click,
    request,
    select,
    texts,
    toasts,
)
from tests.ui.support.runs_list import listed, load_all, open_list, rows, search, store


class TestDeleting:
    def test_a_deleted_run_is_hidden_at_once_and_kept_until_the_undo_has_gone(self, running: Running) -> None:
        store(running, "one", "two")
        select(open_list(running), 0)
        running.press("Del")
        assert listed(running) == ["one"]
        assert toasts(running.window) == ["Run deleted"]
        running.press("F5")
        running.settle()
        assert listed(running) == ["one"]
        assert "1 run" in texts(running.runs)
        # A program killed now would have lost nothing.
        assert running.stored() == ["one", "two"]
        running.window.clear_toasts()
        running.settle()
        assert running.stored() == ["one"]

    def test_undo_brings_it_back(self, running: Running) -> None:
        store(running, "one", "two")
        select(open_list(running), 0)
        running.press("Del")
        click(running.window, "Undo")
        running.settle()
        assert listed(running) == ["two", "one"]
        assert running.stored() == ["one", "two"]
        assert toasts(running.window) == []
        assert running.program.deletes.hidden == ()

    def test_undo_by_keyboard(self, running: Running) -> None:
        store(running, "one")
        select(open_list(running), 0)
        running.press("Del")
        assert "No runs yet. Scan a seed pair, or the sample." in texts(running.runs)
        running.press("F8", running.window)
        running.press("Space")
        running.settle()
        assert listed(running) == ["one"]

    def test_closing_the_program_deletes_what_was_deleted(self, start: Start) -> None:
        running = start()
        store(running, "one", "two", "three")
        select(open_list(running), 0, 1)
        running.press("Del")
        running.close()
        assert running.stored() == ["one"]
        again = start()
        open_list(again)
        assert listed(again) == ["one"]

    def test_closing_survives_a_run_that_has_gone_already(self, start: Start) -> None:
        running = start()
        store(running, "one", "two", "three")
        select(open_list(running), 0, 1)
        gone = rows(running)[0].id
        running.press("Del")
        running.backend.runs.delete(gone)
        running.close()
        # Closed in order, the file stands alone.
        assert sorted(file.name for file in running.data.glob("pump.db*")) == ["pump.db", "pump.db-in-use"]
        assert running.stored() == ["one"]

    def test_closing_right_after_the_undo_has_gone(self, start: Start) -> None:
        running = start()
        store(running, "one", "two")
        select(open_list(running), 0)
        running.press("Del")
        running.window.clear_toasts()
        running.close()
        assert running.stored() == ["one"]

    def test_several_at_once_share_one_undo(self, full: Running) -> None:
        view = open_list(full)
        load_all(full)
        before = [row.id for row in rows(full)]
        select(view, 0, 2, 4, 6, 8)
        full.press("Del")
        assert toasts(full.window) == ["5 runs deleted"]
        assert len(rows(full)) == MANY - 5
        assert f"{MANY - 5} runs" in texts(full.runs)
        click(full.window, "Undo")
        full.settle()
        load_all(full)
        assert [row.id for row in rows(full)] == before
        view.setFocus()
        full.press("Ctrl+A")
        full.press("Del")
        assert rows(full) == []
        assert toasts(full.window) == [f"{MANY} runs deleted"]
        full.window.clear_toasts()
        full.settle()
        assert full.stored() == []

    def test_deleting_from_the_run_page_leads_back_to_the_list(self, running: Running) -> None:
        store(running, "one")
        running.scan_and_open(request(50), "two")
        QTest.keyClick(running.window.run_page, Qt.Key.Key_Delete)
        running.settle()
        assert running.runs.isVisible()
        assert listed(running) == ["one"]
        click(running.window, "Undo")
        running.settle()
        assert listed(running) == ["two", "one"]

    def test_a_deletion_that_fails_is_told_and_the_list_is_read_again(self, running: Running) -> None:
        store(running, "one", "two")
        select(open_list(running), 0)
        running.press("Del")
        gone = rows(running)[0].id
        running.backend.runs.delete(running.program.deletes.hidden[0])
        store(running, "three")
        running.window.clear_toasts()
        running.settle()
        assert listed(running) == ["three", "one"]
        assert rows(running)[1].id == gone
        assert len(toasts(running.window)) == 1
        assert toasts(running.window)[0].endswith(" not found")

    @pytest.mark.parametrize("where", [0, 99])
    def test_scrolling_on_after_a_deletion_misses_and_doubles_nothing(
        self, full: Running, where: int
    ) -> None:
        view = open_list(full)
        model = view.model()
        assert isinstance(model, RunsModel)
        gone = rows(full)[where].id
        select(view, where)
        full.press("Del")
        load_all(full)
        ids = [row.id for row in rows(full)]
        assert len(ids) == len(set(ids)) == MANY - 1
        assert gone not in ids
        assert model.total == MANY - 1
        assert f"{MANY - 1} runs" in texts(full.runs)

    def test_scrolling_on_after_the_deletion_is_done_misses_nothing(self, full: Running) -> None:
        view = open_list(full)
        select(view, 10, 20)
        full.press("Del")
        full.window.clear_toasts()
        full.settle()
        load_all(full)
        assert len({row.id for row in rows(full)}) == len(rows(full)) == MANY - 2

    def test_a_deletion_that_the_filter_leaves_out_moves_no_page(self, full: Running) -> None:
        view = open_list(full)
        unnamed = next(place for place, row in enumerate(rows(full)) if not row.name)
        select(view, unnamed)
        full.press("Del")
        search(full, "run")
        load_all(full)
        assert sorted(listed(full)) == [f"run {number:03}" for number in range(MANY) if number % 13]
        assert f"{MANY - MANY // 13} runs" in texts(full.runs)
