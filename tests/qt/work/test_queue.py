from __future__ import annotations

from concurrent.futures import Future
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.qtbot import QtBot

from pump_desktop.domain.batch import PairState, ScannedPair
from pump_desktop.domain.errors import KnownError, StoreError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import RunQuery
from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.qt.tables.queue import QueueColumn, QueueModel
from pump_desktop.qt.work.jobs import JobRunner
from pump_desktop.qt.work.queue import ScanQueue
from pump_desktop.qt.work.scans import Scans
from pump_desktop.services.backend import Backend
from pump_desktop.services.runs.batch import PairFigures
from tests.model_checks import watched

ENDLESS = 100_000_000
DONE, WAITING, FAILED = PairState.DONE, PairState.WAITING, PairState.FAILED
RUNNING, CANCELLED = PairState.RUNNING, PairState.CANCELLED


def pair(number: int, count: int = 1000) -> ScanRequest:
    return ScanRequest(f"server {number}", "client", 1, count, Difficulty.EXPERT, (73.21,))


def pairs(count: int) -> list[ScanRequest]:
    return [pair(number) for number in range(1, count + 1)]


class Source:
    """A database that refuses some scans before it gives itself."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.refusals: list[Exception] = []

    def result(self) -> Backend:
        """Give the database, or refuse."""
        if self.refusals:
            raise self.refusals.pop(0)
        return self.backend


@pytest.fixture
def source(backend: Backend) -> Source:
    return Source(backend)


@pytest.fixture
def scans(runner: JobRunner, source: Source) -> Scans:
    return Scans(runner, source)


@pytest.fixture
def queue(scans: Scans) -> ScanQueue:
    return ScanQueue(scans, now=lambda: datetime(2026, 5, 9, 12, tzinfo=UTC))


def states(queue: ScanQueue) -> list[PairState]:
    return [pair.state for pair in queue.pairs]


def names(backend: Backend) -> list[str]:
    """Give the names of the stored runs, oldest first."""
    return [run.name for run in backend.runs.list(RunQuery(descending=False, limit=100)).items]


def finish(qtbot: QtBot, queue: ScanQueue) -> None:
    with qtbot.waitSignal(queue.ended):
        pass


def count_to(qtbot: QtBot, scans: Scans) -> None:
    """Wait until the scan under way has counted something."""
    with qtbot.waitSignal(scans.progress, check_params_cb=lambda told: told.done > 0):
        pass


def test_pairs_are_scanned_one_after_another_and_stored(
    qtbot: QtBot, queue: ScanQueue, scans: Scans, backend: Backend
) -> None:
    begun: list[ScanRequest] = []
    scans.started.connect(begun.append)
    queue.add(pairs(5))
    assert states(queue) == [RUNNING, *[WAITING] * 4]
    finish(qtbot, queue)
    assert begun == pairs(5)
    assert states(queue) == [DONE] * 5
    stamp = datetime(2026, 5, 9, 12, tzinfo=UTC).astimezone()
    assert names(backend) == [f"Queue {stamp:%Y-%m-%d %H:%M} · {number}" for number in range(1, 6)]
    for number, done in enumerate(queue.pairs, 1):
        assert done.scanned is not None
        run = backend.runs.get(done.scanned.run_id)
        assert done.scanned == ScannedPair.of(number, run)
        assert done.server_seed_sha256 == run.server_seed_sha256 == seed_sha256(f"server {number}")
        assert done.scanned.highest == run.summary.max_multiplier
    assert queue.running is None
    assert not queue.owns_current()


def test_pairs_added_later_go_on_counting(qtbot: QtBot, queue: ScanQueue) -> None:
    queue.add(pairs(2))
    queue.add([pair(9)])
    finish(qtbot, queue)
    queue.add([pair(10)])
    finish(qtbot, queue)
    assert [done.number for done in queue.pairs] == [1, 2, 3, 4]
    assert states(queue) == [DONE] * 4
    queue.add([])
    assert len(queue) == 4


def test_a_pair_that_fails_stops_no_other_and_may_be_tried_again(
    qtbot: QtBot, queue: ScanQueue, source: Source, backend: Backend
) -> None:
    source.refusals = [KnownError("This one is refused."), KnownError("This one too.")]
    queue.add(pairs(4))
    finish(qtbot, queue)
    assert states(queue) == [FAILED, FAILED, DONE, DONE]
    assert [done.problem for done in queue.pairs] == ["This one is refused.", "This one too.", "", ""]
    assert not queue.paused
    queue.retry()
    finish(qtbot, queue)
    assert states(queue) == [DONE] * 4
    assert queue.pair_at(0).problem == ""
    assert len(names(backend)) == 4


def test_a_database_that_refuses_pauses_the_queue(qtbot: QtBot, queue: ScanQueue, source: Source) -> None:
    source.refusals = [StoreError("The disk is full.")]
    queue.add(pairs(3))
    qtbot.waitUntil(lambda: queue.paused)
    assert states(queue) == [FAILED, WAITING, WAITING]
    queue.retry()
    finish(qtbot, queue)
    assert states(queue) == [DONE] * 3


@pytest.mark.expects_warning
def test_a_bug_pauses_the_queue_and_is_no_sentence_of_its_own(
    qtbot: QtBot, queue: ScanQueue, source: Source
) -> None:
    source.refusals = [ZeroDivisionError("a bug")]
    queue.add(pairs(2))
    qtbot.waitUntil(lambda: queue.paused)
    assert states(queue) == [FAILED, WAITING]
    assert queue.pair_at(0).problem == "An unexpected error stopped this scan."


def test_a_pause_lets_the_pair_under_way_finish(qtbot: QtBot, queue: ScanQueue) -> None:
    queue.add(pairs(3))
    queue.pause()
    qtbot.waitUntil(lambda: queue.running is None)
    assert states(queue) == [DONE, WAITING, WAITING]
    queue.resume()
    finish(qtbot, queue)
    assert states(queue) == [DONE] * 3


def test_cancelling_the_current_pair_goes_on_with_the_next(
    qtbot: QtBot, queue: ScanQueue, scans: Scans, backend: Backend
) -> None:
    queue.add([pair(1, ENDLESS), pair(2)])
    count_to(qtbot, scans)
    running = queue.running
    assert running is not None
    assert 0 < running.done < ENDLESS
    assert running.rate > 0
    queue.cancel_current()
    finish(qtbot, queue)
    assert states(queue) == [CANCELLED, DONE]
    assert len(names(backend)) == 1


def test_cancelling_all_leaves_what_is_done(qtbot: QtBot, queue: ScanQueue, scans: Scans) -> None:
    queue.add([pair(1), pair(2, ENDLESS), pair(3), pair(4)])
    qtbot.waitUntil(lambda: queue.total(DONE) == 1)
    count_to(qtbot, scans)
    queue.cancel_all()
    assert states(queue) == [DONE, RUNNING, CANCELLED, CANCELLED]
    finish(qtbot, queue)
    assert states(queue) == [DONE, CANCELLED, CANCELLED, CANCELLED]
    assert not queue.paused


def test_a_stop_from_elsewhere_pauses_the_queue(qtbot: QtBot, queue: ScanQueue, scans: Scans) -> None:
    """The status line's cross, and the end of the program, do not start the next one."""
    queue.add([pair(1, ENDLESS), pair(2)])
    count_to(qtbot, scans)
    scans.cancel()
    qtbot.waitUntil(lambda: queue.running is None)
    assert states(queue) == [CANCELLED, WAITING]
    assert queue.paused


def test_the_end_of_the_program_starts_nothing_more(qtbot: QtBot, source: Source, backend: Backend) -> None:
    runner = JobRunner("closing")
    scans = Scans(runner, source)
    queue = ScanQueue(scans)
    queue.add([pair(1, ENDLESS), pair(2), pair(3)])
    count_to(qtbot, scans)
    assert runner.stop()
    qtbot.waitUntil(lambda: queue.running is None and not runner.busy)
    assert states(queue) == [CANCELLED, WAITING, WAITING]
    assert names(backend) == []


def test_the_queue_waits_for_a_scan_that_is_not_its_own(
    qtbot: QtBot, queue: ScanQueue, scans: Scans, backend: Backend
) -> None:
    owned: list[bool] = []
    scans.finished.connect(lambda _replay: owned.append(queue.owns_current()))
    assert scans.start(pair(99, 500_000), "by hand")
    queue.add(pairs(2))
    assert states(queue) == [WAITING, WAITING]
    assert not queue.owns_current()
    finish(qtbot, queue)
    assert owned == [False, True, True]
    assert names(backend)[0] == "by hand"
    assert states(queue) == [DONE, DONE]


def test_a_scan_by_hand_may_squeeze_in_between_two_pairs(
    qtbot: QtBot, queue: ScanQueue, scans: Scans, backend: Backend
) -> None:
    owned: list[bool] = []

    def squeeze(_replay: object) -> None:
        owned.append(queue.owns_current())
        if len(owned) == 1:
            assert scans.start(pair(99), "by hand")
            assert not queue.owns_current()

    scans.finished.connect(squeeze)
    queue.add(pairs(3))
    finish(qtbot, queue)
    assert owned == [True, False, True, True]
    assert names(backend)[1] == "by hand"
    assert states(queue) == [DONE] * 3
    assert [done.scanned is not None and done.scanned.nonces for done in queue.pairs] == [1000] * 3


@pytest.mark.parametrize("ending", ["finished", "failed", "cancelled"])
def test_who_hears_the_last_word_may_ask_whose_scan_it_was(
    qtbot: QtBot, queue: ScanQueue, scans: Scans, source: Source, ending: str
) -> None:
    owned: list[bool] = []
    getattr(scans, ending).connect(lambda *_what: owned.append(queue.owns_current()))
    if ending == "failed":
        source.refusals = [KnownError("Refused.")]
    queue.add([pair(1, ENDLESS if ending == "cancelled" else 1000)])
    queue.cancel_current() if ending == "cancelled" else None
    finish(qtbot, queue)
    assert owned == [True]
    assert not queue.owns_current()


def test_rows_are_removed_but_not_the_one_under_way(qtbot: QtBot, queue: ScanQueue, scans: Scans) -> None:
    queue.add([pair(1), pair(2), pair(3, ENDLESS), pair(4), pair(5), pair(6)])
    qtbot.waitUntil(lambda: queue.total(DONE) == 2)
    count_to(qtbot, scans)
    assert queue.remove([(1, 3), (5, 5)]) == 3
    assert [left.number for left in queue.pairs] == [1, 3, 5]
    assert queue.running is not None
    assert (queue.running.number, queue.total(DONE), queue.total(WAITING)) == (3, 1, 1)
    assert (queue.row_of(5), queue.row_of(2)) == (2, None)
    queue.cancel_current()
    finish(qtbot, queue)
    assert states(queue) == [DONE, CANCELLED, DONE]


def cells(model: QueueModel, row: int) -> dict[QueueColumn, str]:
    return {column: model.index(row, column).data(int(Qt.ItemDataRole.DisplayRole)) for column in QueueColumn}


def test_the_model_shows_the_queue_as_it_goes(
    qtbot: QtBot, queue: ScanQueue, scans: Scans, source: Source
) -> None:
    source.refusals = [KnownError("This one is refused.")]
    model = QueueModel(queue)
    tester = watched(model)
    queue.add([pair(1), pair(2), pair(3, ENDLESS), pair(4)])
    qtbot.waitUntil(lambda: queue.total(DONE) == 1)
    count_to(qtbot, scans)
    short = seed_sha256("server 2")
    assert cells(model, 0)[QueueColumn.STATE] == "This one is refused."
    done = queue.pair_at(1).scanned
    assert done is not None
    assert cells(model, 1) == {
        QueueColumn.NUMBER: "2",
        QueueColumn.SERVER: f"{short[:6]}…{short[-6:]}",
        QueueColumn.CLIENT: "client",
        QueueColumn.NONCES: "1 – 1,000",
        QueueColumn.DIFFICULTY: "Expert",
        QueueColumn.STATE: "Done",
        QueueColumn.HIGHEST: f"{done.highest:,.2f}x",
        QueueColumn.HITS: "",
        QueueColumn.EXPECTED: "",
        QueueColumn.P_VALUE: "",
    }
    state = cells(model, 2)[QueueColumn.STATE]
    assert "% · " in state
    assert state.endswith("/s")
    assert cells(model, 3)[QueueColumn.STATE] == "Waiting"
    queue.remove([(0, 0), (3, 3)])
    assert model.rowCount() == 2
    queue.cancel_all()
    finish(qtbot, queue)
    assert cells(model, 1)[QueueColumn.STATE] == "Cancelled"
    del tester


def test_only_cells_with_other_figures_are_told(qtbot: QtBot, queue: ScanQueue) -> None:
    queue.pause()
    queue.add(pairs(5))
    queue.cancel_all()
    qtbot.waitUntil(lambda: queue.running is None)
    model = QueueModel(queue)
    told: list[tuple[int, int]] = []

    def hear(first: QModelIndex, last: QModelIndex, *_roles: object) -> None:
        assert first == last
        told.append((first.row(), first.column()))

    model.dataChanged.connect(hear)
    figures = {number: PairFigures(number, 10.0, 0.25) for number in (1, 2, 4)}
    model.set_figures(figures)
    columns = (QueueColumn.HITS, QueueColumn.EXPECTED, QueueColumn.P_VALUE)
    assert told == [(row, column) for row in (0, 1, 3) for column in columns]
    told.clear()
    model.set_figures(figures | {4: PairFigures(4, 2.5, None), 5: PairFigures(0, 2.5, None)})
    assert told == [(row, column) for row in (3, 4) for column in columns]
    assert [cells(model, row)[QueueColumn.P_VALUE] for row in range(5)] == ["0.25", "0.25", "", "–", "–"]
    assert cells(model, 4)[QueueColumn.EXPECTED] == "2.5"
    tip = model.index(4, QueueColumn.P_VALUE).data(int(Qt.ItemDataRole.ToolTipRole))
    assert tip == "Under 5 hits are expected: too few for a test."


def test_a_future_that_is_still_open_is_waited_for(qtbot: QtBot, runner: JobRunner, backend: Backend) -> None:
    future: Future[Backend] = Future()
    queue = ScanQueue(Scans(runner, future))
    queue.add(pairs(2))
    future.set_result(backend)
    finish(qtbot, queue)
    assert states(queue) == [DONE, DONE]


def test_many_rows_are_told_about_at_once(qtbot: QtBot, queue: ScanQueue) -> None:
    queue.pause()
    queue.add(pairs(50))
    queue.pause()
    qtbot.waitUntil(lambda: queue.running is None)
    model = QueueModel(queue)
    with qtbot.waitSignal(model.dataChanged) as told:
        queue.cancel_all()
    first, last = told.args[0], told.args[1]
    assert (first.row(), last.row()) == (1, 49)
    assert (first.column(), last.column()) == (QueueColumn.STATE, QueueColumn.HIGHEST)
