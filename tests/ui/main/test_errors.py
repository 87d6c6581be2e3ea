"""Errors nobody expected, in the whole program: told once, without seeds, and the rest goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from pump_desktop.system.clock import utc_now
from pump_desktop.system.crash import install
from pump_desktop.system.redaction import hide_seed
from pump_desktop.ui.compare import page as compare_page
from pump_desktop.ui.main.crash import CrashBridge, ReportDialog
from tests.ui.support.outside import shown_folders
from tests.ui.support.program import SERVER, Running, child, click, texts, toasts

pytestmark = pytest.mark.expects_warning


@pytest.fixture
def running(running: Running, tmp_path: Path) -> Iterator[Running]:
    """Let crash reports go to the window, as the real start does."""
    bridge = CrashBridge(running.window)
    with install(tmp_path, bridge.report, lambda: (f"a line about {SERVER}",), utc_now):
        yield running
    bridge.deleteLater()


def dialogs(running: Running) -> list[ReportDialog]:
    return [dialog for dialog in running.window.findChildren(ReportDialog) if dialog.isVisible()]


def go_on(running: Running, qtbot: QtBot) -> None:
    click(child(running.window, ReportDialog), "Go on")
    qtbot.waitUntil(lambda: running.window.findChild(ReportDialog) is None)


class Poked(QObject):
    """Fails in one of two lines."""

    poked = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.poked.connect(self._fail)

    @Slot(bool)
    def _fail(self, first: bool) -> None:
        if first:
            raise ZeroDivisionError("one line")
        raise ZeroDivisionError("another line")


def test_one_report_an_error_and_a_toast_for_its_repeat(running: Running, qtbot: QtBot) -> None:
    failing = Poked()
    for first in (True, False):
        failing.poked.emit(first)
        assert len(dialogs(running)) == 1
        failing.poked.emit(not first)
        go_on(running, qtbot)
        if first:
            # The other error came while a dialog was open; its turn comes when it comes again.
            assert toasts(running.window) == []
    failing.poked.emit(True)
    assert dialogs(running) == []


class Torn(QWidget):
    """A part of a page that fails whenever it is painted."""

    often = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._left = 0

    def await_paints(self, count: int) -> None:
        self._left = count

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        self._left -= 1
        if self._left == 0:
            # Not from here: the wait for it would end inside the paint.
            QTimer.singleShot(0, self.often.emit)
        raise ZeroDivisionError("a bug in a paint")


def test_an_error_in_every_paint_and_tick_opens_one_dialog(running: Running, qtbot: QtBot) -> None:
    torn = Torn(running.scan)
    torn.resize(40, 40)
    timer = QTimer(torn)
    timer.timeout.connect(torn.update)
    timer.start(1)
    counts = []
    torn.await_paints(3)
    # In a loop of Qt's own, as the program runs: elsewhere the error would come out of the next Qt call.
    with qtbot.waitSignal(torn.often):
        torn.show()
    counts.append(len(dialogs(running)))
    torn.await_paints(30)
    with qtbot.waitSignal(torn.often):
        child(running.window, ReportDialog).reject()
    counts.append(len(dialogs(running)))
    timer.stop()
    torn.hide()
    torn.deleteLater()
    assert counts == [1, 0]
    assert any("happened again" in text for text in toasts(running.window))
    # The other pages are as they were.
    with qtbot.waitSignal(running.runs._feed.filled):
        running.window.open_section("runs")


def test_the_report_is_copied_without_seeds_and_its_folder_opens(running: Running, qtbot: QtBot) -> None:
    hide_seed(SERVER)
    with shown_folders() as shown:
        running.program.asker.ask(running.window, lambda _backend: int(SERVER), print)
        qtbot.waitUntil(lambda: len(dialogs(running)) == 1)
        dialog = dialogs(running)[0]
        click(dialog, "Copy report")
        click(dialog, "Open log folder")
    report = QGuiApplication.clipboard().text()
    assert "invalid literal for int() with base 10: '[seed]'" in report
    assert "a line about [seed]" in report
    assert SERVER not in report
    # The logs are made with the first line; until then the folder above them is shown.
    logs = running.data / "logs"
    assert shown == [str(logs if logs.exists() else running.data)]
    for part in dialog.findChildren(QAbstractButton):
        assert part.accessibleName() or part.text()
    with qtbot.waitSignal(running.window.closing):
        click(dialog, "Quit")


def test_a_page_that_cannot_be_made_says_so_and_is_tried_again(
    running: Running, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = compare_page.ComparePage

    def broken(*_arguments: object, **_named: object) -> None:
        raise ZeroDivisionError("a bug in a constructor")

    monkeypatch.setattr(compare_page, "ComparePage", broken)
    running.window.open_section({1: "scan", 5: "compare"}[5])
    go_on(running, qtbot)
    assert any(text.startswith("Compare could not be opened") for text in texts(running.window))
    click(running.window, "Try again")
    assert any(text.startswith("Compare could not be opened") for text in texts(running.window))
    # Other pages open as ever.
    running.window.open_section({1: "scan", 5: "compare"}[1])
    assert running.scan.isVisible()
    running.window.open_section({1: "scan", 5: "compare"}[5])
    monkeypatch.setattr(compare_page, "ComparePage", real)
    click(running.window, "Try again")
    assert isinstance(running.window.pages.currentWidget(), real)
    assert not any("could not be opened" in text for text in texts(running.window))
