import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pump_desktop.domain.game import PAYOUTS, Difficulty, p_exact
from pump_desktop.domain.runs import Match
from pump_desktop.stats.distribution import (
    chi_square,
    chi_square_reading,
    clopper_pearson,
    distribution,
    pooled,
)
from pump_desktop.stats.gaps import gap_stats
from pump_desktop.stats.hits import HitFilter, count_outcomes, find_hits, summarise

EXPERT_100K = [40259, 24915, 15121, 8869, 5152, 2845, 1503, 717, 355, 163, 65, 25, 9, 2, 0, 0]


@given(st.integers(1, 10**9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_are_scipys_clopper_pearson(case: tuple[int, int]) -> None:
    successes, trials = case
    wanted = stats.binomtest(successes, trials).proportion_ci(0.95, method="exact")
    assert clopper_pearson(successes, trials) == pytest.approx((wanted.low, wanted.high), rel=1e-5)


def test_chi_square_is_scipys_on_the_pooled_cells() -> None:
    got = distribution(Difficulty.EXPERT, EXPERT_100K)
    expected = [100_000 * float(p_exact(Difficulty.EXPERT, k)) for k in range(16)]
    # k = 13, 14 and 15 expect 1.7, 0.3 and 0.03: they are pooled with k = 12 (6.7).
    seen = [*EXPERT_100K[:12], sum(EXPERT_100K[12:])]
    awaited = [*expected[:12], sum(expected[12:])]
    wanted = stats.chisquare(seen, awaited)
    assert got.chi_square is not None
    assert got.chi_square.cells == 13
    assert got.chi_square.degrees == 12
    assert got.chi_square.statistic == pytest.approx(wanted.statistic)
    assert got.chi_square.p_value == pytest.approx(wanted.pvalue)


def test_rows_hold_observed_expected_ratio_and_interval_as_counts() -> None:
    row = distribution(Difficulty.EXPERT, EXPERT_100K).rows[11]
    assert row.multiplier == 3200.18
    assert row.expected == pytest.approx(100_000 * float(p_exact(Difficulty.EXPERT, 11)))
    assert row.ratio == pytest.approx(25 / row.expected)
    assert row.low < 25 < row.high


@given(st.lists(st.tuples(st.integers(0, 50), st.floats(0.001, 50)), min_size=1, max_size=30))
def test_pooling_keeps_the_sums_and_lets_no_small_cell_stand(cells: list[tuple[int, float]]) -> None:
    observed, expected = [seen for seen, _ in cells], [awaited for _, awaited in cells]
    joined = pooled(observed, expected)
    assert sum(seen for seen, _ in joined) == sum(observed)
    assert sum(awaited for _, awaited in joined) == pytest.approx(sum(expected))
    assert len(joined) == 1 or all(awaited >= 5 for _, awaited in joined)


def test_too_few_nonces_make_no_test() -> None:
    assert chi_square([1, 0], [0.9, 0.1]) is None
    assert "Too few" in chi_square_reading(None)
    assert distribution(Difficulty.EASY, [0] * 25).chi_square is None


def outcomes_of(*ks: int) -> "np.ndarray[tuple[int], np.dtype[np.uint8]]":
    return np.array(ks, np.uint8)


def test_hits_are_found_exactly_and_at_least_with_their_distances() -> None:
    outcomes = outcomes_of(9, 0, 10, 9, 0, 11, 10)
    exact = find_hits(outcomes, 100, Difficulty.EXPERT, HitFilter((400.02, 1066.73)))
    assert exact.nonces.tolist() == [100, 102, 103, 106]
    assert exact.distances.tolist() == [0, 2, 1, 3]
    apart = find_hits(outcomes, 100, Difficulty.EXPERT, HitFilter((400.02, 1066.73)), per_multiplier=True)
    assert apart.distances.tolist() == [0, 0, 3, 4]
    at_least = find_hits(outcomes, 100, Difficulty.EXPERT, HitFilter((500.0,), Match.AT_LEAST))
    assert at_least.nonces.tolist() == [102, 105, 106]
    assert len(find_hits(outcomes, 100, Difficulty.EXPERT, HitFilter((500.0,)))) == 0
    assert len(find_hits(outcomes, 100, Difficulty.EXPERT, HitFilter((1e9,), Match.AT_LEAST))) == 0


def test_gap_figures_are_numpys_and_scipys() -> None:
    nonces = np.cumsum(stats.geom(0.01).rvs(500, random_state=1)).astype(np.int64)
    gaps = np.diff(nonces)
    got = gap_stats(nonces)
    assert got is not None
    assert (got.count, got.min, got.max) == (499, gaps.min(), gaps.max())
    assert got.mean == pytest.approx(gaps.mean())
    assert got.median == pytest.approx(np.median(gaps))
    assert got.stddev == pytest.approx(np.std(gaps))
    assert got.cv == pytest.approx(stats.variation(gaps))
    assert got.p90 == np.percentile(gaps, 90, method="inverted_cdf")
    assert got.p99 == np.percentile(gaps, 99, method="inverted_cdf")
    assert gap_stats(nonces[:1]) is None
    lone = gap_stats(np.array([1, 8]))
    assert lone is not None
    assert (lone.count, lone.p90, lone.p99) == (1, 7, 7)


@given(st.lists(st.integers(0, 15), min_size=1, max_size=200))
def test_summaries_are_what_the_plain_list_of_multipliers_says(ks: list[int]) -> None:
    table = PAYOUTS[Difficulty.EXPERT]
    multipliers = sorted(table[k] for k in ks)
    counts = count_outcomes(np.array(ks, np.uint8), Difficulty.EXPERT)
    summary = summarise(Difficulty.EXPERT, counts, (400.02, 35.0), (1,))
    assert summary.count == len(ks)
    assert summary.max_multiplier == multipliers[-1]
    assert summary.median_multiplier == pytest.approx(np.median(multipliers))
    assert summary.mean_multiplier == pytest.approx(np.mean(multipliers))
    assert summary.counts_by_target == {"400.02": ks.count(9), "35.0": 0}
    assert summary.counts_at_least == {
        "400.02": sum(k >= 9 for k in ks),
        "35.0": sum(k >= 7 for k in ks),
    }
    assert sum(summary.counts_by_multiplier.values()) == len(ks)
