from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from pump_desktop.domain.errors import (
    FieldError,
    KnownError,
    StoreClosedError,
)
from pump_desktop.store.db.connections import may_lose_commits
from pump_desktop.store.db.database import Database, database_path, open_database
from pump_desktop.store.db.errors import known
from tests.store.samples import noon

posix = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")


def test_pragmas_hold_on_every_connection(database: Database) -> None:
    for _ in range(2):
        with database.reading() as connection:
            values = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
            }
        assert values == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 5000, "synchronous": 2}


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@posix
def test_files_are_for_the_owner_only(database: Database) -> None:
    with database.connect_for_writing() as connection, connection.begin():
        connection.execute(text("CREATE TABLE more (a)"))
        modes = {file.name: file.stat().st_mode & 0o777 for file in database.path.parent.iterdir()}
    names = ("pump.db", "pump.db-in-use", "pump.db-wal", "pump.db-shm")
    assert modes == dict.fromkeys(names, 0o600)
    assert database.path.parent.stat().st_mode & 0o777 == 0o700


@posix
def test_an_open_mode_is_shut(path: Path) -> None:
    open_database(path, now=noon).close()
    path.chmod(0o644)
    open_database(path, now=noon).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_close_leaves_no_log_and_may_be_repeated(path: Path) -> None:
    database = open_database(path, now=noon)
    database.close()
    database.close()
    assert names_in(path.parent) == ["pump.db", "pump.db-in-use"]
    with pytest.raises(StoreClosedError, match="closed"), database.reading():
        pass
    with pytest.raises(StoreClosedError, match="closed"):
        database.connect_for_writing()


def test_a_read_under_way_ends_well_after_close(path: Path) -> None:
    database = open_database(path, now=noon)
    with database.reading() as connection:
        database.close()
        assert connection.execute(text("SELECT count(*) FROM runs")).scalar_one() == 0
    assert names_in(path.parent) == ["pump.db", "pump.db-in-use"]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files in /proc")
def test_opening_and_closing_leaks_no_file(path: Path) -> None:
    def opened() -> int:
        return sum(str(path) in link for link in _links())

    for _ in range(50):
        database = open_database(path, now=noon)
        with database.reading() as connection:
            connection.execute(text("SELECT * FROM runs"))
            assert opened() > 0
        database.close()
    assert opened() == 0


def _links() -> Iterator[str]:
    for fd in Path("/proc/self/fd").iterdir():
        try:
            yield str(fd.readlink())
        except FileNotFoundError:
            continue  # the one that lists the folder


def test_an_empty_file_becomes_a_database(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    open_database(path, now=noon).close()
    assert path.read_bytes().startswith(b"SQLite format 3\x00")


def test_urls_name_one_file(tmp_path: Path) -> None:
    path = tmp_path / "a b%20?.db"
    assert database_path(str(path)) == path
    assert database_path(path) == path
    assert database_path(f"sqlite:///{tmp_path / 'pump.db'}") == tmp_path / "pump.db"
    open_database(path, now=noon).close()
    open_database(path, now=noon).close()
    assert names_in(tmp_path) == [path.name, f"{path.name}-in-use"]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://name:sesame@host/pump",
        "mysql+pymysql://host/pump",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:////tmp/pump.db?mode=ro",
        "sqlite:///file:pump.db?uri=true",
        "://",
    ],
)
def test_other_addresses_are_refused_without_their_password(url: str) -> None:
    with pytest.raises(FieldError, match=r"^database_url must") as caught:
        database_path(url)
    assert caught.value.field == "database_url"
    assert "sesame" not in str(caught.value)


def test_errors_of_the_driver_itself_stay_bugs(tmp_path: Path) -> None:
    assert known(sqlite3.ProgrammingError("wrong number of bindings"), tmp_path) is None
    assert known(ValueError("x"), tmp_path) is None


def test_wrong_sql_stays_a_bug(database: Database) -> None:
    with pytest.raises(OperationalError, match="syntax error"), database.reading() as connection:
        connection.exec_driver_sql("nonsense")


def provoke_locked(path: Path) -> None:
    with (
        closing(sqlite3.connect(path, timeout=0)) as other,
        closing(sqlite3.connect(path, timeout=0)) as mine,
    ):
        other.execute("BEGIN IMMEDIATE")
        mine.execute("BEGIN IMMEDIATE")


def provoke_full(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA max_page_count = 1")
        connection.execute("CREATE TABLE a AS SELECT zeroblob(100000)")


def provoke_readonly(path: Path) -> None:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("CREATE TABLE a (b)")


def provoke_missing(path: Path) -> None:
    with closing(sqlite3.connect(path / "below")) as connection:
        connection.execute("CREATE TABLE a (b)")


@pytest.mark.parametrize(
    ("provoke", "words"),
    [
        (provoke_locked, "locked by another program"),
        (provoke_full, "disk is full"),
        (provoke_readonly, "cannot be written"),
        (provoke_missing, "cannot be opened"),
    ],
)
def test_real_errors_become_sentences(path: Path, provoke: Callable[[Path], None], words: str) -> None:
    open_database(path, now=noon).close()
    with pytest.raises(sqlite3.OperationalError) as caught:
        provoke(path)
    sentence = known(caught.value, path)
    assert isinstance(sentence, KnownError)
    assert words in str(sentence)
    assert str(path) in str(sentence)


def test_opening_a_current_file_needs_neither_alembic_nor_the_orm(path: Path) -> None:
    open_database(path, now=noon).close()
    script = (
        "import sys, datetime; from pump_desktop.store import runs;"
        "from pump_desktop.store.db import database;"
        "database.open_database(sys.argv[1], now=lambda: datetime.datetime.now(datetime.UTC)).close();"
        "assert not {'alembic', 'sqlalchemy.orm'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=True, timeout=60)


@pytest.mark.parametrize("version", ["3.7.0", "3.40.1", "3.44.5", "3.45.0", "3.50.6", "3.51.2"])
def test_a_sqlite_that_may_lose_commits_is_known(version: str) -> None:
    assert may_lose_commits(version)


@pytest.mark.parametrize("version", ["3.6.23", "3.44.6", "3.50.7", "3.51.3", "3.53.0"])
def test_a_sqlite_that_loses_nothing_is_known(version: str) -> None:
    assert not may_lose_commits(version)
