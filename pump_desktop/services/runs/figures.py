"""Figures of a stored run that need its outcomes: gaps, density and fairness."""

from __future__ import annotations

from pump_desktop.domain.runs import Match, Run
from pump_desktop.services.runs.runs import Runs
from pump_desktop.stats.density import Density, run_buckets
from pump_desktop.stats.fairness import Fairness, fairness
from pump_desktop.stats.hits import HitFilter, part_of, positions_of
from pump_desktop.stats.run_gaps import GapFigures, gap_figures


def run_gaps(runs: Runs, run: Run, wanted: HitFilter) -> GapFigures:
    """Give the gaps between the hits of a filter, within its range of nonces."""
    first, part = part_of(runs.outcomes_of(run), run.nonce_start, wanted)
    nonces = positions_of(part, wanted.safe_pumps(run.difficulty))
    nonces += first
    return gap_figures(nonces, len(part), float(wanted.probability(run.difficulty)))


def run_density(runs: Runs, run: Run, wanted: HitFilter, bucket_size: int | None) -> Density:
    """Give the hits of a filter per bucket; without a size, one that suits. Raises FieldError."""
    first, part = part_of(runs.outcomes_of(run), run.nonce_start, wanted)
    probability = float(wanted.probability(run.difficulty))
    return run_buckets(part, first, wanted.safe_pumps(run.difficulty), probability, bucket_size)


def run_fairness(runs: Runs, run: Run, target: float, match: Match) -> Fairness:
    """Test a run for one target; the distribution of all results is tested along."""
    return fairness(runs.outcomes_of(run), run.nonce_start, runs.distribution(run), target, match)
