"""A run made longer: equal to a fresh scan of the whole range, and otherwise as it was."""

from __future__ import annotations

import hashlib
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from pump_desktop.domain.errors import (
    CancelledError,
    ConflictError,
    DamagedRunError,
    FieldError,
    NotFoundError,
    RangeTooLargeError,
    StoreError,
)
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import MAX_NONCE, ScanRequest
from pump_desktop.domain.runs import Match, Run, RunQuery
from pump_desktop.engine.kernels import Kernel, replay
from pump_desktop.engine.scan import Chunk
from pump_desktop.services.backend import Backend
from pump_desktop.services.runs.collector import STORED_NONCES, ProgressReport, ScanProgress, intake
from pump_desktop.services.runs.export import Export, export_csv
from pump_desktop.services.runs.runs import Runs
from pump_desktop.stats.hits import HitFilter
from pump_desktop.store.db.database import open_database
from pump_desktop.store.db.writer import Writer
from pump_desktop.store.runs import RunsStore

SERVER, CLIENT = "server", "client"
TARGETS = (17.34, 164.72, 35.0)


def request(start: int, end: int, difficulty: Difficulty = Difficulty.EXPERT) -> ScanRequest:
    return ScanRequest(SERVER, CLIENT, start, end, difficulty, TARGETS)


def change(backend: Backend, sql: str, *values: Any) -> None:
    """Do what another tool could do to the file."""
    store = backend.runs._store
    store._writer.submit(lambda connection: connection.exec_driver_sql(sql, values).close()).result(10)


def pieces_of(backend: Backend, run: Run) -> list[tuple[int, int]]:
    return [(first, len(k)) for first, k in backend.runs._store.outcome_chunks(run.id)]


def check_like_fresh(backend: Backend, former: Run, extended: Run) -> None:
    """Hold an extended run against a fresh scan of its range, and against what must not have changed."""
    wanted = request(extended.nonce_start, extended.nonce_end, former.difficulty)
    fresh = backend.runs.create(wanted, keep=False)
    assert extended.outcome_digest == fresh.run.outcome_digest
    assert extended.summary == fresh.run.summary
    assert backend.runs.get(former.id) == extended
    assert np.array_equal(backend.runs.outcomes(former.id), fresh.outcomes)
    stored = backend.runs._store.replayed(former.id)[1]
    assert np.array_equal(stored, fresh.outcomes)
    same = replace(
        extended,
        nonce_start=former.nonce_start,
        nonce_end=former.nonce_end,
        duration_ms=former.duration_ms,
        outcome_digest=former.outcome_digest,
        summary=former.summary,
    )
    assert same == former


@pytest.mark.parametrize("kernel", [None, Kernel.REFERENCE])
@pytest.mark.parametrize("difficulty", [Difficulty.EXPERT, Difficulty.EASY])
@pytest.mark.parametrize(("start", "end"), [(5001, 9000), (3000, 6000), (1, 20_000), (5000, 6001)])
def test_an_extended_run_equals_a_fresh_scan_of_the_whole_range(
    backend: Backend, start: int, end: int, difficulty: Difficulty, kernel: Kernel | None
) -> None:
    former = backend.runs.create(request(5001, 6000, difficulty), name="mine").run
    former = backend.runs.set_notes(former.id, "kept")
    extended = backend.runs.extend(former.id, start, end, kernel=kernel).run
    assert (extended.nonce_start, extended.nonce_end) == (start, end)
    check_like_fresh(backend, former, extended)
    # Against hashlib alone as well: both sides above come from the same scan.
    k = replay(Kernel.REFERENCE, SERVER, CLIENT, start, end - start + 1, difficulty)
    assert extended.outcome_digest == hashlib.sha256(k.tobytes()).hexdigest()


def test_full_stored_pieces_stay_when_the_first_nonce_does(backend: Backend) -> None:
    former = backend.runs.create(request(11, STORED_NONCES + 5010)).run
    extended = backend.runs.extend(former.id, 11, 2 * STORED_NONCES + 100).run
    check_like_fresh(backend, former, extended)
    assert pieces_of(backend, extended) == [
        (11, STORED_NONCES),
        (11 + STORED_NONCES, STORED_NONCES),
        (11 + 2 * STORED_NONCES, 90),
    ]


def test_pieces_are_cut_anew_from_another_first_nonce(backend: Backend) -> None:
    former = backend.runs.create(request(101, STORED_NONCES + 300)).run
    extended = backend.runs.extend(former.id, 1, STORED_NONCES + 300).run
    check_like_fresh(backend, former, extended)
    assert pieces_of(backend, extended) == [(1, STORED_NONCES), (1 + STORED_NONCES, 300)]


def test_a_run_can_be_extended_again_and_again(backend: Backend) -> None:
    former = backend.runs.create(request(500, 600)).run
    for start, end in ((500, 700), (400, 700), (1, 5000)):
        extended = backend.runs.extend(former.id, start, end).run
    check_like_fresh(backend, replace(former, duration_ms=extended.duration_ms), extended)


def test_the_same_range_changes_no_outcome(backend: Backend) -> None:
    former = backend.runs.create(request(500, 600)).run
    extended = backend.runs.extend(former.id, 500, 600).run
    check_like_fresh(backend, former, extended)


class Spy(Executor):
    """Threads that note the first nonce and the length of what they are asked to replay."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []
        self._threads = ThreadPoolExecutor(2)

    def submit(self, function: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
        self.asked.append((arguments[3], arguments[4]))
        return self._threads.submit(function, *arguments, **named)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._threads.shutdown(wait, cancel_futures=cancel_futures)


def test_only_what_is_missing_is_scanned_and_its_time_is_added(tmp_path: Path) -> None:
    database = open_database(tmp_path / "pump.db", now=lambda: datetime(2026, 5, 9, tzinfo=UTC))
    writer = Writer(database)
    ticks = iter(range(1000))
    spy = Spy()
    runs = Runs(
        RunsStore(database, writer),
        now=lambda: datetime(2026, 5, 9, tzinfo=UTC),
        timer=lambda: float(next(ticks)),
        executor=spy,
    )
    former = runs.create(request(1001, 2000)).run
    spy.asked.clear()
    extended = runs.extend(former.id, 901, 2300).run
    assert spy.asked == [(901, 100), (2001, 300)]
    assert extended.duration_ms > former.duration_ms
    assert extended.created_at == former.created_at
    spy.shutdown()
    writer.close()
    database.close()


def test_progress_counts_the_known_part_from_the_start(backend: Backend) -> None:
    former = backend.runs.create(request(100_001, 2_100_000)).run
    told: list[ScanProgress] = []
    backend.runs.extend(former.id, 1, 2_200_000, tell=told.append)
    counted = [progress for progress in told if not progress.preparing]
    assert all(progress.total == 2_200_000 for progress in counted)
    assert all(progress.done == sum(progress.counts) for progress in counted)
    assert counted[0].done > former.count
    assert (counted[-1].done, counted[-1].seconds_left) == (2_200_000, 0)


def test_the_known_part_is_no_part_of_the_speed() -> None:
    clock = [5.0]
    told: list[ScanProgress] = []
    report = ProgressReport(300, told.append, lambda: clock[0])
    k = replay(Kernel.REFERENCE, SERVER, CLIENT, 1, 200, Difficulty.EXPERT)
    with intake(request(1, 300), keep=False) as taken:
        taken.put(101, k[100:])
        report.start(100)
        clock[0] += 2.0
        taken.take(Chunk(1, k[:100]))
        report.counted(taken)
    (progress,) = told
    assert (progress.done, progress.rate, progress.seconds_left) == (200, 50.0, 2.0)


@pytest.mark.parametrize(
    ("start", "end", "field", "sentence"),
    [
        (502, 700, "start", "start must be at most 501, where the run starts"),
        (501, 599, "end", "end must be at least 600, where the run ends"),
        (0, 700, "start", "start must be between 1 and 9007199254740991"),
        (501, MAX_NONCE + 1, "end", "end must be between 1 and 9007199254740991"),
        ("x", 700, "start", "start must be a whole number"),
        (501, None, "end", "end must be a whole number"),
        (1, 1001, "end", "Nonce range 1001 exceeds maximum of 1000"),
    ],
)
def test_a_range_that_does_not_hold_the_run_is_refused(
    backend: Backend, start: object, end: object, field: str, sentence: str
) -> None:
    run = backend.runs.create(request(501, 600)).run
    with pytest.raises(FieldError) as caught:
        backend.runs.extend(run.id, start, end, max_nonces=1000)
    assert (caught.value.field, str(caught.value)) == (field, sentence)
    assert isinstance(caught.value, RangeTooLargeError) == ("exceeds" in sentence)
    assert backend.runs.get(run.id) == run


def test_exactly_the_maximum_passes(backend: Backend) -> None:
    run = backend.runs.create(request(501, 600)).run
    assert backend.runs.extend(run.id, 1, 1000, max_nonces=1000).run.count == 1000


def test_the_run_of_another_engine_is_refused(backend: Backend) -> None:
    run = backend.runs.create(request(501, 600)).run
    change(backend, "UPDATE runs SET engine_version = 'pump-1.0.0'")
    with pytest.raises(ConflictError, match=r"^This run was made with pump-1\.0\.0 and cannot be extended"):
        backend.runs.extend(run.id, 1, 700)
    assert backend.runs.get(run.id) == replace(run, engine_version="pump-1.0.0")


def test_outcomes_that_do_not_give_the_digest_are_not_built_upon(backend: Backend) -> None:
    run = backend.runs.create(request(501, 600)).run
    change(backend, "UPDATE runs SET outcome_digest = ?", "0" * 64)
    with pytest.raises(StoreError, match=r"do not give its digest, so they were not built upon\. Scan"):
        backend.runs.extend(run.id, 1, 700)
    assert backend.runs.get(run.id) == replace(run, outcome_digest="0" * 64)
    with pytest.raises(DamagedRunError, match="its outcomes do not give its digest"):
        backend.runs.outcomes(run.id)


@pytest.mark.parametrize(("start", "end"), [(1, 4_000_000), (3_000_001, 9_000_000), (1, 9_000_000)])
def test_a_cancelled_extension_leaves_the_run_as_it_was(backend: Backend, start: int, end: int) -> None:
    run = backend.runs.create(request(3_000_001, 3_000_100)).run
    told: list[ScanProgress] = []
    with pytest.raises(CancelledError):
        backend.runs.extend(
            run.id,
            start,
            end,
            tell=told.append,
            cancelled=lambda: any(not progress.preparing for progress in told),
        )
    assert told[-1].done < end - start + 1
    assert backend.runs.get(run.id) == run
    assert len(backend.runs._store.replayed(run.id)[1]) == 100


def test_an_extension_cancelled_before_it_began_leaves_the_run_as_it_was(backend: Backend) -> None:
    run = backend.runs.create(request(501, 600)).run
    with pytest.raises(CancelledError):
        backend.runs.extend(run.id, 501, 700, cancelled=lambda: True)
    assert backend.runs.get(run.id) == run


def test_a_run_that_is_not_there_is_said(backend: Backend) -> None:
    unknown = uuid4()
    with pytest.raises(NotFoundError, match=f"^Run with id {unknown} not found$"):
        backend.runs.extend(unknown, 1, 2)


def test_a_run_deleted_meanwhile_stays_deleted(backend: Backend) -> None:
    run = backend.runs.create(request(501, 600)).run

    def delete(progress: ScanProgress) -> None:
        if progress.done and backend.runs.list(RunQuery()).total:
            backend.runs.delete(run.id)

    with pytest.raises(NotFoundError, match=f"^Run with id {run.id} not found$"):
        backend.runs.extend(run.id, 1, 700, tell=delete)
    assert backend.runs.list(RunQuery()).total == 0
    with backend.runs._store._database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM run_outcomes").scalar() == 0


def test_a_name_given_meanwhile_stays(backend: Backend) -> None:
    run = backend.runs.create(request(501, 600), name="old").run

    def rename(progress: ScanProgress) -> None:
        if progress.done:
            backend.runs.rename(run.id, "new")

    extended = backend.runs.extend(run.id, 1, 700, tell=rename)
    assert extended.run.name == "new"
    assert backend.runs.get(run.id).name == "new"


def test_a_run_read_before_keeps_its_own_answers(backend: Backend) -> None:
    former = backend.runs.create(request(501, 20_500)).run
    wanted = HitFilter((17.34,), Match.AT_LEAST)
    before = backend.runs.hits(former, wanted)
    lines = list(export_csv(backend.runs, former, Export.FULL))
    extended = backend.runs.extend(former.id, 1, 30_000).run
    after = backend.runs.hits(former, wanted)
    assert after.nonces.tolist() == before.nonces.tolist()
    assert after.safe_pumps.tolist() == before.safe_pumps.tolist()
    assert list(export_csv(backend.runs, former, Export.FULL)) == lines
    whole = backend.runs.hits(extended, wanted).nonces
    assert whole[(whole > 500) & (whole <= 20_500)].tolist() == before.nonces.tolist()
    assert len(whole) > len(before.nonces)


def test_outcomes_read_before_an_extension_never_replace_those_after_it(backend: Backend) -> None:
    former = backend.runs.create(request(501, 600)).run
    old = backend.runs._store.replayed(former.id)[1]
    extended = backend.runs.extend(former.id, 1, 700)
    backend.runs._remember(former, old)  # a question that was under way answers late
    assert np.array_equal(backend.runs.outcomes_of(extended.run), extended.outcomes)
    assert np.array_equal(backend.runs.outcomes(former.id), extended.outcomes)
