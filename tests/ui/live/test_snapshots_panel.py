"""The Snapshots panel on a real store: taken, opened, renamed, deleted, taken back, held against now."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from pump_desktop.domain.live import Snapshot, StreamRow
from pump_desktop.qt.text.numbers import multiplier_text
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.table import BigTable
from pump_desktop.ui.live.snapshots import SnapshotsPanel, ThenAndNow, filter_text
from tests.services.samples import bet, heartbeat, outcome, send
from tests.ui.conftest import Stage
from tests.ui.support.one_panel import Drawer, dialog_of
from tests.ui.support.program import child, click, column, table, texts


@pytest.fixture
def row(drawer: Drawer) -> StreamRow:
    """Give a stream with a hundred bets and two snapshots."""
    row = drawer.stream(*map(bet, range(1, 101)))
    drawer.live.add_snapshot(row.id, "older", {"min_multiplier": 4.95}, None).result(10)
    drawer.live.add_snapshot(row.id, "newer", {}, None).result(10)
    return row


@pytest.fixture
def wanted() -> dict[str, object]:
    """Give the filter of the table, which a test may change."""
    return {"min_multiplier": 34.68, "difficulty": "expert", "order": "nonce_desc"}


@pytest.fixture
def panel(drawer: Drawer, row: StreamRow, stage: Stage, wanted: dict[str, object]) -> SnapshotsPanel:
    panel = SnapshotsPanel(drawer.asker, lambda: wanted)
    drawer.hear(panel)
    stage(panel, width=340)
    panel.show_stream(row)
    drawer.settle()
    return panel


def names(panel: SnapshotsPanel) -> list[str]:
    found: list[str] = column(table(panel, "Snapshots"), 0)
    return found


def stored(drawer: Drawer, row: StreamRow) -> list[str]:
    """Give what is on disk, the newest first."""
    return [snapshot.name for snapshot in reversed(drawer.live.snapshots(row.id))]


def choose(panel: SnapshotsPanel, place: int) -> BigTable:
    view = table(panel, "Snapshots")
    view.setFocus()
    view.selectRow(place)
    return view


def test_the_newest_stands_first(panel: SnapshotsPanel) -> None:
    assert names(panel) == ["newer", "older"]
    tips = column(table(panel, "Snapshots"), 0, int(Qt.ItemDataRole.ToolTipRole))
    assert "All bets" in tips[0]
    assert "Bets of at least 4.95x" in tips[1]


def test_a_snapshot_is_taken_under_the_filter_of_the_moment(
    drawer: Drawer, panel: SnapshotsPanel, row: StreamRow, wanted: dict[str, object]
) -> None:
    click(panel, "Take a snapshot")
    dialog = dialog_of(panel)
    assert "Expert bets of at least 34.68x" in texts(dialog)
    assert dialog.text == "Nonce 100"
    # The table goes on while the name is typed.
    then = dict(wanted)
    wanted.clear()
    child(dialog, QLineEdit).setText("before lunch")
    click(dialog, "Take it")
    drawer.settle()
    assert names(panel) == ["before lunch", "newer", "older"]
    newest = drawer.live.snapshots(row.id)[-1]
    assert newest.filter == then
    assert newest.last_bet_id == max(drawer.bet_ids(row.id).values())
    assert drawer.said == ["Snapshot taken: before lunch"]


def test_bets_that_land_do_not_end_a_comparison(drawer: Drawer, panel: SnapshotsPanel) -> None:
    choose(panel, 0)
    click(panel, "Compare with now (C)")
    # As on a busy stream, before the answer is there.
    panel.refresh()
    drawer.settle()
    assert child(panel, ThenAndNow).isVisible()


@pytest.mark.parametrize("name", ["", "   "])
def test_a_snapshot_needs_a_name(drawer: Drawer, panel: SnapshotsPanel, row: StreamRow, name: str) -> None:
    click(panel, "Take a snapshot")
    dialog = dialog_of(panel)
    child(dialog, QLineEdit).setText(name)
    click(dialog, "Take it")
    drawer.settle()
    assert "A snapshot needs a name." in texts(dialog)
    assert stored(drawer, row) == ["newer", "older"]
    dialog.reject()


def test_what_cannot_be_stored_is_said_in_the_dialog(
    drawer: Drawer, panel: SnapshotsPanel, row: StreamRow
) -> None:
    click(panel, "Take a snapshot")
    dialog = dialog_of(panel)
    drawer.live.delete(row.id).result(10)
    click(dialog, "Take it")
    drawer.settle()
    assert any("not found" in text for text in texts(dialog))
    assert dialog.text == "Nonce 100"
    dialog.reject()


def test_enter_opens_the_stream_as_of_then(drawer: Drawer, panel: SnapshotsPanel, row: StreamRow) -> None:
    asked: list[Snapshot] = []
    panel.snapshot_asked.connect(asked.append)
    view = choose(panel, 1)
    QTest.keyClick(view, Qt.Key.Key_Return)
    click(panel, "Show the bets as of then (Enter)")
    assert asked == [drawer.live.snapshots(row.id)[0]] * 2


def test_a_snapshot_gets_another_name(drawer: Drawer, panel: SnapshotsPanel, row: StreamRow) -> None:
    QTest.keyClick(choose(panel, 0), Qt.Key.Key_F2)
    dialog = dialog_of(panel)
    assert child(dialog, QLineEdit).selectedText() == "newer"
    child(dialog, QLineEdit).setText("newest")
    click(dialog, "Rename")
    drawer.settle()
    assert names(panel) == stored(drawer, row) == ["newest", "older"]


def test_a_deletion_is_taken_back_as_it_was(drawer: Drawer, panel: SnapshotsPanel, row: StreamRow) -> None:
    before = drawer.live.snapshots(row.id)
    QTest.keyClick(choose(panel, 1), Qt.Key.Key_Delete)
    drawer.settle()
    assert names(panel) == stored(drawer, row) == ["newer"]
    assert child(panel, Banner).text == "Snapshot “older” deleted."
    click(panel, "Undo")
    drawer.settle()
    assert drawer.live.snapshots(row.id) == before
    assert names(panel) == ["newer", "older"]


def test_then_and_now_stand_side_by_side(drawer: Drawer, panel: SnapshotsPanel) -> None:
    send(drawer.live, [*map(bet, range(101, 301)), *map(heartbeat, range(301, 311))])
    QTest.keyClick(choose(panel, 1), Qt.Key.Key_C)
    drawer.settle()
    then = [value for value in map(outcome, range(1, 101)) if value >= 4.95]
    now = [value for value in map(outcome, range(1, 301)) if value >= 4.95]
    page = child(panel, ThenAndNow)
    assert [(line.name, line.then, line.now) for line in page.lines] == [
        ("Bets", f"{len(then)}", f"{len(now)}"),
        ("Rounds", "100", "310"),
        *(
            (multiplier_text(value), f"{then.count(value)}", f"{now.count(value)}")
            for value in sorted(set(now), reverse=True)
        ),
    ]
    assert (max(then), max(now)) == (400.02, 400.02)
    assert page.highest == "Highest then and now: 400.02x"
    assert "Bets of at least 4.95x" in texts(page)
    assert table(panel, "Then and now").hasFocus()
    # More comes in: the button reads it.
    send(drawer.live, [bet(500, roundResult=3203384.80)])
    click(page, "Read the figures of now again")
    drawer.settle()
    assert (page.lines[0].now, page.lines[2].name) == (f"{len(now) + 1}", "3,203,384.80x")
    assert page.highest == "Highest then: 400.02x, now: 3,203,384.80x"
    click(page, "Back to the snapshots")
    assert names(panel) == ["newer", "older"]
    assert table(panel, "Snapshots").hasFocus()
    drawer.settle()


def test_a_snapshot_whose_filter_nothing_passes(
    drawer: Drawer, panel: SnapshotsPanel, row: StreamRow
) -> None:
    drawer.live.add_snapshot(row.id, "easy", {"difficulty": "easy"}, None).result(10)
    panel.refresh()
    drawer.settle()
    choose(panel, 0)
    click(panel, "Compare with now (C)")
    drawer.settle()
    page = child(panel, ThenAndNow)
    assert page.highest == "No bet passes the filter."
    assert [(line.name, line.then, line.now) for line in page.lines] == [
        ("Bets", "0", "0"),
        ("Rounds", "100", "100"),
    ]


def test_another_stream_begins_with_its_list(drawer: Drawer, panel: SnapshotsPanel) -> None:
    choose(panel, 0)
    click(panel, "Compare with now (C)")
    drawer.settle()
    panel.show_stream(drawer.stream(bet(1, clientSeed="other")))
    drawer.settle()
    assert panel.snapshots == ()
    assert any(text.startswith("A snapshot keeps the stream") for text in texts(panel))
    panel.show_stream(None)
    assert not panel._make.isEnabled()


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({}, "All bets"),
        ({"min_multiplier": 400.02}, "Bets of at least 400.02x"),
        ({"difficulty": "hard"}, "Hard bets"),
        ({"difficulty": "easy", "min_multiplier": 2}, "Easy bets of at least 2.00x"),
        ({"order": "nonce_asc", "colour": "red", "min_multiplier": None}, "All bets"),
    ],
)
def test_a_filter_reads_as_words(wanted: dict[str, object], words: str) -> None:
    assert filter_text(wanted) == words
