"""Body of a stream's metrics."""

from __future__ import annotations

from pump_desktop.api.schemas.hits import GapStatsBody
from pump_desktop.api.schemas.runs import Body
from pump_desktop.api.schemas.streams import RoundBody
from pump_desktop.domain.runs import Match
from pump_desktop.services.live.metrics import StreamMetrics


class CoverageBody(Body):
    """Which nonces were observed."""

    first_nonce: int | None
    last_nonce: int | None
    observed: int
    missing: int


class MultiplierBody(Body):
    """One multiplier; what cannot be told truly is null and ``reason`` says why."""

    multiplier: float
    count: int
    last_nonce: int | None
    gaps: GapStatsBody | None
    streak: int | None
    probability: float | None
    streak_probability: float | None
    rate: float | None
    waiting: list[int] | None
    chances: list[float] | None
    reason: str | None


class DensityBody(Body):
    """How many nonces of a bucket were observed, and how many of those were hits."""

    start: int
    end: int
    rounds: int
    hits: int


class MetricsBody(Body):
    """Figures of one stream; the chances are those of ``difficulty`` under ``match``."""

    match: Match
    difficulty: str | None
    mixed: bool
    truncated: bool
    reason: str | None
    coverage: CoverageBody
    multipliers: list[MultiplierBody]
    bucket_size: int
    density: list[DensityBody]
    top: list[RoundBody]


def metrics_body(metrics: StreamMetrics) -> MetricsBody:
    """Give the body of a stream's metrics."""
    return MetricsBody.model_validate(metrics)
