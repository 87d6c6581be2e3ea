"""The fairness report of a run: one HTML file that needs nothing else, to read, print and check by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pump_desktop import __version__
from pump_desktop.domain.game import target_p_exact
from pump_desktop.domain.requests import VerifyRequest, usual_target
from pump_desktop.domain.runs import Match, Run
from pump_desktop.services.report import charts as report_charts
from pump_desktop.services.report.page import Recipe, moment_text, page, recipe_of, without_seeds
from pump_desktop.services.runs.figures import run_density, run_fairness, run_gaps
from pump_desktop.services.runs.runs import Runs
from pump_desktop.stats.density import bucket_choices, default_bucket
from pump_desktop.stats.distribution import chi_square_reading
from pump_desktop.stats.gaps import GapStats, gap_stats
from pump_desktop.stats.hits import HitFilter

# More buckets could not be told apart on paper.
_MOST_BUCKETS = 400


@dataclass(frozen=True, slots=True)
class TargetGaps:
    """One target of the run: how often it came, and how far apart."""

    multiplier: float
    match: Match
    probability: float
    hits: int
    expected: float
    stats: GapStats | None


def fairness_report(
    runs: Runs,
    run: Run,
    *,
    with_seeds: bool,
    now: datetime,
    target: float | None = None,
    match: Match = Match.EXACT,
) -> Iterator[str]:
    """Give the report in pieces; all figures are worked out before the first one.

    Seeds are in it only when asked for: also names and notes lose them.
    """
    if target is None:
        target, match = usual_target(run.difficulty, run.targets)
    wanted = HitFilter((target,), match)
    distribution = runs.distribution(run)
    gaps = run_gaps(runs, run, wanted)
    density = run_density(runs, run, wanted, _bucket(run, gaps.probability))
    fairness = run_fairness(runs, run, target, match)
    values: dict[str, Any] = {
        "run": run,
        "title": _without(run.name, run, with_seeds=with_seeds) or f"{run.difficulty.label} run",
        "notes": _without(run.notes, run, with_seeds=with_seeds),
        "seeds": (run.server_seed, run.client_seed) if with_seeds else None,
        "client_seed_sha256": hashlib.sha256(run.client_seed.encode()).hexdigest(),
        "made_at": moment_text(now),
        "scanned_at": moment_text(run.created_at),
        "version": __version__,
        "distribution": distribution,
        "distribution_reading": chi_square_reading(distribution.chi_square),
        "target": target,
        "match": match,
        "targets": [_target_gaps(runs, run, one) for one in run.targets],
        "gaps": gaps,
        "density": density,
        "fairness": fairness,
        "recipe": _recipe(run, with_seeds=with_seeds),
        "charts": {
            "distribution": report_charts.distribution_chart(distribution),
            "gaps": report_charts.gaps_chart(gaps) if gaps.bins else None,
            "density": report_charts.density_chart(density),
            "correlation": report_charts.correlation_chart(fairness.autocorrelation, fairness.band)
            if fairness.autocorrelation
            else None,
        },
    }
    return page("report.html", values)


def _without(text: str, run: Run, *, with_seeds: bool) -> str:
    """Give a name or notes without the run's seeds, unless these may be shown."""
    return text if with_seeds else without_seeds(text, (run.server_seed, run.client_seed))


def _bucket(run: Run, probability: float) -> int:
    """Give the usual bucket, or a larger one where it makes too many of them."""
    least = max(default_bucket(run.count, probability), run.count / _MOST_BUCKETS)
    choices = bucket_choices(run.count)
    return next((size for size in choices if size >= least), choices[-1])


def _target_gaps(runs: Runs, run: Run, target: float) -> TargetGaps:
    match = Match.EXACT if target_p_exact(run.difficulty, target) else Match.AT_LEAST
    wanted = HitFilter((target,), match)
    nonces = runs.hits(run, wanted).nonces
    probability = float(wanted.probability(run.difficulty))
    return TargetGaps(target, match, probability, len(nonces), run.count * probability, gap_stats(nonces))


def _recipe(run: Run, *, with_seeds: bool) -> Recipe:
    """Redo the first nonce of the run's maximum."""
    nonce = run.summary.top_max[0] if run.summary.top_max else run.nonce_start
    bet = VerifyRequest(run.server_seed, run.client_seed, nonce, run.difficulty)
    return recipe_of(bet, with_seeds=with_seeds)
