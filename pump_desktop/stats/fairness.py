"""Is a run as fair seeds make it: seven tests of one target, corrected for being several."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.runs import Match
from pump_desktop.stats.binomial import binomial_p
from pump_desktop.stats.corrections import UNUSUAL, about, fair_runs, holm, verdict_of
from pump_desktop.stats.density import Dispersion, default_bucket, dispersion
from pump_desktop.stats.distribution import MIN_EXPECTED, Distribution
from pump_desktop.stats.gaps import GapStats, tallied_stats
from pump_desktop.stats.hits import HitFilter, Outcomes, count_between
from pump_desktop.stats.independence import (
    Drought,
    HitOrder,
    autocorrelation,
    hit_order,
    longest_drought,
    pairs_test,
    runs_test,
)
from pump_desktop.stats.run_gaps import gap_test

_NOT_IN_TABLE = "No result of this difficulty matches."
_EVERY_RESULT = "Every result matches."


@dataclass(frozen=True, slots=True)
class FairnessTest:
    """One test: its question, its figures in words, and what its p-value says.

    ``adjusted`` is Holm's p-value among all tests made. Where no test was made both are None,
    ``statistic`` is empty and ``reason`` says why.
    """

    key: str
    name: str
    question: str
    statistic: str
    p_value: float | None
    adjusted: float | None
    reading: str
    reason: str

    @property
    def unusual(self) -> bool:
        """Whether the test stands out even among all that were made."""
        return self.adjusted is not None and self.adjusted < UNUSUAL


@dataclass(frozen=True, slots=True)
class Fairness:
    """All tests of one run and one target, ``made`` of them with a p-value.

    ``autocorrelation`` holds (lag, r) for lags 1 to 10; each r of a fair run lies within ±``band`` with
    95 % chance. ``bucket_size`` is the one ``dispersion`` was tested with.
    """

    difficulty: Difficulty
    count: int
    target: float
    match: Match
    probability: float
    hits: int
    expected: float
    tests: tuple[FairnessTest, ...]
    made: int
    verdict: str
    autocorrelation: tuple[tuple[int, float], ...]
    band: float
    gaps: GapStats | None
    drought: Drought | None
    dispersion: Dispersion | None
    bucket_size: int


def fairness(
    outcomes: Outcomes, first_nonce: int, whole: Distribution, target: float, match: Match
) -> Fairness:
    """Test the outcomes of a run, whose distribution is ``whole``, for one target."""
    wanted = HitFilter((target,), match)
    safe_pumps = wanted.safe_pumps(whole.difficulty)
    probability = float(wanted.probability(whole.difficulty))
    order = hit_order(outcomes, safe_pumps)
    size = default_bucket(order.count, probability)
    edges = np.arange(0, order.count + 1, size)
    spread, no_spread = dispersion(count_between(outcomes, safe_pumps, edges), size)
    found = _drought(order, first_nonce, probability)
    tests = _corrected(
        (
            _distribution_test(whole),
            _count_test(order, probability),
            _gap_test(order, probability),
            _runs_test(order, probability),
            _pairs_test(order, probability),
            _dispersion_test(spread, no_spread, size, probability),
            _drought_test(order, found, probability),
        )
    )
    adjusted = [test.adjusted for test in tests if test.adjusted is not None]
    return Fairness(
        difficulty=whole.difficulty,
        count=order.count,
        target=target,
        match=match,
        probability=probability,
        hits=order.hits,
        expected=order.count * probability,
        tests=tests,
        made=len(adjusted),
        verdict=verdict_of(len(adjusted), adjusted),
        autocorrelation=autocorrelation(order),
        band=1.96 / sqrt(order.count) if order.count else 0.0,
        gaps=tallied_stats(order.gaps),
        drought=found,
        dispersion=spread,
        bucket_size=size,
    )


def _test(
    key: str, name: str, question: str, statistic: str, p_value: float | None, reason: str
) -> FairnessTest:
    if p_value is None:
        return FairnessTest(key, name, question, "", None, None, reason, reason)
    return FairnessTest(key, name, question, statistic, p_value, None, "", "")


def _corrected(tests: tuple[FairnessTest, ...]) -> tuple[FairnessTest, ...]:
    """Give the tests with Holm's p-values and their readings."""
    adjusted = iter(holm([test.p_value for test in tests if test.p_value is not None]))
    made = sum(test.p_value is not None for test in tests)
    return tuple(
        test if test.p_value is None else _read(replace(test, adjusted=next(adjusted)), test.p_value, made)
        for test in tests
    )


def _read(test: FairnessTest, p_value: float, made: int) -> FairnessTest:
    stray = "have a stretch at least as long" if test.key == "drought" else "stray as far or farther"
    if test.unusual:
        verdict = "unusual, also after the correction" if made > 1 else "unusual"
    elif p_value < UNUSUAL:
        verdict = f"not unusual when {made} tests are made"
    else:
        verdict = "nothing unusual"
    return replace(test, reading=f"{fair_runs(p_value)} {stray}: {verdict}.")


def _pattern(probability: float) -> str:
    """Give why hits of this chance have no pattern to test, or nothing."""
    return _NOT_IN_TABLE if probability <= 0 else _EVERY_RESULT if probability >= 1 else ""


def _distribution_test(whole: Distribution) -> FairnessTest:
    test = whole.chi_square
    return _test(
        "distribution",
        "All results",
        "Do all results come as often as the odds say?",
        "" if test is None else f"χ² = {test.statistic:.1f}, {_degrees(test.degrees)}",
        None if test is None else test.p_value,
        "Too few nonces for a test: two groups of results that expect 5 each are needed.",
    )


def _count_test(order: HitOrder, probability: float) -> FairnessTest:
    expected = order.count * probability
    rarer, kind = min((expected, "hits"), (order.count - expected, "misses"))
    reason = _pattern(probability)
    if not reason and rarer < MIN_EXPECTED:
        reason = f"Too few nonces for a test: {about(rarer)} {kind} are expected, 5 are needed."
    return _test(
        "count",
        "Number of hits",
        "Does the target come as often as its odds say?",
        f"{order.hits:,} hits, {about(expected)} expected",
        None if reason else binomial_p(order.hits, order.count, probability),
        reason,
    )


def _gap_test(order: HitOrder, probability: float) -> FairnessTest:
    test, reason = gap_test(order.gaps, order.count, probability)
    return _test(
        "gaps",
        "Gaps",
        "Are the distances between hits those of independent rounds?",
        "" if test is None else f"χ² = {test.statistic:.1f}, {_degrees(test.degrees)}",
        None if test is None else test.p_value,
        reason,
    )


def _runs_test(order: HitOrder, probability: float) -> FairnessTest:
    test, reason = runs_test(order)
    return _test(
        "runs",
        "Runs of hits and misses",
        "Do hits and misses follow each other in random order?",
        "" if test is None else f"{test.runs:,} runs, {about(test.expected)} expected",
        None if test is None else test.p_value,
        _pattern(probability) or reason,
    )


def _pairs_test(order: HitOrder, probability: float) -> FairnessTest:
    test, reason = pairs_test(order)
    return _test(
        "autocorrelation",
        "Autocorrelation",
        "Does a hit make another one 1 to 10 nonces later more or less likely?",
        "" if test is None else f"Q = {test.statistic:.1f}, {_degrees(test.degrees)}",
        None if test is None else test.p_value,
        _pattern(probability) or reason,
    )


def _dispersion_test(spread: Dispersion | None, reason: str, size: int, probability: float) -> FairnessTest:
    return _test(
        "dispersion",
        "Dispersion",
        "Are hits spread over the run as evenly as chance spreads them?",
        ""
        if spread is None
        else f"{spread.index:.3f} times the expected variance, {spread.buckets:,} buckets of {size:,}",
        None if spread is None else spread.p_value,
        _pattern(probability) or reason,
    )


def _drought(order: HitOrder, first_nonce: int, probability: float) -> Drought | None:
    if not order.count or not 0 < probability < 1:
        return None
    chance = longest_drought(order.longest, order.count, probability)
    if not order.longest:
        return Drought(0, None, None, chance)
    first = first_nonce + order.longest_at
    return Drought(order.longest, first, first + order.longest - 1, chance)


def _drought_test(order: HitOrder, found: Drought | None, probability: float) -> FairnessTest:
    expected = order.count * probability
    reason = _pattern(probability)
    if not reason and expected < MIN_EXPECTED:
        reason = f"Too few nonces for a test: {about(expected)} hits are expected, 5 are needed."
    return _test(
        "drought",
        "Longest drought",
        "Is the longest stretch without a hit longer than chance makes them?",
        f"{order.longest:,} nonces without a hit",
        None if reason or found is None else found.probability,
        reason,
    )


def _degrees(degrees: int) -> str:
    return "1 degree" if degrees == 1 else f"{degrees} degrees"
