import hashlib
from pathlib import Path

import numpy as np
import pytest

from pump_desktop.domain.errors import CancelledError, FieldError, NotEnoughMemoryError, NotFoundError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import Match, RunQuery
from pump_desktop.engine import ENGINE_VERSION
from pump_desktop.engine.kernels import Kernel, replay
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.services.runs.collector import LEAST_INTERVAL_S, ScanProgress
from pump_desktop.services.sample import sample_request
from pump_desktop.stats.hits import HitFilter
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings


def request(count: int = 5000, difficulty: Difficulty = Difficulty.EXPERT) -> ScanRequest:
    return ScanRequest("server", "client", 11, 10 + count, difficulty, (73.21, 35.0))


def test_a_run_is_stored_with_everything_the_contract_names(backend: Backend) -> None:
    created = backend.runs.create(request(), name="  first  run ")
    run = backend.runs.get(created.run.id)
    assert run == created.run
    assert run.name == "first run"
    assert run.server_seed_sha256 == hashlib.sha256(b"server").hexdigest()
    assert run.engine_version == ENGINE_VERSION
    reference = replay(Kernel.REFERENCE, "server", "client", 11, 5000, Difficulty.EXPERT)
    assert run.outcome_digest == hashlib.sha256(reference.tobytes()).hexdigest()
    assert run.summary.counts_by_target["73.21"] == int((reference == 7).sum())
    assert run.summary.counts_at_least["35.0"] == int((reference >= 7).sum())
    assert run.summary.top_max == tuple((np.flatnonzero(reference == reference.max())[:5] + 11).tolist())


def test_the_stored_vector_is_whole_after_reopening(tmp_path: Path) -> None:
    paths = resolve_paths(tmp_path)
    first = open_backend(Settings(), paths)
    created = first.runs.create(request(1_200_000))
    first.close()
    again = open_backend(Settings(), paths)
    outcomes = again.runs.outcomes(created.run.id)
    assert np.array_equal(outcomes, created.outcomes)
    assert again.runs.list(RunQuery()).total == 1
    again.close()
    again.close()


def test_a_cancelled_scan_stores_nothing(backend: Backend) -> None:
    told: list[ScanProgress] = []
    with pytest.raises(CancelledError):
        backend.runs.create(
            request(3_000_000), tell=told.append, cancelled=lambda: bool(told and told[-1].done)
        )
    assert backend.runs.list(RunQuery()).total == 0


def test_a_scan_that_is_not_kept_stores_nothing(backend: Backend) -> None:
    run = backend.runs.create(request(), keep=False).run
    assert run.count == 5000
    with pytest.raises(NotFoundError, match=f"^Run with id {run.id} not found$"):
        backend.runs.get(run.id)


def test_a_range_that_does_not_fit_into_memory_stores_nothing_and_changes_no_run(backend: Backend) -> None:
    last = 2**53 - 1
    sentence = f"There is not enough memory for {last:,} nonces. Choose a smaller range"
    seeds = ("a server seed", "a client seed")
    with pytest.raises(NotEnoughMemoryError, match=sentence):
        backend.runs.create(ScanRequest(*seeds, 1, last, Difficulty.EASY, (1.63,)))
    run = backend.runs.create(ScanRequest(*seeds, 1, 100, Difficulty.EASY, (1.63,))).run
    with pytest.raises(NotEnoughMemoryError, match=sentence):
        backend.runs.extend(run.id, 1, last, max_nonces=last)
    (stored,) = backend.runs.list(RunQuery()).items
    assert (stored.id, stored.nonce_end) == (run.id, 100)
    assert len(backend.runs.outcomes(run.id)) == 100


def test_progress_is_told_at_most_twenty_times_a_second(backend: Backend) -> None:
    told: list[ScanProgress] = []
    backend.runs.create(request(4_000_000), tell=told.append, kernel=Kernel.LANES)
    counted = [progress for progress in told if not progress.preparing]
    assert [progress.done for progress in counted] == sorted({progress.done for progress in counted})
    assert counted[-1].done == counted[-1].total == sum(counted[-1].counts)
    elapsed = counted[-1].done / counted[-1].rate
    assert len(counted) <= elapsed / LEAST_INTERVAL_S + 2


def test_hits_and_distribution_answer_from_the_vector(backend: Backend) -> None:
    created = backend.runs.create(request())
    hits = backend.runs.hits(created.run, HitFilter((34.68,), Match.AT_LEAST))
    assert hits.nonces.tolist() == (np.flatnonzero(created.outcomes >= 6) + 11).tolist()
    rows = backend.runs.distribution(created.run).rows
    assert [row.observed for row in rows] == np.bincount(created.outcomes, minlength=16).tolist()


def test_distances_are_the_gaps_between_hits(backend: Backend) -> None:
    created = backend.runs.create(request())
    nonces, gaps, stats = backend.runs.distances(created.run, 34.68, Match.EXACT)
    assert nonces.tolist() == (np.flatnonzero(created.outcomes == 6) + 11).tolist()
    assert gaps.tolist() == np.diff(nonces).tolist()
    assert stats is not None
    assert (stats.count, stats.max) == (len(nonces) - 1, max(gaps.tolist()))
    rarest, none, nothing = backend.runs.distances(created.run, 3203384.80, Match.AT_LEAST)
    assert (len(rarest), len(none), nothing) == (0, 0, None)


def test_rename_notes_duplicate_and_delete(backend: Backend) -> None:
    run = backend.runs.create(request()).run
    assert backend.runs.rename(run.id, "x").name == "x"
    assert backend.runs.set_notes(run.id, "line 1\nline 2").notes == "line 1\nline 2"
    with pytest.raises(FieldError, match="name must be at most 120 characters"):
        backend.runs.rename(run.id, "n" * 121)
    copy = backend.runs.duplicate(run.id)
    assert copy.name == "x (copy)"
    assert copy.outcome_digest == run.outcome_digest
    backend.runs.delete(run.id)
    with pytest.raises(NotFoundError):
        backend.runs.delete(run.id)
    assert np.array_equal(backend.runs.outcomes(copy.id), backend.runs.outcomes(copy.id))
    assert [row.id for row in backend.runs.list(RunQuery()).items] == [copy.id]


def test_the_hash_of_a_known_seed_is_warned_about(backend: Backend) -> None:
    run = backend.runs.create(request()).run
    warning = backend.runs.seed_warning(run.server_seed_sha256.upper())
    assert warning is not None
    assert "revealed seed" in warning
    assert backend.runs.seed_warning("0" * 64) is None
    assert backend.runs.seed_warning("server") is None


def test_the_sample_is_one_million_expert_nonces() -> None:
    sample = sample_request()
    assert (sample.count, sample.difficulty) == (1_000_000, Difficulty.EXPERT)


def test_the_outcomes_asked_for_longest_ago_leave_the_memory_first(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pump_desktop.services.runs.runs.KEPT_BYTES", 10_000)
    first, second = backend.runs.create(request()), backend.runs.create(request())
    assert backend.runs.outcomes(first.run.id) is first.outcomes
    backend.runs.create(request())
    assert backend.runs.outcomes(first.run.id) is first.outcomes
    again = backend.runs.outcomes(second.run.id)
    assert again is not second.outcomes
    assert np.array_equal(again, second.outcomes)
