import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pump_desktop.domain.errors import FieldError
from pump_desktop.stats.binomial import binomial_band
from pump_desktop.stats.density import (
    MAX_BUCKETS,
    bucket_choices,
    default_bucket,
    dispersion,
    outside_band,
    run_buckets,
)

OUTCOMES = (np.random.default_rng(5).random(10_250) < 0.1).astype(np.uint8)


def test_buckets_count_the_hits_from_the_first_nonce_on() -> None:
    got = run_buckets(OUTCOMES, 501, (1,), 0.1, 1_000)
    nonces = np.flatnonzero(OUTCOMES) + 501
    wanted, _ = np.histogram(nonces, [*range(501, 10_750, 1_000), 10_751])
    assert got.hits.tolist() == wanted.tolist()
    assert got.rounds.tolist() == [1_000] * 10 + [250]
    assert (got.bucket_size, got.first_nonce, got.last_nonce) == (1_000, 501, 10_750)
    assert got.hits.sum() == OUTCOMES.sum()


def test_the_band_is_scipys_binomial_one_for_full_and_for_short_buckets() -> None:
    got = run_buckets(OUTCOMES, 1, (1,), 0.1, 1_000)
    for at, rounds in ((0, 1_000), (-1, 250)):
        law = stats.binom(rounds, 0.1)
        assert (got.low[at], got.high[at]) == (law.ppf(0.025), law.ppf(0.975))
        assert law.cdf(got.high[at]) - law.cdf(got.low[at] - 1) >= 0.95


@given(st.integers(1, 10**8), st.floats(1e-7, 1))
def test_bands_are_scipys_for_any_law(count: int, probability: float) -> None:
    law = stats.binom(count, probability)
    low, high = binomial_band(count, probability)
    # One off where the two libraries round the same chance to both sides of 2.5 %.
    assert low == pytest.approx(law.ppf(0.025), abs=1)
    assert high == pytest.approx(law.ppf(0.975), abs=1)
    assert law.sf(high) <= 0.025 * (1 + 1e-6)
    assert law.cdf(low - 1) <= 0.025 * (1 + 1e-6)


@given(st.integers(1, 10**9))
def test_sizes_to_choose_from_are_round_and_fit_the_run(count: int) -> None:
    sizes = bucket_choices(count)
    assert list(sizes) == sorted(set(sizes))
    assert all(str(size).rstrip("0") in {"1", "2", "5"} for size in sizes)
    assert all(10 <= count / size <= 2_000 for size in sizes) or (sizes == (1,) and count < 10)
    assert default_bucket(count, 0.001) in sizes


def test_buckets_expect_about_20_hits_where_the_run_allows_it() -> None:
    assert default_bucket(1_000_000, 0.02) == 1_000
    assert default_bucket(1_000_000, 0.98) == 1_000
    assert default_bucket(10_000_000, 1 / 11_429) == 200_000
    # 2,000 buckets at most, and ten at least.
    assert default_bucket(10_000_000, 0.4) == 5_000
    assert default_bucket(10_000_000, 1e-7) == 1_000_000
    assert 10 <= 1_000_000 / default_bucket(1_000_000, 0.0) <= 2_000
    assert default_bucket(0, 0.1) == 1


@pytest.mark.parametrize(("size", "buckets", "rate"), [(50, 40, 0.5), (1_000, 20, 0.02)])
def test_dispersion_has_mean_1_and_its_chi_square_law_given_the_total(
    size: int, buckets: int, rate: float
) -> None:
    rng = np.random.default_rng(7)
    total = int(size * buckets * rate)
    drawn = rng.multivariate_hypergeometric([size] * buckets, total, 4_000, method="marginals")
    found = [one for hits in drawn if (one := dispersion(hits, size)[0]) is not None]
    assert len(found) == 4_000
    indices = np.array([one.index for one in found])
    assert indices.mean() == pytest.approx(1, abs=4 * indices.std() / np.sqrt(4_000))
    assert stats.kstest([one.p_value for one in found], "uniform").pvalue > 0.001
    first = found[0]
    assert first.degrees == buckets - 1
    law = stats.chi2(buckets - 1)
    assert first.p_value == pytest.approx(2 * min(law.cdf(first.statistic), law.sf(first.statistic)))


def test_clusters_and_too_even_hits_both_stand_out() -> None:
    clustered, _ = dispersion(np.array([0, 200] * 10), 1_000)
    even, _ = dispersion(np.array([100] * 20), 1_000)
    assert clustered is not None
    assert even is not None
    assert clustered.index > 10
    assert even.index == 0
    assert clustered.p_value < 1e-6
    assert even.p_value < 1e-6
    reading = run_buckets(np.tile(OUTCOMES[:500], 100), 1, (1,), 0.1, 500).reading
    assert reading.endswith("or more so: unusual.")


def test_small_numbers_make_no_test_and_say_so() -> None:
    few = run_buckets(OUTCOMES, 1, (1,), 0.1, 20)
    assert few.dispersion is None
    assert few.reading == "Too few hits for a test: a bucket has 2.1 on average, 5 are needed."
    assert "misses" in run_buckets(OUTCOMES, 1, (0,), 0.9, 20).reading
    assert "two full ones" in run_buckets(OUTCOMES, 1, (1,), 0.1, 9_000).reading


def test_no_nonces_make_no_buckets() -> None:
    got = run_buckets(OUTCOMES[:0], 77, (1,), 0.1)
    assert (len(got.hits), len(got.rounds), len(got.low), len(got.high)) == (0, 0, 0, 0)
    assert (got.first_nonce, got.last_nonce) == (77, 76)
    assert got.reading


@pytest.mark.parametrize("size", [0, -5])
def test_a_bucket_holds_a_nonce_at_least(size: int) -> None:
    with pytest.raises(FieldError, match="bucket_size must be at least 1"):
        run_buckets(OUTCOMES, 1, (1,), 0.1, size)


def test_more_buckets_than_can_be_told_apart_are_refused() -> None:
    outcomes = np.zeros(MAX_BUCKETS * 2 + 1, np.uint8)
    with pytest.raises(FieldError, match=r"bucket_size must be at least 3 for 200,001 nonces"):
        run_buckets(outcomes, 1, (1,), 0.1, 2)
    assert len(run_buckets(outcomes, 1, (1,), 0.1, 3).hits) == 66_667


def test_outside_the_band_is_exact_for_a_shorter_last_bucket() -> None:
    hit = (np.random.default_rng(2).random(1250) < 0.03).astype(np.uint8)
    found = run_buckets(hit, 1, (1,), 0.03, 100)
    seen, expected = outside_band(found)
    by_hand = 0.0
    outside = 0
    for place in range(13):
        length = 100 if place < 12 else 50
        law = stats.binom(length, 0.03)
        low, high = law.interval(0.95)
        by_hand += law.cdf(low - 1) + law.sf(high)
        count = int(hit[place * 100 : place * 100 + length].sum())
        outside += not low <= count <= high
    assert expected == pytest.approx(by_hand)
    assert seen == outside


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_what_never_or_always_hits_puts_no_bucket_outside(p: float) -> None:
    hit = np.full(1000, int(p), np.uint8)
    assert outside_band(run_buckets(hit, 1, (1,), p, 100)) == (0, 0.0)
