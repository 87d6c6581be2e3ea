"""Bodies of runs: the detail, the list and its items."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, PlainSerializer

from pump_desktop.domain.runs import Run, RunPage


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
