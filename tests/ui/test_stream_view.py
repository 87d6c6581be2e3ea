"""One stream in the window: figures, keys, filter, jumps, pause, freeze, pins, drawer, delete."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QListView
from pytestqt.qtbot import QtBot

from pump_desktop.domain.difficulty import Difficulty
from pump_desktop.domain.live import BetQuery, StreamQuery
from pump_desktop.domain.odds import target_p_exact
from pump_desktop.domain.pins import PRESETS, Pin
from pump_desktop.domain.runs import Match
from pump_desktop.qt.listening import ListenerState
from pump_desktop.qt.models.bets_model import BetColumn
from pump_desktop.ui.keys_overlay import KeyCap, KeysOverlay
from pump_desktop.ui.pages.stream_card import PinCard
from pump_desktop.ui.pages.stream_keys import LIVE_KEYS
from pump_desktop.ui.pages.stream_pin_dialog import PinDialog
from pump_desktop.ui.pages.stream_strip import DensityStrip
from pump_desktop.ui.pages.stream_tape import RoundTape
from pump_desktop.ui.pages.stream_tiles import FigureCell
from pump_desktop.ui.pages.stream_view import StreamView
from tests.live_samples import heartbeat, sample_bets, sample_key
from tests.ui.live_program import LiveProgram
from tests.ui.program import (
    Running,
    Start,
    button,
    child,
    click,
    column,
    commit,
    edit,
    named,
    table,
    texts,
    toasts,
)


class OneStream(LiveProgram):
    """A program whose Live page shows one stream, and what its tests do with it."""

    @property
    def view(self) -> StreamView:
        return self.page.view

    def fill(self, count: int, first: int = 1) -> None:
        """Post bets and wait until table and figures show them."""
        bets = sample_bets(first, count)
        for start in range(0, count, 500):
            self.post(bets[start : start + 500])
        self.wait_for(lambda: self.table.isVisible() and first + count - 1 in self.nonces)
        self.wait_for(lambda: self.facts()["Latest nonce"] == f"{first + count - 1:,}")
        self.wait_for(lambda: self.facts()["Return"] != "…")

    def key(self, letter: str) -> None:
        """Press a letter where the keyboard is."""
        self.running.press(letter)

    @property
    def row(self) -> int:
        return self.table.currentIndex().row()

    @property
    def cards(self) -> list[PinCard]:
        cards = [card for card in self.page.findChildren(PinCard) if not card.isHidden()]
        return sorted(cards, key=lambda card: card.x())

    def words(self) -> set[str]:
        """Give the words of the buttons that are seen."""
        return {one.text() for one in self.page.findChildren(QAbstractButton) if one.isVisible()}

    def unpin_first(self) -> None:
        """Take the first card away by keyboard."""
        self.cards[0].setFocus()
        QTest.keyClick(self.cards[0], Qt.Key.Key_Delete)

    def choose(self, words: str) -> None:
        """Choose from the menu beside the cards."""
        menu = self.view._cards._menu
        menu.aboutToShow.emit()
        next(action for action in menu.actions() if action.text() == words).trigger()

    @property
    def stars(self) -> list[int]:
        """The nonces of the rows with a star."""
        starred = column(self.table, BetColumn.STAR)
        return [nonce for nonce, star in zip(self.nonces, starred, strict=True) if star]

    def filter(self, text: str) -> QLineEdit:
        found = edit(self.page, "Show bets from this multiplier on")
        found.setFocus()
        found.selectAll()
        QTest.keyClick(found, Qt.Key.Key_Delete)
        commit(found, text)
        QTest.keyClick(found, Qt.Key.Key_Return)
        return found

    def jump(self, text: str) -> None:
        found = edit(self.page, "Go to nonce")
        found.setFocus()
        found.selectAll()
        commit(found, text)
        QTest.keyClick(found, Qt.Key.Key_Return)


def high(least: float, last: int, first: int = 1) -> list[int]:
    """Give the nonces of the sample with so high a result, latest first."""
    return [bet.nonce for bet in sample_bets(first, last) if bet.round_result >= least][::-1]


@pytest.fixture
def at(running: Running, qtbot: QtBot) -> OneStream:
    """Give the Live page, open in a program that was just started."""
    at = OneStream(running, qtbot)
    at.show()
    at.wait_for(lambda: running.program.listening.status.state is ListenerState.LISTENING)
    return at


class TestFigures:
    def test_tiles_and_cards_are_those_of_the_outcomes(self, at: OneStream) -> None:
        at.fill(900)
        results = {bet.nonce: bet.round_result for bet in sample_bets(1, 900)}
        highest = max(results.values())
        where = min(nonce for nonce, result in results.items() if result == highest)
        assert at.facts()["Highest"] == f"{highest:,.2f}x"
        cell = named(at.page, FigureCell, f"Highest: {highest:,.2f}x")
        assert cell.accessibleDescription() == f"at {where:,}"
        assert [card.pin for card in at.cards] == list(PRESETS[Difficulty.EXPERT])
        for card in at.cards[:2]:
            hits = [nonce for nonce, result in results.items() if result == card.pin.multiplier]
            p = float(target_p_exact(Difficulty.EXPERT, card.pin.multiplier))
            streak = 900 - hits[-1]
            words = card.accessibleDescription().replace("\u00a0", " ")
            assert f"{len(hits)} hits, last at {hits[-1]}" in words
            chance = 100 * (1 - p) ** streak
            assert f"Streak of {streak}; a streak this long or longer: {chance:.1f}".rstrip("0.") in words
            gaps = [str(b - a) for a, b in pairwise(hits)][-10:]
            assert f"Last gaps, the latest at the end: {', '.join(gaps)}." in words
        tape = named(at.page, RoundTape, "Latest rounds")
        assert tape.nonces == list(range(701, 901))

    def test_a_click_on_the_highest_goes_there(self, at: OneStream) -> None:
        at.fill(900)
        (cell,) = (c for c in at.page.findChildren(FigureCell) if c.accessibleName().startswith("Highest"))
        QTest.mouseClick(cell, Qt.MouseButton.LeftButton)
        where = int(cell.accessibleDescription().removeprefix("at "))
        at.wait_for(lambda: at.row >= 0 and at.nonces[at.row] == where)

    def test_a_truncated_stream_says_so_and_switches_off_what_needs_the_others(self, at: OneStream) -> None:
        at.post([bet for bet in sample_bets(1, 900) if bet.round_result >= 34])
        at.wait_for(lambda: "Truncated" in at.words())
        assert at.facts()["Return"] == "–"
        assert "rates and streaks need every round" in button(at.page, "Truncated").toolTip()
        words = at.cards[0].accessibleDescription()
        assert "were not sent" in words
        assert "a streak this long" not in words
        click(at.page, "Truncated")
        missing = table(at.page, "Missing nonces")
        sent = sorted(high(34, 900))
        ranges = [(a + 1, b - 1) for a, b in pairwise(sent) if b > a + 1][::-1]
        at.wait_for(lambda: missing.model().rowCount() == len(ranges))
        shown = [f"{a}" if a == b else f"{a} – {b}" for a, b in ranges]
        assert column(missing, 0) == shown
        assert column(missing, 1) == [str(b - a + 1) for a, b in ranges]
        # Heartbeats for all the others switch everything on.
        at.post([heartbeat(nonce) for nonce in range(sent[0], sent[-1]) if nonce not in sent])
        at.wait_for(lambda: at.facts()["Missing"] == "0")
        assert "Truncated" not in at.words()
        assert "a streak this long" in at.cards[0].accessibleDescription()

    def test_two_bets_of_one_nonce_are_counted_and_listed(self, at: OneStream) -> None:
        at.fill(20)
        again = sample_bets(7, 1)[0]._replace(antebot_bet_id="again")
        at.post([again])
        at.wait_for(lambda: at.facts()["Bets"] == "21")
        assert named(at.page, FigureCell, "Bets: 21").accessibleDescription() == "1 nonce twice"
        click(at.page, "Missing: 0")
        doubled = table(at.page, "Nonces with several bets")
        at.wait_for(lambda: column(doubled, 0) == ["7"] and column(doubled, 1) == ["2"])


class TestKeys:
    def test_rows_walk_and_a_star_comes_and_goes(self, at: OneStream) -> None:
        at.fill(40)
        at.table.setFocus()
        # The keyboard makes the first row the current one as it comes in.
        at.key("J")
        at.key("J")
        at.key("K")
        assert at.nonces[at.row] == 39
        at.key("B")
        at.wait_for(lambda: at.stars == [39])
        (mark,) = at.live.bookmarks(at.id_of(sample_key()))
        assert at.live.bets(at.id_of(sample_key()), BetQuery()).items[38].id == mark.bet_id
        at.key("B")
        at.wait_for(lambda: at.stars == [])
        assert at.live.bookmarks(at.id_of(sample_key())) == ()

    def test_a_bookmark_with_a_note_is_not_taken_away_by_a_key(self, at: OneStream) -> None:
        at.fill(5)
        stream_id = at.id_of(sample_key())
        bet_id = at.live.tail(stream_id, 0, 10).last_id
        at.live.add_bookmark(stream_id, bet_id, "look at this").result()
        at.wait_for(lambda: at.stars == [5])
        at.table.setFocus()
        at.key("B")
        assert any("has a note" in words for words in toasts(at.running.window))
        at.settle()
        assert at.stars == [5]

    def test_slash_and_g_go_to_their_fields_and_escape_leads_back(self, at: OneStream) -> None:
        at.fill(10)
        at.table.setFocus()
        at.key("/")
        assert QApplication.focusWidget() is edit(at.page, "Show bets from this multiplier on")
        QTest.keyClick(edit(at.page, "Show bets from this multiplier on"), Qt.Key.Key_Escape)
        assert QApplication.focusWidget() is at.table
        at.key("G")
        assert QApplication.focusWidget() is edit(at.page, "Go to nonce")

    def test_letters_typed_into_a_field_stay_there(self, at: OneStream) -> None:
        at.fill(10)
        for name in ("Show bets from this multiplier on", "Go to nonce", "Search streams"):
            field = edit(at.page, name)
            field.setFocus()
            QTest.keyClicks(field, "jkgpfbd?/")
            assert field.text() == "jkgpfbd?/"
            field.clear()
        assert not button(at.page, "Pause the table ( P )").isChecked()
        assert not at.view.drawer.isVisible()
        assert not at.running.window.findChildren(KeysOverlay)
        assert at.row == -1

    def test_the_overlay_lists_every_key_there_is(self, at: OneStream) -> None:
        at.fill(3)
        at.table.setFocus()
        at.key("?")
        (overlay,) = at.running.window.findChildren(KeysOverlay)
        caps = {cap.accessibleName().removeprefix("Key ") for cap in overlay.findChildren(KeyCap)}
        assert {"/", "J", "K", "G", "P", "F", "B", "D", "?"} <= caps
        hints = [hint for group in LIVE_KEYS for hint in group.hints]
        assert {hint.words for hint in hints} <= set(texts(overlay))
        QTest.keyClick(overlay, Qt.Key.Key_Escape)
        assert not overlay.isVisible()

    def test_d_folds_the_drawer_and_the_keyboard_stays_in_sight(self, at: OneStream) -> None:
        at.fill(10)
        at.table.setFocus()
        at.key("D")
        assert at.view.drawer.isVisible()
        at.view.drawer.focus_panel()
        at.key("D")
        assert not at.view.drawer.isVisible()
        assert QApplication.focusWidget() is at.table


class TestFilter:
    def test_bets_from_a_multiplier_on_are_shown_and_counted(self, at: OneStream) -> None:
        at.fill(900)
        at.filter("34.68x")
        expected = high(34.68, 900)
        at.wait_for(lambda: at.nonces == expected)
        at.wait_for(lambda: f"{len(expected)} of 900 bets" in texts(at.page))
        # What lands is filtered, too.
        more = sample_bets(901, 200)
        at.post(more)
        expected = high(34.68, 1100)
        at.wait_for(lambda: at.nonces == expected)
        at.wait_for(lambda: f"{len(expected)} of 1,100 bets" in texts(at.page))
        at.filter("")
        at.wait_for(lambda: at.nonces[:200] == list(range(1100, 900, -1)))
        assert "1,100 bets" in texts(at.page)

    def test_what_is_no_number_is_said_at_the_field_and_changes_nothing(self, at: OneStream) -> None:
        at.fill(20)
        field = at.filter("often")
        assert field.text() == "often"
        assert field.property("invalid") is True
        assert toasts(at.running.window) == [
            "The multiplier to show bets from must be a number, such as 34.68."
        ]
        assert len(at.nonces) == 20

    def test_a_filter_that_no_bet_passes_says_so(self, at: OneStream) -> None:
        at.fill(20)
        at.filter("3203384.80")
        at.wait_for(lambda: "No bet of this stream passes the filter." in texts(at.page))

    def test_the_difficulty_is_offered_where_there_are_two(self, at: OneStream) -> None:
        at.fill(10)
        at.post(sample_bets(11, 5, difficulty=Difficulty.HARD))
        at.wait_for(lambda: at.nonces == list(range(15, 0, -1)))
        choice = named(at.page, QComboBox, "Difficulty")
        at.wait_for(choice.isVisible)
        choice.setCurrentText("Hard")
        at.wait_for(lambda: at.nonces == list(range(15, 10, -1)))
        assert "5 of 15 bets" in texts(at.page)

    def test_the_oldest_first_follows_at_the_foot(self, at: OneStream) -> None:
        at.fill(450)
        click(at.page, "Newest first. Show the oldest first")
        at.wait_for(lambda: at.nonces == list(range(1, 201)))
        assert "Following" not in texts(at.page)
        for loaded in (400, 450):
            at.table.scrollToBottom()
            at.wait_for(lambda: len(at.nonces) == loaded)  # noqa: B023 - waited for within the loop
        assert at.nonces == list(range(1, 451))
        at.table.scrollToBottom()
        at.wait_for(lambda: "Following" in texts(at.page))
        at.post(sample_bets(451, 20))
        at.wait_for(lambda: at.nonces == list(range(1, 471)))
        bar = at.table.verticalScrollBar()
        assert bar.value() == bar.maximum()


class TestJumps:
    def test_a_nonce_far_below_is_shown_with_its_neighbours(self, at: OneStream) -> None:
        at.fill(1_500)
        at.jump("300")
        at.wait_for(lambda: at.row >= 0 and at.nonces[at.row] == 300)
        assert QApplication.focusWidget() is at.table
        assert at.nonces == list(range(at.nonces[0], at.nonces[-1] - 1, -1))
        assert 300 < at.nonces[0] < 1_500
        held = at.nonces[at.table.rowAt(0)]
        # What lands is counted, and moves nothing.
        at.post(sample_bets(1_501, 30))
        at.wait_for(lambda: any(button.text() == "30 new" for button in [at.view.bets.filter.new_button]))
        assert at.nonces[at.table.rowAt(0)] == held
        # Newer bets come as they are scrolled to, until the newest one.
        while at.nonces[0] < 1_530:
            newest = at.nonces[0]
            at.table.verticalScrollBar().setValue(5)
            at.table.verticalScrollBar().setValue(0)
            at.wait_for(lambda: at.nonces[0] > newest)  # noqa: B023 - waited for within the loop
        assert at.nonces == list(range(1_530, at.nonces[-1] - 1, -1))

    def test_the_button_goes_back_to_the_newest(self, at: OneStream) -> None:
        at.fill(1_500)
        at.jump("10")
        at.wait_for(lambda: at.row >= 0 and at.nonces[at.row] == 10)
        at.view.bets.filter.new_button.click()
        at.wait_for(lambda: at.nonces[0] == 1_500 and "Following" in texts(at.page))
        at.post(sample_bets(1_501, 1))
        at.wait_for(lambda: at.nonces[0] == 1_501)

    def test_a_nonce_without_a_bet_leads_to_the_nearest(self, at: OneStream) -> None:
        at.post([*sample_bets(1, 50), *sample_bets(60, 10)])
        at.wait_for(lambda: at.table.isVisible() and len(at.nonces) == 60)
        at.jump("55")
        at.wait_for(lambda: toasts(at.running.window) == ["Nonce 55 has no bet here; 60 is the nearest."])
        assert at.nonces[at.row] == 60
        at.jump("0")
        assert toasts(at.running.window)[-1].startswith("The nonce to go to must be a whole number from 1 to")

    def test_strip_and_tape_lead_to_their_nonces_by_keyboard(self, at: OneStream) -> None:
        at.fill(900)
        strip = named(at.page, DensityStrip, "Density of hits")
        strip.setFocus()
        for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return):
            QTest.keyClick(strip, key)
        assert any(text.startswith("Nonces 11 – 15: ") for text in texts(at.page))
        at.wait_for(lambda: at.row >= 0 and at.nonces[at.row] == 11)
        tape = named(at.page, RoundTape, "Latest rounds")
        tape.setFocus()
        for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Return):
            QTest.keyClick(tape, key)
        at.wait_for(lambda: at.row >= 0 and at.nonces[at.row] == 899)


class TestHolding:
    def test_paused_new_bets_are_collected_and_put_in_at_once(self, at: OneStream) -> None:
        at.fill(50)
        at.table.setFocus()
        at.key("P")
        assert "Paused" in texts(at.page)
        for nonce in range(51, 81, 10):
            at.post(sample_bets(nonce, 10))
        at.wait_for(lambda: at.view.bets.filter.new_button.text() == "30 new")
        assert at.nonces == list(range(50, 0, -1))
        # The figures go on.
        at.wait_for(lambda: at.facts()["Latest nonce"] == "80")
        at.view.bets.filter.new_button.click()
        assert at.nonces == list(range(80, 0, -1))
        assert "Following" in texts(at.page)
        assert not button(at.page, "Pause the table ( P )").isChecked()

    def test_frozen_everything_holds_still_and_catches_up(self, at: OneStream) -> None:
        at.fill(50)
        before = at.facts()
        words = [card.accessibleDescription() for card in at.cards]
        at.table.setFocus()
        at.key("F")
        at.post(sample_bets(51, 40))
        at.wait_for(lambda: at.view.bets.filter.new_button.text() == "40 new")
        board = at.view._boards
        at.wait_for(lambda: board.board is not None and board.board.detail.row.total_bets == 90)
        assert at.facts() == before
        assert [card.accessibleDescription() for card in at.cards] == words
        assert named(at.page, RoundTape, "Latest rounds").nonces[-1] == 50
        assert "50 bets" in texts(at.page)
        assert at.nonces == list(range(50, 0, -1))
        at.key("F")
        assert at.nonces == list(range(90, 0, -1))
        at.wait_for(lambda: at.facts()["Latest nonce"] == "90" and "90 bets" in texts(at.page))

    def test_more_than_can_be_collected_starts_with_the_newest_page(
        self, at: OneStream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("pump_desktop.qt.live_feed.MOST_WAITING", 100)
        at.fill(20)
        at.table.setFocus()
        at.key("P")
        at.post(sample_bets(21, 300))
        at.wait_for(lambda: at.view.bets.filter.new_button.text().startswith("100"))
        at.post(sample_bets(321, 1))
        at.settle()
        at.key("P")
        at.wait_for(lambda: at.nonces == list(range(321, 121, -1)))


class TestPins:
    def test_a_card_is_unpinned_pinned_and_shown_in_the_strip(self, at: OneStream) -> None:
        at.fill(300)
        presets = list(PRESETS[Difficulty.EXPERT])
        at.unpin_first()
        at.wait_for(lambda: [card.pin for card in at.cards] == presets[1:])
        at.choose("Pin a multiplier …")
        (dialog,) = at.running.window.findChildren(PinDialog)
        dialog._entries.setCurrentText("1.63x")
        dialog._match.set_value(Match.AT_LEAST.value)
        click(dialog, "Pin")
        pin = Pin(1.63, Match.AT_LEAST)
        at.wait_for(lambda: [card.pin for card in at.cards] == [pin, *presets[1:]])
        hits = sum(bet.round_result >= 1.63 for bet in sample_bets(1, 300))
        at.wait_for(lambda: at.cards[0].accessibleDescription().startswith(f"{hits} hits"))
        assert at.cards[0].isChecked()
        # They stand side by side, however many there are.
        assert all(card.x() + card.width() < after.x() for card, after in pairwise(at.cards))
        assert "1.63x or more, each nonce" in texts(at.page)

    def test_pins_stay_with_their_stream(self, at: OneStream) -> None:
        at.fill(30)
        first = at.id_of(sample_key())
        at.unpin_first()
        presets = list(PRESETS[Difficulty.EXPERT])
        at.wait_for(lambda: [card.pin for card in at.cards] == presets[1:])
        at.post(sample_bets(1, 5, key=sample_key("second")))
        at.wait_for(lambda: at.seed() == "second" and [card.pin for card in at.cards] == presets)
        at.page.open_stream(first)
        at.wait_for(lambda: [card.pin for card in at.cards] == presets[1:])
        at.choose("Back to the usual ones of Expert")
        at.wait_for(lambda: [card.pin for card in at.cards] == presets)


class TestStreams:
    def chain(self, at: OneStream, count: int) -> None:
        for number in range(count):
            key = sample_key()._replace(server_seed_hashed=str(number) * 64)
            at.post([bet._replace(stream=key) for bet in sample_bets(1, number + 1)])
            at.settle()

    def test_rotations_of_a_client_seed_are_a_chain(self, at: OneStream) -> None:
        self.chain(at, 3)
        at.wait_for(lambda: "Rotation 3 of 3" in texts(at.page) and len(at.nonces) == 3)
        assert not button(at.page, "Next server seed of this client seed").isEnabled()
        click(at.page, "Previous server seed of this client seed")
        at.wait_for(lambda: "Rotation 2 of 3" in texts(at.page) and len(at.nonces) == 2)
        click(at.page, "Previous server seed of this client seed")
        at.wait_for(lambda: "Rotation 1 of 3" in texts(at.page) and len(at.nonces) == 1)
        assert not button(at.page, "Previous server seed of this client seed").isEnabled()

    def test_a_deleted_stream_comes_back_with_undo(self, at: OneStream) -> None:
        at.fill(5)
        child(at.page, QListView).setFocus()
        QTest.keyClick(child(at.page, QListView), Qt.Key.Key_Delete)
        assert at.seeds == []
        assert toasts(at.running.window) == ["Stream deleted"]
        # Bets go on arriving in it meanwhile.
        at.post(sample_bets(6, 2))
        at.settle()
        click(at.running.window, "Undo")
        at.wait_for(lambda: at.table.isVisible() and at.nonces == list(range(7, 0, -1)))
        assert at.seeds == ["zXv1upuFns"]

    def test_a_deletion_is_carried_out_when_its_undo_has_gone(self, at: OneStream) -> None:
        at.post(sample_bets(1, 4, key=sample_key("stays")))
        at.wait_for(lambda: at.seed() == "stays")
        at.fill(5)
        at.view.delete_asked.emit(at.view._row)
        # The latest of the others is opened, as following is on.
        at.wait_for(lambda: at.seed() == "stays" and len(at.nonces) == 4)
        at.running.window.clear_toasts()
        at.wait_for(lambda: not at.page.deletes.hidden)
        at.wait_for(lambda: at.live.streams(StreamQuery()).total == 1)

    def test_a_deletion_whose_undo_is_still_there_is_carried_out_at_the_end(
        self, at: OneStream, start: Start, data: Path
    ) -> None:
        at.fill(5)
        at.view.delete_asked.emit(at.view._row)
        assert at.seeds == []
        at.running.close()
        again = start()
        assert again.data == data
        assert again.backend.live.streams(StreamQuery()).total == 0

    def test_bets_are_exported(self, at: OneStream, tmp_path: Path) -> None:
        at.fill(12)
        file = tmp_path / "bets.csv"
        row = at.view._row
        assert row is not None
        at.running.window.live_side.actions.export_to(row, str(file))
        at.wait_for(lambda: toasts(at.running.window) == [f"Written to {file}"])
        lines: Sequence[str] = file.read_text(encoding="utf-8").splitlines()
        assert len(lines) == 13
        assert lines[0].startswith("nonce,antebot_bet_id")


def test_nothing_runs_while_the_page_is_hidden(at: OneStream) -> None:
    at.fill(20)
    at.key("D")
    at.running.press("Ctrl+1", at.running.window)
    at.settle()
    at.post(sample_bets(21, 50))
    at.settle()
    timers = [at.page._tick, at.view._boards._pace, at.view._feed._pace, at.view.drawer._pace]
    at.wait_for(lambda: not any(timer.isActive() for timer in timers))
    assert at.nonces[0] == 20
    at.show()
    at.wait_for(lambda: at.nonces[0] == 70 and at.facts()["Latest nonce"] == "70")
