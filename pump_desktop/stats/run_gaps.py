"""Gaps of a filter in a run: their histogram, and the test against the geometric law."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, log, log1p

import numpy as np

from pump_desktop.stats.corrections import UNUSUAL, about, fair_runs
from pump_desktop.stats.distribution import MIN_EXPECTED, ChiSquare, chi_square
from pump_desktop.stats.gaps import GapStats, GapTally, tallied_stats, tally
from pump_desktop.stats.hits import Nonces
from pump_desktop.stats.streams import no_hit

# A histogram has 16 to 40 bins, whose width is 1, 2 or 5 times a power of ten.
MOST_BINS = 40
MOST_CELLS = 30

# A run with fewer hits cuts its long gaps off at the ends, and it has gaps enough for a test only when they
# happen to be short: with 12 expected hits, 13 % of fair runs that were tested had p <= 0.05.
LEAST_HITS = 30


@dataclass(frozen=True, slots=True)
class GapBin:
    """Gaps from ``low`` to ``high``: how many came, and how many the geometric law expects.

    The last bin is open: it expects all gaps from ``low`` on.
    """

    low: int
    high: int
    observed: int
    expected: float


@dataclass(frozen=True, slots=True)
class GapFigures:
    """Hits in order and the gaps between them (one fewer); without a ``test``, ``reading`` says why."""

    probability: float
    nonces: Nonces
    gaps: Nonces
    stats: GapStats | None
    bins: tuple[GapBin, ...]
    test: ChiSquare | None
    reading: str


def gap_figures(nonces: Nonces, count: int, probability: float) -> GapFigures:
    """Give the figures of the gaps between ascending hits among ``count`` nonces."""
    gaps = np.diff(nonces)
    counted = tally(gaps)
    test, reason = gap_test(counted, count, probability)
    return GapFigures(
        probability=probability,
        nonces=nonces,
        gaps=gaps,
        stats=tallied_stats(counted),
        bins=gap_bins(counted, probability),
        test=test,
        reading=_reading(test) or reason,
    )


def nice_step(least: float) -> int:
    """Give the smallest of 1, 2, 5, 10, 20, 50, ... that is at least ``least``."""
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if step >= least:
                return step
        size *= 10


def gap_bins(gaps: GapTally, probability: float) -> tuple[GapBin, ...]:
    """Give a histogram of bins of one width from gap 1 to the largest; none without gaps."""
    if not gaps.total:
        return ()
    largest = int(gaps.values[-1])
    width = nice_step(largest / MOST_BINS)
    bounds = np.arange(0, largest + width, width)
    bounds[-1] = largest
    observed = np.diff(gaps.up_to(bounds)).tolist()
    beyond = [no_hit(probability, bound) for bound in bounds.tolist()]
    beyond[-1] = 0.0
    return tuple(
        GapBin(
            low=int(bounds[i]) + 1,
            high=int(bounds[i + 1]),
            observed=seen,
            expected=gaps.total * (beyond[i] - beyond[i + 1]),
        )
        for i, seen in enumerate(observed)
    )


def cell_bounds(probability: float, cells: int) -> list[int]:
    """Give the last gap of each cell but the open last one, for cells that all hold 1 / ``cells`` or more."""
    least = 1 / cells
    bounds: list[int] = []
    beyond = 1.0
    while beyond >= 2 * least:
        # A frequent target has a cell for each of its smallest gaps, and these are larger than asked.
        bound = ceil(log(beyond - least) / log1p(-probability) - 1e-9)
        beyond = exp(bound * log1p(-probability))
        if beyond < least:
            break
        bounds.append(bound)
    return bounds


def gap_test(gaps: GapTally, count: int, probability: float) -> tuple[ChiSquare | None, str]:
    """Test counted gaps among ``count`` nonces against the geometric law; without a test, say why."""
    awaited = count * probability
    if not count:
        return None, "The run has no nonce in this range."
    if probability <= 0:
        return None, "No result of this difficulty matches."
    if probability >= 1:
        return None, "Every result matches, so all gaps are 1."
    if awaited < LEAST_HITS:
        return None, f"Too few hits for a test: {about(awaited)} are expected, {LEAST_HITS} are needed."
    total = gaps.total
    cells = min(int(total / MIN_EXPECTED), MOST_CELLS)
    bounds = cell_bounds(probability, cells) if cells > 1 else []
    if not bounds:
        return None, f"Too few gaps for a test: {total:,} do not fill two cells that expect 5 each."
    ends = gaps.up_to(np.array(bounds, np.int64)).tolist()
    beyond = [no_hit(probability, bound) for bound in bounds]
    seen = np.diff([0, *ends, total]).tolist()
    expected = [total * (above - below) for above, below in zip([1.0, *beyond], [*beyond, 0.0], strict=True)]
    return chi_square(seen, expected), ""


def _reading(test: ChiSquare | None) -> str:
    if test is None:
        return ""
    often = fair_runs(test.p_value)
    verdict = "unusual" if test.p_value < UNUSUAL else "nothing unusual"
    return f"{often} have gaps this far from the geometric law or farther: {verdict}."
