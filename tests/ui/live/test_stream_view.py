"""One stream in the window: its figures, and the multipliers pinned to it."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from pump_desktop.domain.game import Difficulty, target_p_exact
from pump_desktop.domain.runs import Match
from pump_desktop.domain.targets_and_pins import PRESETS, Pin
from pump_desktop.ui.live.figures import FigureCell
from pump_desktop.ui.live.pins import PinDialog
from pump_desktop.ui.live.timeline import RoundTape
from tests.live_samples import heartbeat, sample_bets, sample_key
from tests.ui.support.one_stream import OneStream, high
from tests.ui.support.program import button, click, column, named, table, texts


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
        assert "are not stored" in words
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
