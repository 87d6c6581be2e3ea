"""Runs and files to test the store with."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.runs import Run, RunPage, RunSummary
from pump_desktop.store.runs import OutcomeChunk, RunsStore, compress

NOON = datetime(2026, 5, 9, 12, 0, 0, 123456, tzinfo=UTC)


def noon() -> datetime:
    """Give the hour at which these tests happen."""
    return NOON


def make_run(number: int = 0, **changes: Any) -> Run:
    """Give a run of nonces 1 to 10 whose id, time and seeds come from ``number``."""
    server_seed = f"server {number}"
    values: dict[str, Any] = {
        "id": UUID(int=number),
        "created_at": NOON + timedelta(seconds=number),
        "name": f"run {number}",
        "notes": "",
        "server_seed": server_seed,
        "server_seed_sha256": hashlib.sha256(server_seed.encode()).hexdigest(),
        "client_seed": f"client {number}",
        "nonce_start": 1,
        "nonce_end": 10,
        "difficulty": Difficulty.EXPERT,
        "targets": (11200.65, 48536.13),
        "duration_ms": 7,
        "engine_version": "pump-2.0.0",
        "outcome_digest": "d" * 64,
        "summary": make_summary(),
    }
    return Run(**(values | changes))


def make_summary(highest: float = 11200.65) -> RunSummary:
    """Give a summary with the highest multiplier asked for."""
    return RunSummary(
        count=10,
        max_multiplier=highest,
        median_multiplier=1.63,
        mean_multiplier=1121.9,
        counts_by_target={"11200.65": 1, "48536.13": 0},
        counts_at_least={"11200.65": 1, "48536.13": 0},
        counts_by_multiplier={"1.0": 4, "1.63": 5, "11200.65": 1},
        top_max=(3,),
    )


def make_outcomes(count: int, seed: int = 1) -> NDArray[np.uint8]:
    """Give outcomes that look like expert's, 0 to 15."""
    return np.minimum(np.random.default_rng(seed).geometric(0.4, count) - 1, 15).astype(np.uint8)


def make_chunks(k: NDArray[np.uint8], first_nonce: int = 1, size: int = 4) -> Sequence[OutcomeChunk]:
    """Give the outcomes in chunks of ``size`` nonces."""
    pieces = ((start, k[start : start + size]) for start in range(0, len(k), size))
    return [OutcomeChunk(first_nonce + start, len(piece), compress(piece)) for start, piece in pieces]


def fingerprint(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Give the bytes and times of every file in a folder, by name."""
    return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.iterdir()}


K = make_outcomes(10)


def add(store: RunsStore, *runs: Run) -> None:
    """Store runs of ten nonces, each with the outcomes ``K``."""
    for future in [store.add(run, make_chunks(K)) for run in runs]:
        future.result(10)


def names(page: RunPage) -> list[str]:
    """Give the names of a page's runs, in its order."""
    return [item.name for item in page.items]
