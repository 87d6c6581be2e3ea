"""Extending a run: the dialog, what it refuses, and what is asked for in the end; comparing runs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pump_desktop.domain.requests import MAX_NONCE
from pump_desktop.domain.runs import Run, RunQuery
from pump_desktop.ui.runs.actions import ExtendDialog
from tests.store.samples import make_run
from tests.ui.conftest import Stage
from tests.ui.support.program import Running, button, click, edit, lit, request, texts, toasts, type_into

RUN = make_run(nonce_start=101, nonce_end=1_000_100)


def shown(stage: Stage, run: Run = RUN, max_nonces: int = 100_000_000) -> ExtendDialog:
    """Open the dialog for a run on a page of its own."""
    dialog = ExtendDialog(run, max_nonces, stage(QWidget()))
    dialog.open()
    return dialog


@pytest.mark.usefixtures("look")
class TestDialog:
    def test_it_begins_with_the_range_of_the_run(self, stage: Stage) -> None:
        dialog = shown(stage)
        assert edit(dialog, "First nonce").text() == "101"
        assert edit(dialog, "Last nonce").selectedText() == "1000100"
        assert any("Nonces 101 to 1,000,100 are known" in text for text in texts(dialog))
        dialog.reject()

    def test_buttons_make_the_run_twice_and_ten_times_as_long(self, stage: Stage, qtbot: QtBot) -> None:
        dialog = shown(stage)
        click(dialog, "2 times as long")
        assert "1,000,000 more, 2,000,000 in all" in texts(dialog)
        click(dialog, "10 times as long")
        assert "9,000,000 more, 10,000,000 in all" in texts(dialog)
        with qtbot.waitSignal(dialog.accepted):
            click(dialog, "Extend")
        assert dialog.wanted == (101, 10_000_100)

    def test_buttons_that_go_too_far_are_off(self, stage: Stage) -> None:
        dialog = shown(stage, max_nonces=2_000_000)
        assert button(dialog, "2 times as long").isEnabled()
        assert not button(dialog, "10 times as long").isEnabled()
        dialog.reject()
        dialog = shown(stage, make_run(nonce_start=MAX_NONCE - 99, nonce_end=MAX_NONCE))
        assert not button(dialog, "2 times as long").isEnabled()
        dialog.reject()

    @pytest.mark.parametrize(
        ("first", "last", "wrong"),
        [
            ("102", "2M", {"First nonce": "First nonce must be at most 101, where the run starts."}),
            ("1", "1000", {"Last nonce": "Last nonce must be at least 1000100, where the run ends."}),
            ("101", "1,000,100", {"Last nonce": "The run has these nonces already."}),
            ("1", "3M", {"Last nonce": "3,000,000 nonces are more than the 2,000,000 a run may hold."}),
            ("x", "2M", {"First nonce": "First nonce must be a whole number."}),
            ("1", "", {"Last nonce": "Last nonce must be a whole number."}),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(
        self, stage: Stage, first: str, last: str, wrong: dict[str, str]
    ) -> None:
        dialog = shown(stage, max_nonces=2_000_000)
        type_into(dialog, "First nonce", first)
        type_into(dialog, "Last nonce", last)
        QTest.keyClick(edit(dialog, "Last nonce"), Qt.Key.Key_Return)
        assert dialog.isVisible()
        assert lit(dialog) == wrong
        (name,) = wrong
        assert dialog.focusWidget() is edit(dialog, name)
        assert edit(dialog, name).text() == (first if name == "First nonce" else last)
        type_into(dialog, name, "50")
        assert lit(dialog) == {}
        dialog.reject()


class TestActions:
    def test_extend_asks_for_the_longer_run(self, running: Running, qtbot: QtBot) -> None:
        run = running.store(start=101, end=600)
        (row,) = running.backend.runs.list(RunQuery()).items
        actions = running.window.run_actions
        actions.act("extend", row)
        dialog = running.window.findChild(ExtendDialog)
        assert dialog is not None
        type_into(dialog, "First nonce", "1")
        type_into(dialog, "Last nonce", "10k")
        finished = running.program.scans.finished
        with qtbot.waitSignal(finished) as ended, qtbot.waitSignal(actions.extend_asked) as told:
            QTest.keyClick(edit(dialog, "Last nonce"), Qt.Key.Key_Return)
        assert told.args == [run, 1, 10_000]
        running.settle()
        extended = ended.args[0].run
        assert (extended.id, extended.nonce_start, extended.nonce_end) == (run.id, 1, 10_000)
        fresh = running.backend.runs.create(request(10_000), keep=False).run
        assert extended.outcome_digest == fresh.outcome_digest
        assert extended.summary == fresh.summary

    def test_large_nonces_reach_their_end_whole(self, running: Running, qtbot: QtBot) -> None:
        run = running.store(start=2**40, end=2**40 + 99)
        actions = running.window.run_actions
        actions.act("extend", run)
        dialog = running.window.findChild(ExtendDialog)
        assert dialog is not None
        finished = running.program.scans.finished
        with qtbot.waitSignal(finished) as ended, qtbot.waitSignal(actions.extend_asked) as told:
            click(dialog, "2 times as long")
            click(dialog, "Extend")
        running.settle()
        assert told.args == [run, 2**40, 2**40 + 199]
        assert ended.args[0].run.nonce_end == 2**40 + 199

    def test_a_run_that_is_gone_is_said(self, running: Running, qtbot: QtBot) -> None:
        run = running.store(end=50)
        actions = running.window.run_actions
        actions.act("extend", replace(run, notes=""))
        dialog = running.window.findChild(ExtendDialog)
        assert dialog is not None
        running.backend.runs.delete(run.id)
        with qtbot.assertNotEmitted(actions.extend_asked):
            click(dialog, "2 times as long")
            click(dialog, "Extend")
            running.settle()
        assert toasts(running.window) == [f"Run with id {run.id} not found"]

    def test_compare_carries_the_ids(self, running: Running, qtbot: QtBot) -> None:
        first, second = running.store(end=50), running.store(end=60)
        actions = running.window.run_actions
        with qtbot.waitSignal(actions.compare_asked) as told:
            actions.act("compare", first)
        assert told.args == [(first.id,)]
        with qtbot.waitSignal(actions.compare_asked) as told:
            actions.compare_runs([first, second])
        assert told.args == [(first.id, second.id)]
