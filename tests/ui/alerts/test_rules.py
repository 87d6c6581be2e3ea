"""The rules of alerts as they stand: switched, deleted, brought back, and quiet for some hours."""

from __future__ import annotations

from datetime import time

import pytest
from PySide6.QtCore import Qt, QTime
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QTimeEdit, QWidget
from pytestqt.qtbot import QtBot

from pump_desktop.domain.alert_notices import QuietHours
from pump_desktop.qt.tables.alerts import RuleColumn
from tests.ui.conftest import Stage
from tests.ui.support.alert_stage import Alarmed, RulesDialog
from tests.ui.support.program import named, texts

pytestmark = pytest.mark.usefixtures("look")


def test_rules_stand_with_what_they_tell_of_where_and_what_they_do(alarmed: Alarmed, stage: Stage) -> None:
    own = alarmed.send([1])
    alarmed.add(name="Big ones", at_least=100)
    alarmed.add("cluster", stream=own, target=34.68, match="exact", count=3, nonces=50)
    alarmed.add("silent", seconds=90, enabled=False)
    opened = RulesDialog(alarmed, stage(QWidget()))
    (row,) = [name for name in {row[2] for row in opened.rows()} if name != "All streams"]
    assert row.startswith("client · ")
    assert opened.rows() == [
        ["Big ones", "A result of 100.00x or more", "All streams", "Watching"],
        ["my cluster", "3 results of exactly 34.68x within 50 nonces", row, "Watching"],
        ["my silent", "No message for 90 seconds", "All streams", "Off"],
    ]
    assert "3 rules" in texts(opened.dialog)
    opened.dialog.close()


def test_a_rule_is_switched_by_its_box_and_by_space(alarmed: Alarmed, stage: Stage) -> None:
    rule = alarmed.add(at_least=100)
    opened = RulesDialog(alarmed, stage(QWidget()))
    view = opened.dialog.rules.table
    QTest.keyClick(view, Qt.Key.Key_Space)
    alarmed.drawer.settle()
    assert not alarmed.alerts.rule(rule.id).draft.enabled
    assert opened.rows()[0][RuleColumn.STATE] == "Off"
    index = view.model().index(0, RuleColumn.NAME)
    assert index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked
    left = view.visualRect(index)
    spot = left.topLeft()
    spot.setX(left.left() + 18)
    spot.setY(left.center().y())
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    alarmed.drawer.settle()
    assert alarmed.alerts.rule(rule.id).draft.enabled
    assert opened.rows()[0][RuleColumn.STATE] == "Watching"
    opened.dialog.close()


def test_a_deleted_rule_comes_back_as_it_was(alarmed: Alarmed, stage: Stage, qtbot: QtBot) -> None:
    alarmed.add(name="Big ones", at_least=100)
    draft = alarmed.add("silent", name="Silence", seconds=90).draft
    opened = RulesDialog(alarmed, stage(QWidget()))
    opened.dialog.rules.table.selectRow(1)
    with qtbot.waitSignal(opened.dialog.changed):
        QTest.keyClick(opened.dialog.rules.table, Qt.Key.Key_Delete)
    alarmed.drawer.settle()
    assert [rule.name for rule in alarmed.alerts.rules()] == ["Big ones"]
    assert opened.banner() == "“Silence” deleted."
    opened.press("Undo")
    assert [rule.draft for rule in alarmed.alerts.rules()][1] == draft
    assert opened.dialog.rules.table.currentIndex().row() == 1
    opened.dialog.close()


def test_a_rule_that_went_with_its_stream_is_told_in_a_sentence(alarmed: Alarmed, stage: Stage) -> None:
    own = alarmed.send([1])
    alarmed.add(stream=own, at_least=100)
    opened = RulesDialog(alarmed, stage(QWidget()))
    alarmed.drawer.live.delete(own).result(10)
    opened.press("Delete the rule (Delete)")
    assert opened.banner().endswith("not found")
    assert opened.rows() == []
    opened.dialog.close()


# Quiet hours.


def test_quiet_hours_are_kept_for_the_session(alarmed: Alarmed, stage: Stage, qtbot: QtBot) -> None:
    opened = RulesDialog(alarmed, stage(QWidget()))
    with qtbot.waitSignal(alarmed.feed.quiet_hours_changed) as told:
        QTest.keyClick(opened.check("Quiet hours"), Qt.Key.Key_Space)
    assert told.args == [QuietHours(time(22), time(7))]
    end = named(opened.dialog, QTimeEdit, "Quiet hours end")
    with qtbot.waitSignal(alarmed.feed.quiet_hours_changed) as told:
        end.setTime(QTime(6, 30))
    assert told.args == [QuietHours(time(22), time(6, 30))]
    opened.dialog.close()
    again = RulesDialog(alarmed, stage(QWidget()))
    assert again.check("Quiet hours").isChecked()
    assert named(again.dialog, QTimeEdit, "Quiet hours end").time() == QTime(6, 30)
    with qtbot.waitSignal(alarmed.feed.quiet_hours_changed) as told:
        again.check("Quiet hours").setChecked(False)
    assert told.args == [None]
    again.dialog.close()


def test_quiet_hours_that_begin_as_they_end_are_refused_where_they_stand(
    alarmed: Alarmed, stage: Stage, qtbot: QtBot
) -> None:
    opened = RulesDialog(alarmed, stage(QWidget()))
    with qtbot.waitSignal(alarmed.feed.quiet_hours_changed):
        opened.check("Quiet hours").setChecked(True)
    end = named(opened.dialog, QTimeEdit, "Quiet hours end")
    end.setTime(QTime(22, 0))
    labels = opened.dialog.findChildren(QLabel)
    sentence = "They must begin and end at two different times."
    qtbot.waitUntil(lambda: any(label.text() == sentence for label in labels))
    assert end.property("invalid") is True
    assert alarmed.feed.quiet_hours == QuietHours(time(22), time(7))
    end.setTime(QTime(6, 0))
    qtbot.waitUntil(lambda: alarmed.feed.quiet_hours == QuietHours(time(22), time(6)))
    assert end.property("invalid") is False
    opened.dialog.close()


def test_hours_that_were_typed_last_count_when_the_dialog_closes_at_once(
    alarmed: Alarmed, stage: Stage
) -> None:
    opened = RulesDialog(alarmed, stage(QWidget()))
    opened.check("Quiet hours").setChecked(True)
    named(opened.dialog, QTimeEdit, "Quiet hours begin").setTime(QTime(21, 15))
    opened.press("Close")
    assert alarmed.feed.quiet_hours == QuietHours(time(21, 15), time(7))
