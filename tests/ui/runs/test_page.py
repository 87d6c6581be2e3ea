"""The Runs page: what is stored is listed, ordered, searched, filtered and opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import MAX_NONCE
from pump_desktop.domain.runs import RunRow, RunSort
from pump_desktop.qt.tables.runs import SORTS, RunColumn
from pump_desktop.qt.work.runs_feed import PAGE_ROWS
from tests.ui.support.program import (
    MANY,
    Running,
    button,
    click,
    column,
    edit,
    named,
    request,
    select,
    table,
    texts,
    toasts,
)
from tests.ui.support.runs_list import listed, load_all, open_list, rows, search, store

KEYS: dict[RunSort, Callable[[RunRow], Any]] = {
    RunSort.CREATED: lambda row: row.created_at,
    RunSort.NAME: lambda row: row.name.casefold(),
    RunSort.CLIENT_SEED: lambda row: row.client_seed.casefold(),
    RunSort.DIFFICULTY: lambda row: row.difficulty.pops,
    RunSort.NONCE_START: lambda row: row.nonce_start,
    RunSort.COUNT: lambda row: row.count,
    RunSort.HIGHEST: lambda row: row.max_multiplier,
    RunSort.DURATION: lambda row: row.duration_ms,
}


class TestList:
    def test_an_empty_list_offers_the_sample(self, running: Running, qtbot: QtBot) -> None:
        open_list(running)
        assert "No runs yet. Scan a seed pair, or the sample." in texts(running.runs)
        assert not table(running.window, "Runs").isVisible()
        assert not button(running.runs, "Actions").isEnabled()
        with qtbot.waitSignal(running.program.scans.finished) as told:
            click(running.runs, "Scan the sample")
        assert told.args[0].run.count == 1_000_000
        assert running.stored() == ["Sample seed pair"]
        running.settle()
        open_list(running)
        assert listed(running) == ["Sample seed pair"]
        assert "1 run" in texts(running.runs)

    def test_newest_first_and_more_on_scrolling(self, full: Running) -> None:
        view = open_list(full)
        assert f"{MANY} runs" in texts(full.runs)
        assert view.model().rowCount() == PAGE_ROWS
        load_all(full)
        assert view.model().rowCount() == MANY
        found = rows(full)
        assert [row.created_at for row in found] == sorted((row.created_at for row in found), reverse=True)
        assert len({row.id for row in found}) == MANY

    def test_it_sorts_by_a_click_on_the_header(self, full: Running) -> None:
        view = open_list(full)
        view.set_hidden_columns([])
        header = view.horizontalHeader()
        for place, sort in SORTS.items():
            key = KEYS[sort]
            for falling in (False, True):
                header.sectionClicked.emit(int(place))
                full.settle()
                load_all(full)
                found = [key(row) for row in rows(full)]
                assert found == sorted(found, reverse=falling), place.name
                assert len({row.id for row in rows(full)}) == MANY
                order = Qt.SortOrder.DescendingOrder if falling else Qt.SortOrder.AscendingOrder
                assert (header.sortIndicatorSection(), header.sortIndicatorOrder()) == (int(place), order)

    def test_the_search_takes_every_sign_literally(self, running: Running) -> None:
        store(running, "100% sure", "1000 sure", "a_b", "axb", "Straße")
        open_list(running)
        for text, found in (
            ("100%", ["100% sure"]),
            ("a_b", ["a_b"]),
            ("SURE", ["1000 sure", "100% sure"]),
            ("STRASSE", ["Straße"]),
            ("  a_b  ", ["a_b"]),
            ("zXv1UPU", ["Straße", "axb", "a_b", "1000 sure", "100% sure"]),
            ("'; drop table runs; --", []),
        ):
            search(running, text)
            assert listed(running) == found, text
        assert "No run matches." in texts(running.runs)
        click(running.runs, "Show all runs")
        running.settle()
        assert len(listed(running)) == 5
        assert edit(running.runs, "Search runs").text() == ""

    def test_typing_searches_by_itself(self, running: Running, qtbot: QtBot) -> None:
        store(running, "one", "two")
        open_list(running)
        running.press("Ctrl+F")
        field = edit(running.runs, "Search runs")
        assert QApplication.focusWidget() is field
        QTest.keyClicks(field, "two")
        qtbot.waitUntil(lambda: listed(running) == ["two"])

    def test_the_difficulty_filters(self, full: Running) -> None:
        open_list(full)
        box = named(full.runs, QComboBox, "Difficulty")
        for difficulty in Difficulty:
            box.setCurrentIndex(box.findText(difficulty.label))
            full.settle()
            assert {row.difficulty for row in rows(full)} == {difficulty}
            assert len(rows(full)) in {32, 33}
        search(full, "run 00")
        assert {row.difficulty for row in rows(full)} == {Difficulty.EXPERT}
        box.setCurrentIndex(0)
        full.settle()
        # 001 to 009; every thirteenth run, 000 among them, has no name.
        assert sorted(listed(full)) == [f"run 00{digit}" for digit in range(1, 10)]

    def test_large_nonces_are_shown_whole(self, running: Running) -> None:
        running.backend.runs.create(request(MAX_NONCE, start=MAX_NONCE - 9))
        open_list(running)
        view = table(running.window, "Runs")
        assert column(view, RunColumn.NONCES) == ["9,007,199,254,740,982 – 9,007,199,254,740,991"]

    def test_a_run_is_opened_by_return_and_by_a_double_click(self, running: Running) -> None:
        store(running, "one", "two")
        view = open_list(running)
        select(view, 1)
        running.press("Return")
        running.settle()
        assert running.window.run_page.run.name == "one"  # type: ignore[union-attr]  # it shows one
        open_list(running)
        spot = view.visualRect(view.model().index(0, 0)).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
        QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
        running.settle()
        assert running.window.run_page.run.name == "two"  # type: ignore[union-attr]  # it shows one
        assert running.window.run_page.isVisible()

    def test_a_run_that_has_gone_is_told(self, running: Running) -> None:
        store(running, "one")
        view = open_list(running)
        (row,) = rows(running)
        running.backend.runs.delete(row.id)
        select(view, 0)
        running.press("Return")
        running.settle()
        assert toasts(running.window) == [f"Run with id {row.id} not found"]
        running.press("F5")
        running.settle()
        assert "No runs yet. Scan a seed pair, or the sample." in texts(running.runs)

    def test_rows_below_a_deleted_page_move_up(self, full: Running) -> None:
        view = open_list(full)
        view.setFocus()
        full.press("Ctrl+A")
        full.press("Del")
        full.settle()
        assert len(rows(full)) == MANY - PAGE_ROWS
        assert toasts(full.window) == [f"{PAGE_ROWS} runs deleted"]
