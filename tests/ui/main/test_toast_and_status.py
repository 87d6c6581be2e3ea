from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from pump_desktop.ui.kit.status import StatusLine
from pump_desktop.ui.kit.toast import MOST_AT_ONCE, ToastArea

pytestmark = pytest.mark.usefixtures("look")


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    page = QWidget()
    qtbot.addWidget(page)
    QVBoxLayout(page).addWidget(QLineEdit())
    page.resize(900, 600)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    # The pointer rests where the last test left it, and a toast under it would hold.
    QTest.mouseMove(page, QPoint(5, 5))
    return page


@pytest.fixture
def area(host: QWidget) -> Iterator[ToastArea]:
    toasts = ToastArea(host, foot=32)
    yield toasts
    toasts.clear()


class TestToasts:
    def test_a_toast_stands_in_the_corner_and_stays_there(self, host: QWidget, area: ToastArea) -> None:
        area.say("Run deleted.", action="Undo")
        assert area.isVisible()
        assert area.geometry().right() == host.width() - 17
        assert area.geometry().bottom() == host.height() - 17 - 32
        host.resize(700, 500)
        assert area.geometry().right() == 700 - 17

    def test_its_action_ends_it(self, qtbot: QtBot, area: ToastArea) -> None:
        toast = area.say("Run deleted.", action="Undo")
        with qtbot.waitSignals([toast.acted, toast.closed], order="strict"):
            QTest.mouseClick(toast._act, Qt.MouseButton.LeftButton)
        assert area.texts == ()
        assert area.isHidden()

    def test_time_ends_it(self, qtbot: QtBot, area: ToastArea) -> None:
        toast = area.say("Copied.", seconds=0.01)
        with qtbot.waitSignal(toast.closed):
            pass
        assert area.texts == ()

    def test_others_wait_for_their_turn(self, area: ToastArea) -> None:
        toasts = [area.say(f"{number}") for number in range(MOST_AT_ONCE + 2)]
        assert area.texts == ("0", "1", "2")
        assert not toasts[3]._clock.isActive()
        toasts[1].close_now()
        toasts[1].close_now()
        assert area.texts == ("0", "2", "3")
        assert toasts[3]._clock.isActive()

    def test_the_pointer_holds_the_clock(self, area: ToastArea) -> None:
        toast = area.say("Run deleted.")
        QApplication.sendEvent(area, QEnterEvent(QPointF(1, 1), QPointF(1, 1), QPointF(1, 1)))
        assert not toast._clock.isActive()
        QApplication.sendEvent(area, QEvent(QEvent.Type.Leave))
        assert toast._clock.isActive()

    def test_the_keyboard_reaches_holds_and_leaves_it(self, host: QWidget, area: ToastArea) -> None:
        assert not area.focus_newest()
        edit = host.findChild(QLineEdit)
        assert edit is not None
        edit.setFocus()
        toast = area.say("Run deleted.", action="Undo")
        assert area.focus_newest()
        assert toast._act.hasFocus()
        assert not toast._clock.isActive()
        QTest.keyClick(toast._act, Qt.Key.Key_Escape)
        assert area.texts == ()
        assert edit.hasFocus()

    def test_a_time_of_zero_stays(self, area: ToastArea) -> None:
        toast = area.say("Database restored.", seconds=0)
        assert not toast._clock.isActive()
        assert toast.accessibleName() == "Database restored."


class TestStatusLine:
    def test_both_ends_can_be_clicked(self, qtbot: QtBot) -> None:
        line = StatusLine()
        qtbot.addWidget(line)
        line.resize(900, 32)
        line.show()
        line.set_listener("good", "Listening on 127.0.0.1:17888")
        line.set_job("Scanning 61 % - 11.2 M/s - 4 s left", 0.61)
        assert line.busy
        assert line._bar.value() == 610
        for part, signal in (
            (line._listener, line.listener_clicked),
            (line._job, line.job_clicked),
            (line._cancel, line.cancel_clicked),
        ):
            with qtbot.waitSignal(signal):
                QTest.mouseClick(part, Qt.MouseButton.LeftButton)
        assert line._listener.accessibleName() == "Listener: Listening on 127.0.0.1:17888"
        line.clear_job()
        assert not line.busy

    def test_a_longer_word_of_the_job_is_never_cut_while_there_is_room(self, qtbot: QtBot) -> None:
        line = StatusLine()
        qtbot.addWidget(line)
        line.resize(900, 32)
        line.show()
        for words in (
            "Scanning 9 % · 9 s left",
            "Scanning 13 % · 12 s left",
            "Scanning 13 % · 1 min left",
        ):
            line.set_job(words, 0.13)
            assert line._job.text() == words

    def test_an_unknown_length_has_no_bar(self, qtbot: QtBot) -> None:
        line = StatusLine()
        qtbot.addWidget(line)
        line.set_job("Compiling the kernel", None, cancellable=False)
        assert line.busy
        assert line._bar.isHidden()
        assert line._cancel.isHidden()

    def test_words_give_way_and_ampersands_stay(self, qtbot: QtBot) -> None:
        line = StatusLine()
        qtbot.addWidget(line)
        line.resize(260, 32)
        line.show()
        line.set_listener("bad", "The port 17888 is taken & nothing listens; choose another one")
        assert "…" in line._listener.text()
        assert line._listener.toolTip().startswith("The port")
        line.resize(1200, 32)
        assert "&&" in line._listener.text()
        assert line._listener.toolTip() == ""
