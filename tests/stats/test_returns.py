from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple

import numpy as np
import pytest
from scipy import stats

from pump_desktop.stats.returns import Return, Stakes, realised_return

Bets = Sequence[tuple[float, float, float]]
"""Amount, payout and target of each bet."""


def stakes(bets: Bets, untold: int = 0) -> Stakes:
    amounts, payouts, targets = (np.array(column, float) for column in zip(*bets, strict=True))
    return Stakes(
        "ltc",
        len(bets),
        int((payouts > 0).sum()),
        float(amounts.sum()),
        float(payouts.sum()),
        float((amounts**2).sum()),
        float((amounts * payouts).sum()),
        float((payouts**2).sum()),
        float(np.maximum(payouts, amounts * targets).max()),
        untold,
    )


def played(count: int, target: float, seed: int, amounts: Sequence[float] = (1.0,)) -> Bets:
    """Give bets that win as often as they should, with amounts drawn from some."""
    rng = np.random.default_rng(seed)
    staked = rng.choice(np.array(amounts), count)
    won = rng.random(count) < 0.98 / target
    return [(float(a), float(a * target) if w else 0.0, target) for a, w in zip(staked, won, strict=True)]


def known(one: Return) -> tuple[float, float, float]:
    assert one.share is not None
    assert one.low is not None
    assert one.high is not None
    return one.share, one.low, one.high


def test_with_many_wins_the_interval_is_that_of_the_ratio_estimate() -> None:
    bets = played(2_000, 2.8, 1, (0.5, 1, 4))
    amounts, payouts = np.array(bets)[:, 0], np.array(bets)[:, 1]
    share, low, high = known(realised_return(stakes(bets)))
    assert share == pytest.approx(payouts.sum() / amounts.sum())
    # The jackknife knows nothing of the formula: leave out each bet in turn.
    without = (payouts.sum() - payouts) / (amounts.sum() - amounts)
    error = np.sqrt((len(bets) - 1) / len(bets) * ((without - without.mean()) ** 2).sum())
    assert (high - low) / 2 == pytest.approx(stats.norm.ppf(0.975) * error, rel=2e-3)
    assert (low + high) / 2 == pytest.approx(share)


def test_equal_stakes_and_targets_give_the_interval_of_a_share_of_wins() -> None:
    bets = played(500, 1.98, 2)
    wins = sum(payout > 0 for _, payout, _ in bets)
    share, low, high = known(realised_return(stakes(bets)))
    rate = wins / 500
    reach = stats.norm.ppf(0.975) * np.sqrt(rate * (1 - rate) / 499)
    assert (share, low, high) == pytest.approx((1.98 * rate, 1.98 * (rate - reach), 1.98 * (rate + reach)))


@pytest.mark.parametrize("wins", [0, 1, 3, 12])
def test_with_few_wins_of_one_size_it_is_the_exact_interval_of_a_poisson_count(wins: int) -> None:
    bets = [(2.0, 2.0 * 164.72 if place < wins else 0.0, 164.72) for place in range(1_000)]
    one = realised_return(stakes(bets))
    share, low, high = known(one)
    assert share == pytest.approx(wins * 164.72 / 1_000)
    # Garwood: quantiles of chi-square with 2 n and 2 (n + 1) degrees.
    least = stats.chi2.ppf(0.025, 2 * wins) / 2 if wins else 0
    most = stats.chi2.ppf(0.975, 2 * (wins + 1)) / 2
    assert (low, high) == pytest.approx((least * 0.16472, most * 0.16472), abs=1e-12)
    assert one.reading.startswith("Few bets, so the interval is wide.")


def test_without_a_win_the_interval_still_reaches_beyond_what_is_expected() -> None:
    _, low, high = known(realised_return(stakes([(1.0, 0.0, 11_200.65)] * 100)))
    assert low == 0
    assert high == pytest.approx(-np.log(0.025) * 112.0065)


@pytest.mark.parametrize(
    ("target", "count", "amounts"),
    [
        (1.02, 300, (1,)),
        (1.63, 60, (1,)),
        (2.8, 400, (1, 2, 4, 8)),
        (34.68, 300, (1,)),
        (164.72, 3_000, (1, 5)),
    ],
)
def test_nineteen_of_twenty_honest_streams_hold_the_expected_return(
    target: float, count: int, amounts: Sequence[float]
) -> None:
    inside = 0
    for seed in range(300):
        _, low, high = known(realised_return(stakes(played(count, target, seed, amounts))))
        inside += low <= 0.98 <= high
    # 300 streams of 95 % hold it at least 270 times, but for 2 in 10,000.
    assert inside >= 270


def test_a_return_that_is_not_honest_is_found() -> None:
    one = realised_return(stakes([*played(5_000, 2.8, 3), *[(1.0, 0.0, 2.8)] * 1_000]))
    assert one.reading == "The expected 98 % lies above it; chance alone does that in 1 of 20 such streams."


def test_what_cannot_be_told_says_why() -> None:
    nothing = realised_return(stakes([(0.0, 0.0, 2.8)] * 3))
    assert (nothing.share, nothing.low, nothing.reading) == (
        None,
        None,
        "Nothing was staked, so there is no return.",
    )
    few = realised_return(stakes([(1.0, 0.0, 0.0)] * 3, untold=3))
    assert (few.share, few.low) == (0, None)
    assert few.reading == "Too few wins for an interval, and bets that lost do not say their target."
    kept_back = realised_return(stakes(played(500, 2.8, 1)), truncated=True)
    assert (kept_back.share, kept_back.low) == (None, None)
    assert kept_back.reading.startswith("Off:")
    huge = realised_return(Stakes("", 2, 1, 1e200, 1e200, float("inf"), 1e300, float("inf"), 1e200, 0))
    assert (huge.share, huge.low) == (1, None)


def test_sums_of_parts_are_sums_of_the_whole() -> None:
    bets = played(300, 2.8, 4, (1, 3))
    together = stakes(bets[:100], 2).with_more(stakes(bets[100:], 3))
    assert astuple(together)[1:] == pytest.approx(astuple(stakes(bets, 5))[1:])
