"""Rows of the tables as frozen values, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping

from pump_desktop.domain.difficulty import Difficulty
from pump_desktop.domain.runs import Run, RunRow, RunSummary
from pump_desktop.store.outcomes import OutcomeChunk


def run_values(run: Run) -> dict[str, Any]:
    """Give the columns of a run."""
    summary = run.summary
    return {
        "id": run.id,
        "created_at": run.created_at,
        "name": run.name,
        "notes": run.notes,
        "server_seed": run.server_seed,
        "server_seed_sha256": run.server_seed_sha256,
        "client_seed": run.client_seed,
        "nonce_start": run.nonce_start,
        "nonce_end": run.nonce_end,
        "difficulty": run.difficulty.value,
        "targets": run.targets,
        "duration_ms": run.duration_ms,
        "engine_version": run.engine_version,
        "outcome_digest": run.outcome_digest,
        "summary": {
            "count": summary.count,
            "max_multiplier": summary.max_multiplier,
            "median_multiplier": summary.median_multiplier,
            "mean_multiplier": summary.mean_multiplier,
            "counts_by_target": dict(summary.counts_by_target),
            "counts_at_least": dict(summary.counts_at_least),
            "counts_by_multiplier": dict(summary.counts_by_multiplier),
            "top_max": summary.top_max,
        },
    }


def run_of(row: RowMapping) -> Run:
    """Give the run of a full row."""
    summary = row["summary"]
    return Run(
        id=row["id"],
        created_at=row["created_at"],
        name=row["name"],
        notes=row["notes"],
        server_seed=row["server_seed"],
        server_seed_sha256=row["server_seed_sha256"],
        client_seed=row["client_seed"],
        nonce_start=row["nonce_start"],
        nonce_end=row["nonce_end"],
        difficulty=Difficulty(row["difficulty"]),
        targets=tuple(row["targets"]),
        duration_ms=row["duration_ms"],
        engine_version=row["engine_version"],
        outcome_digest=row["outcome_digest"],
        summary=RunSummary(**{**summary, "top_max": tuple(summary["top_max"])}),
    )


def row_of(row: RowMapping) -> RunRow:
    """Give the list row of a row without the server seed and the summary."""
    return RunRow(
        id=row["id"],
        created_at=row["created_at"],
        name=row["name"],
        notes=row["notes"],
        server_seed_sha256=row["server_seed_sha256"],
        client_seed=row["client_seed"],
        nonce_start=row["nonce_start"],
        nonce_end=row["nonce_end"],
        difficulty=Difficulty(row["difficulty"]),
        targets=tuple(row["targets"]),
        duration_ms=row["duration_ms"],
        engine_version=row["engine_version"],
        outcome_digest=row["outcome_digest"],
        max_multiplier=float(row["max_multiplier"]),
    )


def chunk_of(row: RowMapping) -> OutcomeChunk:
    """Give the chunk of a row of run_outcomes."""
    return OutcomeChunk(first_nonce=row["first_nonce"], count=row["count"], data=row["data"])


def chunk_values(run: Run, chunks: Sequence[OutcomeChunk], first_index: int = 0) -> list[dict[str, Any]]:
    """Give the columns of a run's chunks, numbered from ``first_index`` on."""
    return [
        {
            "run_id": run.id,
            "chunk_index": index,
            "first_nonce": chunk.first_nonce,
            "count": chunk.count,
            "data": chunk.data,
        }
        for index, chunk in enumerate(chunks, first_index)
    ]
