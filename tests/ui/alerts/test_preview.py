"""What an alert rule would have said of past rounds, while it is written."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox, QWidget

from pump_desktop.domain.alerts import AlertKind
from tests.ui.conftest import Stage
from tests.ui.support.alert_stage import Alarmed, RulesDialog
from tests.ui.support.program import edit, named, texts, type_into

pytestmark = pytest.mark.usefixtures("look")


def test_a_rule_is_tried_on_past_rounds_while_it_is_written(alarmed: Alarmed, stage: Stage) -> None:
    stream = alarmed.send(range(1, 13))
    alarmed.send([13, 14, 15], roundResult=400.02)
    opened = RulesDialog(alarmed, stage(QWidget()), stream)
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
    opened = RulesDialog(alarmed, stage(QWidget()), stream)
    opened.press("New rule")
    type_into(opened.dialog, "Multiplier of at least", "100")
    opened.settle()
    assert opened.sentence == "30 times in the 30 rounds stored."
    assert len(opened.times()) == 20
    assert "The last 20 of them" in texts(opened.dialog)
    opened.dialog.close()


def test_the_newest_question_wins(alarmed: Alarmed, stage: Stage) -> None:
    stream = alarmed.send(range(1, 4), roundResult=400.02)
    opened = RulesDialog(alarmed, stage(QWidget()), stream)
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
    opened = RulesDialog(alarmed, stage(QWidget()), poor)
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
    opened = RulesDialog(alarmed, stage(QWidget()), stream)
    opened.begin(AlertKind.GAP)
    assert opened.sentence == (
        "59 of the 119 rounds from nonce 1 to 119 are not stored; "
        "how long a stretch without a hit is needs every round."
    )
    opened.dialog.close()


def test_without_a_stream_there_is_nothing_to_try_it_on(alarmed: Alarmed, stage: Stage) -> None:
    opened = RulesDialog(alarmed, stage(QWidget()))
    opened.press("New rule")
    assert opened.sentence == "Shows what the rule would have said, once a stream has arrived."
    assert not opened.box("Tried on past rounds of").isEnabled()
    opened.dialog.close()
