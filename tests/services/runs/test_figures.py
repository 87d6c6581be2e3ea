import numpy as np
import pytest

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import Match
from pump_desktop.services.backend import Backend
from pump_desktop.services.runs.figures import run_density, run_fairness, run_gaps
from pump_desktop.services.runs.runs import Replay
from pump_desktop.stats.gaps import gap_stats
from pump_desktop.stats.hits import HitFilter

TARGET = 17.34
FILTER = HitFilter((TARGET,), Match.AT_LEAST)
PART = HitFilter((TARGET,), Match.AT_LEAST, first=20_000, last=49_999)


@pytest.fixture
def replay(backend: Backend) -> Replay:
    return backend.runs.create(ScanRequest("server", "client", 501, 60_500, Difficulty.EXPERT, (400.02,)))


def test_gaps_are_those_the_hits_and_distances_of_the_run_show(backend: Backend, replay: Replay) -> None:
    got = run_gaps(backend.runs, replay.run, FILTER)
    nonces, gaps, figures = backend.runs.distances(replay.run, TARGET, Match.AT_LEAST)
    assert got.nonces.tolist() == nonces.tolist() == (np.flatnonzero(replay.outcomes >= 5) + 501).tolist()
    assert got.gaps.tolist() == gaps.tolist()
    assert got.stats == figures == gap_stats(nonces)
    assert got.probability == pytest.approx(float(FILTER.probability(Difficulty.EXPERT)))
    assert got.test is not None
    assert sum(one.observed for one in got.bins) == len(gaps)


def test_gaps_and_density_keep_to_the_nonces_of_the_filter(backend: Backend, replay: Replay) -> None:
    inside = replay.outcomes[20_000 - 501 : 50_000 - 501] >= 5
    gaps = run_gaps(backend.runs, replay.run, PART)
    assert gaps.nonces.tolist() == (np.flatnonzero(inside) + 20_000).tolist()
    density = run_density(backend.runs, replay.run, PART, 10_000)
    assert (density.first_nonce, density.last_nonce) == (20_000, 49_999)
    assert density.hits.tolist() == inside.reshape(3, 10_000).sum(axis=1).tolist()
    # All 60,000 nonces expect 147 hits of 400.02 or more; 5,000 of them expect 12, too few for a test.
    rare = HitFilter((400.02,), Match.AT_LEAST)
    assert run_gaps(backend.runs, replay.run, rare).test is not None
    short = run_gaps(
        backend.runs, replay.run, HitFilter((400.02,), Match.AT_LEAST, first=20_000, last=24_999)
    )
    assert short.test is None
    assert short.reading.startswith("Too few hits")


def test_a_range_without_a_nonce_of_the_run_is_empty_and_says_so(backend: Backend, replay: Replay) -> None:
    for first, last in ((1, 500), (60_501, 70_000), (300, 200)):
        outside = HitFilter((TARGET,), Match.EXACT, first, last)
        gaps = run_gaps(backend.runs, replay.run, outside)
        assert (len(gaps.nonces), gaps.stats, gaps.bins, gaps.test) == (0, None, (), None)
        assert gaps.reading == "The run has no nonce in this range."
        assert len(run_density(backend.runs, replay.run, outside, None).hits) == 0


def test_density_has_a_size_of_its_own_or_the_one_that_is_asked(backend: Backend, replay: Replay) -> None:
    own = run_density(backend.runs, replay.run, FILTER, None)
    asked = run_density(backend.runs, replay.run, FILTER, 7_000)
    assert own.bucket_size == 500
    assert len(asked.hits) == 9
    assert own.hits.sum() == asked.hits.sum() == int((replay.outcomes >= 5).sum())
    with pytest.raises(FieldError, match="bucket_size"):
        run_density(backend.runs, replay.run, FILTER, 0)


def test_fairness_tests_the_run_with_its_own_distribution(backend: Backend, replay: Replay) -> None:
    got = run_fairness(backend.runs, replay.run, TARGET, Match.AT_LEAST)
    assert (got.count, got.hits) == (60_000, int((replay.outcomes >= 5).sum()))
    assert got.made == 7
    whole = backend.runs.distribution(replay.run)
    assert whole.chi_square is not None
    assert got.tests[0].p_value == whole.chi_square.p_value
    assert got.dispersion == run_density(backend.runs, replay.run, FILTER, None).dispersion
    gap_test = run_gaps(backend.runs, replay.run, FILTER).test
    assert gap_test is not None
    assert got.tests[2].p_value == gap_test.p_value
