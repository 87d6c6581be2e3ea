"""Writing an alert rule: what is refused at its field, and what is stored in the end."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pump_desktop.domain.alerts import AlertKind, Cluster, GapPercentile, MissingNonces, Silent, Threshold
from pump_desktop.domain.runs import Match
from pump_desktop.ui.kit.banner import Banner
from tests.ui.conftest import Stage
from tests.ui.support.alert_stage import Alarmed, RulesDialog
from tests.ui.support.program import button, choose, edit, lit, texts, type_into

pytestmark = pytest.mark.usefixtures("look")


def test_a_new_rule_is_stored_and_in_force(alarmed: Alarmed, stage: Stage, qtbot: QtBot) -> None:
    stream = alarmed.send([1])
    opened = RulesDialog(alarmed, stage(QWidget()), stream)
    opened.press("New rule")
    type_into(opened.dialog, "Name", "Big ones")
    type_into(opened.dialog, "Multiplier of at least", "164.72x")
    opened.check("Desktop notification").setChecked(True)
    opened.check("Sound").setChecked(True)
    with qtbot.waitSignal(opened.dialog.changed):
        QTest.keyClick(edit(opened.dialog, "Name"), Qt.Key.Key_Return)
    alarmed.drawer.settle()
    (rule,) = alarmed.alerts.rules()
    draft = rule.draft
    assert (draft.name, draft.condition, draft.stream_id) == ("Big ones", Threshold(164.72), stream)
    assert (draft.enabled, draft.desktop, draft.sound) == (True, True, True)
    assert not opened.dialog.writing
    assert opened.rows()[0][0] == "Big ones"
    alarmed.send([2], roundResult=400.02)
    alarmed.hear(1)
    assert alarmed.feed.model.notices[0].rule_id == rule.id
    opened.dialog.close()


@pytest.mark.parametrize(
    ("kind", "typed", "chosen", "condition"),
    [
        (
            AlertKind.GAP,
            {"Target": "11200.65", "Percentile": "99.9 %"},
            {"Match": "Exactly"},
            ("exact", 11200.65, 99.9),
        ),
        (
            AlertKind.CLUSTER,
            {"Target": "73.21", "Hits, at least": "4", "Within": "1k"},
            {},
            ("cluster", 4, 1000, None),
        ),
        (
            AlertKind.CLUSTER,
            {"Target": "73.21", "Hits, at least": "4", "Within": "90"},
            {"Within what": "Seconds"},
            ("cluster", 4, None, 90),
        ),
        (
            AlertKind.MISSING,
            {"Missing nonces, at least": "7", "Of the newest nonces": "1000"},
            {},
            MissingNonces(7, 1000),
        ),
        (AlertKind.SILENT, {"Seconds without a message": "45"}, {}, Silent(45)),
    ],
)
def test_each_kind_has_its_fields(
    alarmed: Alarmed,
    stage: Stage,
    kind: AlertKind,
    typed: dict[str, str],
    chosen: dict[str, str],
    condition: object,
) -> None:
    opened = RulesDialog(alarmed, stage(QWidget()))
    opened.begin(kind)
    for name, words in chosen.items():
        fields = opened.dialog.editor.form._fields[kind]
        choose(fields, name, words)
    for name, text in typed.items():
        type_into(opened.dialog.editor.form._fields[kind], name, text)
    opened.press("Add rule")
    (rule,) = alarmed.alerts.rules()
    stored = rule.condition
    if isinstance(stored, GapPercentile):
        assert condition == (stored.target.match.value, stored.target.multiplier, stored.percentile)
    elif isinstance(stored, Cluster):
        assert (stored.target.multiplier, stored.target.match) == (73.21, Match.AT_LEAST)
        assert condition == ("cluster", stored.count, stored.nonces, stored.seconds)
    else:
        assert stored == condition
    # A stored rule opens with what it holds.
    opened.press("Edit the rule (Enter)")
    assert opened.dialog.editor.form.read() == rule.draft
    assert not opened.dialog.editor.edited
    opened.dialog.close()


def test_a_mismatch_rule_has_nothing_to_set(alarmed: Alarmed, stage: Stage) -> None:
    opened = RulesDialog(alarmed, stage(QWidget()))
    opened.begin(AlertKind.MISMATCH)
    assert any(text.startswith("Nothing to set") for text in texts(opened.dialog))
    opened.press("Add rule")
    assert [rule.name for rule in alarmed.alerts.rules()] == ["Mismatch"]
    opened.dialog.close()


def test_the_name_follows_the_kind_until_somebody_types_one(alarmed: Alarmed, stage: Stage) -> None:
    opened = RulesDialog(alarmed, stage(QWidget()))
    opened.begin(AlertKind.SILENT)
    assert opened.dialog.editor.form.name == "Silent stream"
    type_into(opened.dialog, "Name", "mine")
    opened.box("Kind").setCurrentIndex(0)
    assert opened.dialog.editor.form.name == "mine"
    opened.dialog.close()


@pytest.mark.parametrize(
    ("kind", "name", "text", "sentence"),
    [
        (AlertKind.THRESHOLD, "Name", "   ", "Name cannot be empty."),
        (
            AlertKind.THRESHOLD,
            "Multiplier of at least",
            "1",
            "Multiplier must be above 1.00: every result is 1.00x or more.",
        ),
        (
            AlertKind.THRESHOLD,
            "Multiplier of at least",
            "4000000",
            "Multiplier must be at most 3,203,384.80x, the highest result there is.",
        ),
        (AlertKind.THRESHOLD, "Multiplier of at least", "many", "Multiplier must be a number."),
        (
            AlertKind.GAP,
            "Percentile",
            "100",
            "Percentile must be below 100, which no stretch ever reaches.",
        ),
        (
            AlertKind.CLUSTER,
            "Hits, at least",
            "51",
            "Number of hits must be at most 50: 50 nonces hold no more hits.",
        ),
        (
            AlertKind.MISSING,
            "Missing nonces, at least",
            "100",
            "Number of missing nonces must be below 100: the newest nonce itself is never missing.",
        ),
        (
            AlertKind.SILENT,
            "Seconds without a message",
            "4",
            "Seconds must be a whole number between 5 and 86400.",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    alarmed: Alarmed, stage: Stage, kind: AlertKind, name: str, text: str, sentence: str
) -> None:
    opened = RulesDialog(alarmed, stage(QWidget()))
    opened.begin(kind)
    type_into(opened.dialog, name, text)
    opened.settle()
    # Without a click on anything, and without the keyboard being taken elsewhere.
    assert lit(opened.dialog) == {name: sentence}
    assert opened.sentence == "Shows what the rule would have said, once all fields are right."
    opened.dialog.editor.form.focus_first()
    opened.press("Add rule")
    assert opened.dialog.writing
    assert opened.dialog.focusWidget() is edit(opened.dialog, name)
    assert edit(opened.dialog, name).text() == text
    assert alarmed.alerts.rules() == ()
    type_into(opened.dialog, name, "7" if kind is not AlertKind.GAP else "90")
    assert lit(opened.dialog) == {}
    opened.dialog.close()


def test_a_target_on_no_table_offers_the_nearest_entries(alarmed: Alarmed, stage: Stage) -> None:
    opened = RulesDialog(alarmed, stage(QWidget()))
    opened.begin(AlertKind.CLUSTER)
    fields = opened.dialog.editor.form._fields[AlertKind.CLUSTER]
    choose(fields, "Match", "Exactly")
    type_into(fields, "Target", "35")
    opened.settle()
    assert lit(opened.dialog) == {
        "Target": "Target 35.00x is on no table; the nearest entries: 34.68x and 40.25x."
    }
    opened.dialog.close()


def test_going_back_keeps_what_was_typed(alarmed: Alarmed, stage: Stage) -> None:
    alarmed.add(name="Big ones", at_least=100)
    opened = RulesDialog(alarmed, stage(QWidget()))
    opened.press("Edit the rule (Enter)")
    type_into(opened.dialog, "Multiplier of at least", "250")
    QTest.keyClick(edit(opened.dialog, "Multiplier of at least"), Qt.Key.Key_Escape)
    assert not opened.dialog.writing
    assert opened.banner() == "The changes to “Big ones” are not saved."
    opened.press("Go on editing")
    assert edit(opened.dialog, "Multiplier of at least").text() == "250"
    opened.press("Save rule")
    assert [rule.condition for rule in alarmed.alerts.rules()] == [Threshold(250.0)]
    opened.dialog.close()


def test_going_back_without_a_change_says_nothing_and_escape_closes(
    alarmed: Alarmed, stage: Stage, qtbot: QtBot
) -> None:
    alarmed.add(at_least=100)
    opened = RulesDialog(alarmed, stage(QWidget()))
    opened.press("Edit the rule (Enter)")
    opened.press("Back to the rules")
    assert [banner for banner in opened.dialog.findChildren(Banner) if banner.isVisible()] == []
    with qtbot.waitSignal(opened.dialog.finished):
        QTest.keyClick(opened.dialog, Qt.Key.Key_Escape)


def test_a_rule_for_a_stream_that_is_gone_stays_in_the_form(alarmed: Alarmed, stage: Stage) -> None:
    own = alarmed.send([1])
    opened = RulesDialog(alarmed, stage(QWidget()), own)
    opened.press("New rule")
    opened.box("Stream").setCurrentIndex(1)
    type_into(opened.dialog, "Multiplier of at least", "250")
    alarmed.drawer.live.delete(own).result(10)
    opened.press("Add rule")
    assert opened.dialog.writing
    assert opened.banner().endswith("not found")
    assert edit(opened.dialog, "Multiplier of at least").text() == "250"
    assert button(opened.dialog, "Add rule").isEnabled()
    opened.dialog.close()
