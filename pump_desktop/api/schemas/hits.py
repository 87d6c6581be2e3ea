"""Bodies of questions to a run: hits, distances, distribution."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, ConfigDict

from pump_desktop.api.schemas.runs import Body
from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.stats.distribution import Distribution
from pump_desktop.stats.gaps import GapStats
from pump_desktop.stats.hits import Hits


class HitBody(Body):
    """One hit; ``distance_prev`` is null for the first one, and when no distances were asked for."""

    nonce: int
    max_pumps: int
    max_multiplier: float
    distance_prev: int | None


class HitList(Body):
    """A page of hits."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {"nonce": 5663, "max_pumps": 12, "max_multiplier": 11200.65, "distance_prev": None}
                    ],
                    "total": 1,
                    "limit": 100,
                    "offset": 0,
                }
            ]
        }
    )

    items: list[HitBody]
    total: int
    limit: int
    offset: int


class GapStatsBody(Body):
    """Figures of the gaps: p90 and p99 by nearest rank, stddev of the population, cv = stddev / mean."""

    count: int
    mean: float
    median: float
    min: int
    max: int
    p90: int
    p99: int
    stddev: float
    cv: float


class NoStats(BaseModel):
    """Below two hits there is nothing to say."""

    model_config = ConfigDict(extra="forbid")


class DistancesBody(Body):
    """All hits of one multiplier, the gaps between them, and their figures."""

    multiplier: float
    match: str
    count: int
    nonces: list[int]
    distances: list[int]
    stats: GapStatsBody | NoStats


class DistributionItem(Body):
    """One result: how often it came and was expected, and the 95 % interval of its count."""

    max_pumps: int
    multiplier: float
    probability: float
    observed: int
    expected: float
    ratio: float
    interval: tuple[float, float]


class ChiSquareBody(Body):
    """Pearson's test of all results together, small cells pooled."""

    statistic: float
    degrees: int
    p_value: float
    cells: int


class DistributionBody(Body):
    """Observed against expected; ``chi_square`` is null when there are too few nonces for a test."""

    difficulty: Difficulty
    count: int
    items: list[DistributionItem]
    chi_square: ChiSquareBody | None


def hit_list(hits: Hits, difficulty: Difficulty, *, limit: int, offset: int, distances: bool) -> HitList:
    """Give one page of hits."""
    page = slice(offset, offset + limit)
    table = PAYOUTS[difficulty]
    nonces, safe_pumps = hits.nonces[page].tolist(), hits.safe_pumps[page].tolist()
    # Worked out over all hits when they are first read: not for nothing.
    gaps = hits.distances[page].tolist() if distances else [0] * len(nonces)
    items = [
        # A hit is never at distance 0 from the one before: 0 stands for "the first".
        HitBody(nonce=nonce, max_pumps=k, max_multiplier=table[k], distance_prev=gap or None)
        for nonce, k, gap in zip(nonces, safe_pumps, gaps, strict=True)
    ]
    return HitList(items=items, total=len(hits), limit=limit, offset=offset)


def gap_stats_body(stats: GapStats | None) -> dict[str, Any]:
    """Give the figures as JSON can say them; empty below two hits."""
    return {} if stats is None else asdict(stats)


def distribution_body(found: Distribution) -> DistributionBody:
    """Give the body of a distribution."""
    return DistributionBody(
        difficulty=found.difficulty,
        count=found.count,
        items=[
            DistributionItem(
                max_pumps=row.safe_pumps,
                multiplier=row.multiplier,
                probability=row.probability,
                observed=row.observed,
                expected=row.expected,
                ratio=row.ratio,
                interval=(row.low, row.high),
            )
            for row in found.rows
        ],
        chi_square=None if found.chi_square is None else ChiSquareBody.model_validate(found.chi_square),
    )
