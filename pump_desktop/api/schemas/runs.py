"""Bodies of runs: the detail, the list and its items."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, PlainSerializer

from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.runs import Run, RunPage
from pump_desktop.stats.distribution import Distribution
from pump_desktop.stats.gaps import GapStats
from pump_desktop.stats.hits import Hits


def _utc_text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


UtcTime = Annotated[datetime, PlainSerializer(_utc_text, return_type=str, when_used="json")]


class Body(BaseModel):
    """A body read off frozen values."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


def examples(*bodies: dict[str, Any]) -> ConfigDict:
    """Give the configuration that shows a body in the API's description."""
    return ConfigDict(json_schema_extra={"examples": list(bodies)})


_RUN: dict[str, Any] = {
    "id": "740103e4-050b-4489-ac14-bfd387a97dbc",
    "created_at": "2026-05-09T12:00:00.123Z",
    "name": "Tuesday",
    "notes": "",
    "server_seed_sha256": "f6ce15af76cf2a667778932a2c899b80f6153e8c056f1b07b3d0ee8926f916c3",
    "client_seed": "zXv1upuFns",
    "nonce_start": 1,
    "nonce_end": 10_000,
    "difficulty": "expert",
    "targets": [1066.73, 11200.65],
    "duration_ms": 3,
    "engine_version": "pump-2.0.0",
    "outcome_digest": "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9",
}


class SummaryBody(Body):
    """What a run says at a glance; counts are keyed by the multiplier as Python prints the float."""

    count: int
    max_multiplier: float
    median_multiplier: float
    mean_multiplier: float
    counts_by_target: dict[str, int]
    counts_at_least: dict[str, int]
    counts_by_multiplier: dict[str, int]
    top_max: list[int]


class RunItem(Body):
    """A run in a list: no server seed, no large fields."""

    model_config = examples(_RUN | {"count": 10_000, "max_multiplier": 11200.65})

    id: UUID
    created_at: UtcTime
    name: str
    notes: str
    server_seed_sha256: str
    client_seed: str
    nonce_start: int
    nonce_end: int
    difficulty: str
    targets: list[float]
    duration_ms: int
    engine_version: str
    outcome_digest: str
    count: int
    max_multiplier: float


class RunDetail(Body):
    """A whole run; ``id`` is null when the run was not stored."""

    id: UUID | None
    created_at: UtcTime
    name: str
    notes: str
    server_seed: str
    server_seed_sha256: str
    client_seed: str
    nonce_start: int
    nonce_end: int
    difficulty: str
    targets: list[float]
    duration_ms: int
    engine_version: str
    outcome_digest: str
    summary: SummaryBody


class RunList(Body):
    """A page of runs."""

    items: list[RunItem]
    total: int
    limit: int
    offset: int


def run_detail(run: Run, *, stored: bool = True) -> RunDetail:
    """Give the body of one run."""
    detail = RunDetail.model_validate(run)
    return detail if stored else detail.model_copy(update={"id": None})


def run_list(page: RunPage) -> RunList:
    """Give the body of a page of runs."""
    return RunList.model_validate(page)


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
