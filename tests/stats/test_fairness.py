import math
import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import logsumexp

from pump_desktop.domain.game import Difficulty, p_exact
from pump_desktop.domain.runs import Match
from pump_desktop.stats.binomial import binomial_p
from pump_desktop.stats.corrections import fair_runs, holm, verdict_of
from pump_desktop.stats.distribution import distribution
from pump_desktop.stats.fairness import Fairness, FairnessTest, fairness
from pump_desktop.stats.hits import Outcomes, count_outcomes

EXPERT = Difficulty.EXPERT
KEYS = ("distribution", "count", "gaps", "runs", "autocorrelation", "dispersion", "drought")
ODDS = [float(p_exact(EXPERT, k)) for k in range(16)]


def fair(count: int, seed: int = 1) -> Outcomes:
    return np.random.default_rng(seed).choice(16, count, p=ODDS).astype(np.uint8)


def fairness_of(
    outcomes: Outcomes, target: float, match: Match = Match.EXACT, first_nonce: int = 1
) -> Fairness:
    whole = distribution(EXPERT, count_outcomes(outcomes, EXPERT))
    return fairness(outcomes, first_nonce, whole, target, match)


def by_key(result: Fairness) -> dict[str, FairnessTest]:
    return {test.key: test for test in result.tests}


def test_a_fair_run_passes_all_seven_tests() -> None:
    got = fairness_of(fair(100_000), 17.34)
    assert tuple(test.key for test in got.tests) == KEYS
    assert got.made == 7
    assert got.verdict == (
        "None of the 7 tests is unusual after Holm's correction: this run looks as fair seeds do."
    )
    for test in got.tests:
        assert test.p_value is not None
        assert test.adjusted is not None
        assert test.p_value <= test.adjusted <= 1
        assert test.statistic
        assert test.reading.endswith(".")
        assert test.reason == ""
        assert not test.unusual


def test_the_figures_name_the_run_and_its_target() -> None:
    outcomes = fair(50_000)
    got = fairness_of(outcomes, 9.08, Match.AT_LEAST)
    assert (got.difficulty, got.count, got.target, got.match) == (EXPERT, 50_000, 9.08, Match.AT_LEAST)
    assert got.hits == int((outcomes >= 4).sum())
    assert got.expected == pytest.approx(50_000 * sum(ODDS[4:]))
    assert got.gaps is not None
    assert got.gaps.count == got.hits - 1
    assert [lag for lag, _ in got.autocorrelation] == list(range(1, 11))
    assert got.band == pytest.approx(1.96 / np.sqrt(50_000))


@example(12, 475, 0.796875)
@given(st.integers(0, 3000), st.integers(0, 3000), st.floats(1e-6, 1 - 1e-6))
def test_the_count_is_tested_as_scipys_binomtest_does(one: int, other: int, probability: float) -> None:
    hits, count = min(one, other), max(one, other, 1)
    wanted = stats.binomtest(hits, count, probability).pvalue
    found = binomial_p(hits, count, probability)
    if wanted > 1e-100:
        assert found == pytest.approx(wanted, rel=1e-6)
    else:
        # So far out binomtest loses digits (4 % for 12 of 475 at 0.796875): the same sum, of logarithms.
        chances = stats.binom.logpmf(np.arange(count + 1), count, probability)
        summed = logsumexp(chances[chances <= chances[hits] + 1e-7]) / math.log(10)
        assert math.log10(max(found, 1e-300)) == pytest.approx(max(summed, -300), abs=1e-6)


@pytest.mark.parametrize(("hits", "p"), [(4_000_226, 0.4), (4_005_000, 0.4), (103, 1e-5), (70, 1e-5)])
def test_counts_of_long_runs_are_tested_as_scipys_binomtest_does(hits: int, p: float) -> None:
    wanted = stats.binomtest(hits, 10_000_000, p).pvalue
    assert binomial_p(hits, 10_000_000, p) == pytest.approx(wanted, rel=1e-3)


def test_holm_is_the_textbooks_example() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([]) == ()


@given(st.lists(st.floats(0, 1), max_size=9))
def test_holm_keeps_the_order_and_never_makes_a_value_smaller(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert all(p <= a <= 1 for p, a in zip(p_values, adjusted, strict=True))
    by_p = sorted(zip(p_values, adjusted, strict=True))
    assert [a for _, a in by_p] == sorted(adjusted)
    if p_values:
        assert min(adjusted) == min(1, len(p_values) * min(p_values))


@pytest.mark.parametrize(
    ("p_value", "words"),
    [
        (1.0, "Nearly all fair runs"),
        (0.343, "About 34 of 100 fair runs"),
        (0.0123, "About 1 in 80 fair runs"),
        (0.0035, "About 1 in 300 fair runs"),
        (0.0009, "Fewer than 1 in 1,000 fair runs"),
        (0.00005, "Fewer than 1 in 10,000 fair runs"),
        (0.0, "Fewer than 1 in 1,000,000 fair runs"),
    ],
)
def test_a_p_value_is_said_in_fair_runs(p_value: float, words: str) -> None:
    assert fair_runs(p_value) == words


@given(st.floats(0, 9e-4))
def test_fewer_than_is_never_said_of_more(p_value: float) -> None:
    one_in = int(fair_runs(p_value).split()[4].replace(",", ""))
    assert p_value < 1 / one_in


def test_verdicts_say_how_many_tests_stand_out_and_how_often_fair_runs_do() -> None:
    assert verdict_of(6, [0.03, 1, 1, 1, 1, 1]) == (
        "1 of 6 tests is unusual after Holm's correction. Among 20 fair runs about one shows this."
    )
    assert verdict_of(6, [0.003, 0.04, 1, 1, 1, 1]) == (
        "2 of 6 tests are unusual after Holm's correction. Among 100 fair runs fewer than one shows this."
    )
    assert "Among 1,000 fair runs fewer than one" in verdict_of(7, [1e-9] * 7)
    assert verdict_of(1, [0.5]).startswith("The only test that could be made is not unusual: ")
    assert verdict_of(1, [0.02]) == (
        "The only test that could be made is unusual. Among 20 fair runs about one shows this."
    )
    assert verdict_of(0, []).startswith("No test could be made")


def test_hits_in_clusters_are_found_and_the_count_stays_quiet() -> None:
    # Sorted in pieces of 50: the same results, but equal ones side by side.
    outcomes = np.sort(fair(100_000).reshape(-1, 50), axis=1).ravel()
    tests = by_key(fairness_of(outcomes, 9.08))
    for key in ("gaps", "runs", "autocorrelation"):
        assert tests[key].unusual
        assert tests[key].reading.endswith("stray as far or farther: unusual, also after the correction.")
    assert not tests["count"].unusual
    assert not tests["distribution"].unusual


def test_a_value_below_5_percent_that_correction_takes_back_is_said_to_be_no_wonder() -> None:
    for seed in range(200):
        got = fairness_of(fair(10_000, seed), 9.08)
        lone = [test for test in got.tests if test.p_value is not None and test.p_value < 0.05]
        if lone and not any(test.unusual for test in got.tests):
            assert lone[0].reading.endswith("not unusual when 7 tests are made.")
            assert "None of the 7 tests" in got.verdict
            return
    pytest.fail("no such run among 200")


def test_rare_targets_get_the_tests_they_allow_and_reasons_for_the_others() -> None:
    got = fairness_of(fair(100_000), 11_200.65)  # 7.9 hits are expected
    tests = by_key(got)
    made = {key for key, test in tests.items() if test.p_value is not None}
    assert made == {"distribution", "count", "drought"}
    assert got.made == 3
    for key in set(KEYS) - made:
        assert tests[key].reading == tests[key].reason
        assert tests[key].reason.startswith("Too ")
        assert tests[key].statistic == ""
        assert tests[key].adjusted is None
    few = by_key(fairness_of(fair(10_000), 11_200.65))  # 0.8
    assert few["count"].reason == "Too few nonces for a test: 0.7 hits are expected, 5 are needed."
    assert few["drought"].p_value is None


def test_targets_without_a_pattern_have_nothing_to_test_but_the_results() -> None:
    for target, match, reason in (
        (7.0, Match.EXACT, "No result of this difficulty matches."),
        (1.0, Match.AT_LEAST, "Every result matches"),
    ):
        got = fairness_of(fair(10_000), target, match)
        assert got.made == 1
        assert got.drought is None
        assert all(test.reason.startswith(reason) for test in got.tests[1:])
        assert got.autocorrelation == ()


@pytest.mark.parametrize("count", [0, 1, 2, 9, 30])
def test_tiny_runs_make_no_test_and_no_error(count: int) -> None:
    got = fairness_of(fair(count), 1.0)
    assert got.count == count
    assert got.made == 0 if count < 9 else got.made <= 4
    if not got.made:
        assert got.verdict == "No test could be made: the run is too short for this target."


def test_the_drought_names_its_nonces() -> None:
    outcomes = fair(20_000)
    outcomes[7_000:7_900][outcomes[7_000:7_900] == 4] = 0
    drought = fairness_of(outcomes, 9.08, first_nonce=501).drought
    assert drought is not None
    assert drought.first is not None
    assert drought.last is not None
    assert drought.last - drought.first + 1 == drought.length >= 900
    inside = outcomes[drought.first - 501 : drought.last - 501 + 1]
    assert not (inside == 4).any()
    assert outcomes[drought.first - 502] == outcomes[drought.last - 500] == 4


def test_no_sentence_speaks_of_luck() -> None:
    results = [fairness_of(fair(n, n), t) for n in (0, 50, 20_000) for t in (1.0, 17.34, 400.02, 7.0)]
    said = " ".join(
        f"{result.verdict} {test.question} {test.reading} {test.statistic}"
        for result in results
        for test in result.tests
    )
    assert not re.search(r"\b(due|overdue|hot|cold|rotate|lucky)\b", said, re.IGNORECASE)
