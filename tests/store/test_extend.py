"""Putting a longer run in the place of a shorter one: in one transaction, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy.exc import IntegrityError

from pump_desktop.domain.errors import ConflictError, NotFoundError
from pump_desktop.domain.runs import Run
from pump_desktop.store.db.database import Database, open_database
from pump_desktop.store.db.writer import Writer
from pump_desktop.store.runs import RunsStore
from tests.store.samples import K, add, make_chunks, make_outcomes, make_run, make_summary, noon
from tests.store.writing import kill_inside

LONG = make_outcomes(25, seed=2)


@contextmanager
def opened(path: Path) -> Iterator[RunsStore]:
    """Open the runs of a file for as long as the block lasts."""
    database = open_database(path, now=noon)
    writer = Writer(database)
    yield RunsStore(database, writer)
    writer.close()
    database.close()


def longer(run: Run, **changes: Any) -> Run:
    values: dict[str, Any] = {
        "nonce_end": run.nonce_start + len(LONG) - 1,
        "duration_ms": 19,
        "outcome_digest": "e" * 64,
        "summary": make_summary(48536.13),
    }
    return replace(run, **(values | changes))


def rows(database: Database) -> list[tuple[Any, ...]]:
    with database.reading() as connection:
        columns = "chunk_index, first_nonce, count"
        found = connection.exec_driver_sql(
            f"SELECT {columns} FROM run_outcomes ORDER BY run_id, chunk_index"  # noqa: S608 - two constants
        )
        return [tuple(row) for row in found]


def test_a_longer_run_takes_the_place_with_all_its_pieces(store: RunsStore, database: Database) -> None:
    run = make_run(name="name", notes="notes")
    add(store, run)
    extended = longer(run)
    assert store.extend(run, extended, make_chunks(LONG, size=10)).result(10) == extended
    assert store.get(run.id) == extended
    assert np.array_equal(store.replayed(run.id)[1], LONG)
    assert rows(database) == [(0, 1, 10), (1, 11, 10), (2, 21, 5)]


def test_pieces_that_fit_stay_and_the_others_go(store: RunsStore, database: Database) -> None:
    run = make_run()
    add(store, run)  # three pieces: 4, 4 and 2 nonces
    whole = np.concatenate([K[:8], LONG[8:]])
    chunks = make_chunks(whole[8:], 9, 10)
    store.extend(run, longer(run), chunks, kept_pieces=2).result(10)
    assert np.array_equal(store.replayed(run.id)[1], whole)
    assert rows(database) == [(0, 1, 4), (1, 5, 4), (2, 9, 10), (3, 19, 7)]


def test_only_what_an_extension_makes_is_changed(store: RunsStore) -> None:
    run, other = make_run(0), make_run(1)
    add(store, run, other)
    store.update(run.id, name="new", notes="new").result(10)
    claimed = longer(run, name="x", notes="x", client_seed="x", targets=(2.0,), engine_version="x")
    stored = store.extend(run, claimed, make_chunks(LONG)).result(10)
    assert stored == longer(run, name="new", notes="new")
    assert store.get(other.id) == other
    assert np.array_equal(store.replayed(other.id)[1], K)


def test_a_run_that_is_gone_stays_gone(store: RunsStore, database: Database) -> None:
    run = make_run()
    with pytest.raises(NotFoundError, match=f"^Run with id {UUID(int=0)} not found$"):
        store.extend(run, longer(run), make_chunks(LONG)).result(10)
    assert rows(database) == []


def test_a_run_changed_meanwhile_is_left_alone(store: RunsStore) -> None:
    run = make_run()
    add(store, run)
    extended = store.extend(run, longer(run), make_chunks(LONG)).result(10)
    with pytest.raises(ConflictError, match="changed meanwhile"):
        store.extend(run, longer(run), make_chunks(LONG)).result(10)
    assert store.get(run.id) == extended


@pytest.mark.parametrize("kept", [0, 1, 3])
def test_pieces_must_cover_the_longer_run(store: RunsStore, database: Database, kept: int) -> None:
    run = make_run()
    add(store, run)
    before = rows(database)
    with pytest.raises(ValueError, match="the chunk"):
        store.extend(run, longer(run), make_chunks(LONG[8:], 9), kept_pieces=kept).result(10)
    assert (store.get(run.id), rows(database)) == (run, before)


def test_an_extension_that_fails_half_way_leaves_everything(store: RunsStore, database: Database) -> None:
    run = make_run()
    add(store, run)
    before = rows(database)
    # The pieces are written first; the run's own row is refused by the table.
    with pytest.raises(IntegrityError, match="ck_runs_outcome_digest"):
        store.extend(run, longer(run, outcome_digest=""), make_chunks(LONG)).result(10)
    assert (store.get(run.id), rows(database)) == (run, before)
    assert np.array_equal(store.replayed(run.id)[1], K)


EXTEND = """
run = make_run()
store.extend(run, replace(run, nonce_end=8_000_000, outcome_digest="e" * 64), chunks).result()
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")
def test_a_killed_extension_leaves_the_run_as_it_was(path: Path) -> None:
    run = make_run()
    with opened(path) as store:
        add(store, run)
    # The old pieces are gone from the log's pages by then.
    kill_inside(path, "UPDATE runs", EXTEND)
    with opened(path) as store:
        assert store.get(run.id) == run
        assert np.array_equal(store.replayed(run.id)[1], K)


@pytest.mark.parametrize("first", [1, 9])
def test_pieces_read_while_the_run_was_extended_are_not_called_damaged(store: RunsStore, first: int) -> None:
    run = make_run(nonce_start=11, nonce_end=20)
    store.add(run, make_chunks(K, 11)).result(10)
    pieces = store.outcome_chunks(run.id)
    next(pieces)
    wider = longer(run, nonce_start=first, nonce_end=first + len(LONG) - 1)
    store.extend(run, wider, make_chunks(LONG, first)).result(10)
    with pytest.raises(ConflictError, match=r"^This run was extended while it was read\."):
        list(pieces)


def test_the_seed_of_a_hash_is_known_from_a_run(store: RunsStore) -> None:
    run = make_run(3)
    assert store.seed_of_hash(run.server_seed_sha256) is None
    add(store, run)
    assert store.seed_of_hash(run.server_seed_sha256) == "server 3"
    assert store.seed_of_hash("0" * 64) is None
