"""Rows of the tables as frozen values, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping

from pump_desktop.domain.difficulty import Difficulty
from pump_desktop.domain.runs import Run, RunRow, RunSummary
from pump_desktop.store.outcomes import OutcomeChunk

# Columns that a run and its line in a list have as they are.
_PLAIN = (
    "id", "created_at", "name", "notes", "server_seed_sha256", "client_seed", "nonce_start", "nonce_end",
    "duration_ms", "engine_version", "outcome_digest",
)  # fmt: skip


def run_values(run: Run) -> dict[str, Any]:
    """Give the columns of a run."""
    return {
        **{name: getattr(run, name) for name in _PLAIN},
        "server_seed": run.server_seed,
        "difficulty": run.difficulty.value,
        "targets": run.targets,
        "summary": _summary_values(run.summary),
    }


def run_of(row: RowMapping) -> Run:
    """Give the run of a full row."""
    summary = row["summary"]
    return Run(
        **_shared(row),
        server_seed=row["server_seed"],
        summary=RunSummary(**{**summary, "top_max": tuple(summary["top_max"])}),
    )


def row_of(row: RowMapping) -> RunRow:
    """Give the list row of a row without the server seed and the summary."""
    return RunRow(**_shared(row), max_multiplier=float(row["max_multiplier"]))


def _shared(row: RowMapping) -> dict[str, Any]:
    return {
        **{name: row[name] for name in _PLAIN},
        "difficulty": Difficulty(row["difficulty"]),
        "targets": tuple(row["targets"]),
    }


def _summary_values(summary: RunSummary) -> dict[str, Any]:
    return {
        "count": summary.count,
        "max_multiplier": summary.max_multiplier,
        "median_multiplier": summary.median_multiplier,
        "mean_multiplier": summary.mean_multiplier,
        "counts_by_target": dict(summary.counts_by_target),
        "counts_at_least": dict(summary.counts_at_least),
        "counts_by_multiplier": dict(summary.counts_by_multiplier),
        "top_max": summary.top_max,
    }


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
