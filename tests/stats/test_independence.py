from collections import Counter, defaultdict
from itertools import combinations, groupby, pairwise
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pump_desktop.stats import hits as hits_module
from pump_desktop.stats.independence import (
    HitOrder,
    autocorrelation,
    hit_order,
    longest_drought,
    pair_law,
    pairs_test,
    runs_tails,
    runs_test,
)

LAGS = range(1, 11)


def ordered(flags: list[bool] | list[int]) -> HitOrder:
    return hit_order(np.array(flags, np.uint8), (1,))


@pytest.mark.parametrize("piece", [3, 7, 1000])
@given(st.lists(st.booleans(), max_size=60))
def test_a_walk_in_pieces_sees_what_the_plain_list_shows(piece: int, flags: list[bool]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hits_module, "PIECE", piece)
        got = ordered(flags)
    at = [i for i, flag in enumerate(flags) if flag]
    stretches = [(flag, len(list(same))) for flag, same in groupby(flags)]
    assert (got.count, got.hits, got.runs) == (len(flags), len(at), len(stretches))
    assert got.pairs == tuple(sum(i + lag in at for i in at) for lag in LAGS)
    assert got.early == tuple(sum(flags[:lag]) for lag in LAGS)
    assert got.late == tuple(sum(flags[-lag:]) for lag in LAGS)
    gaps = Counter(b - a for a, b in pairwise(at))
    assert dict(zip(got.gaps.values.tolist(), got.gaps.counts.tolist(), strict=True)) == gaps
    assert got.longest == max((length for flag, length in stretches if not flag), default=0)
    stretch = flags[got.longest_at : got.longest_at + got.longest]
    assert len(stretch) == got.longest
    assert not any(stretch)


@pytest.mark.parametrize(("count", "hits"), [(11, 4), (12, 6), (12, 10), (9, 1)])
def test_the_law_of_runs_is_that_of_all_arrangements(count: int, hits: int) -> None:
    runs = Counter(ordered([i in at for i in range(count)]).runs for at in combinations(range(count), hits))
    total = comb(count, hits)
    for number in runs:
        at_most, at_least = runs_tails(hits, count - hits, number)
        assert at_most == pytest.approx(sum(n for r, n in runs.items() if r <= number) / total)
        assert at_least == pytest.approx(sum(n for r, n in runs.items() if r >= number) / total)


def test_long_runs_are_tested_as_the_textbooks_normal_law_does() -> None:
    flags = (np.random.default_rng(2).random(200_000) < 0.3).astype(np.uint8)
    order = hit_order(flags, (1,))
    n1, n2 = order.hits, order.count - order.hits
    mean = 2 * n1 * n2 / (n1 + n2) + 1
    deviation = np.sqrt((mean - 1) * (mean - 2) / (n1 + n2 - 1))
    got, _ = runs_test(order)
    assert got is not None
    assert got.expected == pytest.approx(mean)
    z = (abs(order.runs - mean) - 0.5) / deviation
    assert got.p_value == pytest.approx(2 * stats.norm.sf(z), abs=0.002)


def test_far_too_few_and_far_too_many_runs_are_told() -> None:
    for flags in ([1] * 5000 + [0] * 5000, [1, 0] * 5000):
        test, _ = runs_test(ordered(flags))
        assert test is not None
        assert 0 < test.p_value < 1e-12


@pytest.mark.parametrize(("count", "hits"), [(11, 4), (12, 6), (13, 3)])
def test_means_and_covariances_of_pairs_are_those_of_all_arrangements(count: int, hits: int) -> None:
    pairs = np.array([
        ordered([i in at for i in range(count)]).pairs for at in combinations(range(count), hits)
    ])  # fmt: skip
    mean, covariance = pair_law(count, hits)
    assert mean == pytest.approx(pairs.mean(axis=0))
    assert covariance == pytest.approx(np.cov(pairs.T, bias=True))


@given(st.lists(st.booleans(), min_size=2, max_size=60))
def test_autocorrelation_is_the_textbooks(flags: list[bool]) -> None:
    found = dict(autocorrelation(ordered(flags)))
    x = np.array(flags, float) - np.mean(flags)
    if not x.any():
        assert found == {}
        return
    assert found == {
        lag: pytest.approx((x[lag:] @ x[:-lag]) / (x @ x), abs=1e-12) for lag in LAGS if lag < len(flags)
    }


def test_echoes_at_any_lag_are_found_and_misses_serve_as_well_as_hits() -> None:
    rng = np.random.default_rng(3)
    for lag in (1, 4, 10):
        flags = (rng.random(20_000) < 0.1).astype(np.uint8)
        echo = np.roll(flags, lag) & (rng.random(20_000) < 0.3)
        flags |= echo
        test, _ = pairs_test(hit_order(flags, (1,)))
        assert test is not None
        assert test.p_value < 1e-6
        mirrored, _ = pairs_test(hit_order(flags, (0,)))
        assert mirrored is not None
        assert mirrored.statistic == pytest.approx(test.statistic, rel=0.05)


def test_rare_hits_and_rare_misses_are_refused() -> None:
    rare = (np.random.default_rng(4).random(100_000) < 0.002).astype(np.uint8)
    for wanted in ((1,), (0,)):
        order = hit_order(rare, wanted)
        runs, why_no_runs = runs_test(order)
        pairs, why_no_pairs = pairs_test(order)
        assert runs is None
        assert pairs is None
        assert why_no_runs.startswith("Too rare for a test: 0.4 pairs next to each other are expected")
        assert why_no_pairs.startswith("Too rare for a test: 0.4 pairs 10 nonces apart are expected")


def by_recursion(length: int, count: int, p: float) -> float:
    q = 1 - p
    none = [1.0] * (count + 1)
    for n in range(length, count + 1):
        none[n] = 1 - q**length if n == length else none[n - 1] - p * q**length * none[n - length - 1]
    return 1 - none[count]


@given(st.integers(1, 600), st.floats(0.001, 0.99), st.data())
def test_droughts_have_the_chance_the_exact_recursion_gives(
    count: int, probability: float, data: st.DataObject
) -> None:
    length = data.draw(st.integers(1, min(count, int(20 / probability))))
    wanted = by_recursion(length, count, probability)
    assert longest_drought(length, count, probability) == pytest.approx(wanted, rel=1e-6, abs=1e-5)
    if wanted < 0.9:
        assert longest_drought(length, count, probability) == pytest.approx(wanted, rel=1e-8, abs=1e-13)


def test_droughts_of_short_runs_have_the_chance_of_all_arrangements() -> None:
    p, count = 0.3, 10
    chance: dict[int, float] = defaultdict(float)
    for bits in range(1 << count):
        flags = [bool(bits >> i & 1) for i in range(count)]
        chance[ordered(flags).longest] += p ** sum(flags) * (1 - p) ** (count - sum(flags))
    for length in range(count + 2):
        wanted = sum(share for longest, share in chance.items() if longest >= length)
        assert longest_drought(length, count, p) == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize(("probability", "count"), [(0.4, 10**8), (1e-3, 10**7), (1e-6, 10**8)])
def test_droughts_of_long_runs_follow_the_law_of_extremes(probability: float, count: int) -> None:
    # Hits are renewals, so stretches of at least L begin nearly as a Poisson stream of rate p * q^L.
    for chance in (0.01, 0.3, 0.9):
        length = round(np.log(-np.log1p(-chance) / (count * probability)) / np.log1p(-probability))
        rate = count * probability * np.exp(length * np.log1p(-probability))
        got = longest_drought(length, count, probability)
        assert got == pytest.approx(-np.expm1(-rate), rel=0.15 if count * probability < 1e3 else 0.01)


def test_droughts_at_the_ends_of_the_scale() -> None:
    assert longest_drought(0, 10, 0.5) == 1
    assert longest_drought(11, 10, 0.5) == 0
    assert longest_drought(10, 10, 0.5) == pytest.approx(0.5**10)
    assert longest_drought(5, 10, 1.0) == 0
    assert longest_drought(5, 10, 0.0) == 1
    assert longest_drought(3, 10**8, 0.4) == 1
