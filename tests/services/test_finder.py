"""Runs and streams found by names, seeds and hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.services.finder import find_things
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.live_samples import sample_bets, sample_key


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    opened = open_backend(Settings(), resolve_paths(tmp_path / "data"))
    for name, server, client in (
        ("Morning walk", "aaa secret", "zebra"),
        ("", "bbb secret", "100% sure"),
        ("Evening", "ccc secret", "x_y"),
    ):
        opened.runs.create(ScanRequest(server, client, 1, 5, Difficulty.EASY, (2.04,)), name=name)
    opened.live.ingest(sample_bets(1, 2, key=sample_key("Lagoon"))).result()
    yield opened
    opened.close()


def clients(backend: Backend, typed: str) -> list[str]:
    return [run.client_seed for run in find_things(backend, typed).runs]


def test_without_a_letter_the_newest_come_first(backend: Backend) -> None:
    assert clients(backend, " ") == ["x_y", "100% sure", "zebra"]
    assert [row.client_seed for row in find_things(backend, "").streams] == ["Lagoon"]


def test_names_and_seeds_and_hashes(backend: Backend) -> None:
    assert clients(backend, "mowa") == ["zebra"]
    assert clients(backend, "ZEB")[0] == "zebra"
    assert clients(backend, "bbb sec") == ["100% sure"]
    sha256 = hashlib.sha256(b"ccc secret").hexdigest()
    assert clients(backend, sha256[:8].upper())[0] == "x_y"
    # Only from its start: the middle of a secret finds nothing.
    assert clients(backend, "secret") == []
    assert clients(backend, "%") == ["100% sure"]


def test_streams_by_client_seed_and_hash(backend: Backend) -> None:
    (row,) = find_things(backend, "lgn").streams
    assert row.client_seed == "Lagoon"
    assert find_things(backend, row.server_seed_hashed[:10]).streams == (row,)
    assert find_things(backend, "qqq").streams == ()
