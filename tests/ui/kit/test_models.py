from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from pytestqt.qtbot import QtBot

from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.requests import MAX_NONCE
from pump_desktop.domain.runs import RunRow
from pump_desktop.qt.tables.rows import NATIVE_ROLE
from pump_desktop.qt.tables.run_figures import DistributionColumn, DistributionModel, HitColumn, HitsModel
from pump_desktop.qt.tables.runs import SORTS, RunColumn, RunsModel
from pump_desktop.stats.distribution import distribution
from tests.model_checks import DISPLAY, TIP, cell, watched

NOON = datetime(2026, 5, 9, 12, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("qapp")


def titles(model: QAbstractItemModel) -> list[str]:
    columns = range(model.columnCount())
    return [model.headerData(column, Qt.Orientation.Horizontal, DISPLAY) for column in columns]


def run_row(number: int, **changes: object) -> RunRow:
    row = RunRow(
        id=UUID(int=number),
        created_at=NOON + timedelta(minutes=number),
        name=f"run {number}",
        notes="first line\nsecond line",
        server_seed_sha256=f"{number:064x}",
        client_seed="client",
        nonce_start=number + 1,
        nonce_end=number + 1000,
        difficulty=Difficulty.HARD,
        targets=(65.74,),
        duration_ms=1234,
        engine_version="pump-2.0.0",
        outcome_digest="d" * 64,
        max_multiplier=2479.4,
    )
    return replace(row, **changes)  # type: ignore[arg-type]  # fields of the row


def rows(first: int, count: int) -> list[RunRow]:
    return [run_row(number) for number in range(first, first + count)]


class TestHits:
    @pytest.fixture
    def model(self) -> Iterator[HitsModel]:
        model = HitsModel()
        yield model
        model.deleteLater()

    @staticmethod
    def show(model: HitsModel, nonces: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
        array = np.array(nonces, np.int64)
        k = (np.arange(len(array)) % 16).astype(np.uint8)
        model.set_hits(Difficulty.EXPERT, array, k)
        return k

    def test_it_is_a_sound_model_through_resets(self, model: HitsModel) -> None:
        tester = watched(model)
        for count in (200, 0, 50, 1):
            self.show(model, range(1, count + 1))
            assert model.rowCount() == count
        assert model.rowCount(model.index(0, 0)) == 0
        tester.deleteLater()

    def test_cells_show_words_and_keep_native_values(self, model: HitsModel) -> None:
        nonces = [3, 10, 1_000_010]
        self.show(model, nonces)
        assert titles(model) == ["Hit", "Nonce", "Multiplier", "Safe pumps", "Distance"]
        shown = [[cell(model, row, column) for column in HitColumn] for row in range(3)]
        assert shown == [
            ["1", "3", "1.00x", "0", "–"],
            ["2", "10", "1.63x", "1", "7"],
            ["3", "1,000,010", "2.80x", "2", "1,000,000"],
        ]
        native = [cell(model, 2, column, NATIVE_ROLE) for column in HitColumn]
        assert native == [3, 1_000_010, 2.8, 2, 1_000_000]
        assert cell(model, 0, HitColumn.DISTANCE, NATIVE_ROLE) is None
        assert cell(model, 0, 0, TIP) is None

    def test_large_nonces_stay_whole(self, model: HitsModel) -> None:
        nonces = [2**31 - 1, 2**31, 2**32 + 1, MAX_NONCE]
        self.show(model, nonces)
        found = [cell(model, row, HitColumn.NONCE, NATIVE_ROLE) for row in range(4)]
        assert found == nonces
        assert [model.nonce_at(row) for row in range(4)] == nonces
        assert cell(model, 3, HitColumn.NONCE) == "9,007,199,254,740,991"
        assert cell(model, 3, HitColumn.DISTANCE, NATIVE_ROLE) == MAX_NONCE - 2**32 - 1

    def test_the_first_hit_at_or_after_a_nonce(self, model: HitsModel) -> None:
        self.show(model, [5, 9, 2**40])
        asked = (1, 5, 6, 9, 10, 2**40, 2**40 + 1)
        assert [model.row_at_or_after(nonce) for nonce in asked] == [0, 0, 1, 1, 2, 2, None]


class TestDistribution:
    def test_it_is_a_sound_model_through_resets(self) -> None:
        model = DistributionModel()
        tester = watched(model)
        for difficulty in Difficulty:
            model.set_distribution(distribution(difficulty, [7] * (difficulty.max_safe + 1)))
            assert model.rowCount() == difficulty.max_safe + 1
        assert model.rowCount(model.index(0, 0)) == 0
        tester.deleteLater()
        model.deleteLater()

    def test_cells_show_words_and_keep_native_values(self) -> None:
        counts = [0] * 16
        counts[0], counts[1], counts[15] = 6000, 3999, 1
        model = DistributionModel()
        model.set_distribution(distribution(Difficulty.EXPERT, counts))
        assert titles(model) == ["Multiplier", "Odds", "Observed", "Expected", "Ratio", "95 % interval"]
        shown = [[cell(model, row, column) for column in DistributionColumn] for row in (0, 15)]
        # 10,000 nonces: P(k = 0) is 2/5, P(k = 15) is 1 in C(25, 10) = 3,268,760.
        assert shown[0][:5] == ["1.00x", "1 in 2.5", "6,000", "4,000", "1.500"]
        assert shown[1][:4] == ["3,203,384.80x", "1 in 3,268,760", "1", "0.00"]
        assert cell(model, 0, DistributionColumn.OBSERVED, NATIVE_ROLE) == 6000
        assert cell(model, 0, DistributionColumn.EXPECTED, NATIVE_ROLE) == pytest.approx(4000)
        natives = [cell(model, row, DistributionColumn.MULTIPLIER, NATIVE_ROLE) for row in range(16)]
        assert natives == list(PAYOUTS[Difficulty.EXPERT])
        model.deleteLater()


class TestRuns:
    @pytest.fixture
    def model(self) -> Iterator[RunsModel]:
        model = RunsModel()
        yield model
        model.deleteLater()

    def test_it_is_a_sound_model_as_it_grows_and_shrinks(self, model: RunsModel) -> None:
        tester = watched(model)
        model.set_rows(rows(0, 100), 150)
        model.append_rows(rows(100, 50), 150)
        for number in (0, 75, 149):
            model.remove(UUID(int=number))
        model.remove(UUID(int=5000))
        assert (model.rowCount(), model.total) == (147, 147)
        assert model.row_of(UUID(int=148)) == 146
        assert model.row_of(UUID(int=149)) is None
        model.set_rows([], 0)
        assert model.rowCount() == 0
        tester.deleteLater()

    def test_the_next_page_is_asked_for_once(self, qtbot: QtBot, model: RunsModel) -> None:
        root = QModelIndex()
        model.set_rows(rows(0, 100), 130)
        assert model.canFetchMore(root)
        with qtbot.waitSignal(model.more_wanted) as asked:
            model.fetchMore(root)
        assert asked.args == [100]
        with qtbot.assertNotEmitted(model.more_wanted):
            model.fetchMore(root)
        model.append_rows(rows(100, 30), 130)
        assert model.rowCount() == 130
        assert not model.canFetchMore(root)

    def test_a_short_page_is_followed_by_another(self, qtbot: QtBot, model: RunsModel) -> None:
        model.set_rows(rows(0, 10), 30)
        model.fetchMore(QModelIndex())
        model.append_rows(rows(10, 10), 30)
        with qtbot.waitSignal(model.more_wanted) as asked:
            model.fetchMore(QModelIndex())
        assert asked.args == [20]

    def test_cells_show_words_and_keep_native_values(self, model: RunsModel) -> None:
        first = run_row(7, nonce_start=2**31 + 5, nonce_end=MAX_NONCE)
        model.set_rows([first, run_row(8, name="")], 2)
        assert titles(model) == [
            "Name", "Scanned", "Client seed", "Server seed SHA-256", "Difficulty", "First – last nonce",
            "Nonces", "Highest", "Time", "Notes",
        ]  # fmt: skip
        shown = {column: cell(model, 0, column) for column in RunColumn}
        assert shown[RunColumn.CREATED] == f"{first.created_at.astimezone():%Y-%m-%d %H:%M}"
        assert shown[RunColumn.SERVER_HASH] == "000000…000007"
        assert shown[RunColumn.NONCES] == "2,147,483,653 – 9,007,199,254,740,991"
        assert shown[RunColumn.COUNT] == "9,007,197,107,257,339"
        assert shown[RunColumn.HIGHEST] == "2,479.40x"
        assert shown[RunColumn.DURATION] == "1.2\u00a0s"
        assert shown[RunColumn.NOTES] == "first line second line"
        assert cell(model, 1, RunColumn.NAME) == "client"
        assert cell(model, 0, RunColumn.SERVER_HASH, TIP) == first.server_seed_sha256
        assert cell(model, 0, 0, NATIVE_ROLE) is first

    def test_every_column_but_hash_and_notes_can_be_sorted_by(self) -> None:
        assert set(RunColumn) - set(SORTS) == {RunColumn.SERVER_HASH, RunColumn.NOTES}
