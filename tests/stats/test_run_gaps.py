from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pump_desktop.stats.gaps import gap_stats, tally
from pump_desktop.stats.run_gaps import (
    LEAST_HITS,
    MOST_CELLS,
    GapFigures,
    cell_bounds,
    gap_bins,
    gap_figures,
    nice_step,
)

chances = st.floats(1e-5, 0.97)


def hits_of(probability: float, count: int, seed: int = 1) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    rng = np.random.default_rng(seed)
    gaps = rng.geometric(probability, int(count * probability * 2) + 100)
    nonces = np.cumsum(gaps)
    return nonces[nonces <= count].astype(np.int64)


def figures(probability: float, count: int, seed: int = 1) -> GapFigures:
    return gap_figures(hits_of(probability, count, seed), count, probability)


def test_gaps_stand_between_hits_in_hit_order() -> None:
    got = gap_figures(np.array([3, 10, 11, 40]), 50, 0.1)
    assert got.gaps.tolist() == [7, 1, 29]
    assert got.nonces.tolist() == [3, 10, 11, 40]
    assert got.stats == gap_stats(got.nonces)
    assert gap_figures(np.array([3]), 50, 0.1).gaps.tolist() == []
    assert gap_figures(np.array([3]), 50, 0.1).bins == ()


@given(chances, st.integers(0, 10))
def test_bins_follow_each_other_from_gap_1_to_the_largest_and_hold_every_gap(
    probability: float, seed: int
) -> None:
    gaps = np.random.default_rng(seed).geometric(probability, 500)
    bins = gap_bins(tally(gaps), probability)
    assert bins[0].low == 1
    assert bins[-1].high == gaps.max()
    assert all(after.low == before.high + 1 for before, after in pairwise(bins))
    assert len({one.high - one.low for one in bins[:-1]}) <= 1
    assert [one.observed for one in bins] == [int(((gaps >= b.low) & (gaps <= b.high)).sum()) for b in bins]
    assert sum(one.expected for one in bins) == pytest.approx(500)


@given(chances)
def test_bins_expect_what_scipys_geometric_law_says(probability: float) -> None:
    gaps = np.random.default_rng(3).geometric(probability, 300)
    law = stats.geom(probability)
    *closed, last = gap_bins(tally(gaps), probability)
    for one in closed:
        wanted = 300 * (law.sf(one.low - 1) - law.sf(one.high))
        assert one.expected == pytest.approx(wanted, rel=1e-6, abs=1e-9)
    assert last.expected == pytest.approx(300 * law.sf(last.low - 1), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    ("probability", "count"), [(0.4, 10**7), (0.05, 10**6), (1e-3, 10**6), (1e-5, 10**7)]
)
def test_frequent_and_rare_targets_both_get_a_histogram_one_can_read(probability: float, count: int) -> None:
    bins = figures(probability, count).bins
    assert 15 <= len(bins) <= 40
    width = bins[0].high - bins[0].low + 1
    assert str(width).rstrip("0") in {"1", "2", "5"}


@given(st.floats(0.1, 1e9))
def test_steps_are_1_2_5_and_no_larger_than_needed(least: float) -> None:
    step = nice_step(least)
    assert step >= least
    assert step == 1 or step / 2.5 < least


@given(chances, st.integers(3, MOST_CELLS))
def test_every_cell_holds_at_least_its_share_of_the_law(probability: float, cells: int) -> None:
    beyond = np.array(
        [1.0, *(stats.geom(probability).sf(bound) for bound in cell_bounds(probability, cells)), 0]
    )
    shares = -np.diff(beyond)
    assert shares.min() >= (1 - 1e-6) / cells
    if probability < 1e-3:
        # For a rare target nothing stands in the way of equal cells.
        assert cells - 1 <= len(shares) <= cells
        assert shares[:-1].max() <= 1.05 / cells


@pytest.mark.parametrize(
    ("probability", "count"), [(0.4, 5_000), (0.05, 10_000), (0.001, 40_000), (1e-5, 10**7)]
)
def test_the_test_is_scipys_chi_square_over_the_geometric_law(probability: float, count: int) -> None:
    got = figures(probability, count)
    total = len(got.gaps)
    bounds = cell_bounds(probability, min(total // 5, MOST_CELLS))
    edges = [0.5, *(bound + 0.5 for bound in bounds), count + 0.5]
    seen, _ = np.histogram(got.gaps, edges)
    awaited = -np.diff([1.0, *stats.geom(probability).sf(bounds), 0.0]) * total
    wanted = stats.chisquare(seen, awaited)
    assert awaited.min() >= 5
    assert got.test is not None
    assert (got.test.cells, got.test.degrees) == (len(seen), len(seen) - 1)
    assert got.test.statistic == pytest.approx(wanted.statistic)
    assert got.test.p_value == pytest.approx(wanted.pvalue)
    assert "geometric law" in got.reading


def test_gaps_of_another_law_are_told_apart() -> None:
    regular = gap_figures(np.arange(20, 20_000, 20), 20_000, 0.05)
    assert regular.test is not None
    assert regular.test.p_value < 1e-12
    assert regular.reading == (
        "Fewer than 1 in 1,000,000 fair runs have gaps this far from the geometric law or farther: unusual."
    )


def test_small_numbers_make_no_test_and_say_so() -> None:
    few = gap_figures(hits_of(0.001, 10_000), 10_000, 0.001)
    assert few.test is None
    assert few.reading == f"Too few hits for a test: 10.0 are expected, {LEAST_HITS} are needed."
    none_came = gap_figures(np.empty(0, np.int64), 10_000, 0.01)
    assert none_came.test is None
    assert none_came.reading.startswith("Too few gaps")
    assert "in this range" in gap_figures(np.empty(0, np.int64), 0, 0.01).reading
    assert "No result" in gap_figures(np.empty(0, np.int64), 100, 0.0).reading
    assert "all gaps are 1" in gap_figures(np.arange(1, 101), 100, 1.0).reading
    nearly_all = gap_figures(np.arange(1, 101), 100, 0.97)
    assert nearly_all.test is None


@given(st.lists(st.integers(1, 50) | st.integers(2_000_000, 9_000_000), min_size=1, max_size=60))
def test_figures_from_counted_gaps_are_those_of_the_plain_list(gaps: list[int]) -> None:
    got = gap_stats(np.cumsum([1, *gaps]))
    assert got is not None
    assert (got.count, got.min, got.max) == (len(gaps), min(gaps), max(gaps))
    assert got.mean == pytest.approx(np.mean(gaps))
    assert got.median == np.median(gaps)
    assert got.stddev == pytest.approx(np.std(gaps))
    assert got.p90 == np.percentile(gaps, 90, method="inverted_cdf")
    assert got.p99 == np.percentile(gaps, 99, method="inverted_cdf")
