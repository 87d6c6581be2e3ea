"""Bets in a table: rows that come at both ends, what is said of each, and what gives way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import QModelIndex
from pytestqt.qtbot import QtBot

from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.live import BetRow, Verdict
from pump_desktop.domain.requests import MAX_NONCE
from pump_desktop.qt.look.tiers import tier_of
from pump_desktop.qt.tables import bets as bets_model
from pump_desktop.qt.tables.bet_columns import BetColumns
from pump_desktop.qt.tables.bets import BetColumn, BetMark, BetsModel
from pump_desktop.qt.tables.rows import NATIVE_ROLE
from pump_desktop.qt.text.times import time_text
from tests.model_checks import TIP, cell, watched

NOON = datetime(2026, 5, 9, 12, tzinfo=UTC)
ROOT = QModelIndex()
pytestmark = pytest.mark.usefixtures("qapp")


def bet(number: int, **changes: object) -> BetRow:
    row = BetRow(
        id=number,
        stream_id=UUID(int=1),
        antebot_bet_id=f"bet {number}",
        received_at=NOON,
        date_time=NOON - timedelta(minutes=1),
        nonce=number + 1000,
        amount=0.2,
        payout=0.326,
        currency="eth",
        difficulty=Difficulty.EXPERT,
        round_target=1.63,
        round_result=PAYOUTS[Difficulty.EXPERT][number % 16],
        safe_pumps=number % 16,
        verdict=None,
        duplicate_nonce=False,
        distance=7,
    )
    return replace(row, **changes)  # type: ignore[arg-type]  # fields of the row


def rising(first: int, count: int) -> BetColumns:
    return BetColumns(bet(number) for number in range(first, first + count))


def falling(last: int, count: int) -> BetColumns:
    return BetColumns(bet(number) for number in range(last, last - count, -1))


def ids(model: BetsModel) -> list[int]:
    return [model.bet_id_at(row) for row in range(model.rowCount())]


class TestBets:
    @pytest.fixture
    def model(self) -> Iterator[BetsModel]:
        model = BetsModel(lambda: NOON)
        yield model
        model.deleteLater()

    def test_it_is_a_sound_model_as_it_grows_at_both_ends(self, model: BetsModel) -> None:
        tester = watched(model)
        model.add_newer(BetColumns())
        model.start(falling(100, 50), more=True)
        model.add_newer(rising(101, 30))
        model.add_older(falling(50, 50), more=False)
        model.add_newer(rising(131, 1))
        assert ids(model) == list(range(131, 0, -1))
        assert (model.newest_id, model.oldest_id) == (131, 1)
        model.start(BetColumns(), more=False)
        assert (model.rowCount(), model.newest_id, model.oldest_id) == (0, None, None)
        model.add_newer(rising(7, 3))
        assert (ids(model), model.newest_id, model.oldest_id) == ([9, 8, 7], 9, 7)
        tester.deleteLater()

    def test_new_bets_come_as_one_range(self, model: BetsModel, qtbot: QtBot) -> None:
        model.start(falling(10, 10), more=False)
        ranges: list[tuple[int, int]] = []
        model.rowsInserted.connect(lambda _parent, first, last: ranges.append((first, last)))
        model.add_newer(rising(11, 1000))
        assert ranges == [(0, 999)]
        with qtbot.assertNotEmitted(model.rowsInserted):
            model.add_newer(BetColumns())

    def test_cells_show_words_and_keep_native_values(self, model: BetsModel) -> None:
        model.start(
            BetColumns(
                [
                    bet(12, nonce=MAX_NONCE, distance=2**40, verdict=Verdict.MATCH),
                    bet(
                        5, date_time=None, round_target=None, distance=None, currency=None, amount=0.00000012
                    ),
                ]
            ),
            more=False,
        )
        made = (NOON - timedelta(minutes=1)).astimezone()
        model.set_bookmarks(frozenset({5}))
        assert [cell(model, 0, column) for column in BetColumn] == [
            "",
            f"{made:%H:%M:%S}",
            "9,007,199,254,740,991",
            "11,200.65x",
            "Expert",
            "1.63x",
            "0.2\u00a0ETH",
            "0.326\u00a0ETH",
            "Match",
            "1,099,511,627,776",
        ]
        assert [cell(model, 1, column) for column in BetColumn] == [
            "★",
            f"{NOON.astimezone():%H:%M:%S}",
            "1,005",
            "17.34x",
            "Expert",
            "–",
            "0.00000012",
            "0.326",
            "–",
            "–",
        ]
        native = [cell(model, 0, column, NATIVE_ROLE) for column in BetColumn]
        assert native[0] is False
        assert native[2:] == [MAX_NONCE, 11200.65, "expert", 1.63, 0.2, 0.326, "match", 2**40]
        assert cell(model, 0, BetColumn.TIME, TIP) == f"{made:%Y-%m-%d %H:%M:%S}"
        assert [model.tier_at(row) for row in (0, 1)] == [6, 1]

    def test_with_the_oldest_first_it_is_a_sound_model_too(self, model: BetsModel) -> None:
        tester = watched(model)
        model.start(falling(50, 20), more=True, ahead=True, newest_first=False)
        model.add_newer(rising(51, 10), ahead=True)
        model.add_older(falling(30, 30), more=False)
        model.add_newer(rising(61, 2))
        assert ids(model) == list(range(1, 63))
        tester.deleteLater()

    def test_with_the_oldest_first_the_ends_change_places(self, model: BetsModel, qtbot: QtBot) -> None:
        model.start(falling(50, 20), more=True, ahead=True, newest_first=False)
        assert ids(model) == list(range(31, 51))
        with qtbot.waitSignal(model.newer_wanted), qtbot.assertNotEmitted(model.more_wanted):
            model.fetchMore(ROOT)
        model.add_newer(rising(51, 10), ahead=False)
        assert not model.canFetchMore(ROOT)
        with qtbot.waitSignal(model.more_wanted), qtbot.assertNotEmitted(model.newer_wanted):
            model.want_top()
        joining = [model.joining]
        model.add_older(falling(30, 30), more=False)
        assert ids(model) == list(range(1, 61))
        assert not model.above
        model.add_newer(rising(61, 2))
        assert [*joining, model.joining] == [True, False]
        assert (ids(model), model.newest_id, model.oldest_id) == (list(range(1, 63)), 62, 1)
        judged = BetColumns(bet(number, verdict=Verdict.MATCH) for number in range(40, 30, -1))
        with qtbot.waitSignal(model.dataChanged) as told:
            assert model.check_again(judged)
        assert (told.args[0].row(), told.args[1].row()) == (30, 39)
        assert [row for row in range(62) if model.mark_at(row) is BetMark.MATCH] == list(range(30, 40))

    def test_the_row_of_a_bet_and_the_bet_of_a_nonce(self, model: BetsModel) -> None:
        model.start(falling(50, 20), more=True)
        model.add_newer(rising(51, 10))
        assert [model.row_of(number) for number in (60, 51, 50, 31, 61, 30)] == [0, 9, 10, 29, None, None]
        assert [model.bet_of(1000 + number) for number in (60, 31, 30)] == [60, 31, None]
        model.start(falling(50, 20), more=True, newest_first=False)
        assert [model.row_of(number) for number in (31, 50)] == [0, 19]

    def test_after_a_jump_the_rows_above_are_asked_for_once(self, model: BetsModel, qtbot: QtBot) -> None:
        model.start(falling(50, 20), more=True, ahead=True)
        assert model.above
        with qtbot.waitSignal(model.newer_wanted):
            model.want_top()
        with qtbot.assertNotEmitted(model.newer_wanted):
            model.want_top()
        model.newer_failed()
        with qtbot.waitSignal(model.newer_wanted):
            model.want_top()
        model.add_newer(rising(51, 10), ahead=False)
        assert (model.joining, model.ahead, ids(model)[0]) == (True, False, 60)

    def test_what_there_is_to_say_of_a_bet(self, model: BetsModel) -> None:
        wrong: dict[str, Any] = {"verdict": Verdict.MISMATCH}
        model.start(
            BetColumns(
                [
                    bet(5),
                    bet(4, verdict=Verdict.MATCH),
                    bet(3, duplicate_nonce=True),
                    bet(2, safe_pumps=None, round_result=5.55),
                    bet(1, **wrong, safe_pumps=None, duplicate_nonce=True),
                ]
            ),
            more=False,
        )
        assert [model.mark_at(row) for row in range(5)] == list(BetMark)
        words = [cell(model, row, BetColumn.VERDICT) for row in range(5)]
        assert words == ["–", "Match", "Nonce twice", "Off table", "Mismatch"]
        assert all(cell(model, row, BetColumn.VERDICT, TIP) for row in range(5))
        assert cell(model, 3, BetColumn.MULTIPLIER) == "5.55x"

    def test_older_bets_are_asked_for_once(self, model: BetsModel, qtbot: QtBot) -> None:
        model.start(falling(300, 200), more=True)
        with qtbot.waitSignal(model.more_wanted):
            model.fetchMore(ROOT)
        with qtbot.assertNotEmitted(model.more_wanted):
            model.fetchMore(ROOT)
        model.older_failed()
        assert model.canFetchMore(ROOT)
        model.add_older(falling(100, 100), more=False)
        assert not model.canFetchMore(ROOT)
        assert ids(model) == list(range(300, 0, -1))

    def test_the_oldest_rows_make_room(self, model: BetsModel, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bets_model, "MAX_ROWS", 100)
        monkeypatch.setattr(bets_model, "_SLACK", 20)
        tester = watched(model)
        model.start(falling(50, 50), more=False)
        model.add_newer(rising(51, 69))
        assert (model.rowCount(), model.full) == (119, True)
        model.add_newer(rising(120, 1))
        assert ids(model) == list(range(120, 20, -1))
        # More than there were before: the rest goes out of the new ones.
        model.add_newer(rising(121, 300))
        assert ids(model) == list(range(420, 320, -1))
        assert not model.canFetchMore(ROOT)
        tester.deleteLater()

    def test_verdicts_come_to_rows_that_are_shown(self, model: BetsModel, qtbot: QtBot) -> None:
        model.start(falling(50, 50), more=False)
        model.add_newer(rising(51, 10))
        judged = BetColumns(bet(number, verdict=Verdict.MATCH) for number in range(55, 20, -1))
        with qtbot.waitSignal(model.dataChanged) as told:
            assert model.check_again(judged)
        assert (told.args[0].row(), told.args[1].row()) == (5, 39)
        marks = [model.mark_at(row) for row in range(60)]
        assert marks == [BetMark.NONE] * 5 + [BetMark.MATCH] * 35 + [BetMark.NONE] * 20
        assert not model.check_again(falling(70, 5))
        assert not model.check_again(BetColumns([bet(30), bet(28)]))
        assert not model.check_again(falling(5, 10))
        assert model.check_again(BetColumns())

    @pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone of a process is fixed here")
    @pytest.mark.parametrize(
        ("zone", "moment", "text"),
        [
            ("EST5", datetime(1, 1, 1, tzinfo=UTC), "1\u00a0Jan 1"),
            ("JST-9", datetime(9999, 12, 31, 23, tzinfo=UTC), "31\u00a0Dec 9999"),
        ],
    )
    def test_the_ends_of_the_calendar_have_no_local_time(
        self, model: BetsModel, monkeypatch: pytest.MonkeyPatch, zone: str, moment: datetime, text: str
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setenv("TZ", zone)
            time.tzset()
            model.start(BetColumns([bet(2, date_time=moment)]), more=False)
            assert cell(model, 0, BetColumn.TIME) == text
        time.tzset()

    def test_times_of_other_days_name_the_day(self) -> None:
        day = datetime(2026, 5, 9, 14, 5, 33, tzinfo=UTC).astimezone()
        assert time_text(day, day) == f"{day:%H:%M:%S}"
        assert time_text(day - timedelta(days=1), day) == f"8\u00a0May {day:%H:%M}"
        assert time_text(day.replace(year=2025), day) == "9\u00a0May 2025"


def test_tiers_follow_the_odds() -> None:
    expert = [tier_of(Difficulty.EXPERT, k, 0) for k in range(16)]
    assert expert == [0, 0, 0, 0, 0, 1, 2, 2, 3, 3, 4, 5, 6, 6, 6, 6]
    assert tier_of(Difficulty.EASY, 24, 24.5) == 1
    assert [tier_of(Difficulty.EASY, None, value) for value in (0, 9.7, 9.9, 40, 1e12)] == [0, 0, 1, 2, 6]
