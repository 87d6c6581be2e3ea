"""Segments, chips, the flow they lie in, and the rail."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pump_desktop.qt.look.theme import Appearance, Mode
from pump_desktop.ui.kit.chips import ChipBox, ChipItem
from pump_desktop.ui.kit.flow import FlowLayout
from pump_desktop.ui.kit.rail import NARROW, WIDE, Rail, RailEntry
from pump_desktop.ui.kit.segmented import Segment, Segmented
from tests.ui.conftest import Stage

pytestmark = pytest.mark.usefixtures("look")


class TestSegmented:
    def build(self, stage: Stage, value: str | None = "1M") -> Segmented:
        names = ("10K", "100K", "1M")
        row = Segmented([Segment(name, name, "nonces") for name in names], value, "Range")
        stage(row)
        return row

    def test_a_click_chooses_once(self, qtbot: QtBot, stage: Stage) -> None:
        row = self.build(stage)
        with qtbot.waitSignal(row.changed) as told:
            QTest.mouseClick(row._buttons[0], Qt.MouseButton.LeftButton)
        assert told.args == ["10K"]
        assert row.value == "10K"
        with qtbot.assertNotEmitted(row.changed):
            QTest.mouseClick(row._buttons[0], Qt.MouseButton.LeftButton)
        assert [button.isChecked() for button in row._buttons] == [True, False, False]

    def test_arrows_move_the_choice_and_the_focus(self, stage: Stage) -> None:
        row = self.build(stage)
        row._buttons[2].setFocus()
        QTest.keyClick(row._buttons[2], Qt.Key.Key_Left)
        assert row.value == "100K"
        assert row._buttons[1].hasFocus()
        QTest.keyClick(row._buttons[1], Qt.Key.Key_Home)
        assert row.value == "10K"
        QTest.keyClick(row._buttons[0], Qt.Key.Key_Left)
        assert row.value == "10K"
        QTest.keyClick(row._buttons[0], Qt.Key.Key_End)
        assert row.value == "1M"

    def test_it_is_one_tab_stop(self, stage: Stage) -> None:
        row = self.build(stage, None)
        assert [b.focusPolicy() is Qt.FocusPolicy.StrongFocus for b in row._buttons] == [True, False, False]
        row.set_value("1M")
        assert [b.focusPolicy() is Qt.FocusPolicy.StrongFocus for b in row._buttons] == [False, False, True]

    def test_none_is_a_state_and_unknown_is_an_error(self, qtbot: QtBot, stage: Stage) -> None:
        row = self.build(stage)
        with qtbot.assertNotEmitted(row.changed):
            row.set_value(None)
        assert row.value is None
        assert not any(button.isChecked() for button in row._buttons)
        with pytest.raises(ValueError, match="no segment"):
            row.set_value("7M")
        row.set_sub("1M", "a million\nof them")
        assert row._buttons[2].accessibleDescription() == "a million\nof them"

    def test_it_is_painted_in_both_themes(self, look: Appearance, stage: Stage) -> None:
        row = self.build(stage)
        for mode in (Mode.LIGHT, Mode.DARK):
            look.set_mode(mode)
            button = row._buttons[2]
            colour = button.grab().toImage().pixelColor(12, 3)
            assert colour.name().upper() == look.theme.hex("accent.soft")


class TestFlowLayout:
    def test_rows_break_where_the_room_ends(self, qtbot: QtBot) -> None:
        page = QWidget()
        qtbot.addWidget(page)
        flow = FlowLayout(page, gap=10)
        for _ in range(3):
            box = QWidget()
            box.setFixedSize(100, 20)
            flow.addWidget(box)
        assert flow.heightForWidth(320) == 20
        assert flow.heightForWidth(319) == 50
        assert flow.heightForWidth(100) == 80
        assert flow.sizeHint().width() == 320
        assert flow.minimumSize().width() == 100
        flow.setGeometry(QRect(0, 0, 210, 100))
        assert flow.itemAt(2) is not None
        assert page.children()[-1].property("pos") == QPoint(0, 30)
        assert flow.itemAt(3) is None
        assert flow.takeAt(9) is None


class TestChipBox:
    def build(self, stage: Stage, width: int = 600) -> ChipBox:
        box = ChipBox("Targets")
        for number in range(6):
            box.add(ChipItem(str(number), f"{number}00.00x", f"1 in {number}", removable=number > 3))
        stage(box, width=width)
        return box

    def test_space_toggles_and_tells(self, qtbot: QtBot, stage: Stage) -> None:
        box = self.build(stage)
        box.chip("1").setFocus()
        with qtbot.waitSignal(box.changed) as told:
            QTest.keyClick(box.chip("1"), Qt.Key.Key_Space)
        assert told.args == [("1",)]
        QTest.mouseClick(box.chip("0"), Qt.MouseButton.LeftButton)
        assert box.checked == ("0", "1")
        QTest.keyClick(box.chip("1"), Qt.Key.Key_Space)
        assert told.args == [("1",)]

    def test_arrows_walk_through_rows(self, stage: Stage) -> None:
        box = self.build(stage, 330)
        rows = sorted({box.chip(key).y() for key in box.keys})
        assert len(rows) >= 2
        first = box.chip("0")
        first.setFocus()
        QTest.keyClick(first, Qt.Key.Key_Right)
        assert box.chip("1").hasFocus()
        QTest.keyClick(box.chip("1"), Qt.Key.Key_Down)
        below = next(box.chip(key) for key in box.keys if box.chip(key).hasFocus())
        assert below.y() == rows[1]
        QTest.keyClick(below, Qt.Key.Key_Up)
        assert box.chip("1").hasFocus()
        QTest.keyClick(box.chip("1"), Qt.Key.Key_End)
        assert box.chip("5").hasFocus()
        QTest.keyClick(box.chip("5"), Qt.Key.Key_Home)
        assert first.hasFocus()
        QTest.keyClick(first, Qt.Key.Key_Up)
        assert first.hasFocus()

    def test_delete_removes_only_what_may_go(self, qtbot: QtBot, stage: Stage) -> None:
        box = self.build(stage)
        box.chip("0").setFocus()
        with qtbot.assertNotEmitted(box.removed):
            QTest.keyClick(box.chip("0"), Qt.Key.Key_Delete)
        box.set_checked({"4", "0"})
        box.chip("4").setFocus()
        with qtbot.waitSignals([box.removed, box.changed]):
            QTest.keyClick(box.chip("4"), Qt.Key.Key_Delete)
        assert "4" not in box.keys
        assert box.checked == ("0",)
        assert box.chip("5").hasFocus()

    def test_the_cross_removes(self, qtbot: QtBot, stage: Stage) -> None:
        box = self.build(stage)
        chip = box.chip("5")
        with qtbot.waitSignal(box.removed) as told:
            QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=chip.cross_rect().center())
        assert told.args == ["5"]
        box.remove("5")
        assert box.chip("0").cross_rect().isEmpty()

    def test_a_key_is_there_once(self, qtbot: QtBot, stage: Stage) -> None:
        box = self.build(stage)
        with qtbot.waitSignal(box.changed):
            box.add(ChipItem("1", "again"), checked=True)
        assert box.keys.count("1") == 1
        box.add(ChipItem("9", "900x"), index=0)
        assert box.keys[0] == "9"
        box.chip("9").set_sub("1 in 900")
        assert box.chip("9").accessibleDescription() == "1 in 900"

    def test_all_can_be_replaced_in_silence(self, qtbot: QtBot, stage: Stage) -> None:
        box = self.build(stage)
        with qtbot.assertNotEmitted(box.changed):
            box.set_items([ChipItem("a", "2.00x"), ChipItem("b", "3.00x")], {"b"})
        assert box.keys == ("a", "b")
        assert box.checked == ("b",)
        box.grab()

    def test_no_row_is_cut_off(self, stage: Stage) -> None:
        box = self.build(stage, 260)
        assert box.height() >= box.chip("5").geometry().bottom()
        assert box.chip("0").height() >= 28


class TestRail:
    def build(self, stage: Stage) -> Rail:
        entries = [
            RailEntry("scan", "scan", "Scan"),
            RailEntry("runs", "runs", "Runs"),
            RailEntry("settings", "settings", "Settings", foot=True),
        ]
        rail = Rail(entries)
        stage(rail)
        return rail

    def test_a_click_asks_and_the_page_decides(self, qtbot: QtBot, stage: Stage) -> None:
        rail = self.build(stage)
        with qtbot.waitSignal(rail.chosen) as told:
            QTest.mouseClick(rail.button("runs"), Qt.MouseButton.LeftButton)
        assert told.args == ["runs"]
        assert rail.current == "scan"
        assert rail.button("scan").isChecked()
        assert not rail.button("runs").isChecked()
        rail.set_current("runs")
        assert rail.button("runs").isChecked()

    def test_arrows_walk_and_enter_opens(self, qtbot: QtBot, stage: Stage) -> None:
        rail = self.build(stage)
        rail.button("scan").setFocus()
        QTest.keyClick(rail.button("scan"), Qt.Key.Key_Down)
        assert rail.button("runs").hasFocus()
        with qtbot.waitSignal(rail.chosen):
            QTest.keyClick(rail.button("runs"), Qt.Key.Key_Return)
        QTest.keyClick(rail.button("runs"), Qt.Key.Key_End)
        assert rail.button("settings").hasFocus()
        QTest.keyClick(rail.button("settings"), Qt.Key.Key_Home)
        assert rail.button("scan").hasFocus()

    def test_it_folds_in_a_narrow_window(self, stage: Stage) -> None:
        rail = self.build(stage)
        assert rail.width() == WIDE + 1
        rail.fit_window(1099)
        assert rail.folded
        assert rail.width() == NARROW + 1
        assert rail.button("runs").toolTip() == "Runs"
        assert rail.button("runs").accessibleName() == "Runs"
        rail.grab()
        rail.fit_window(1100)
        assert not rail.folded

    def test_a_dot_is_said_too(self, stage: Stage) -> None:
        rail = self.build(stage)
        rail.button("runs").set_dot(True)
        assert rail.button("runs").accessibleDescription() == "something new"
        rail.grab()
