"""Replays thousands of fair and of spoilt runs and tells how each test's p-values lie.

``python -m tools.calibrate`` prints the tables of docs/statistics.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.runs import Match
from pump_desktop.engine.kernels import choose_kernel, replay
from pump_desktop.stats.distribution import distribution
from pump_desktop.stats.fairness import Fairness, FairnessTest, fairness
from pump_desktop.stats.hits import Outcomes, count_outcomes
from pump_desktop.stats.independence import longest_drought, runs_tails

PAIRS = 2_000
NONCES = 20_000
DIFFICULTY = Difficulty.EXPERT

# Of 20,000 nonces about 8,000, 1,028 and 31 are hits: a frequent, a middling and a rare target.
TARGETS = (1.00, 9.08, 400.02)

# The laws of these come in steps; spread at random over its step, a p-value must be uniform.
STEPPED = frozenset({"count", "runs", "drought"})

# P-values that would be this uneven in fewer than one of a million fair calibrations are not uniform.
NOT_UNIFORM = 1e-6

Spoil = Callable[[Outcomes, np.random.Generator], Outcomes]


@dataclass(frozen=True, slots=True)
class Calibration:
    """The p-values one test gave over many runs; ``spread`` are randomised where its law has steps."""

    key: str
    name: str
    target: float
    given: NDArray[np.float64]
    spread: NDArray[np.float64]

    @property
    def uniform(self) -> float:
        """P-value of Kolmogorov and Smirnov's test that the p-values are uniform."""
        return float(stats.kstest(self.spread, "uniform").pvalue)

    def share_below(self, level: float) -> float:
        """Share of runs the test calls unusual at this level."""
        return float(np.mean(self.given <= level))


def fair_runs(pairs: int, nonces: int = NONCES) -> list[Outcomes]:
    """Replay seed pairs by the program's own engine."""
    kernel = choose_kernel()

    def one(pair: int) -> Outcomes:
        return replay(kernel, f"calibration {pair}", f"client {pair % 7}", 1, nonces, DIFFICULTY)

    one(0)
    with ThreadPoolExecutor() as threads:
        return list(threads.map(one, range(pairs)))


def one_position_pops_more(outcomes: Outcomes, rng: np.random.Generator) -> Outcomes:
    """The first position pops in 2 of 100 nonces whatever was drawn, so they end with no safe pump."""
    return np.where(rng.random(len(outcomes)) < 0.02, 0, outcomes).astype(np.uint8)


def results_repeat(outcomes: Outcomes, rng: np.random.Generator) -> Outcomes:
    """In 5 of 100 nonces the result of the nonce before comes again."""
    return np.where(rng.random(len(outcomes)) < 0.05, np.roll(outcomes, 1), outcomes).astype(np.uint8)


def rate_drifts(outcomes: Outcomes, rng: np.random.Generator) -> Outcomes:
    """High results trade places with results half a run later, so that they grow more frequent."""
    half = len(outcomes) // 2
    drifted = outcomes.copy()
    early, late = drifted[:half], drifted[half : 2 * half]
    trade = (early > late) & (rng.random(half) < 0.2)
    early[trade], late[trade] = late[trade], early[trade]
    return drifted


def hits_fail(outcomes: Outcomes, rng: np.random.Generator) -> Outcomes:
    """For 300 nonces no result above 4.95 comes, and for a quarter of the run none above 164.72."""
    quarter = len(outcomes) // 4
    first = int(rng.integers(0, len(outcomes) - quarter))
    failed = outcomes.copy()
    stretch, start = failed[first : first + quarter], failed[first : first + 300]
    stretch[stretch > 8] = 0
    start[start > 3] = 0
    return failed


SPOILT: dict[str, Spoil] = {
    "one position pops more": one_position_pops_more,
    "results repeat": results_repeat,
    "the rate drifts": rate_drifts,
    "hits fail for a while": hits_fail,
}


def spoilt_runs(fair: Iterable[Outcomes], spoil: Spoil) -> Iterator[Outcomes]:
    """Yield spoilt copies; the same runs are spoilt alike every time."""
    for pair, outcomes in enumerate(fair):
        yield spoil(outcomes, np.random.default_rng(pair))


def _spread(result: Fairness, test: FairnessTest, rng: np.random.Generator) -> float:
    """Give a p-value that is uniform if the law of the test is right, even where that law has steps."""
    assert test.p_value is not None
    if test.key == "drought":
        assert result.drought is not None
        longer = longest_drought(result.drought.length + 1, result.count, result.probability)
        return float(rng.uniform(longer, test.p_value))
    if test.key == "count":
        up_to = float(special.bdtr(result.hits, result.count, result.probability))
        below = 1 - float(special.bdtrc(result.hits - 1, result.count, result.probability))
    elif test.key == "runs":
        runs = int(test.statistic.split()[0].replace(",", ""))
        up_to, from_here = runs_tails(result.hits, result.count - result.hits, runs)
        below = 1 - from_here
    else:
        return test.p_value
    return float(rng.uniform(min(below, up_to), up_to))


def calibrate(runs: Iterable[Outcomes], targets: Iterable[float] = TARGETS) -> list[Calibration]:
    """Test every run for every target and collect the p-values, test by test."""
    rng = np.random.default_rng(0)
    given: dict[tuple[float, str, str], list[float]] = {}
    spread: dict[tuple[float, str, str], list[float]] = {}
    wanted = tuple(targets)
    for outcomes in runs:
        whole = distribution(DIFFICULTY, count_outcomes(outcomes, DIFFICULTY))
        for target in wanted:
            result = fairness(outcomes, 1, whole, target, Match.EXACT)
            for test in result.tests:
                if test.p_value is None or (test.key == "distribution" and target != wanted[0]):
                    continue
                at = (target, test.key, test.name)
                given.setdefault(at, []).append(test.p_value)
                spread.setdefault(at, []).append(_spread(result, test, rng))
    return [
        Calibration(key, name, target, np.array(given[at]), np.array(spread[at]))
        for at in given
        for target, key, name in [at]
    ]


def _named(one: Calibration) -> str:
    return f"| {one.name} | {'all' if one.key == 'distribution' else f'{one.target:.2f}'} |"


def fair_table(found: Iterable[Calibration], least_runs: int) -> Iterator[str]:
    """Yield the lines of the table over fair runs, for tests that were made on at least so many."""
    yield "| test | target | runs tested | KS p | KS of p-values | p ≤ 0.05 | p ≤ 0.01 |"
    yield "|---|---:|---:|---:|---|---:|---:|"
    for one in found:
        if len(one.given) >= least_runs:
            how = "spread over the step" if one.key in STEPPED else "as given"
            shares = f"{one.share_below(0.05):.1%} | {one.share_below(0.01):.1%}"
            yield f"{_named(one)} {len(one.given):,} | {one.uniform:.2f} | {how} | {shares} |"


def spoilt_table(fair: list[Outcomes], least_runs: int) -> Iterator[str]:
    """Yield a table of the share of p-values of 0.01 or less, bold where they are not uniform at all."""
    yield f"| test | target | {' | '.join(SPOILT)} |"
    yield "|---|---:|" + "---:|" * len(SPOILT)
    columns = [calibrate(spoilt_runs(fair, spoil)) for spoil in SPOILT.values()]
    for row in columns[0]:
        cells = []
        for column in columns:
            one = next(one for one in column if (one.key, one.target) == (row.key, row.target))
            share = f"{one.share_below(0.01):.1%}"
            cells.append(f"**{share}**" if one.uniform < NOT_UNIFORM else share)
        if len(row.given) >= least_runs:
            yield f"{_named(row)} {' | '.join(cells)} |"


def main() -> int:
    """Print the tables and give 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=PAIRS, help="seed pairs to replay")
    parser.add_argument("--nonces", type=int, default=NONCES, help="nonces of each")
    options = parser.parse_args()
    fair = fair_runs(options.pairs, options.nonces)
    some = fair[: options.pairs // 5]
    print(f"Fair: {len(fair):,} seed pairs of {options.nonces:,} nonces, {DIFFICULTY}.\n")
    for line in fair_table(calibrate(fair), len(fair) // 2):
        print(line)
    print(f"\nSpoilt: {len(some):,} of these seed pairs; share of p ≤ 0.01, bold: KS p < {NOT_UNIFORM}.\n")
    for line in spoilt_table(some, len(some) // 2):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
