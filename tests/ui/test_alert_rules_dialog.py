"""Writing alert rules: what is refused at its field, what the past shows, and what is stored in the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt, QTime
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QTimeEdit, QWidget
from pytestqt.qtbot import QtBot

from pump_desktop.domain.alert_notices import QuietHours
from pump_desktop.domain.alerts import AlertKind, Cluster, GapPercentile, MissingNonces, Silent, Threshold
from pump_desktop.domain.runs import Match
from pump_desktop.qt.models.alert_rules_model import RuleColumn
from pump_desktop.qt.models.roles import NATIVE_ROLE
from pump_desktop.ui.pages.alert_rules_dialog import AlertRulesDialog
from pump_desktop.ui.pages.sentence_view import SentenceView
from pump_desktop.ui.widgets.banner import Banner
from tests.ui.alert_stage import Alarmed, alarmed_on
from tests.ui.conftest import Stage
from tests.ui.program import button, choose, click, edit, lit, named, texts, type_into

pytestmark = pytest.mark.usefixtures("look")


@pytest.fixture
def alarmed(tmp_path: Path, qtbot: QtBot) -> Iterator[Alarmed]:
    with alarmed_on(tmp_path / "data", qtbot) as alarmed:
        yield alarmed


class Opened:
    """The dialog, open on a page of its own."""

    def __init__(self, alarmed: Alarmed, stage: Stage, stream_id: UUID | None = None) -> None:
        self._alarmed = alarmed
        self.dialog = AlertRulesDialog(alarmed.drawer.asker, alarmed.feed, stream_id, stage(QWidget()))
        self.dialog.open()
        alarmed.drawer.settle()

    def settle(self) -> None:
        """Let the pause after the last keystroke be over, and every question have its answer."""
        if self.dialog.editor._typing.isActive():
            self.dialog.editor._try()
        self._alarmed.drawer.settle()

    def wait(self) -> None:
        """Wait for the pause after the last keystroke, and for the answers."""
        typing = self.dialog.editor._typing
        assert typing.isActive()
        self._alarmed.drawer.wait_for(lambda: not typing.isActive())
        self._alarmed.drawer.settle()

    def press(self, words: str) -> None:
        """Click a button and wait for what comes of it."""
        click(self.dialog, words)
        self._alarmed.drawer.settle()

    def begin(self, kind: AlertKind) -> None:
        """Begin a new rule of a kind."""
        self.press("New rule")
        box = self.box("Kind")
        box.setCurrentIndex(list(AlertKind).index(kind))
        self.settle()

    def box(self, name: str) -> QComboBox:
        """Give a combo box."""
        return named(self.dialog, QComboBox, name)

    def check(self, name: str) -> QCheckBox:
        """Give a check box."""
        return named(self.dialog, QCheckBox, name)

    def rows(self) -> list[list[str]]:
        """Give the table of the rules as text."""
        model = self.dialog.rules.table.model()
        columns = range(len(RuleColumn))
        return [[model.index(row, at).data() for at in columns] for row in range(model.rowCount())]

    def banner(self) -> str:
        """Give what the visible banner says."""
        (found,) = [banner.text for banner in self.dialog.findChildren(Banner) if banner.isVisible()]
        return found

    def times(self) -> list[str]:
        """Give the times the preview lists."""
        view = named(self.dialog, SentenceView, "Times at which the rule would have spoken")
        return [view.model().index(row, 0).data(NATIVE_ROLE).text for row in range(view.model().rowCount())]

    @property
    def sentence(self) -> str:
        """What the preview says."""
        return self.dialog.editor.preview.sentence


# The list.


def test_rules_stand_with_what_they_tell_of_where_and_what_they_do(alarmed: Alarmed, stage: Stage) -> None:
    own = alarmed.send([1])
    alarmed.add(name="Big ones", at_least=100)
    alarmed.add("cluster", stream=own, target=34.68, match="exact", count=3, nonces=50)
    alarmed.add("silent", seconds=90, enabled=False)
    opened = Opened(alarmed, stage)
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
    opened = Opened(alarmed, stage)
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
    opened = Opened(alarmed, stage)
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
    opened = Opened(alarmed, stage)
    alarmed.drawer.live.delete(own).result(10)
    opened.press("Delete the rule (Delete)")
    assert opened.banner().endswith("not found")
    assert opened.rows() == []
    opened.dialog.close()


# Writing a rule.


def test_a_new_rule_is_stored_and_in_force(alarmed: Alarmed, stage: Stage, qtbot: QtBot) -> None:
    stream = alarmed.send([1])
    opened = Opened(alarmed, stage, stream)
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
    opened = Opened(alarmed, stage)
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
    opened = Opened(alarmed, stage)
    opened.begin(AlertKind.MISMATCH)
    assert any(text.startswith("Nothing to set") for text in texts(opened.dialog))
    opened.press("Add rule")
    assert [rule.name for rule in alarmed.alerts.rules()] == ["Mismatch"]
    opened.dialog.close()


def test_the_name_follows_the_kind_until_somebody_types_one(alarmed: Alarmed, stage: Stage) -> None:
    opened = Opened(alarmed, stage)
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
    opened = Opened(alarmed, stage)
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
    opened = Opened(alarmed, stage)
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
    opened = Opened(alarmed, stage)
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
    opened = Opened(alarmed, stage)
    opened.press("Edit the rule (Enter)")
    opened.press("Back to the rules")
    assert [banner for banner in opened.dialog.findChildren(Banner) if banner.isVisible()] == []
    with qtbot.waitSignal(opened.dialog.finished):
        QTest.keyClick(opened.dialog, Qt.Key.Key_Escape)


def test_a_rule_for_a_stream_that_is_gone_stays_in_the_form(alarmed: Alarmed, stage: Stage) -> None:
    own = alarmed.send([1])
    opened = Opened(alarmed, stage, own)
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


# What the past shows.


def test_a_rule_is_tried_on_past_rounds_while_it_is_written(alarmed: Alarmed, stage: Stage) -> None:
    stream = alarmed.send(range(1, 13))
    alarmed.send([13, 14, 15], roundResult=400.02)
    opened = Opened(alarmed, stage, stream)
    opened.press("New rule")
    assert opened.sentence == "Not once in the 15 rounds stored."
    assert opened.times() == []
    type_into(opened.dialog, "Multiplier of at least", "100")
    opened.wait()
    assert opened.sentence == "3 times in the 15 rounds stored."
    assert opened.times() == [f"400.02x at nonce {nonce}: 100.00x or more." for nonce in (15, 14, 13)]
    opened.dialog.close()


def test_the_last_twenty_times_are_listed(alarmed: Alarmed, stage: Stage) -> None:
    stream = alarmed.send(range(1, 31), roundResult=400.02)
    opened = Opened(alarmed, stage, stream)
    opened.press("New rule")
    type_into(opened.dialog, "Multiplier of at least", "100")
    opened.settle()
    assert opened.sentence == "30 times in the 30 rounds stored."
    assert len(opened.times()) == 20
    assert "The last 20 of them" in texts(opened.dialog)
    opened.dialog.close()


def test_the_newest_question_wins(alarmed: Alarmed, stage: Stage) -> None:
    stream = alarmed.send(range(1, 4), roundResult=400.02)
    opened = Opened(alarmed, stage, stream)
    opened.press("New rule")
    field = edit(opened.dialog, "Multiplier of at least")
    listed: list[int] = []
    model = opened.dialog.editor.preview._model
    model.modelReset.connect(lambda: listed.append(model.rowCount()))
    for text in ("2", "300", "500"):
        field.setText(text)
        # As if the pause after each keystroke had passed, with the answers still on their way.
        opened.dialog.editor._try()
    alarmed.drawer.settle()
    assert opened.sentence == "Not once in the 3 rounds stored."
    # The three times that 2 and 300 would have been told of were never shown.
    assert listed == []
    opened.dialog.close()


def test_it_is_tried_on_the_stream_it_is_for(alarmed: Alarmed, stage: Stage) -> None:
    alarmed.send([1], roundResult=400.02, clientSeed="rich")
    poor = alarmed.send([1, 2], clientSeed="poor")
    opened = Opened(alarmed, stage, poor)
    opened.press("New rule")
    tried = opened.box("Tried on past rounds of")
    assert tried.currentText().startswith("poor")
    assert opened.sentence == "Not once in the 2 rounds stored."
    named(opened.dialog, QComboBox, "Stream").setCurrentIndex(
        next(at for at in (1, 2) if opened.box("Stream").itemText(at).startswith("rich"))
    )
    type_into(opened.dialog, "Multiplier of at least", "400")
    opened.settle()
    assert tried.currentText().startswith("rich")
    assert not tried.isEnabled()
    assert opened.sentence == "Once in the 1 rounds stored."
    opened.dialog.close()


def test_a_stream_that_cannot_answer_says_why(alarmed: Alarmed, stage: Stage) -> None:
    stream = alarmed.send(range(1, 120, 2))
    opened = Opened(alarmed, stage, stream)
    opened.begin(AlertKind.GAP)
    assert opened.sentence == (
        "59 of the 119 rounds from nonce 1 to 119 were not sent; "
        "how long a stretch without a hit is needs every round."
    )
    opened.dialog.close()


def test_without_a_stream_there_is_nothing_to_try_it_on(alarmed: Alarmed, stage: Stage) -> None:
    opened = Opened(alarmed, stage)
    opened.press("New rule")
    assert opened.sentence == "Shows what the rule would have said, once a stream has arrived."
    assert not opened.box("Tried on past rounds of").isEnabled()
    opened.dialog.close()


# Quiet hours.


def test_quiet_hours_are_kept_for_the_session(alarmed: Alarmed, stage: Stage, qtbot: QtBot) -> None:
    opened = Opened(alarmed, stage)
    with qtbot.waitSignal(alarmed.feed.quiet_hours_changed) as told:
        QTest.keyClick(opened.check("Quiet hours"), Qt.Key.Key_Space)
    assert told.args == [QuietHours(time(22), time(7))]
    end = named(opened.dialog, QTimeEdit, "Quiet hours end")
    with qtbot.waitSignal(alarmed.feed.quiet_hours_changed) as told:
        end.setTime(QTime(6, 30))
    assert told.args == [QuietHours(time(22), time(6, 30))]
    opened.dialog.close()
    again = Opened(alarmed, stage)
    assert again.check("Quiet hours").isChecked()
    assert named(again.dialog, QTimeEdit, "Quiet hours end").time() == QTime(6, 30)
    with qtbot.waitSignal(alarmed.feed.quiet_hours_changed) as told:
        again.check("Quiet hours").setChecked(False)
    assert told.args == [None]
    again.dialog.close()


def test_quiet_hours_that_begin_as_they_end_are_refused_where_they_stand(
    alarmed: Alarmed, stage: Stage, qtbot: QtBot
) -> None:
    opened = Opened(alarmed, stage)
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
    opened = Opened(alarmed, stage)
    opened.check("Quiet hours").setChecked(True)
    named(opened.dialog, QTimeEdit, "Quiet hours begin").setTime(QTime(21, 15))
    opened.press("Close")
    assert alarmed.feed.quiet_hours == QuietHours(time(21, 15), time(7))
