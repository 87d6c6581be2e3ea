"""The fairness report of a run: one HTML file that needs nothing else, to read, print and check by hand."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pump_desktop import __version__
from pump_desktop.domain.odds import target_p_exact
from pump_desktop.domain.requests import VerifyRequest
from pump_desktop.domain.runs import Match, Run
from pump_desktop.domain.targets import usual_target
from pump_desktop.engine.reference import WORDS_PER_BLOCK
from pump_desktop.engine.verify import Block, Outcome, Pick
from pump_desktop.services import report_charts, report_words
from pump_desktop.services.run_figures import run_density, run_fairness, run_gaps
from pump_desktop.services.runs import Runs
from pump_desktop.services.verify import derivation_of
from pump_desktop.stats.distribution import chi_square_reading
from pump_desktop.stats.gaps import GapStats, gap_stats
from pump_desktop.stats.hits import HitFilter
from pump_desktop.stats.run_density import bucket_choices, default_bucket
from pump_desktop.system.resources import resource

HIDDEN = "[seed hidden]"
# A shorter seed would blank out single letters of every name.
_LEAST = 4
# More buckets could not be told apart on paper.
_MOST_BUCKETS = 400
# What neither HTML nor XML may hold.
_NO_TEXT = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class TargetGaps:
    """One target of the run: how often it came, and how far apart."""

    multiplier: float
    match: Match
    probability: float
    hits: int
    expected: float
    stats: GapStats | None


@dataclass(frozen=True, slots=True)
class Recipe:
    """One nonce to redo by hand; with hidden seeds, placeholders stand where these go."""

    nonce: int
    server_seed: str
    client_seed: str
    seeds_as_python: tuple[str, str]
    blocks: tuple[Block, ...]
    picks: tuple[Pick, ...]
    outcome: Outcome


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
        "made_at": _moment(now),
        "scanned_at": _moment(run.created_at),
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
    return _environment().get_template("report.html").generate(values)


def _environment() -> Environment:
    """Give the templates' surroundings: everything escaped, nothing undefined."""
    found = Environment(
        loader=FileSystemLoader(resource("report")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "whole": report_words.whole,
        "count": report_words.count,
        "x": report_words.multiplier,
        "odds": report_words.odds,
        "p": report_words.p_value,
        "plain": _plain,
    }
    return found


def _plain(text: str) -> str:
    """Give text without the characters HTML cannot hold."""
    return _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)


def _without(text: str, run: Run, *, with_seeds: bool) -> str:
    """Give a name or notes without the run's seeds, unless these may be shown."""
    seeds = sorted((run.server_seed, run.client_seed), key=len, reverse=True)
    for seed in seeds:
        if not with_seeds and len(seed) >= _LEAST:
            text = text.replace(seed, HIDDEN)
    return text


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


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
    """Redo the first nonce of the run's maximum, with the blocks and picks its difficulty needs."""
    nonce = run.summary.top_max[0] if run.summary.top_max else run.nonce_start
    derived = derivation_of(VerifyRequest(run.server_seed, run.client_seed, nonce, run.difficulty))
    server, client = (run.server_seed, run.client_seed) if with_seeds else ("SERVER SEED", "CLIENT SEED")
    blocks = tuple(
        Block(f"{client}:{nonce}:{number}", block.digest, block.words)
        for number, block in enumerate(derived.blocks[: -(-run.difficulty.pops // WORDS_PER_BLOCK)])
    )
    return Recipe(
        nonce=nonce,
        server_seed=server,
        client_seed=client,
        # ascii() spells every character out, also those that look like others or like nothing.
        seeds_as_python=(ascii(server), ascii(client)),
        blocks=blocks,
        picks=derived.picks[: run.difficulty.pops],
        outcome=derived.results[run.difficulty],
    )
