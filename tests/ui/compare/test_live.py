"""The Compare page with live streams: chosen, followed while they grow, and honest about what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import Heartbeat
from pump_desktop.domain.sides import SideKey, SideKind
from pump_desktop.qt.look.theme import Appearance
from pump_desktop.qt.tables.compare import Figure, figure_column
from pump_desktop.qt.tables.rows import NATIVE_ROLE
from pump_desktop.qt.tables.run_figures import HitColumn
from pump_desktop.ui.compare.picker import SidePicker
from tests.live_samples import sample_bets, sample_key
from tests.ui.support.comparing import Comparing
from tests.ui.support.program import click, column, named, table, texts, type_into


@pytest.fixture
def comparing(look: Appearance, qtbot: QtBot, tmp_path: Path) -> Iterator[Comparing]:
    """Give an empty Compare page."""
    made = Comparing(look, qtbot, tmp_path / "pump")
    yield made
    made.close()


def run_side(comparing: Comparing) -> SideKey:
    """Store a run of another server seed."""
    return SideKey(SideKind.RUN, comparing.store("Mine", end=2_000, server="another").id)


class TestFollowing:
    def test_a_stream_that_is_fed_grows_on_the_page(self, comparing: Comparing, qtbot: QtBot) -> None:
        bets = sample_bets(1, 300)
        comparing.show_sides(run_side(comparing), comparing.send(bets[:200]))
        comparing.page.open_tab("Differences")
        view = table(comparing.page, "Differences")
        counts = figure_column(1, Figure.COUNT)
        assert column(view, counts, NATIVE_ROLE)[-1] == 200
        view.selectRow(3)
        for first in (200, 250):
            comparing.send(bets[first : first + 50])
            qtbot.waitUntil(lambda: column(view, counts, NATIVE_ROLE)[-1] == first + 50)  # noqa: B023 - at once
        assert view.selected_rows() == [(3, 3)]
        assert comparing.names[1].endswith("Live stream · Expert · 300 rounds in 1 – 300")

    def test_it_is_read_at_most_twice_a_second_and_only_while_seen(
        self, comparing: Comparing, qtbot: QtBot
    ) -> None:
        pace = comparing.page._pace
        assert pace.interval() == 500
        # Half a second may be over before the next line runs; a minute is not.
        pace.setInterval(60_000)
        bets = sample_bets(1, 60)
        # Told late, it would count as new, and start the pace before it is looked at.
        with qtbot.waitSignal(comparing.bridge.landed):
            stream = comparing.send(bets[:10])
        comparing.show_sides(run_side(comparing), stream)
        comparing.page.hide()
        with qtbot.waitSignal(comparing.bridge.landed):
            comparing.send(bets[10:20])
        comparing.settle()
        assert comparing.shown.sides[1].source.count == 10
        comparing.page.show()
        comparing.settle()
        assert comparing.shown.sides[1].source.count == 20
        with qtbot.waitSignal(comparing.bridge.landed):
            comparing.send(bets[20:30])
        comparing.settle()
        assert comparing.shown.sides[1].source.count == 30
        with qtbot.waitSignal(comparing.bridge.landed):
            comparing.send(bets[30:40])
        comparing.settle()
        assert pace.isActive()
        assert comparing.shown.sides[1].source.count == 30
        pace.start(0)
        qtbot.waitUntil(lambda: comparing.shown.sides[1].source.count == 40)

    def test_observed_hits_go_on_at_the_end(self, comparing: Comparing, qtbot: QtBot) -> None:
        bets = sample_bets(1, 500)
        comparing.show_sides(run_side(comparing), comparing.send(bets[:400]))
        comparing.open_hits()
        box = named(comparing.page, QComboBox, "Target")
        box.setCurrentIndex(box.findData(1.0))
        comparing.settle()
        view = comparing.hits("B")
        view.scrollToBottom()

        def wanted(count: int) -> list[int]:
            return [bet.nonce for bet in bets[:count] if bet.safe_pumps == 0]

        assert column(view, HitColumn.NONCE, NATIVE_ROLE) == wanted(400)
        comparing.send(bets[400:])
        qtbot.waitUntil(lambda: column(view, HitColumn.NONCE, NATIVE_ROLE) == wanted(500))
        assert view.verticalScrollBar().value() == view.verticalScrollBar().maximum()
        assert f"{len(wanted(500))} observed hits, 200 expected" in texts(comparing.page)
        # A stream may grow for days: answered questions are not kept.
        questions = comparing.page._work._hits._questions
        assert [question.pending for question in questions.values()] == [False] * 2

    def test_a_deleted_stream_disappears_with_a_sentence(self, comparing: Comparing, qtbot: QtBot) -> None:
        run, stream = run_side(comparing), comparing.send(sample_bets(1, 20))
        comparing.show_sides(run, stream)
        with qtbot.waitSignal(comparing.bridge.stream_changed):
            comparing.backend.live.delete(stream.id).result()
        comparing.settle()
        assert comparing.page.keys == (run,)
        assert comparing.banner == "“zXv1upuFns” was deleted and is no longer compared."


class TestHonesty:
    def test_a_truncated_stream_has_counts_and_no_ratio(self, comparing: Comparing) -> None:
        bets = [bet for bet in sample_bets(1, 300) if bet.round_result > 2]
        comparing.show_sides(run_side(comparing), comparing.send(bets))
        assert comparing.page._work._verdict.text().startswith("B is not tested: ")
        assert "rates and streaks need every round." in comparing.page._work._verdict.text()
        comparing.page.open_tab("Differences")
        view = table(comparing.page, "Differences")
        assert column(view, figure_column(1, Figure.COUNT), NATIVE_ROLE)[-1] == len(bets)
        assert set(column(view, figure_column(1, Figure.SHARE))) == {"–"}
        assert set(column(view, figure_column(1, Figure.RATIO))[:-1]) == {"–"}
        assert {line[0] for line in comparing.page._work._ratio.chart.data_text().splitlines()[1:]} == {"A"}
        assert {line[0] for line in comparing.page._work._tail.chart.data_text().splitlines()[1:]} == {"A"}
        card = comparing.page._cards._cards[1]
        assert card.accessibleDescription().startswith("Live stream Counts only. ")

    def test_two_truncated_streams_draw_nothing_and_say_so(self, comparing: Comparing) -> None:
        sides = [
            comparing.send([sample_bets(nonce, 1, key=sample_key(name))[0] for nonce in (1, 9)])
            for name in ("one", "two")
        ]
        comparing.show_sides(*sides)
        assert any("None of these has every round" in text for text in texts(comparing.page))
        comparing.page.open_tab("Share at least")
        assert any("None of these has every round" in text for text in texts(comparing.page))

    def test_another_difficulty_of_a_stream_is_chosen_on_its_card(self, comparing: Comparing) -> None:
        bets = [*sample_bets(1, 60), *sample_bets(61, 20, difficulty=Difficulty.EASY)]
        stream = comparing.send(bets)
        comparing.show_sides(run_side(comparing), stream)
        box = named(comparing.page, QComboBox, "Difficulty of B")
        assert box.currentText() == "Expert"
        QTest.keyClick(box, Qt.Key.Key_Home)
        box.activated.emit(box.findData(Difficulty.EASY))
        comparing.settle()
        assert comparing.page.keys[1] == SideKey(SideKind.STREAM, stream.id, Difficulty.EASY)
        assert comparing.shown.sides[1].source.count == 20

    def test_what_cannot_be_compared_is_refused_and_nothing_is_lost(self, comparing: Comparing) -> None:
        run, stream = run_side(comparing), comparing.send(sample_bets(1, 20))
        comparing.show_sides(run, stream)
        silent = comparing.send([Heartbeat(sample_key("silent"), 1, 1.0, None, None)])
        comparing.page.show_sides([run, stream, SideKey(SideKind.STREAM, silent.id)])
        comparing.settle()
        assert comparing.banner == "“silent” cannot be compared: no message of it says its difficulty."
        assert comparing.page.keys == (run, stream)


class TestPicker:
    def test_streams_and_snapshots_are_chosen_beside_runs(self, comparing: Comparing) -> None:
        run = run_side(comparing)
        stream = comparing.send(sample_bets(1, 20, key=sample_key("evening")))
        comparing.send(sample_bets(1, 20, key=sample_key("morning")))
        snapshot = comparing.backend.live.add_snapshot(stream.id, "Then", None, None).result()
        comparing.page.choose_sides()
        comparing.settle()
        picker = comparing.page.findChild(SidePicker)
        assert picker is not None
        runs = table(picker, "Runs to choose from")
        runs.setCurrentIndex(runs.model().index(0, 0))
        QTest.keyClick(runs, Qt.Key.Key_Space)
        picker.open_tab(1)
        view = table(picker, "Live streams to choose from")
        assert sorted(column(view, 0)) == sorted(["morning", "evening", "   Then"])
        assert column(view, 0).index("   Then") == column(view, 0).index("evening") + 1
        type_into(picker, "Search", "evening")
        picker._typing.stop()
        picker._typing.timeout.emit()
        comparing.settle()
        assert column(view, 0) == ["evening", "   Then"]
        assert column(view, 1) == ["Live stream", "Snapshot"]
        for row in (0, 1):
            view.setCurrentIndex(view.model().index(row, 0))
            QTest.keyClick(view, Qt.Key.Key_Space)
        assert "3 of 6 chosen" in texts(picker)
        click(picker, "Compare")
        comparing.settle()
        assert comparing.page.keys == (run, stream, SideKey(SideKind.SNAPSHOT, snapshot.id))
