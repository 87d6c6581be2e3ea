"""The whole runs workspace without a mouse, as a person with a keyboard alone walks through it."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QTabWidget
from pytestqt.qtbot import QtBot

from pump_desktop.ui.charts.kit import Chart
from pump_desktop.ui.compare.page import ComparePage
from pump_desktop.ui.kit.table import BigTable
from pump_desktop.ui.verify.page import VerifyPage
from tests.ui.support.program import CLIENT, SERVER, Running, child, commit, table, texts

TABS = ("Distribution", "Hits", "Gaps", "Density", "Fairness")


def walk_to(running: Running, name: str) -> None:
    """Press Tab until the keyboard is on what has this accessible name."""
    for _ in range(60):
        focus = QApplication.focusWidget()
        if focus is not None and focus.accessibleName() == name:
            return
        running.press("Tab")
    raise AssertionError(f"Tab never reached {name!r}")


def type_here(text: str) -> None:
    """Type where the keyboard is, over what stands there."""
    focus = QApplication.focusWidget()
    assert focus is not None
    focus.selectAll()  # type: ignore[attr-defined]  # a line edit or a text box
    commit(focus, text)  # type: ignore[arg-type]  # typed alike


def test_the_workspace_is_driven_by_keys_alone(running: Running, qtbot: QtBot) -> None:
    scan(running, qtbot)
    look_at_every_tab(running)
    walk_along_a_chart(running)
    copy_a_hit(running)
    compare_with_another_run(running)
    verify_a_bet_and_the_next(running)


def scan(running: Running, qtbot: QtBot) -> None:
    running.press("Ctrl+N")
    type_here(SERVER)
    walk_to(running, "Client seed")
    type_here(CLIENT)
    walk_to(running, "Last nonce")
    type_here("60000")
    with qtbot.waitSignal(running.program.scans.finished):
        running.press("Ctrl+Return")
    running.settle()
    assert running.window.run_page.isVisible()


def look_at_every_tab(running: Running) -> None:
    page = running.window.run_page
    tabs = child(page, QTabWidget)
    for number, name in enumerate(TABS, 1):
        running.press(f"Alt+{number}")
        running.settle()
        assert tabs.tabText(tabs.currentIndex()) == name
    assert any("after Holm's correction" in words for words in texts(page))


def walk_along_a_chart(running: Running) -> None:
    page = running.window.run_page
    running.press("Alt+3")
    running.settle()
    walk_to(running, child(page, Chart).accessibleName())
    before = texts(page)
    running.press("Right")
    assert texts(page) != before


def copy_a_hit(running: Running) -> None:
    running.press("Alt+2")
    running.settle()
    walk_to(running, "Go to nonce")
    type_here("30000")
    running.press("Return")
    hits = table(running.window.run_page, "Hits")
    assert QApplication.focusWidget() is hits
    running.press("Ctrl+C", hits)
    copied = QGuiApplication.clipboard().text().splitlines()[-1].split("\t")
    assert int("".join(filter(str.isdigit, copied[1]))) >= 30_000


def compare_with_another_run(running: Running) -> None:
    running.store(end=60_000, client="another client")
    running.press("Alt+Left")
    running.settle()
    rows = child(running.runs, BigTable)
    walk_to(running, rows.accessibleName())
    running.press("Ctrl+A", rows)
    running.press("Ctrl+M")
    running.settle()
    compare = child(running.window, ComparePage)
    assert len(compare.run_ids) == 2
    assert any("A and B differ" in words for words in texts(compare))


def verify_a_bet_and_the_next(running: Running) -> None:
    running.press("Ctrl+4")
    verify = child(running.window, VerifyPage)
    type_here(SERVER)
    walk_to(running, "Client seed")
    type_here(CLIENT)
    walk_to(running, "Nonce")
    type_here("5663")
    running.settle()
    assert "12 safe pumps, pop point 13" in texts(verify)
    running.press("Alt+Up")
    running.settle()
    assert "12 safe pumps, pop point 13" not in texts(verify)
