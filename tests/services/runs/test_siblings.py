"""The same nonces at other difficulties: what is stored is found, what is not can be scanned."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import Run
from pump_desktop.services.backend import Backend
from pump_desktop.services.runs.siblings import find_sibling, sibling_request

EXPERT = ScanRequest("server", "client", 11, 300, Difficulty.EXPERT, (17.34, 164.72))


@pytest.fixture
def run(backend: Backend) -> Run:
    return backend.runs.create(EXPERT, name="the first").run


def test_a_run_without_siblings_has_none(backend: Backend, run: Run) -> None:
    assert find_sibling(backend.runs, run, Difficulty.HARD) is None
    assert find_sibling(backend.runs, run, Difficulty.EXPERT) == run


def test_the_newest_run_of_the_same_seeds_and_range_is_the_sibling(backend: Backend, run: Run) -> None:
    hard = replace(EXPERT, difficulty=Difficulty.HARD)
    for other in (
        replace(hard, server_seed="Server"),
        replace(hard, client_seed="client "),
        replace(hard, start=12),
        replace(hard, end=301),
    ):
        backend.runs.create(other)
    assert find_sibling(backend.runs, run, Difficulty.HARD) is None
    older, newer = backend.runs.create(hard).run, backend.runs.create(hard).run
    assert find_sibling(backend.runs, run, Difficulty.HARD) == newer
    assert find_sibling(backend.runs, run, Difficulty.HARD, without=[newer.id]) == older
    assert find_sibling(backend.runs, run, Difficulty.HARD, without={newer.id, older.id}) is None
    assert find_sibling(backend.runs, newer, Difficulty.EXPERT) == run


def test_a_sibling_is_scanned_with_the_same_nonces_and_targets(run: Run) -> None:
    # 17.34x stands on both tables, so both numbers stay as they are.
    assert sibling_request(run, Difficulty.HARD) == replace(EXPERT, difficulty=Difficulty.HARD)


@pytest.mark.parametrize(
    ("target", "difficulty", "wanted"),
    [
        # A chance of at least x is 0.98 / x: the nearest entry is the one at the smallest ratio.
        (164.72, Difficulty.HARD, 206.62),
        (164.72, Difficulty.MEDIUM, 225.40),
        (164.72, Difficulty.EASY, 24.50),
        (1.63, Difficulty.MEDIUM, 1.69),
        (3203384.80, Difficulty.MEDIUM, 2254.00),
        (9_000_000.0, Difficulty.HARD, 52067.40),
        (250.0, Difficulty.HARD, 413.23),
    ],
)
def test_targets_that_no_nonce_can_meet_become_entries_as_rare(
    run: Run, target: float, difficulty: Difficulty, wanted: float
) -> None:
    request = sibling_request(replace(run, targets=(target,)), difficulty)
    assert request.targets == (wanted,)
    assert wanted in PAYOUTS[difficulty]


def test_targets_that_become_the_same_entry_are_one(run: Run) -> None:
    request = sibling_request(replace(run, targets=(34.68, 73.21, 164.72)), Difficulty.EASY)
    assert request.targets == (24.50,)
