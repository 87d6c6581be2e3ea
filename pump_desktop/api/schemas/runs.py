"""Bodies of runs: the detail, the list and its items."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, PlainSerializer

from pump_desktop.domain.runs import Run, RunPage


def _utc_text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


UtcTime = Annotated[datetime, PlainSerializer(_utc_text, return_type=str, when_used="json")]


class Body(BaseModel):
    """A body read off frozen values."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


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
