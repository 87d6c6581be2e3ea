from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pump_desktop.domain.game import Difficulty, target_p_exact
from pump_desktop.stats.streams import (
    DensityBucket,
    Nonces,
    bucket_count,
    coverage,
    density,
    multiplier_metrics,
    no_hit,
    some_hit,
    waiting_rounds,
)

P = target_p_exact(Difficulty.EXPERT, 34.68)


def nonces(*values: int) -> Nonces:
    return np.array(values, np.int64)


def test_a_whole_stream_has_its_rate_and_its_streak() -> None:
    observed = nonces(*range(101, 1101))
    covered = coverage(observed, 0, 1.0)
    metrics = multiplier_metrics(34.68, nonces(150, 151, 1000), observed, covered, P)
    assert (covered.missing, covered.truncated, covered.reason) == (0, False, None)
    assert (metrics.count, metrics.last_nonce, metrics.streak) == (3, 1000, 100)
    assert metrics.rate == 3 / 1000
    # C(18, 9) / C(25, 10): position 7 pops, the six before it do not.
    assert Fraction(48620, 3268760) == P
    assert metrics.probability == float(P)
    assert metrics.streak_probability == pytest.approx(float((1 - P) ** 100), rel=1e-12)
    assert metrics.gaps is not None
    assert (metrics.gaps.count, metrics.gaps.min, metrics.gaps.max, metrics.gaps.mean) == (2, 1, 849, 425)
    assert metrics.reason is None


def test_waiting_and_chances_are_those_of_the_geometric_law() -> None:
    observed = nonces(1, 2, 3)
    metrics = multiplier_metrics(34.68, nonces(), observed, coverage(observed, 0, 1.0), P)
    assert metrics.waiting is not None
    for within, quantile in zip(
        metrics.waiting, (Fraction(1, 2), Fraction(9, 10), Fraction(99, 100)), strict=True
    ):
        assert 1 - (1 - P) ** within >= quantile > 1 - (1 - P) ** (within - 1)
    assert metrics.chances == pytest.approx([float(1 - (1 - P) ** n) for n in (100, 1000, 10000)], rel=1e-12)


def test_without_a_hit_the_streak_begins_at_the_first_observed_round() -> None:
    observed = nonces(*range(500, 600))
    metrics = multiplier_metrics(34.68, nonces(), observed, coverage(observed, 0, 1.0), P)
    assert (metrics.count, metrics.last_nonce, metrics.gaps, metrics.streak) == (0, None, None, 100)
    assert metrics.streak_probability == pytest.approx(float((1 - P) ** 100))


def test_a_hit_in_the_latest_round_is_a_streak_of_none() -> None:
    observed = nonces(1, 2, 3)
    metrics = multiplier_metrics(34.68, nonces(3), observed, coverage(observed, 0, 1.0), P)
    assert (metrics.streak, metrics.streak_probability) == (0, 1.0)


def test_a_stream_above_a_threshold_has_no_rates_and_says_why() -> None:
    observed = nonces(10, 480, 1009)
    covered = coverage(observed, 0, 34.68)
    metrics = multiplier_metrics(34.68, nonces(10, 480), observed, covered, P)
    assert covered.truncated
    assert metrics.reason == covered.reason
    assert metrics.reason == (
        "997 of the 1,000 rounds from nonce 10 to 1009 are not stored, and none below 34.68x is; "
        "rates and streaks need every round."
    )
    assert (metrics.rate, metrics.streak_probability) == (None, None)
    # What was seen is still told: counts, gaps between hits that were sent, nonces since the last one.
    assert metrics.gaps is not None
    assert (metrics.count, metrics.gaps.max, metrics.streak) == (2, 470, 529)


def test_heartbeats_allow_a_lost_message_but_no_habit_of_losing() -> None:
    observed = np.delete(np.arange(1, 1001), [200, 201])
    assert coverage(observed, 0, 1.0).truncated
    covered = coverage(observed, 900, 1.0)
    assert (covered.missing, covered.truncated) == (2, False)
    # The loss lies before the last hit, so the streak is whole.
    whole = multiplier_metrics(34.68, nonces(300), observed, covered, P)
    assert whole.streak_probability == pytest.approx(float((1 - P) ** 700))
    assert whole.rate == 1 / 998
    torn = multiplier_metrics(34.68, nonces(100), observed, covered, P)
    assert (torn.streak, torn.streak_probability) == (900, None)
    assert torn.reason is not None
    assert torn.reason.startswith("Rounds not observed since the last hit: 2;")
    assert coverage(np.arange(1, 1000, 2), 400, 1.0).truncated


def test_what_has_no_probability_says_so() -> None:
    observed = nonces(1, 2)
    covered = coverage(observed, 0, 1.0)
    off_table = multiplier_metrics(5.55, nonces(), observed, covered, target_p_exact(Difficulty.EXPERT, 5.55))
    assert (off_table.probability, off_table.streak_probability, off_table.waiting) == (0, None, None)
    assert off_table.reason == "This multiplier is not in the table of the stream's difficulty."
    unknown = multiplier_metrics(5.55, nonces(), observed, covered, None)
    assert (unknown.probability, unknown.streak_probability, unknown.chances) == (None, None, None)
    assert unknown.reason == "No message of this stream says its difficulty."


def test_an_empty_stream_has_no_figures() -> None:
    covered = coverage(nonces(), 0, None)
    metrics = multiplier_metrics(34.68, nonces(), nonces(), covered, P)
    assert (metrics.count, metrics.streak, metrics.rate) == (0, None, None)
    assert metrics.reason == "No round was observed yet."
    assert density(nonces(), [nonces()], 1000) == ()
    assert bucket_count(nonces(), 1000) == 0


def test_density_buckets_begin_at_nonce_one_and_leave_out_empty_ones() -> None:
    observed = nonces(1, 1000, 1001, 2**53 - 1)
    far = (2**53 - 2) // 1000 * 1000
    assert density(observed, [nonces(1000), nonces(1, 2**53 - 1)], 1000) == (
        DensityBucket(1, 1000, 2, 2),
        DensityBucket(1001, 2000, 1, 0),
        DensityBucket(far + 1, far + 1000, 1, 1),
    )
    assert bucket_count(observed, 1000) == 3


@given(
    st.sets(st.integers(1, 10_000), min_size=1),
    st.integers(1, 3000),
    st.integers(0, 2**20 - 1),
)
def test_density_loses_no_round(seen: set[int], size: int, choice: int) -> None:
    observed = nonces(*sorted(seen))
    hits = observed[[bool(choice >> (i % 20) & 1) for i in range(len(observed))]]
    buckets = density(observed, [hits], size)
    assert len(buckets) == bucket_count(observed, size)
    assert sum(bucket.rounds for bucket in buckets) == len(seen)
    assert sum(bucket.hits for bucket in buckets) == len(hits)
    assert all(a.end < b.start for a, b in pairwise(buckets))
    for bucket in buckets:
        assert bucket.rounds == sum(bucket.start <= nonce <= bucket.end for nonce in seen)


@given(st.fractions(Fraction(1, 10**7), Fraction(99, 100)), st.integers(0, 500))
def test_chances_equal_their_exact_fractions(p: Fraction, rounds: int) -> None:
    rounded = Fraction(float(p))
    assert no_hit(p, rounds) == pytest.approx(float((1 - rounded) ** rounds), rel=1e-9, abs=1e-300)
    assert some_hit(p, rounds) == pytest.approx(float(1 - (1 - rounded) ** rounds), rel=1e-9)
    assert waiting_rounds(p, 0.5) >= 1


def test_certainty_needs_no_logarithm() -> None:
    assert (no_hit(1, 0), no_hit(1, 3), some_hit(1, 0), some_hit(1, 3), waiting_rounds(1, 0.99)) == (
        1,
        0,
        0,
        1,
        1,
    )
