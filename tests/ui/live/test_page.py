"""The Live page on a real hub, a real store and the real listener."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from pump_desktop.domain.live import BetPage, BetQuery
from pump_desktop.qt.tables.bets import BetColumn, BetMark
from pump_desktop.services.audit.reveal import reveal
from pump_desktop.services.sample import sample_request
from pump_desktop.system.clock import utc_now
from tests.live_samples import heartbeat, off_table, sample_bets, sample_key, tampered
from tests.ui.support.fitting import cut, settle_layout
from tests.ui.support.live_program import LiveProgram
from tests.ui.support.program import Start, button, click, column, texts


class TestEmpty:
    def test_it_says_where_to_post_and_gives_the_token(self, at: LiveProgram) -> None:
        status = at.running.program.listening.status
        assert at.facts() == {
            "Address": f"http://127.0.0.1:{status.port}/live/ingest",
            "Token": "••••••••••••",
        }
        click(at.page, "Copy token")
        assert QGuiApplication.clipboard().text() == status.token
        assert status.token not in texts(at.page)
        click(at.page, "Copy address")
        assert QGuiApplication.clipboard().text() == f"{status.url}/live/ingest"

    def test_the_first_posted_bet_is_shown_by_itself(self, at: LiveProgram) -> None:
        status = at.running.program.listening.status
        (bet,) = sample_bets(5663, 1)
        body = {
            "id": bet.antebot_bet_id,
            "nonce": bet.nonce,
            "amount": 0.2,
            "payout": 0.56,
            "difficulty": "expert",
            "roundTarget": 2.8,
            "roundResult": bet.round_result,
            "clientSeed": bet.stream.client_seed,
            "serverSeedHashed": bet.stream.server_seed_hashed,
        }
        answer = httpx.post(f"{status.url}/live/ingest", json=body, headers={"X-Ingest-Token": status.token})
        assert answer.status_code == 200
        at.wait_for(lambda: at.table.isVisible() and at.nonces == [5663])
        assert column(at.table, BetColumn.MULTIPLIER) == ["11,200.65x"]
        assert at.seeds == ["zXv1upuFns"]


class TestFollowing:
    def test_a_bet_appears_soon_after_its_answer(self, at: LiveProgram) -> None:
        at.post(sample_bets(1, 10))
        at.wait_for(lambda: at.nonces == list(range(10, 0, -1)))
        at.post(sample_bets(11, 1))
        at.wait_for(lambda: at.nonces == list(range(11, 0, -1)))
        at.wait_for(lambda: at.facts()["Bets"] == "11")
        highest = max(bet.round_result for bet in sample_bets(1, 11))
        at.wait_for(lambda: at.facts()["Return"] != "…")
        facts = at.facts()
        wins = sum(bet.payout > 0 for bet in sample_bets(1, 11))
        assert facts.pop("Return") == f"{100 * wins * 2.8 / 11:.1f}\u00a0%"
        assert facts == {
            "Client seed": "zXv1upuFns",
            "Server seed SHA-256": "f6ce15…f916c3",
            "Highest": f"{highest:,.2f}x",
            "Bets": "11",
            "Rounds": "11",
            "Bets / min": "22",
            "Latest nonce": "11",
            "Missing": "0",
        }
        assert "Not revealed yet" in texts(at.page)
        assert "11 bets" in texts(at.page)

    def test_a_nonce_of_millions_is_not_cut_off(self, at: LiveProgram) -> None:
        at.post(sample_bets(8_765_400, 11))
        at.wait_for(lambda: at.table.isVisible() and len(at.nonces) == 11)
        # Wide enough for every column, with nothing to spare.
        at.running.window.resize(1280, 720)
        settle_layout()
        assert cut(at.running.window) == []

    def test_distances_are_those_of_the_store(self, at: LiveProgram) -> None:
        at.post(sample_bets(1, 300))
        at.wait_for(lambda: at.table.isVisible() and len(at.nonces) == 200)
        at.post(sample_bets(301, 50))
        at.wait_for(lambda: len(at.nonces) == 250)
        results = {bet.nonce: bet.round_result for bet in sample_bets(1, 350)}
        expected = []
        for nonce in range(350, 100, -1):
            before = [other for other in range(1, nonce) if results[other] == results[nonce]]
            expected.append(str(nonce - before[-1]) if before else "–")
        assert column(at.table, BetColumn.DISTANCE) == expected

    def test_rows_come_in_one_range_however_many_commits_made_them(self, at: LiveProgram) -> None:
        at.post(sample_bets(1, 5))
        at.wait_for(lambda: at.table.isVisible() and len(at.nonces) == 5)
        ranges: list[tuple[int, int]] = []
        at.model.rowsInserted.connect(lambda _parent, first, last: ranges.append((first, last)))
        for nonce in range(6, 106):
            at.post(sample_bets(nonce, 1))
        at.wait_for(lambda: len(at.nonces) == 105)
        assert len(ranges) < 10
        assert all(first == 0 for first, _ in ranges)
        assert at.nonces == list(range(105, 0, -1))

    def test_at_the_top_it_follows(self, at: LiveProgram) -> None:
        at.post(sample_bets(1, 100))
        at.wait_for(lambda: at.table.isVisible() and len(at.nonces) == 100)
        at.post(sample_bets(101, 50))
        at.wait_for(lambda: len(at.nonces) == 150)
        assert at.table.verticalScrollBar().value() == 0
        assert "Following" in texts(at.page)

    def test_away_from_the_top_it_holds_still_and_counts(self, at: LiveProgram) -> None:
        at.post(sample_bets(1, 150))
        at.wait_for(lambda: at.table.isVisible() and len(at.nonces) == 150)
        bar = at.table.verticalScrollBar()
        bar.setValue(40)
        at.table.selectRow(43)  # in sight, also in a low window: else it would scroll there
        held = at.table.rowAt(0)
        assert at.nonces[held] == 110
        at.post(sample_bets(151, 30))
        at.wait_for(lambda: len(at.nonces) == 180)
        assert at.nonces[at.table.rowAt(0)] == 110
        assert at.table.selected_rows() == [(73, 73)]
        at.post(sample_bets(181, 3))
        at.wait_for(lambda: len(at.nonces) == 183)
        assert at.nonces[at.table.rowAt(0)] == 110
        assert "Following" not in texts(at.page)
        button(at.page, "33 bets new. Go to the newest").click()
        assert bar.value() == 0
        assert "Following" in texts(at.page)
        at.post(sample_bets(184, 1))
        at.wait_for(lambda: at.nonces[0] == 184)
        assert bar.value() == 0

    def test_older_bets_come_when_they_are_scrolled_to(self, at: LiveProgram) -> None:
        at.post(sample_bets(1, 450))
        at.wait_for(lambda: at.table.isVisible() and len(at.nonces) == 200)
        for loaded in (400, 450):
            at.table.scrollToBottom()
            at.wait_for(lambda: len(at.nonces) == loaded)  # noqa: B023 - waited for within the loop
        assert at.nonces == list(range(450, 0, -1))
        assert "450 bets" in texts(at.page)


class TestOpening:
    @pytest.mark.parametrize("when", ["before the newest page is read", "after it was read"])
    def test_nothing_is_lost_or_doubled_when_500_bets_land_meanwhile(
        self, at: LiveProgram, monkeypatch: pytest.MonkeyPatch, when: str
    ) -> None:
        at.post(sample_bets(1, 20, key=sample_key("other")))
        at.post(sample_bets(1, 50))
        at.wait_for(lambda: at.table.isVisible() and len(at.nonces) == 50)
        other = at.id_of(sample_key("other"))
        read = at.live.bets
        more = sample_bets(21, 500, key=sample_key("other"))

        def read_while_bets_land(stream_id: UUID, query: BetQuery) -> BetPage:
            monkeypatch.setattr(at.live, "bets", read)
            if when == "after it was read":
                page = read(stream_id, query)
                at.post(more[:250])
                at.post(more[250:])
                return page
            at.post(more[:250])
            at.post(more[250:])
            return read(stream_id, query)

        monkeypatch.setattr(at.live, "bets", read_while_bets_land)
        at.page.open_stream(other)
        at.wait_for(lambda: bool(at.nonces) and at.nonces[0] == 520)
        while len(at.nonces) < 520:
            loaded = len(at.nonces)
            at.table.scrollToBottom()
            at.wait_for(lambda: len(at.nonces) > loaded)  # noqa: B023 - waited for within the loop
        assert at.nonces == list(range(520, 0, -1))

    def test_nothing_is_lost_or_doubled_while_a_thread_posts_all_the_time(self, at: LiveProgram) -> None:
        at.post(sample_bets(1, 1, key=sample_key("other")))
        at.post(sample_bets(1, 1))
        at.wait_for(lambda: at.table.isVisible() and at.nonces == [1])
        bets = sample_bets(2, 500)

        def post() -> None:
            for first in range(0, 500, 5):
                at.post(bets[first : first + 5])

        poster = threading.Thread(target=post, name="poster")
        poster.start()
        sample, other = at.id_of(sample_key()), at.id_of(sample_key("other"))
        for stream in (other, sample, other, sample):
            at.page.open_stream(stream)
            at.wait_for(lambda: bool(at.nonces))
        poster.join()
        at.wait_for(lambda: bool(at.nonces) and at.nonces[0] == 501)
        assert at.nonces == list(range(501, 501 - len(at.nonces), -1))

    def test_a_repeated_message_adds_no_row(self, at: LiveProgram) -> None:
        at.post(sample_bets(1, 20))
        at.wait_for(lambda: at.table.isVisible() and len(at.nonces) == 20)
        at.post(sample_bets(1, 20))
        at.post(sample_bets(21, 1))
        at.wait_for(lambda: len(at.nonces) == 21)
        assert at.nonces == list(range(21, 0, -1))

    def test_away_from_the_top_everything_is_fetched_however_much_lands(self, at: LiveProgram) -> None:
        at.post(sample_bets(1, 100))
        at.wait_for(lambda: at.table.isVisible() and len(at.nonces) == 100)
        at.table.verticalScrollBar().setValue(10)
        for first in range(101, 2_601, 500):
            at.post(sample_bets(first, 500))
        at.wait_for(lambda: at.model.rowCount() == 2_600)
        assert at.nonces == list(range(2_600, 0, -1))
        assert at.nonces[at.table.rowAt(0)] == 90
        assert button(at.page, "2,500 bets new. Go to the newest").isVisible()

    def test_at_the_top_too_much_at_once_is_skipped_and_there_when_scrolled_to(self, at: LiveProgram) -> None:
        at.post(sample_bets(1, 100))
        at.wait_for(lambda: at.table.isVisible() and len(at.nonces) == 100)
        at.post(sample_bets(101, 1_500))
        at.wait_for(lambda: at.nonces == list(range(1_600, 1_400, -1)))
        at.wait_for(lambda: "1,600 bets" in texts(at.page))
        at.table.scrollToBottom()
        at.wait_for(lambda: at.nonces == list(range(1_600, 1_200, -1)))

    def test_behind_another_page_it_rests_and_catches_up(self, at: LiveProgram) -> None:
        at.post(sample_bets(1, 5))
        at.wait_for(lambda: at.table.isVisible() and len(at.nonces) == 5)
        at.running.press("Ctrl+1", at.running.window)
        at.post(sample_bets(6, 95))
        at.settle()
        assert len(at.nonces) == 5
        at.show()
        at.wait_for(lambda: at.nonces == list(range(100, 0, -1)))
        at.running.press("Ctrl+1", at.running.window)
        at.post(sample_bets(101, 1_500))
        at.wait_for(lambda: at.page.view._feed._behind)
        at.show()
        # Too many for one tail: the newest page takes their place, the rest comes when scrolled to.
        at.wait_for(lambda: at.nonces == list(range(1_600, 1_400, -1)))

    def test_a_stream_without_bets_says_so(self, at: LiveProgram) -> None:
        at.post([heartbeat(1), heartbeat(2)])
        at.wait_for(lambda: "No bets in this stream yet, only rounds without one." in texts(at.page))
        at.wait_for(lambda: at.facts()["Rounds"] == "2")
        assert at.facts()["Bets"] == "0"
        at.post(sample_bets(3, 1))
        at.wait_for(lambda: at.table.isVisible() and at.nonces == [3])


class TestVerdicts:
    def test_a_mismatch_is_shown_where_the_table_stands(self, at: LiveProgram) -> None:
        bets = sample_bets(1, 120)
        bets[59] = tampered(bets[59])
        bets[69] = off_table(bets[69])
        at.post(bets)
        at.wait_for(lambda: at.table.isVisible() and len(at.nonces) == 120)
        assert column(at.table, BetColumn.VERDICT)[50] == "Off table"
        at.table.verticalScrollBar().setValue(30)
        audit = reveal(at.live, at.id_of(sample_key()), sample_request().server_seed)
        assert [mismatch.nonce for mismatch in audit.mismatches] == [60, 70]
        at.wait_for(lambda: at.model.mark_at(60) is BetMark.MISMATCH)
        words = column(at.table, BetColumn.VERDICT)
        assert [row for row, word in enumerate(words) if word == "Mismatch"] == [50, 60]
        assert words.count("Match") == 118
        assert at.table.verticalScrollBar().value() == 30
        at.wait_for(lambda: "Server seed revealed" in texts(at.page))
        # What lands from now on is judged as it lands.
        at.post(sample_bets(121, 1))
        at.wait_for(lambda: len(at.nonces) == 121)
        assert column(at.table, BetColumn.VERDICT)[0] == "Match"


def test_old_bets_are_loaded_and_shown_after_a_restart(start: Start, qtbot: QtBot) -> None:
    first = start()
    first.backend.live.ingest(sample_bets(1, 30, until=utc_now() - timedelta(days=1))).result()
    first.close()
    at = LiveProgram(start(), qtbot)
    at.show()
    at.wait_for(lambda: at.table.isVisible() and at.nonces == list(range(30, 0, -1)))
    assert at.page.stream_id == at.id_of(sample_key())
