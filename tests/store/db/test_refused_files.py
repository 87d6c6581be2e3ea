from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pump_desktop.domain.errors import (
    NewerDatabaseError,
    NotADatabaseError,
    StoreError,
)
from pump_desktop.store.db.database import open_database
from tests.store.samples import fingerprint, noon

posix = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")


@pytest.mark.parametrize(
    "content",
    [b"nonce,max_multiplier\n1,1.63\n", b"SQLite", b"\x00" * 8192, b"SQLite format 3\x00" + b"\xff" * 5000],
    ids=["text", "short", "zeros", "only-the-header"],
)
def test_anything_else_is_refused_and_not_touched(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    before = fingerprint(path.parent)
    with pytest.raises(NotADatabaseError, match=r"pump\.db is (not an SQLite database|damaged)"):
        open_database(path, now=noon)
    assert fingerprint(path.parent) == before


def test_a_damaged_schema_is_refused_and_not_touched(path: Path) -> None:
    open_database(path, now=noon).close()
    content = bytearray(path.read_bytes())
    content[100:200] = b"\xff" * 100
    path.write_bytes(content)
    before = fingerprint(path.parent)
    with pytest.raises(NotADatabaseError, match="damaged"):
        open_database(path, now=noon)
    assert fingerprint(path.parent) == before


def test_a_database_of_another_program_is_refused_and_not_touched(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE songs (title)")
    before = fingerprint(path.parent)
    with pytest.raises(NotADatabaseError, match="another program"):
        open_database(path, now=noon)
    assert fingerprint(path.parent) == before


def make_newer(path: Path) -> None:
    open_database(path, now=noon).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def test_a_newer_database_is_refused_and_not_touched(path: Path) -> None:
    make_newer(path)
    before = fingerprint(path.parent)
    assert sorted(before) == ["pump.db", "pump.db-in-use"]
    with pytest.raises(NewerDatabaseError, match="newer version"):
        open_database(path, now=noon)
    assert fingerprint(path.parent) == before


def test_a_newer_database_in_use_is_refused_by_what_its_log_holds(path: Path) -> None:
    open_database(path, now=noon).close()
    with closing(sqlite3.connect(path)) as connection:
        with connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
        before = fingerprint(path.parent)
        with pytest.raises(NewerDatabaseError):
            open_database(path, now=noon)
        after = fingerprint(path.parent)
    assert after["pump.db"] == before["pump.db"]
    assert after["pump.db-wal"] == before["pump.db-wal"]


def test_what_a_kill_left_in_a_rollback_journal_does_not_count(path: Path, tmp_path: Path) -> None:
    open_database(path, now=noon).close()
    killed = tmp_path / "killed"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # Another tool changed the mode and is in the middle of a change larger than its cache.
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN")
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.execute("CREATE TABLE big AS SELECT zeroblob(1000000) AS b")
        shutil.copytree(path.parent, killed)
    assert {file.name for file in killed.iterdir()} == {"pump.db", "pump.db-in-use", "pump.db-journal"}
    assert b"9999" in (killed / "pump.db").read_bytes()
    open_database(killed / "pump.db", now=noon).close()


def test_a_file_in_place_of_the_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StoreError, match="choose another data folder"):
        open_database(tmp_path / "data" / "pump.db", now=noon)


def test_a_folder_in_place_of_the_file_is_a_sentence(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StoreError, match="is not a file"):
        open_database(path, now=noon)


@pytest.fixture
def without_privileges() -> Iterator[Path]:
    """Give a folder of an account that permissions hold back, and be that account; root is never held."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if os.geteuid() != 0:
            yield folder
            return
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
        try:
            yield folder
        finally:
            os.seteuid(0)


@posix
@pytest.mark.parametrize(
    ("file_mode", "folder_mode"), [(0o400, 0o700), (0o600, 0o500)], ids=["file", "folder"]
)
def test_what_cannot_be_written_is_a_sentence(
    without_privileges: Path, file_mode: int, folder_mode: int
) -> None:
    path = without_privileges / "pump.db"
    open_database(path, now=noon).close()
    path.chmod(file_mode)
    path.parent.chmod(folder_mode)
    before = fingerprint(path.parent)
    try:
        with pytest.raises(StoreError, match=r"pump\.db cannot be (written|opened).*another data folder"):
            open_database(path, now=noon)
        assert fingerprint(path.parent) == before
    finally:
        path.parent.chmod(0o700)


@posix
def test_a_folder_that_takes_no_file_is_a_sentence(without_privileges: Path) -> None:
    without_privileges.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="cannot be written"):
            open_database(without_privileges / "pump.db", now=noon)
    finally:
        without_privileges.chmod(0o700)


@posix
def test_an_unreadable_file_is_a_sentence(without_privileges: Path) -> None:
    path = without_privileges / "pump.db"
    path.write_bytes(b"secret")
    path.chmod(0o000)
    with pytest.raises(StoreError, match="cannot be opened"):
        open_database(path, now=noon)
