"""Fair runs of the real engine give uniform p-values; spoilt ones give them away.

The table in docs/statistics.md comes from the same replays, by ``python -m tools.calibrate``.
"""

import numpy as np
import pytest

from pump_desktop.domain.runs import Match
from pump_desktop.stats.distribution import distribution
from pump_desktop.stats.fairness import fairness
from pump_desktop.stats.hits import Outcomes, count_outcomes
from tools.calibrate import (
    DIFFICULTY,
    NONCES,
    NOT_UNIFORM,
    PAIRS,
    STEPPED,
    TARGETS,
    Calibration,
    calibrate,
    fair_runs,
    hits_fail,
    one_position_pops_more,
    rate_drifts,
    results_repeat,
    spoilt_runs,
)

pytestmark = pytest.mark.slow

FREQUENT, MIDDLING, RARE = TARGETS
SPOILT_PAIRS = 100

Calibrated = dict[tuple[str, float], Calibration]


@pytest.fixture(scope="module")
def runs() -> list[Outcomes]:
    return fair_runs(PAIRS, NONCES)


@pytest.fixture(scope="module")
def fair(runs: list[Outcomes]) -> Calibrated:
    return keyed(calibrate(runs))


def keyed(found: list[Calibration]) -> Calibrated:
    return {(one.key, one.target): one for one in found}


def test_fair_seeds_give_uniform_p_values_in_every_test(fair: Calibrated) -> None:
    whole = [one for one in fair.values() if len(one.given) > 0.99 * PAIRS]
    # All seven tests for frequent and middling targets (one distribution), three for the rare one.
    assert len(whole) == 7 + 6 + 3
    assert {one.key: round(one.uniform, 4) for one in whole if one.uniform <= 0.001} == {}


def test_no_test_cries_wolf_more_often_than_its_level(fair: Calibrated) -> None:
    usual = [one for one in fair.values() if len(one.given) >= PAIRS / 2]
    assert len(usual) >= 7 + 6 + 3
    for one in usual:
        for level in (0.05, 0.01):
            # Three standard errors of a share of so many runs.
            margin = 3 * np.sqrt(level * (1 - level) / len(one.given))
            assert one.share_below(level) <= level + margin, (one.key, one.target, level)


def test_after_correction_at_most_1_fair_run_in_20_is_called_unusual(runs: list[Outcomes]) -> None:
    unusual = uncorrected = 0
    some = runs[:600]
    for outcomes in some:
        whole = distribution(DIFFICULTY, count_outcomes(outcomes, DIFFICULTY))
        result = fairness(outcomes, 1, whole, MIDDLING, Match.EXACT)
        assert result.made == 7
        unusual += any(test.unusual for test in result.tests)
        uncorrected += any(test.p_value is not None and test.p_value < 0.05 for test in result.tests)
    assert unusual / len(some) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / len(some))
    # Without it, seven occasions make it about one run in four.
    assert 0.15 < uncorrected / len(some) < 0.35


def test_p_values_of_stepped_laws_are_never_smaller_than_uniform_ones(fair: Calibrated) -> None:
    stepped = [fair[key, target].given for key in STEPPED for target in TARGETS if (key, target) in fair]
    assert len(stepped) >= len(STEPPED)
    for given in stepped:
        ascending = np.sort(given)
        above = np.arange(1, len(ascending) + 1) / len(ascending) - ascending
        # The one-sided bound of Kolmogorov and Smirnov for a chance of 1 in 1,000.
        assert above.max() <= np.sqrt(np.log(1000) / (2 * len(ascending)))


@pytest.mark.parametrize(
    ("spoil", "found_by", "quiet"),
    [
        (
            one_position_pops_more,
            [("distribution", FREQUENT), ("count", FREQUENT), ("gaps", FREQUENT)],
            [("runs", FREQUENT), ("autocorrelation", FREQUENT), ("dispersion", FREQUENT)],
        ),
        (
            results_repeat,
            [("gaps", FREQUENT), ("runs", FREQUENT), ("autocorrelation", MIDDLING), ("runs", MIDDLING)],
            [("count", FREQUENT)],
        ),
        (
            rate_drifts,
            [("dispersion", FREQUENT), ("dispersion", MIDDLING), ("autocorrelation", FREQUENT)],
            [("distribution", FREQUENT), ("count", FREQUENT), ("count", MIDDLING)],
        ),
        (
            hits_fail,
            [("drought", MIDDLING), ("drought", RARE), ("count", RARE)],
            [],
        ),
    ],
)
def test_spoilt_seeds_are_found_by_the_tests_made_for_it(
    runs: list[Outcomes], spoil: object, found_by: list[tuple[str, float]], quiet: list[tuple[str, float]]
) -> None:
    assert callable(spoil)
    spoilt = keyed(calibrate(spoilt_runs(runs[:SPOILT_PAIRS], spoil)))
    for key in found_by:
        assert spoilt[key].uniform < NOT_UNIFORM, key
    for key in quiet:
        assert spoilt[key].uniform > 0.001, key
