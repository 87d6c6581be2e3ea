"""Streams, peaks and missing nonces in their lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from pytestqt.qtbot import QtBot

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import StreamRow
from pump_desktop.qt.tables.rows import NATIVE_ROLE
from pump_desktop.qt.tables.small import PeakColumn, PeaksModel, RangesModel
from pump_desktop.qt.tables.streams import (
    ACTIVITY_ROLE,
    DETAIL_ROLE,
    SEEN_ROLE,
    Activity,
    StreamsModel,
    activity_of,
)
from pump_desktop.services.live.board import Peak
from tests.model_checks import TIP, cell, watched

NOON = datetime(2026, 5, 9, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.usefixtures("qapp")


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

    def test_many_streams_come_wake_and_fall_silent_in_a_few_steps(
        self, model: StreamsModel, clock: list[datetime]
    ) -> None:
        tester = watched(model)
        steps: list[str] = []
        model.rowsInserted.connect(lambda _parent, first, last: steps.append(f"in {first}-{last}"))
        model.rowsMoved.connect(lambda _from, first, last, *_to: steps.append(f"moved {first}-{last}"))
        model.layoutChanged.connect(lambda *_: steps.append("arranged"))
        model.set_streams([stream(number, 40 * MINUTE) for number in range(1, 101)])
        model.merge([stream(number) for number in range(101, 181)])
        assert self.order(model) == [*range(101, 181), *range(1, 101)]
        clock[0] += 6 * MINUTE
        model.tick()
        kept = QPersistentModelIndex(model.index(99))
        model.merge([stream(1, -6 * MINUTE)])
        model.merge([stream(150, -6 * MINUTE), stream(90, -6 * MINUTE)])
        assert self.order(model)[:4] == [150, 90, 1, 101]
        assert model.stream_at(kept.row()).id.int == 20
        clock[0] += 2 * MINUTE
        model.merge([stream(number, -8 * MINUTE) for number in range(101, 141)])
        assert self.order(model)[39:45] == [140, 150, 90, 1, 141, 142]
        clock[0] += 4 * MINUTE
        model.tick()
        assert self.order(model)[39:45] == [140, 150, 90, 1, 141, 142]
        assert steps == ["in 0-99", "in 0-79", "moved 80-80", "arranged", "moved 0-2"]
        tester.deleteLater()

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

    def test_a_row_tells_its_bets_its_hash_its_age_and_its_notes(self, model: StreamsModel) -> None:
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
    def test_activity_follows_the_age_of_the_last_message(self, age: timedelta, activity: Activity) -> None:
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
