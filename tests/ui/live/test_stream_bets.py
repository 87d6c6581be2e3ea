"""The bets of a stream: keys, filter, jumps, pause and freeze."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import BetQuery
from pump_desktop.ui.kit import table as tsv
from pump_desktop.ui.kit.keys_overlay import KeyCap, KeysOverlay
from pump_desktop.ui.live.keys import LIVE_KEYS
from pump_desktop.ui.live.timeline import DensityStrip, RoundTape
from tests.live_samples import sample_bets, sample_key
from tests.ui.support.one_stream import OneStream, high
from tests.ui.support.program import button, click, edit, named, texts, toasts


class TestKeys:
    def test_a_copy_that_new_bets_stop_says_so(self, at: OneStream, monkeypatch: pytest.MonkeyPatch) -> None:
        at.fill(40)
        at.table.selectAll()
        QGuiApplication.clipboard().setText("before")
        # A slice is one row, and the next one far away: the copy is still at it when bets come in above.
        monkeypatch.setattr(tsv, "_SLICE_MS", -1)
        at.table.copy_selection()
        assert at.table._copy is not None
        at.table._copy._turn.setInterval(3_600_000)
        at.post(sample_bets(41, 1))
        at.wait_for(lambda: 41 in at.nonces)
        assert any(words.startswith("Bets came in while") for words in toasts(at.running.window))
        assert QGuiApplication.clipboard().text() == "before"
        QGuiApplication.clipboard().clear()

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
        monkeypatch.setattr("pump_desktop.qt.live.bets_feed.MOST_WAITING", 100)
        at.fill(20)
        at.table.setFocus()
        at.key("P")
        at.post(sample_bets(21, 300))
        at.wait_for(lambda: at.view.bets.filter.new_button.text().startswith("100"))
        at.post(sample_bets(321, 1))
        at.settle()
        at.key("P")
        at.wait_for(lambda: at.nonces == list(range(321, 121, -1)))
