"""The drawer of the Live page in a whole program: alerts told all over the window, snapshots, the audit."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pump_desktop.domain.alerts import RuleDraft
from pump_desktop.domain.sides import SideKind
from pump_desktop.services.backend import Backend
from pump_desktop.ui.kit.buttons import Button
from tests.live_samples import sample_bets, sample_key
from tests.ui.support.live_program import LiveProgram
from tests.ui.support.program import Running, click, column, table, toasts

FIRST = 5_660
POP = 5_663  # pays 11,200.65x with the sample seeds


@pytest.fixture
def live(running: Running, qtbot: QtBot) -> LiveProgram:
    return LiveProgram(running, qtbot)


def add_rule(backend: Backend) -> None:
    draft = RuleDraft.parse(name="High", kind="threshold", values={"at_least": 1000}, stream_id=None)
    backend.alerts.add(draft).result(10)


def test_an_alert_is_told_everywhere_and_leads_to_its_row(live: LiveProgram) -> None:
    running = live.running
    add_rule(running.backend)
    live.post(sample_bets(FIRST, 2))
    running.press("Ctrl+1", running.window)
    live.post(sample_bets(POP, 1))
    live.wait_for(lambda: any("11,200.65" in words for words in toasts(running.window)))
    click(running.window, "Show")
    live.wait_for(lambda: live.page.stream_id == live.id_of(sample_key()))
    live.settle()
    live.wait_for(lambda: live.table.currentIndex().row() >= 0)
    row = live.table.currentIndex().row()
    assert live.page.isVisible()
    assert live.nonces[row] == POP
    assert [live.model.is_highlighted(at) for at in range(live.model.rowCount())].count(True) == 1
    assert live.model.is_highlighted(row)


def test_a_snapshot_opens_beside_the_stream_as_it_is_now(live: LiveProgram) -> None:
    live.post(sample_bets(FIRST, 40))
    stream = live.id_of(sample_key())
    live.show()
    live.page.open_stream(stream)
    live.settle()
    snapshot = live.live.add_snapshot(stream, "then", {}, None).result(10)
    live.post(sample_bets(FIRST + 40, 10))
    (panel,) = [panel for panel in live.page.view.drawer.panels if panel.title == "Snapshots"]
    panel.snapshot_asked.emit(snapshot)  # type: ignore[attr-defined]  # it is the Snapshots panel
    live.running.settle()
    compare = live.running.window.pages.compare
    assert compare.isVisible()
    assert [(key.kind, key.id) for key in compare.keys] == [
        (SideKind.SNAPSHOT, snapshot.id),
        (SideKind.STREAM, stream),
    ]


def test_a_snapshot_that_a_script_makes_stands_in_an_open_drawer(live: LiveProgram) -> None:
    live.show()
    live.post(sample_bets(FIRST, 3))
    live.wait_for(lambda: live.page.stream_id is not None)
    live.settle()
    view = live.page.view
    view._open_panel("Snapshots")
    panel = view.drawer.current
    assert panel is not None
    live.settle()
    listed = table(panel, "Snapshots")
    stream = live.id_of(sample_key())
    made = live.live.add_snapshot(stream, "by a script", {}, None).result(10)
    live.wait_for(lambda: column(listed, 0) == ["by a script"])
    live.live.rename_snapshot(stream, made.id, "renamed").result(10)
    live.wait_for(lambda: column(listed, 0) == ["renamed"])
    live.live.delete_snapshot(stream, made.id).result(10)
    live.wait_for(lambda: column(listed, 0) == [])


def test_every_panel_has_its_place_in_the_drawer(live: LiveProgram) -> None:
    titles = [panel.title for panel in live.page.view.drawer.panels]
    assert len(set(titles)) == len(titles)
    assert {"Alerts", "Bookmarks", "Snapshots", "Notes", "Audit"} <= set(titles)


def test_the_tabs_of_the_drawer_are_words_that_the_arrows_walk_through(live: LiveProgram) -> None:
    view = live.page.view
    live.show()
    live.post(sample_bets(FIRST, 3))
    live.wait_for(lambda: live.page.stream_id is not None)
    live.settle()
    view._open_panel("Peaks")
    tabs = [tab for tab in view.drawer.findChildren(Button) if tab.property("kind") == "tab"]
    assert [tab.text() for tab in tabs] == [panel.title for panel in view.drawer.panels]
    for tab, panel in zip(tabs, view.drawer.panels, strict=True):
        assert view.drawer.current is panel
        assert QApplication.focusWidget() is tab
        QTest.keyClick(tab, Qt.Key.Key_Right)
    # One stop for the whole row.
    current = QApplication.focusWidget()
    assert [tab for tab in tabs if tab.focusPolicy() & Qt.FocusPolicy.TabFocus] == [current]
