from __future__ import annotations

from functools import reduce

import numpy as np
import pytest
from scipy import stats

from pump_desktop.stats.funnel import (
    LEVELS,
    Counted,
    binomial_quantile,
    funnel,
    limits,
    overall,
    sum_p_value,
    two_sided,
)


def cases(seed: int, count: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Give numbers of nonces from 1 to a billion with chances from one in ten million up."""
    rng = np.random.default_rng(seed)
    nonces = np.rint(10 ** rng.uniform(0, 9, count)).astype(np.int64)
    return nonces, 10 ** rng.uniform(-7, -0.01, count)


def fair(seed: int, count: int, nonces: int, chance: float) -> list[Counted]:
    rng = np.random.default_rng(seed)
    hits = rng.binomial(nonces, chance, count).tolist()
    return [Counted(number, nonces, chance, hit) for number, hit in enumerate(hits, 1)]


@pytest.mark.parametrize("share", [0.001, 0.025, 0.3, 0.975, 0.999])
def test_quantiles_are_those_of_scipy(share: float) -> None:
    nonces, chances = cases(1)
    assert np.array_equal(binomial_quantile(share, nonces, chances), stats.binom.ppf(share, nonces, chances))


def test_limits_hold_at_least_their_share_and_no_narrower_ones_do() -> None:
    nonces, chances = cases(2)
    for level in LEVELS:
        low, high = limits(level, nonces, chances)
        law = stats.binom(nonces, chances)
        assert np.all(law.cdf(high) - law.cdf(low - 1) >= level - 1e-12)
        assert np.all(law.cdf(low - 1) < (1 - level) / 2)
        assert np.all(law.cdf(low) >= (1 - level) / 2)
        assert np.all(law.sf(high) <= (1 - level) / 2 + 1e-12)


def test_p_values_are_twice_the_smaller_tail() -> None:
    nonces, chances = cases(3)
    hits = np.random.default_rng(4).binomial(nonces, chances)
    law = stats.binom(nonces, chances)
    wanted = np.minimum(1, 2 * np.minimum(law.cdf(hits), law.sf(hits - 1)))
    assert two_sided(hits, nonces, chances) == pytest.approx(wanted, rel=1e-7)
    rare = two_sided(np.array([900]), np.array([10**6]), np.array([1e-4]))
    assert rare == pytest.approx([2 * stats.binom.sf(899, 10**6, 1e-4)], rel=1e-6)
    assert two_sided(np.array([0, 5]), np.array([5, 5]), np.array([0.5, 0.5])) == pytest.approx([2 / 32] * 2)


def test_drawn_limits_part_the_counts_inside_from_those_outside() -> None:
    runs = [Counted(1, 300, 0.002, 0), Counted(2, 500_000, 0.002, 1000), Counted(3, 2000, 0.02, 40)]
    drawn = funnel(runs).limits
    assert [(limit.level, limit.probability) for limit in drawn] == [
        (level, chance) for chance in (0.002, 0.02) for level in LEVELS
    ]
    for limit in drawn:
        nonces = np.rint(limit.expected / limit.probability).astype(np.int64)
        tail = (1 - limit.level) / 2
        law = stats.binom(nonces, limit.probability)
        low, high = np.asarray(law.ppf(tail)), np.asarray(law.ppf(1 - tail))
        bounded = ~np.isnan(limit.low)
        assert np.all(low[~bounded] == 0)
        assert np.all((low[bounded] - 1 < limit.low[bounded]) & (limit.low[bounded] <= low[bounded]))
        assert np.all((high < limit.high) & (limit.high <= high + 1))
        assert np.all(np.diff(limit.high) > 0)


def test_how_many_lie_outside_by_chance_is_known_exactly() -> None:
    runs = [*fair(5, 30, 1000, 0.004), *fair(6, 30, 200_000, 0.004)]
    figures = funnel(runs)
    for outside, low, high in zip(figures.outside, figures.low, figures.high, strict=True):
        law = stats.binom(figures.nonces, 0.004)
        assert outside.by_chance == pytest.approx(float((law.cdf(low - 1) + law.sf(high)).sum()))
        assert outside.by_chance <= 60 * (1 - outside.level) + 1e-9
        hits = figures.hits
        assert outside.seen == sum(
            not a <= hit <= b for a, hit, b in zip(low.tolist(), hits.tolist(), high.tolist(), strict=True)
        )


def test_fair_runs_lie_outside_as_often_as_chance_says() -> None:
    figures = funnel(fair(7, 4000, 50_000, 0.003))
    for outside in figures.outside:
        assert stats.binomtest(outside.seen, 4000, outside.by_chance / 4000).pvalue > 0.001


def test_small_expectations_get_no_test_and_are_counted() -> None:
    runs = [Counted(1, 1000, 0.004, 30), Counted(2, 2000, 0.004, 8), Counted(3, 1250, 0.004, 12)]
    figures = funnel(runs)
    assert np.isnan(figures.p_values).tolist() == [True, False, False]
    assert (figures.small, figures.furthest) == (1, 2)
    assert figures.adjusted == pytest.approx(min(1.0, 2 * float(np.nanmin(figures.p_values))))
    assert figures.ratios.tolist() == [7.5, 1.0, 2.4]
    alone = funnel(runs[:1])
    assert (alone.furthest, alone.adjusted, alone.overall.p_value) == (None, None, None)
    assert alone.overall.reading == "Under 5 hits are expected in all: too few for a test."


def test_the_smallest_p_value_is_corrected_for_their_number() -> None:
    figures = funnel([*fair(8, 99, 100_000, 0.002), Counted(100, 100_000, 0.002, 280)])
    assert figures.furthest == 99
    assert figures.adjusted == pytest.approx(100 * float(figures.p_values[99]), rel=1e-12)
    assert figures.adjusted is not None
    assert 0 < figures.adjusted < 0.001


def test_a_sum_of_one_chance_is_a_binomial_count() -> None:
    nonces = np.array([1000, 250_000, 7])
    total = int(stats.binom.ppf(0.01, nonces.sum(), 0.01))
    wanted = 2 * stats.binom.cdf(total, nonces.sum(), 0.01)
    assert sum_p_value(total, nonces, np.full(3, 0.01)) == pytest.approx(wanted)


def test_a_sum_over_difficulties_has_the_convolved_law() -> None:
    nonces, chances = np.array([4000, 900, 1500, 60]), np.array([0.004, 0.02, 0.3, 0.9])
    laws = [stats.binom.pmf(np.arange(n + 1), n, p) for n, p in zip(nonces, chances, strict=True)]
    law = reduce(np.convolve, laws)
    for total in (440, 500, 538, 540, 570, 640):
        wanted = min(1.0, 2 * min(law[: total + 1].sum(), law[total:].sum()))
        assert sum_p_value(total, nonces, chances) == pytest.approx(wanted, rel=1e-6, abs=1e-14)


def test_a_huge_sum_is_normal_where_both_ways_meet() -> None:
    """Just below the variance where exact sums end, scipy's normal law says the same."""
    nonces, chances = np.array([3 * 10**9, 10**9]), np.array([0.01, 0.05])
    spread = float(np.sqrt((nonces * chances * (1 - chances)).sum()))
    mean = float((nonces * chances).sum())
    for away in (-3.0, -1.0, 0.5, 2.0, 4.0):
        total = round(mean + away * spread)
        wanted = 2 * stats.norm.sf((abs(total - mean) - 0.5) / spread)
        assert sum_p_value(total, nonces, chances) == pytest.approx(min(1.0, wanted), rel=2e-3)
        more = sum_p_value(round(4 * mean + 2 * away * spread), 4 * nonces, chances)
        assert more == pytest.approx(min(1.0, 2 * stats.norm.sf(abs(away))), rel=2e-3)


def test_the_reading_follows_the_p_value() -> None:
    nonces, chances = np.array([1_000_000]), np.array([0.001])
    readings = [overall(np.array([hits]), nonces, chances).reading for hits in (1000, 1070, 1090, 1200)]
    assert readings == [
        "All pairs together stray no further than fair seeds do.",
        "Under 1 fair batch in 20 strays this far from its expectation.",
        "Under 1 fair batch in 100 strays this far from its expectation.",
        "Under 1 fair batch in 1,000 strays this far from its expectation.",
    ]


def test_ten_thousand_runs_of_their_own_lengths_are_one_question() -> None:
    rng = np.random.default_rng(9)
    runs = [
        Counted(number, int(n), 0.0024, int(rng.binomial(n, 0.0024)))
        for number, n in enumerate(rng.integers(1000, 10_000_000, 10_000), 1)
    ]
    figures = funnel(runs)
    assert len(figures) == 10_000
    assert figures.overall.expected == pytest.approx(sum(run.nonces for run in runs) * 0.0024)
