from __future__ import annotations

from uuid import uuid4

import numpy as np
import pytest
from scipy import stats

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import Run
from pump_desktop.services.backend import Backend
from pump_desktop.services.compare.compare import MAX_SIDES, compare_runs


def scanned(
    backend: Backend,
    end: int = 5_000,
    *,
    start: int = 1,
    server: str = "server",
    client: str = "client",
    difficulty: Difficulty = Difficulty.EXPERT,
) -> Run:
    """Scan and store a run."""
    wanted = ScanRequest(server, client, start, end, difficulty, (17.34,))
    return backend.runs.create(wanted, name=f"{server} {start}").run


def test_sides_stand_in_the_order_asked_for(backend: Backend) -> None:
    found = [scanned(backend, server=f"server {number}") for number in range(3)]
    wanted = [found[2].id, found[0].id, found[1].id, found[2].id]
    comparison = compare_runs(backend.runs, wanted)
    assert [side.source.id for side in comparison.sides] == wanted[:3]
    assert [side.label for side in comparison.sides] == ["A", "B", "C"]
    assert comparison.difficulty is Difficulty.EXPERT
    for side in comparison.sides:
        outcomes = backend.runs.outcomes(side.source.id)
        assert side.counted.counts == tuple(np.bincount(outcomes, minlength=16).tolist())
        assert [row.observed for row in side.distribution.rows] == list(side.counted.counts)
        assert side.tail[5].observed == int((outcomes >= 5).sum())


def test_two_seed_pairs_are_tested_together_and_not_by_pairs(backend: Backend) -> None:
    runs = [scanned(backend), scanned(backend, 20_000, server="other")]
    comparison = compare_runs(backend.runs, [run.id for run in runs])
    test = comparison.together
    counts = np.array([side.counted.counts for side in comparison.sides])
    table = np.column_stack([counts[:, : test.cells - 1], counts[:, test.cells - 1 :].sum(axis=1)])
    assert test.p_value == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue)
    assert (comparison.pairs, comparison.overlaps, comparison.gone) == ((), (), ())


def test_shared_nonces_are_said_and_not_tested(backend: Backend) -> None:
    one = scanned(backend, 5_000)
    other = scanned(backend, 9_000, start=4_001)
    comparison = compare_runs(backend.runs, [one.id, other.id])
    (overlap,) = comparison.overlaps
    assert (overlap.labels, overlap.first, overlap.last, overlap.count) == (("A", "B"), 4_001, 5_000, 1_000)
    assert comparison.together.p_value is None
    assert comparison.together.reason == (
        "A and B share 1,000 nonces of one seed pair (4,001 to 5,000). "
        "They are not independent, so no test of them is made."
    )


def test_one_shared_nonce_is_enough(backend: Backend) -> None:
    runs = [scanned(backend, 100), scanned(backend, 200, start=100)]
    comparison = compare_runs(backend.runs, [run.id for run in runs])
    assert comparison.together.reason.startswith("A and B share 1 nonce of one seed pair (100).")


def test_neighbouring_ranges_and_other_seeds_share_nothing(backend: Backend) -> None:
    runs = [
        scanned(backend),
        scanned(backend, 10_000, start=5_001),
        scanned(backend, server="other"),
        scanned(backend, client="other"),
    ]
    comparison = compare_runs(backend.runs, [run.id for run in runs])
    assert comparison.overlaps == ()
    assert comparison.together.p_value is not None
    assert [test.reason for test in comparison.pairs] == [""] * 6


def test_the_other_pairs_are_still_tested(backend: Backend) -> None:
    runs = [scanned(backend), scanned(backend, 6_000), scanned(backend, server="other")]
    comparison = compare_runs(backend.runs, [run.id for run in runs])
    assert comparison.together.p_value is None
    made = {"".join(test.labels): test.p_value is not None for test in comparison.pairs}
    assert made == {"AB": False, "AC": True, "BC": True}


def test_several_overlaps_are_named_in_one_sentence(backend: Backend) -> None:
    runs = [scanned(backend), scanned(backend, 6_000), scanned(backend, 7_000)]
    reason = compare_runs(backend.runs, [run.id for run in runs]).together.reason
    assert reason == (
        "These share nonces of one seed pair, so they are not independent and not tested: "
        "A and B; A and C; B and C."
    )


def test_difficulties_that_differ_are_not_tested(backend: Backend) -> None:
    runs = [scanned(backend), scanned(backend, server="other", difficulty=Difficulty.EASY)]
    comparison = compare_runs(backend.runs, [run.id for run in runs])
    assert comparison.difficulty is None
    assert comparison.together.reason == (
        "The difficulties differ and so do their odds: there is nothing to test."
    )
    assert [len(side.tail) for side in comparison.sides] == [16, 25]


def test_runs_that_are_gone_are_left_out_and_named(backend: Backend) -> None:
    one, other = scanned(backend), scanned(backend, server="other")
    backend.runs.delete(one.id)
    unknown = uuid4()
    comparison = compare_runs(backend.runs, [one.id, other.id, unknown])
    assert [side.source.id for side in comparison.sides] == [other.id]
    assert comparison.sides[0].label == "A"
    assert comparison.gone == (one.id, unknown)
    assert comparison.together.p_value is None
    nothing = compare_runs(backend.runs, [])
    assert (nothing.sides, nothing.difficulty) == ((), None)


def test_seven_are_too_many(backend: Backend) -> None:
    with pytest.raises(FieldError, match="at most 6 runs") as told:
        compare_runs(backend.runs, [uuid4() for _ in range(MAX_SIDES + 1)])
    assert told.value.field == "run_ids"
