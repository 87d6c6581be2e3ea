from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QDropEvent, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.ui.kit.edits import NumberEdit, SeedEdit
from pump_desktop.ui.kit.seed_hash import SeedHash
from tests.ui.conftest import Stage
from tests.ui.support.program import button, texts

pytestmark = pytest.mark.usefixtures("look")

DIRTY = ' "zXv1upuFns"\n'


class TestSeedEdit:
    def test_pasting_by_keyboard_cleans(self, qtbot: QtBot, stage: Stage) -> None:
        edit = SeedEdit("client seed")
        stage(edit)
        QGuiApplication.clipboard().setText(DIRTY)
        with qtbot.waitSignal(edit.cleaned):
            QTest.keySequence(edit, QKeySequence(QKeySequence.StandardKey.Paste))
        assert edit.text() == "zXv1upuFns"

    def test_a_clean_paste_is_not_mentioned(self, qtbot: QtBot, stage: Stage) -> None:
        edit = SeedEdit()
        stage(edit)
        edit.setText("ab")
        edit.setFocus()
        edit.setCursorPosition(1)
        QGuiApplication.clipboard().setText("X")
        with qtbot.assertNotEmitted(edit.cleaned):
            QTest.keySequence(edit, QKeySequence(QKeySequence.StandardKey.Paste))
        assert edit.text() == "aXb"

    def test_typing_keeps_every_blank(self, stage: Stage) -> None:
        edit = SeedEdit()
        stage(edit)
        QTest.keyClicks(edit, " a b ")
        assert edit.text() == " a b "

    def test_the_menus_paste_cleans_too(self, qtbot: QtBot, stage: Stage) -> None:
        edit = SeedEdit()
        stage(edit)
        QGuiApplication.clipboard().setText(DIRTY)
        where = QPoint(10, 10)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, edit.mapToGlobal(where))
        edit.contextMenuEvent(event)
        (menu,) = edit.findChildren(QMenu)
        (paste,) = [action for action in menu.actions() if action.objectName() == "edit-paste"]
        with qtbot.waitSignal(edit.cleaned):
            paste.trigger()
        menu.close()
        assert edit.text() == "zXv1upuFns"

    def test_what_is_dropped_is_cleaned(self, qtbot: QtBot, stage: Stage) -> None:
        edit = SeedEdit()
        stage(edit)
        data = QMimeData()
        data.setText(DIRTY)
        event = QDropEvent(
            QPointF(5, 5),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        with qtbot.waitSignal(edit.cleaned):
            edit.dropEvent(event)
        assert edit.text() == "zXv1upuFns"

    def test_the_eye_hides_and_shows(self, qtbot: QtBot, stage: Stage) -> None:
        edit = SeedEdit("server seed", secret=True)
        stage(edit)
        edit.setText("564e967b")
        (eye,) = [edit._eye]
        assert eye is not None
        assert eye.accessibleName() == "Hide server seed"
        with qtbot.waitSignal(edit.hidden_changed) as told:
            QTest.mouseClick(eye, Qt.MouseButton.LeftButton)
        assert told.args == [True]
        assert edit.echoMode() is QLineEdit.EchoMode.Password
        assert eye.accessibleName() == "Show server seed"
        QTest.keyClick(eye, Qt.Key.Key_Space)
        assert not edit.seed_hidden
        assert edit.text() == "564e967b"
        assert eye.geometry().right() < edit.width()

    def test_a_long_seed_shows_its_start(self, stage: Stage) -> None:
        edit, other = SeedEdit(), QLineEdit()
        stage(edit, other)
        other.setFocus()
        edit.setText("ab" * 64)
        assert edit.cursorPosition() == 0
        edit.setFocus()
        edit.end(False)
        other.setFocus()
        assert edit.cursorPosition() == 0


class TestNumberEdit:
    def test_groups_outside_digits_inside(self, stage: Stage) -> None:
        edit, other = NumberEdit(1_000_000, "Last nonce"), QLineEdit()
        stage(other, edit)
        other.setFocus()
        assert edit.text() == "1,000,000"
        assert edit.plain == "1000000"
        edit.setFocus(Qt.FocusReason.TabFocusReason)
        assert edit.text() == "1000000"
        assert edit.selectedText() == "1000000"
        other.setFocus()
        assert edit.text() == "1,000,000"

    @pytest.mark.parametrize(
        ("typed", "plain", "shown"),
        [("10M", "10000000", "10,000,000"), ("2 500", "2500", "2,500"), ("abc", "abc", "abc"), ("", "", "")],
    )
    def test_what_is_typed(self, stage: Stage, typed: str, plain: str, shown: str) -> None:
        edit, other = NumberEdit(), QLineEdit()
        stage(edit, other)
        edit.setFocus()
        QTest.keyClicks(edit, typed)
        assert edit.plain == plain
        assert edit.text() == typed
        other.setFocus()
        assert edit.text() == shown

    def test_only_another_number_is_told(self, qtbot: QtBot) -> None:
        edit = NumberEdit(1000)
        qtbot.addWidget(edit)
        with qtbot.assertNotEmitted(edit.plain_changed):
            edit.set_plain("1,000")
        with qtbot.waitSignal(edit.plain_changed) as told:
            edit.set_plain("2K")
        assert told.args == ["2000"]
        assert edit.text() == "2,000"

    def test_a_megabyte_of_digits_is_left_alone(self, qtbot: QtBot) -> None:
        edit = NumberEdit()
        qtbot.addWidget(edit)
        edit.set_plain("9" * 30_000)
        assert len(edit.plain) == 30_000


def test_half_of_a_character_has_no_hash_to_copy(stage: Stage) -> None:
    line = SeedHash()
    stage(line)
    copy = button(line, "Copy server seed hash")
    line.show_seed("seed")
    assert line.hash == seed_sha256("seed")
    assert copy.isEnabled()
    # As some programs copy one that takes two.
    line.show_seed("\ud83c")
    assert line.hash == ""
    assert "not valid text" in texts(line)
    assert not copy.isEnabled()
