"""A database file that is deleted, moved or replaced while the program has it open."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from pump_desktop.domain.errors import (
    DiskFullError,
    FileReplacedError,
    FolderGoneError,
    NotFoundError,
    StoreError,
)
from pump_desktop.store.db.database import Database, open_database
from pump_desktop.store.db.displaced import OpenFile
from pump_desktop.store.db.writer import Writer
from tests.store.samples import noon
from tests.store.writing import insert, stored
from tools.fault_stage import may_mount, small_disk

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="elsewhere an open file cannot be taken away"),
    pytest.mark.expects_warning,
]


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    """Give a database with a table of numbers."""
    opened = made(path)
    yield opened
    opened.close()


def made(path: Path) -> Database:
    opened = open_database(path, now=noon)
    with opened.connect_for_writing() as connection, connection.begin():
        connection.exec_driver_sql("CREATE TABLE numbers (n INTEGER)")
    return opened


def numbers(path: Path) -> list[int]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [n for (n,) in connection.execute("SELECT n FROM numbers ORDER BY n")]


@pytest.mark.parametrize("endings", [("",), ("", "-wal", "-shm")])
def test_a_deleted_file_is_put_back_before_the_answer(database: Database, endings: tuple[str, ...]) -> None:
    writer = Writer(database)
    writer.submit(insert(1)).result(10)
    for ending in endings:
        database.path.with_name(database.path.name + ending).unlink()
    with pytest.raises(StoreError, match="cannot be opened"):
        stored(database)
    writer.submit(insert(2)).result(10)
    assert stored(database) == [1, 2]
    writer.submit(insert(3)).result(10)
    writer.close()
    assert numbers(database.path) == [1, 2, 3]
    assert database.path.stat().st_mode & 0o077 == 0


def test_of_two_programs_one_puts_a_deleted_file_back_and_the_other_finds_it_there(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = Writer(database), Writer(database)
    for number, writer in enumerate((one, other), 1):
        writer.submit(insert(number)).result(10)
    copying, go_on = threading.Event(), threading.Event()
    copy = OpenFile._copy

    def slowly(self: OpenFile, connection: sqlite3.Connection, part: Path) -> None:
        copy(self, connection, part)
        if not copying.is_set():
            copying.set()
            assert go_on.wait(10)

    monkeypatch.setattr(OpenFile, "_copy", slowly)
    database.path.unlink()
    first = one.submit(insert(3))
    assert copying.wait(10)
    second = other.submit(insert(4))
    # It has seen that the file is gone, and would copy into the same unfinished file.
    with pytest.raises(TimeoutError):
        second.result(0.2)
    go_on.set()
    first.result(10)
    with pytest.raises(FileReplacedError, match=r"until then is in .*pump-replaced-1\.db"):
        second.result(10)
    assert numbers(database.path) == [1, 2, 3]
    one.close()
    other.close()
    assert numbers(database.path.with_name("pump-replaced-1.db")) == [1, 2, 3, 4]


def test_a_file_deleted_after_the_last_write_is_put_back_at_the_end(database: Database) -> None:
    writer = Writer(database)
    writer.submit(insert(1)).result(10)
    database.path.unlink()
    writer.close()
    assert numbers(database.path) == [1]


def test_a_deleted_file_that_cannot_be_put_back_waits_for_the_obstacle_to_go(database: Database) -> None:
    writer = Writer(database)
    writer.submit(insert(1)).result(10)
    database.path.unlink()
    obstacle = database.path.with_name("pump.db.part")
    obstacle.mkdir()
    for number in (2, 3):
        with pytest.raises(StoreError, match=r"taken away.*cannot be put back \(.*before you close"):
            writer.submit(insert(number)).result(10)
    with pytest.raises(StoreError, match="cannot be put back"):
        writer.submit_alone(lambda _connection: None).result(10)
    obstacle.rmdir()
    writer.submit(insert(4)).result(10)
    assert stored(database) == [1, 2, 4]
    writer.close()
    # 2 was written before it was seen that the file is gone, and refused all the same; 3 was not.
    assert numbers(database.path) == [1, 2, 4]


def test_a_file_that_is_gone_when_other_work_fails_is_not_let_go(database: Database) -> None:
    def fail(connection: Connection) -> None:
        database.path.unlink()
        # Rolls everything back, so that the whole batch fails and its connection would be exchanged.
        connection.exec_driver_sql("INSERT OR ROLLBACK INTO numbers VALUES (1)")

    def fail_alone(_connection: Connection) -> None:
        database.path.unlink()
        raise NotFoundError("not there")

    writer = Writer(database)
    writer.submit(lambda connection: connection.exec_driver_sql("CREATE UNIQUE INDEX one ON numbers (n)"))
    writer.submit(insert(1)).result(10)
    with pytest.raises(IntegrityError):
        writer.submit(fail).result(10)
    writer.submit(insert(2)).result(10)
    with pytest.raises(NotFoundError):
        writer.submit_alone(fail_alone).result(10)
    writer.submit(insert(3)).result(10)
    writer.close()
    assert numbers(database.path) == [1, 2, 3]


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


@pytest.mark.skipif(not may_mount(), reason="a small disk is mounted by root on Linux")
def test_a_deleted_file_on_a_full_disk_is_put_back_when_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path, 2) as disk:
        database = made(disk / "pump.db")
        writer = Writer(database)
        writer.submit(insert(1)).result(10)
        database.path.unlink()
        filler = disk / "filler"
        with pytest.raises(OSError, match="No space left"):
            fill(filler)
        # Whether the log still has room for the first or not: the file is not back.
        for _attempt in range(2):
            with pytest.raises(DiskFullError, match=r"Free some space"):
                writer.submit(insert(2)).result(10)
        with pytest.raises(DiskFullError, match=r"was taken away.*too full to put it back"):
            writer.submit(insert(2)).result(10)
        assert not disk.joinpath("pump.db.part").exists()
        filler.unlink()
        writer.submit(insert(3)).result(10)
        assert stored(database) == [1, 3]
        writer.close()
        database.close()
        assert numbers(database.path) == [1, 3]


def test_a_replaced_file_is_left_alone_and_all_of_the_old_one_kept(
    database: Database, tmp_path: Path
) -> None:
    writer = Writer(database)
    writer.submit(insert(1)).result(10)
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE numbers (n INTEGER)")
    other.replace(database.path)
    for number in (2, 3):
        with pytest.raises(StoreError, match=r"was replaced.*pump-replaced-1\.db\. Start the program again"):
            writer.submit(insert(number)).result(10)
    writer.close()
    assert numbers(database.path.with_name("pump-replaced-1.db")) == [1, 2]


def test_a_folder_that_is_away_is_one_sentence_and_all_goes_on_when_it_is_back(
    database: Database, tmp_path: Path
) -> None:
    """A data folder that was renamed, or a disk that was taken out, and came back."""
    folder, away = database.path.parent, tmp_path.parent / "away"
    writer = Writer(database)
    writer.submit(insert(1)).result(10)
    folder.rename(away)
    sentence = rf"The folder {folder} is not there any more\. Put it back, or connect its disk again"
    # At the first write the file is still open, and at the second it is not.
    for _attempt in range(2):
        with pytest.raises(FolderGoneError, match=sentence):
            writer.submit(insert(2)).result(10)
    with pytest.raises(FolderGoneError, match=sentence):
        stored(database)
    away.rename(folder)
    writer.submit(insert(3)).result(10)
    assert stored(database)[-1] == 3
    folder.rename(away)
    writer.close()
    away.rename(folder)
    kept = numbers(database.path)
    # What was refused may be stored, as with every answer that does not arrive; what was answered is.
    assert [n for n in kept if n != 2] == [1, 3]
