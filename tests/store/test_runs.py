from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy.exc import IntegrityError

from pump_desktop.domain.errors import DiskFullError, NotFoundError, StoreError
from pump_desktop.domain.runs import RunQuery
from pump_desktop.store.db.database import Database, open_database
from pump_desktop.store.db.writer import Writer
from pump_desktop.store.runs import OutcomeChunk, RunsStore, compress
from tests.store.samples import NOON, K, add, make_chunks, make_outcomes, make_run, names, noon
from tests.store.writing import kill_inside


def change(store: RunsStore, sql: str, *values: Any) -> None:
    """Do what another tool could do to the file."""
    store._writer.submit(lambda connection: connection.exec_driver_sql(sql, values).close()).result(10)


def test_a_run_comes_back_as_it_went_in(store: RunsStore) -> None:
    run = make_run(name="Ünïcode 🎈", notes="two\nlines", client_seed="種")
    add(store, run)
    assert store.get(run.id) == run
    assert np.array_equal(store.replayed(run.id)[1], K)
    pieces = list(store.outcome_chunks(run.id))
    assert [first for first, _ in pieces] == [1, 5, 9]
    assert np.array_equal(np.concatenate([k for _, k in pieces]), K)


def test_other_tools_find_readable_text(store: RunsStore, path: Path) -> None:
    add(store, make_run())
    with closing(sqlite3.connect(path)) as connection:
        row = connection.execute(
            "SELECT id, created_at, datetime(created_at), difficulty, targets,"
            " json_extract(summary, '$.max_multiplier'),"
            " json_extract(summary, '$.counts_by_target.\"11200.65\"'),"
            " json_extract(summary, '$.top_max[0]') FROM runs"
        ).fetchone()
    assert row == (
        "00000000-0000-0000-0000-000000000000",
        "2026-05-09T12:00:00.123456Z",
        "2026-05-09 12:00:00",
        "expert",
        "[11200.65,48536.13]",
        11200.65,
        1,
        3,
    )


def test_large_nonces_and_several_chunks(store: RunsStore) -> None:
    k = make_outcomes(300_000)
    start = 2**53 - len(k)
    run = make_run(nonce_start=start, nonce_end=2**53 - 1)
    store.add(run, make_chunks(k, start, 65_536)).result(10)
    assert np.array_equal(store.replayed(run.id)[1], k)
    assert store.get(run.id).nonce_end == 2**53 - 1


@pytest.mark.parametrize("kind", [bytes, memoryview, np.asarray])
def test_all_byte_likes_pack_alike(kind: Callable[[Any], Any]) -> None:
    assert compress(kind(K)) == compress(K)


def test_chunks_must_cover_the_run(store: RunsStore) -> None:
    whole = make_chunks(K)
    for chunks in (
        whole[:-1],
        whole[1:],
        [*whole[:-1], replace(whole[-1], first_nonce=10)],
        [],
        [*whole, whole[-1]],
    ):
        with pytest.raises(ValueError, match="the chunk"):
            store.add(make_run(), chunks)
    assert store.list(RunQuery()).total == 0


def test_an_id_is_stored_once(store: RunsStore) -> None:
    add(store, make_run())
    with pytest.raises(IntegrityError):
        add(store, make_run(name="another"))
    assert names(store.list(RunQuery())) == ["run 0"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce_start": 0, "nonce_end": 9},
        {"nonce_start": 2**53 - 9, "nonce_end": 2**53},
        {"duration_ms": -1},
        {"outcome_digest": ""},
    ],
)
def test_the_tables_refuse_nonsense(store: RunsStore, wrong: dict[str, Any]) -> None:
    run = make_run(**wrong)
    with pytest.raises(IntegrityError, match="ck_runs"):
        store.add(run, make_chunks(K, run.nonce_start)).result(10)


def test_times_need_a_zone(store: RunsStore) -> None:
    with pytest.raises(Exception, match="without a zone"):
        add(store, make_run(created_at=NOON.replace(tzinfo=None)))


def test_what_is_not_there_is_said(store: RunsStore) -> None:
    unknown = UUID(int=99)
    asks: list[Callable[[], object]] = [
        lambda: store.get(unknown),
        lambda: store.replayed(unknown)[1],
        lambda: store.outcome_chunks(unknown),
        lambda: store.update(unknown, name="x").result(10),
        lambda: store.update(unknown).result(10),
        lambda: store.delete(unknown).result(10),
        lambda: store.duplicate(unknown, UUID(int=1), NOON, "x").result(10),
    ]
    for ask in asks:
        with pytest.raises(NotFoundError, match=f"^Run with id {unknown} not found$"):
            ask()


def test_name_and_notes_change_alone_or_together(store: RunsStore) -> None:
    add(store, make_run(0), make_run(1))
    run_id = UUID(int=0)
    assert store.update(run_id, name="new").result(10) == make_run(0, name="new")
    assert store.update(run_id, notes="seen").result(10) == make_run(0, name="new", notes="seen")
    assert store.update(run_id, name="", notes="").result(10) == make_run(0, name="")
    assert store.update(run_id).result(10) == store.get(run_id) == make_run(0, name="")
    assert store.get(UUID(int=1)) == make_run(1)


def test_delete_takes_the_outcomes_along(store: RunsStore, database: Database) -> None:
    add(store, make_run(0), make_run(1))
    store.delete(UUID(int=0)).result(10)
    with database.reading() as connection:
        owners = set(connection.exec_driver_sql("SELECT run_id FROM run_outcomes").scalars())
    assert owners == {str(UUID(int=1))}
    assert names(store.list(RunQuery())) == ["run 1"]


def test_a_duplicate_stands_alone(store: RunsStore) -> None:
    run, new_id, later = make_run(0, notes="kept"), UUID(int=5), NOON + timedelta(days=1)
    add(store, run)
    copy = store.duplicate(run.id, new_id, later, "copy").result(10)
    assert copy == replace(run, id=new_id, created_at=later, name="copy") == store.get(new_id)
    store.delete(run.id).result(10)
    assert np.array_equal(store.replayed(new_id)[1], K)


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("DELETE FROM run_outcomes WHERE chunk_index = 1", None),
        ("DELETE FROM run_outcomes WHERE chunk_index = 2", None),
        ("DELETE FROM run_outcomes", None),
        ("UPDATE run_outcomes SET first_nonce = 6 WHERE chunk_index = 1", None),
        ("UPDATE run_outcomes SET count = 3 WHERE chunk_index = 1", None),
        ("UPDATE run_outcomes SET count = 1000000 WHERE chunk_index = 1", None),
        ("UPDATE run_outcomes SET data = ? WHERE chunk_index = 1", b"not zlib"),
        ("UPDATE run_outcomes SET data = ? WHERE chunk_index = 1", compress(bytes(3))),
        ("UPDATE run_outcomes SET data = ? WHERE chunk_index = 1", compress(bytes(5))),
        ("UPDATE run_outcomes SET data = ? WHERE chunk_index = 1", compress(bytes(4))[:-2]),
        ("UPDATE run_outcomes SET data = ? WHERE chunk_index = 1", compress(bytes(4)) + b"more"),
        ("UPDATE run_outcomes SET data = ? WHERE chunk_index = 1", compress(bytes([0, 1, 16, 2]))),
        ("UPDATE run_outcomes SET data = ? WHERE chunk_index = 1", b""),
    ],
)
def test_damaged_outcomes_are_said(store: RunsStore, sql: str, value: bytes | None) -> None:
    run = make_run()
    add(store, run)
    change(store, sql, *([] if value is None else [value]))
    with pytest.raises(StoreError, match=f"outcomes of run {run.id} are damaged from nonce"):
        store.replayed(run.id)[1]
    with pytest.raises(StoreError, match=f"outcomes of run {run.id} are damaged from nonce"):
        list(store.outcome_chunks(run.id))


def test_a_run_deleted_while_it_is_streamed_is_said(store: RunsStore) -> None:
    add(store, make_run())
    pieces = store.outcome_chunks(UUID(int=0))
    next(pieces)
    store.delete(UUID(int=0)).result(10)
    with pytest.raises(NotFoundError):
        next(pieces)


def test_a_full_disk_leaves_nothing_of_the_run(store: RunsStore, database: Database) -> None:
    add(store, make_run(0))
    change(store, "PRAGMA max_page_count = 20")
    noise = np.random.default_rng(1).bytes(200_000)
    with pytest.raises(DiskFullError):
        store.add(make_run(1, nonce_end=200_000), [OutcomeChunk(1, 200_000, noise)]).result(10)
    assert store.list(RunQuery()).total == 1
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM run_outcomes").scalar_one() == 3


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")
def test_kill_in_the_middle_leaves_nothing_half(path: Path) -> None:
    database = open_database(path, now=noon)
    writer = Writer(database)
    add(RunsStore(database, writer), make_run(0))
    writer.close()
    database.close()

    write = "store.add(make_run(1, nonce_end=8_000_000), chunks).result()"
    kill_inside(path, "INSERT INTO run_outcomes", write)

    database = open_database(path, now=noon)
    writer = Writer(database)
    store = RunsStore(database, writer)
    with database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
        assert connection.exec_driver_sql("SELECT DISTINCT run_id FROM run_outcomes").scalars().all() == [
            str(UUID(int=0))
        ]
    assert names(store.list(RunQuery())) == ["run 0"]
    add(store, make_run(1))
    writer.close()
    database.close()
