from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from pump_desktop.domain.difficulty import Difficulty
from pump_desktop.domain.live import BetRow, StreamRow, Verdict
from pump_desktop.domain.payouts import PAYOUTS
from pump_desktop.domain.requests import MAX_NONCE
from pump_desktop.qt.models import bets_model
from pump_desktop.qt.models.bet_columns import BetColumns
from pump_desktop.qt.models.bet_marks import BetMark
from pump_desktop.qt.models.bets_model import BetColumn, BetsModel
from pump_desktop.qt.models.peaks_model import PeakColumn, PeaksModel
from pump_desktop.qt.models.ranges_model import RangesModel
from pump_desktop.qt.models.roles import NATIVE_ROLE
from pump_desktop.qt.models.streams_model import (
    ACTIVITY_ROLE,
    DETAIL_ROLE,
    SEEN_ROLE,
    Activity,
    StreamsModel,
    activity_of,
)
from pump_desktop.qt.tiers import tier_of
from pump_desktop.qt.times import time_text
from pump_desktop.services.stream_board import Peak

NOON = datetime(2026, 5, 9, 12, tzinfo=UTC)
ROOT = QModelIndex()
DISPLAY = int(Qt.ItemDataRole.DisplayRole)
TIP = int(Qt.ItemDataRole.ToolTipRole)

pytestmark = pytest.mark.usefixtures("qapp")


def watched(model: QAbstractItemModel) -> QAbstractItemModelTester:
    """Watch a model; what is wrong with it becomes a Qt warning, and that fails the test."""
    return QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)


def cell(model: QAbstractItemModel, row: int, column: int = 0, role: int = DISPLAY) -> Any:
    """Give a cell through C++, as a view gets it."""
    return model.index(row, column).data(role)


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

    def test_cells(self, model: BetsModel) -> None:
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


def stream(number: int, ago: timedelta = timedelta(0), **changes: object) -> StreamRow:
    row = StreamRow(
        id=UUID(int=number),
        server_seed_hashed=f"{number:064x}",
        client_seed=f"client {number}",
        created_at=NOON - timedelta(days=1),
        last_seen_at=NOON - ago,
        last_nonce=number,
        total_bets=number,
        total_rounds=number,
        highest_multiplier=1.63,
        notes="",
        revealed=False,
    )
    return replace(row, **changes)  # type: ignore[arg-type]  # fields of the row


MINUTE = timedelta(minutes=1)


class TestStreams:
    @pytest.fixture
    def clock(self) -> list[datetime]:
        return [NOON]

    @pytest.fixture
    def model(self, clock: list[datetime]) -> Iterator[StreamsModel]:
        model = StreamsModel(lambda: clock[0])
        yield model
        model.deleteLater()

    @staticmethod
    def order(model: StreamsModel) -> list[int]:
        return [model.stream_at(row).id.int for row in range(model.rowCount())]

    def test_it_is_a_sound_model(self, model: StreamsModel, clock: list[datetime]) -> None:
        tester = watched(model)
        model.set_streams([stream(number, number * MINUTE) for number in range(1, 61)])
        assert self.order(model) == list(range(1, 61))
        assert model.merge([stream(61), stream(40)]) == [stream(61)]
        # The new one and the one that woke are at the top; nothing else has moved.
        assert self.order(model)[:4] == [61, 40, 1, 2]
        model.forget(UUID(int=2))
        model.forget(UUID(int=999))
        model.merge([stream(2)])
        model.search("CLIENT 4")
        assert self.order(model) == [40, 4, *range(41, 50)]
        model.merge([stream(140), stream(141, client_seed="other")])
        assert self.order(model)[0:2] == [40, 4]
        model.search("")
        clock[0] += 10 * MINUTE
        model.tick()
        model.set_streams([stream(3), stream(7)])
        assert sorted(self.order(model)) == [3, 7]
        assert model.total == 2
        tester.deleteLater()

    def test_live_streams_do_not_dance(self, model: StreamsModel, clock: list[datetime]) -> None:
        model.set_streams([stream(1), stream(2), stream(3)])
        for second, number in enumerate((3, 1, 2, 3, 2)):
            clock[0] = NOON + timedelta(seconds=second)
            model.merge([stream(number, last_seen_at=clock[0], total_bets=99)])
            assert self.order(model) == [1, 2, 3]
        assert model.latest is not None
        assert model.latest.id.int == 2

    def test_where_the_latest_stream_is_followed_to(self, model: StreamsModel, clock: list[datetime]) -> None:
        old, new = stream(1), stream(2, created_at=NOON, last_seen_at=NOON - MINUTE)
        assert model.next_after(None) is None
        model.set_streams([old])
        assert model.next_after(None) == old.id
        assert model.next_after(old.id) is None
        model.set_streams([old, new])
        # The newer one was seen less lately: nobody is sent back and forth between two bots.
        assert model.next_after(new.id) is None
        assert model.next_after(old.id) is None
        model.merge([replace(new, last_seen_at=NOON + MINUTE)])
        assert model.next_after(old.id) == new.id
        model.merge([replace(old, last_seen_at=NOON + 7 * MINUTE)])
        assert model.next_after(new.id) is None
        clock[0] += 7 * MINUTE
        assert model.next_after(new.id) == old.id

    def test_a_stream_that_wakes_is_followed_once(self, model: StreamsModel, clock: list[datetime]) -> None:
        here, asleep = stream(1, created_at=NOON), stream(2, 60 * MINUTE)
        model.set_streams([here, asleep])
        assert model.next_after(here.id) is None
        clock[0] += MINUTE
        model.merge([replace(asleep, last_seen_at=clock[0])])
        assert model.next_after(here.id) == asleep.id
        assert model.next_after(here.id) is None

    def test_a_hidden_stream_is_out_of_sight_until_it_is_brought_back(self, model: StreamsModel) -> None:
        tester = watched(model)
        model.set_streams([stream(number, number * MINUTE) for number in (1, 2, 3)])
        model.hide(UUID(int=1))
        model.merge([stream(1)])
        assert (self.order(model), model.total) == ([2, 3], 2)
        assert model.latest is not None
        assert model.latest.id.int == 2
        assert model.hidden == {UUID(int=1)}
        model.unhide(UUID(int=1))
        assert (self.order(model), model.total) == ([1, 2, 3], 3)
        tester.deleteLater()

    def test_streams_of_one_client_seed_are_a_chain_in_the_order_they_began(
        self, model: StreamsModel
    ) -> None:
        chain = [stream(number, client_seed="one", created_at=NOON - number * MINUTE) for number in (1, 5, 3)]
        model.set_streams([*chain, stream(9)])
        assert [row.id.int for row in model.chain_of(UUID(int=3))] == [5, 3, 1]
        assert [row.id.int for row in model.chain_of(UUID(int=9))] == [9]
        model.hide(UUID(int=5))
        assert [row.id.int for row in model.chain_of(UUID(int=1))] == [3, 1]
        assert model.chain_of(UUID(int=77)) == ()

    def test_silent_streams_go_down(self, model: StreamsModel, clock: list[datetime]) -> None:
        model.set_streams([stream(1), stream(2, 4 * MINUTE), stream(3, 29 * MINUTE), stream(4, 60 * MINUTE)])
        assert self.activities(model) == [0, 0, 1, 2]
        clock[0] += 2 * MINUTE
        model.tick()
        assert self.activities(model) == [0, 1, 2, 2]
        model.merge([stream(2, last_seen_at=clock[0])])
        assert self.order(model) == [2, 1, 3, 4]

    @staticmethod
    def activities(model: StreamsModel) -> list[int]:
        return [int(cell(model, row, 0, ACTIVITY_ROLE)) for row in range(model.rowCount())]

    def test_words(self, model: StreamsModel) -> None:
        model.set_streams([stream(1, 12 * MINUTE), stream(20_000, 3 * 60 * MINUTE)])
        assert [cell(model, row) for row in (0, 1)] == ["client 1", "client 20000"]
        assert cell(model, 0, 0, DETAIL_ROLE) == "1 bet · 0000…0001"
        assert cell(model, 1, 0, DETAIL_ROLE) == "20,000 bets · 0000…4e20"
        assert cell(model, 0, 0, SEEN_ROLE) == "12\u00a0min ago"
        spoken = cell(model, 0, 0, int(Qt.ItemDataRole.AccessibleTextRole))
        assert spoken == "client 1, recent, 1 bet, 12\u00a0min ago"
        model.merge([stream(1, 12 * MINUTE, notes="look here")])
        spoken = cell(model, 0, 0, int(Qt.ItemDataRole.AccessibleTextRole))
        assert spoken == "client 1, recent, 1 bet, 12\u00a0min ago, with notes"
        assert cell(model, 0, 0, TIP).endswith("look here")
        model.merge([stream(1, 12 * MINUTE)])
        assert stream(1).server_seed_hashed in cell(model, 0, 0, TIP)
        assert cell(model, 0, 0, NATIVE_ROLE) == stream(1, 12 * MINUTE)

    @pytest.mark.parametrize(
        ("age", "activity"),
        [
            (timedelta(0), Activity.LIVE),
            (timedelta(minutes=4, seconds=59), Activity.LIVE),
            (timedelta(minutes=5), Activity.RECENT),
            (timedelta(minutes=29, seconds=59), Activity.RECENT),
            (timedelta(minutes=30), Activity.IDLE),
            (timedelta(seconds=-30), Activity.LIVE),
            (timedelta(minutes=-5), Activity.IDLE),
        ],
    )
    def test_activity(self, age: timedelta, activity: Activity) -> None:
        assert activity_of(NOON - age, NOON) is activity


def test_peaks_tell_only_what_is_new(qtbot: QtBot) -> None:
    peaks = [Peak(5663, 11200.65, Difficulty.EXPERT, 12), Peak(7, 5.55, Difficulty.HARD, None)]
    model = PeaksModel()
    tester = watched(model)
    model.set_peaks(peaks)
    cells = [[cell(model, row, column) for column in PeakColumn] for row in (0, 1)]
    # Ten pops among the upper thirteen of 25 positions: 286 ways of 3,268,760.
    assert cells == [["11,200.65x", "5,663", "1 in 11,429"], ["5.55x", "7", "–"]]
    with qtbot.assertNotEmitted(model.dataChanged), qtbot.assertNotEmitted(model.modelReset):
        model.set_peaks(list(peaks))
    with qtbot.waitSignal(model.dataChanged), qtbot.assertNotEmitted(model.modelReset):
        model.set_peaks(peaks[::-1])
    assert model.peak_at(0).nonce == 7
    model.set_peaks([])
    assert model.rowCount() == 0
    tester.deleteLater()
    model.deleteLater()


def test_missing_and_doubled_nonces_are_rows(qtbot: QtBot) -> None:
    missing = RangesModel(("Missing nonces", "Rounds"), spans=True)
    doubled = RangesModel(("Nonce", "Bets"), spans=False)
    testers = [watched(missing), watched(doubled)]
    missing.set_pairs([(1_000, 2_000), (7, 7), (1, 3)])
    doubled.set_pairs([(40, 3)])
    assert [[cell(missing, row, column) for column in (0, 1)] for row in range(3)] == [
        ["1,000 – 2,000", "1,001"],
        ["7", "1"],
        ["1 – 3", "3"],
    ]
    assert [missing.nonce_at(row) for row in range(3)] == [999, 6, 1]
    assert ([cell(doubled, 0, column) for column in (0, 1)], doubled.nonce_at(0)) == (["40", "3"], 40)
    with qtbot.assertNotEmitted(missing.modelReset):
        missing.set_pairs(((1_000, 2_000), (7, 7), (1, 3)))
    for one in (*testers, missing, doubled):
        one.deleteLater()
