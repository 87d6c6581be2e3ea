"""A data folder as a kill leaves it, with one of everything: ``damage`` bends copies of it."""

from __future__ import annotations

import os
import random
import shutil
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

from pump_desktop.domain.alerts import RuleDraft
from pump_desktop.domain.live import StreamQuery
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.system.logs import open_logs
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import load_settings, save_settings
from pump_desktop.system.token import load_or_make_token
from tests.live_samples import heartbeat, sample_bets, sample_key
from tools.damage_open import DATA, KERNELS, Known, keep_layout

# Bets that were acknowledged after the log was last copied into the file: so many commits of so many.
COMMITS, BETS = 12, 5
NONCES = 4_000
_NOON = datetime(2026, 5, 9, 12, tzinfo=UTC)


def make(folder: Path, *, layout: bool) -> Known:
    """Make the folder, and return what is asked for in it; in a process of its own.

    With ``layout`` Qt makes the window's file as well.
    """
    os.environ["NUMBA_CACHE_DIR"] = str(folder / KERNELS)
    with _repeatable():
        return _made(folder, layout=layout)


def _made(folder: Path, *, layout: bool) -> Known:
    data = folder / "in-use"
    paths = resolve_paths(data)
    save_settings(paths.settings_file, {"ingest_port": 18_000, "retain_rounds": 250_000, "theme": "dark"})
    settings = load_settings({"data_dir": data})
    token = load_or_make_token(paths)
    with open_logs(paths):
        backend = open_backend(settings, paths)
        runs, streams = _fill(backend)
        backend.storage.back_up()
        # Its pages stay free.
        backend.runs.delete(runs.pop())
        # The last connection to close copies the log into the file.
        backend.close()
        backend = open_backend(settings, paths)
        for commit in range(COMMITS):
            bets = sample_bets(201 + commit * BETS, BETS, key=sample_key("second"), until=_NOON)
            backend.live.ingest(bets).result(60)
        if layout:
            keep_layout(data)
        # As a kill would leave it: the files as they stand between two commits.
        shutil.copytree(data, folder / DATA)
        backend.close()
    shutil.rmtree(data)
    return Known(token, tuple(map(str, runs)), tuple(map(str, streams)), {})


def _repeatable() -> ExitStack:
    """Give this process the same ids, times and token each time, so that a case is the same one again."""
    chance, seconds = random.Random(1), count()
    stack = ExitStack()
    for name, value in {
        "os.urandom": chance.randbytes,
        "random._urandom": chance.randbytes,
        "time.perf_counter": lambda: next(seconds) / 1000,
        "pump_desktop.services.backend.utc_now": lambda: _NOON + timedelta(seconds=next(seconds)),
    }.items():
        stack.enter_context(patch(name, value))
    return stack


def _fill(backend: Backend) -> tuple[list[UUID], list[UUID]]:
    """Store runs, streams and all that people pin to them; return the ids."""
    runs = []
    for number, difficulty in enumerate(("expert", "medium", "expert")):
        request = ScanRequest.parse(
            server_seed="the server seed", client_seed=f"client {number}", start=1, end=NONCES,
            difficulty=difficulty, targets=["1.27", "34.68"][: number + 1],
        )  # fmt: skip
        runs.append(backend.runs.create(request, name=f"run {number}").run.id)
        backend.runs.set_notes(runs[-1], "a note of some length, to be read back as it was written")
    for name in ("first", "second"):
        backend.live.ingest(sample_bets(1, 200, key=sample_key(name), until=_NOON)).result(60)
    later = [heartbeat(nonce, sample_key("first")) for nonce in range(210, 250)]
    backend.live.ingest(later).result(60)
    streams = [row.id for row in backend.live.streams(StreamQuery()).items]
    for stream in streams:
        bet = backend.live.tail(stream, 0, 1).bets[0]
        backend.live.add_bookmark(stream, bet.id, "look at this one").result(60)
        backend.live.add_snapshot(stream, "as it was", {"min_multiplier": 2}, None).result(60)
        backend.live.set_notes(stream, "a stream with notes").result(60)
    draft = RuleDraft.parse(name="high", kind="threshold", values={"at_least": 400.02}, stream_id=streams[0])
    backend.alerts.add(draft).result(60)
    backend.live.reject("nonce must be at least 1", '{"nonce": 0}').result(60)
    return runs, streams
