from __future__ import annotations

import sqlite3
import threading
import weakref
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import IntegrityError

from pump_desktop.domain.errors import DiskFullError, NotFoundError, StoreClosedError, StoreError
from pump_desktop.store.db import writer as writer_module
from pump_desktop.store.db.database import Database, open_database
from pump_desktop.store.db.writer import Writer
from tests.store.samples import noon
from tests.store.writing import held, insert, stored


@pytest.fixture(autouse=True)
def numbers(database: Database) -> None:
    with database.connect_for_writing() as connection, connection.begin():
        connection.exec_driver_sql("CREATE TABLE numbers (n INTEGER PRIMARY KEY)")


def test_an_answer_means_that_others_can_read_it(database: Database, writer: Writer) -> None:
    assert writer.submit(insert(7)).result(10) == 7
    assert stored(database) == [7]


def test_what_waits_is_one_commit(database: Database, writer: Writer) -> None:
    commits: list[str] = []
    event.listen(database._engine, "commit", lambda _connection: commits.append("commit"))
    with held(writer):
        futures = [writer.submit(insert(number)) for number in range(50)]
    assert [future.result(10) for future in futures] == list(range(50))
    assert len(commits) == 2


def test_nothing_is_kept_once_it_is_stored(writer: Writer) -> None:
    class Megabytes:
        """Stands for the outcomes that a run's work holds."""

    held_by_work, gone = Megabytes(), threading.Event()
    weakref.finalize(held_by_work, gone.set)

    def work(_connection: Connection, _data: Megabytes = held_by_work) -> None:
        pass

    future = writer.submit(work)
    del work, held_by_work
    future.result(10)
    assert gone.wait(10)


def test_a_batch_is_bounded(database: Database, writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "MAX_BATCH", 20)
    commits: list[str] = []
    event.listen(database._engine, "commit", lambda _connection: commits.append("commit"))
    with held(writer):
        futures = [writer.submit(insert(number)) for number in range(50)]
    for future in futures:
        future.result(10)
    assert len(commits) == 4


def test_one_failing_piece_does_not_sink_the_others(database: Database, writer: Writer) -> None:
    def half(connection: Connection) -> None:
        insert(100)(connection)
        raise NotFoundError("Run with id 1 not found")

    with held(writer):
        first = writer.submit(insert(1))
        again = writer.submit(insert(1))
        missing = writer.submit(half)
        last = writer.submit(insert(2))
    assert first.result(10) == 1
    assert last.result(10) == 2
    with pytest.raises(IntegrityError):
        again.result(10)
    with pytest.raises(NotFoundError, match=r"^Run with id 1 not found$"):
        missing.result(10)
    assert stored(database) == [1, 2]


def test_no_answer_leaves_before_the_commit(database: Database, writer: Writer) -> None:
    early: list[bool] = []
    with held(writer):
        future = writer.submit(insert(1))
        event.listen(database._engine, "commit", lambda _connection: early.append(future.done()))
    future.result(10)
    assert early == [False, False]


def test_a_failed_commit_is_everybodys_answer(database: Database, writer: Writer) -> None:
    def refuse(_connection: Connection) -> None:
        event.remove(database._engine, "commit", refuse)
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    with held(writer) as holder:
        futures = [writer.submit(insert(number)) for number in range(3)]
        writer.submit(lambda _connection: event.listen(database._engine, "commit", refuse))
    holder.result(10)
    for future in futures:
        with pytest.raises(DiskFullError, match="disk is full"):
            future.result(10)
    assert stored(database) == []
    assert writer.submit(insert(9)).result(10) == 9


def test_a_transaction_that_sqlite_itself_rolled_back_fails_as_a_whole(
    database: Database, writer: Writer
) -> None:
    def lose(connection: Connection) -> None:
        connection.exec_driver_sql("INSERT OR ROLLBACK INTO numbers VALUES (1)")

    with held(writer):
        first = writer.submit(insert(1))
        lost = writer.submit(lose)
        after = writer.submit(insert(2))
    for future in (first, lost, after):
        with pytest.raises(IntegrityError):
            future.result(10)
    assert stored(database) == []
    assert writer.submit(insert(3)).result(10) == 3


def test_a_full_disk_is_a_sentence_and_what_fits_is_stored(database: Database, writer: Writer) -> None:
    def fill(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
        connection.exec_driver_sql("CREATE TABLE big AS SELECT zeroblob(1000000) AS b")

    with held(writer):
        full = writer.submit(fill)
        small = writer.submit(insert(1))
    with pytest.raises(DiskFullError, match=r"disk is full.*pump\.db.*Free some space"):
        full.result(10)
    assert small.result(10) == 1
    assert stored(database) == [1]


def test_a_cancelled_piece_is_not_run(database: Database, writer: Writer) -> None:
    with held(writer) as holder:
        cancelled = writer.submit(insert(1))
        assert cancelled.cancel()
        assert not holder.cancel()
    assert writer.submit(insert(2)).result(10) == 2
    with pytest.raises(CancelledError):
        cancelled.result(10)
    assert stored(database) == [2]


def test_a_competing_writer_never_sees_locked(database: Database, writer: Writer) -> None:
    def read_then_write(connection: Connection) -> None:
        seen = connection.exec_driver_sql("SELECT count(*) FROM numbers").scalar_one()
        connection.exec_driver_sql("INSERT INTO numbers VALUES (?)", (seen,))

    def compete() -> None:
        with database.connect_for_writing() as connection:
            for _ in range(100):
                with connection.begin():
                    read_then_write(connection)

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(compete)
        for _ in range(100):
            writer.submit(read_then_write).result(10)
        other.result(30)
    assert stored(database) == list(range(200))


def test_a_file_locked_for_good_is_a_sentence(database: Database, writer: Writer) -> None:
    writer.submit(lambda connection: connection.exec_driver_sql("PRAGMA busy_timeout = 1").close()).result(10)
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked by another program"):
            writer.submit(insert(1)).result(10)
        other.execute("ROLLBACK")
    assert writer.submit(insert(1)).result(10) == 1


def test_too_much_waiting_is_refused(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "MAX_WAITING", 3)
    with held(writer):
        futures = [writer.submit(insert(number)) for number in range(3)]
        with pytest.raises(StoreError, match="not keeping up"):
            writer.submit(insert(3))
    for future in futures:
        future.result(10)


def test_close_writes_what_waits_and_may_be_repeated(database: Database) -> None:
    writer = Writer(database)
    with held(writer):
        futures = [writer.submit(insert(number)) for number in range(1200)]
    writer.close()
    writer.close()
    assert all(future.done() for future in futures)
    assert stored(database) == list(range(1200))
    with pytest.raises(StoreClosedError, match="program is closing"):
        writer.submit(insert(1))


def test_close_is_bounded_in_time(database: Database) -> None:
    writer = Writer(database)
    running = threading.Event()

    def endless(connection: Connection) -> None:
        insert(1)(connection)
        running.set()
        connection.exec_driver_sql(
            "INSERT INTO numbers WITH RECURSIVE r(n) AS (SELECT 2 UNION ALL SELECT n FROM r)"
            " SELECT n FROM r WHERE n > 2"
        )

    stuck = writer.submit(endless)
    assert running.wait(10)
    left = writer.submit(insert(3))
    gone = writer.submit(insert(4))
    gone.cancel()
    writer.close(timeout=0.05)
    with pytest.raises(StoreClosedError, match="stopped because the program is closing"):
        stuck.result(10)
    with pytest.raises(StoreClosedError, match="before this could be stored"):
        left.result(10)
    assert stored(database) == []


@pytest.mark.expects_warning
def test_a_writer_that_does_not_end_is_left_behind(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(writer_module, "INTERRUPT_TIMEOUT_S", 0.01)
    writer = Writer(database)
    with held(writer) as holder:
        writer.close(timeout=0.01)
        assert "did not end" in caplog.text
    holder.result(10)
    writer.close()


def test_a_database_that_is_gone_answers_every_piece(database: Database) -> None:
    database.close()
    writer = Writer(database)
    with pytest.raises(StoreClosedError):
        writer.submit(insert(1)).result(10)
    writer.close()


def test_opening_while_a_writer_works_is_no_conflict(database: Database, writer: Writer) -> None:
    writer.submit(insert(1)).result(10)
    second = open_database(database.path, now=noon)
    assert stored(second) == [1]
    second.close()
    assert writer.submit(insert(2)).result(10) == 2
