"""Rows of the tables as frozen values, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import MAX_NONCE
from pump_desktop.domain.runs import Run, RunRow, RunSummary
from pump_desktop.store.outcomes import OutcomeChunk
from pump_desktop.store.readable import Columns, Fits, amount, identity, moment, one_of, text, whole

# Columns that a run and its line in a list have as they are.
_PLAIN = (
    "id", "created_at", "name", "notes", "server_seed_sha256", "client_seed", "nonce_start", "nonce_end",
    "duration_ms", "engine_version", "outcome_digest",
)  # fmt: skip


def _is_targets(value: object) -> bool:
    return isinstance(value, list) and all(amount(one) and one > 0 for one in value)


def _is_counts(value: object) -> bool:
    return isinstance(value, dict) and all(text(key) and whole()(count) for key, count in value.items())


_SUMMARY: dict[str, Fits] = {
    "count": whole(),
    "max_multiplier": amount,
    "median_multiplier": amount,
    "mean_multiplier": amount,
    "counts_by_target": _is_counts,
    "counts_at_least": _is_counts,
    "counts_by_multiplier": _is_counts,
    "top_max": lambda value: isinstance(value, list) and all(whole(1, MAX_NONCE)(nonce) for nonce in value),
}


def _is_summary(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == _SUMMARY.keys()
        and all(fits(value[name]) for name, fits in _SUMMARY.items())
    )


_SHARED: dict[str, Fits] = {
    "id": identity,
    "created_at": moment,
    "name": text,
    "notes": text,
    "server_seed_sha256": text,
    "client_seed": text,
    "nonce_start": whole(1, MAX_NONCE),
    "nonce_end": whole(1, MAX_NONCE),
    "difficulty": one_of(difficulty.value for difficulty in Difficulty),
    "targets": _is_targets,
    "duration_ms": whole(),
    "engine_version": text,
    "outcome_digest": text,
}
RUN = Columns("runs", **_SHARED, server_seed=text, summary=_is_summary)
_ROW = Columns("runs", **_SHARED, max_multiplier=amount)


def run_values(run: Run) -> dict[str, Any]:
    """Give the columns of a run."""
    return {
        **{name: getattr(run, name) for name in _PLAIN},
        "server_seed": run.server_seed,
        "difficulty": run.difficulty.value,
        "targets": run.targets,
        "summary": _summary_values(run.summary),
    }


def run_of(row: Mapping[Any, Any]) -> Run:
    """Return the run of a full row; id and time may be text or values. Raises UnreadableRowError."""
    RUN.check_mapping(row)
    summary = row["summary"]
    return Run(
        **_shared(row),
        server_seed=row["server_seed"],
        summary=RunSummary(**{**summary, "top_max": tuple(summary["top_max"])}),
    )


def row_of(row: Mapping[Any, Any]) -> RunRow:
    """Return the list row of a row without the server seed and the summary; raises UnreadableRowError."""
    _ROW.check_mapping(row)
    return RunRow(**_shared(row), max_multiplier=float(row["max_multiplier"]))


def _shared(row: Mapping[Any, Any]) -> dict[str, Any]:
    created_at = row["created_at"]
    return {
        **{name: row[name] for name in _PLAIN},
        "id": UUID(str(row["id"])),
        "created_at": datetime.fromisoformat(created_at) if isinstance(created_at, str) else created_at,
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
