"""A damaged log when the database is opened: kept as it was found, said, and told once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from pump_desktop.domain.errors import DamagedDatabaseError, DiskFullError, StoreError
from pump_desktop.store.care.recover import put_in_place
from pump_desktop.store.db.database import open_database
from pump_desktop.store.db.log_check import log_of, look_at_log
from pump_desktop.store.db.lost_log import keep_lost_log, kept_logs
from pump_desktop.store.db.writer import Writer
from tests.store.damage import LOG_BETS, counts, flip_log
from tests.store.holders import BY_SQLITE, another_program
from tests.store.samples import noon

lost = pytest.mark.expects_warning


@pytest.fixture
def left(killed: Path, path: Path) -> Path:
    """Give the files a kill leaves, with a bit flipped in the middle of the log."""
    shutil.copytree(killed.parent, path.parent)
    flip_log(path)
    return path


@lost
def test_log_and_database_are_kept_before_anything_is_written(left: Path) -> None:
    log, database = log_of(left).read_bytes(), left.read_bytes()
    opened = open_database(left, now=noon)
    loss = opened.loss
    opened.close()
    assert loss is not None
    stem = "pump-lost-20260509T120000Z"
    assert [one.name for one in loss.kept] == [f"{stem}.log", f"{stem}.db"]
    assert [one.read_bytes() for one in loss.kept] == [log, database]
    assert loss.commits >= LOG_BETS - counts(left)[1] >= 1
    assert loss.sentence == (
        f"The log of {left} was damaged: it may have lost up to {loss.commits} commits, the last bets and "
        "runs that were stored. It is kept as it was found, with the data file: "
        f"{stem}.log and {stem}.db in {left.parent}."
    )
    if os.name == "posix":
        assert {one.stat().st_mode & 0o777 for one in left.parent.iterdir()} == {0o600}


@lost
def test_it_is_told_once(left: Path) -> None:
    damage = look_at_log(left)
    assert damage is not None
    assert keep_lost_log(left, damage, noon) is not None
    # Cut to what SQLite reads: a kill before the next commit leaves nothing to tell.
    assert log_of(left).stat().st_size == damage.good_bytes
    left.with_name("pump.db-shm").unlink()
    assert look_at_log(left) is None
    opened = open_database(left, now=noon)
    assert opened.loss is None
    opened.close()
    assert len(kept_logs(left)) == 1


@lost
def test_a_second_one_in_the_same_second_has_a_name_of_its_own(left: Path, killed: Path) -> None:
    open_database(left, now=noon).close()
    for end in ("", "-wal", "-shm"):
        shutil.copy(killed.with_name(killed.name + end), left.with_name(left.name + end))
    flip_log(left)
    open_database(left, now=noon).close()
    assert [one.name for one in kept_logs(left)] == [
        "pump-lost-20260509T120000Z-1.log",
        "pump-lost-20260509T120000Z.log",
    ]


@lost
@pytest.mark.parametrize("gone", [True, False], ids=["gone", "empty"])
def test_a_log_that_is_gone_leaves_nothing_to_keep(left: Path, gone: bool) -> None:
    log_of(left).write_bytes(b"")
    if gone:
        log_of(left).unlink()
    opened = open_database(left, now=noon)
    assert opened.loss is not None
    assert opened.loss.kept == ()
    assert opened.loss.sentence.endswith("the last bets and runs that were stored.")
    opened.close()


@pytest.mark.skipif(os.name != "posix", reason="Windows refuses the rename itself")
def test_the_log_of_a_database_in_use_is_left_alone(left: Path) -> None:
    damage = look_at_log(left)
    assert damage is not None
    log = log_of(left).read_bytes()
    with another_program(left, BY_SQLITE):
        assert keep_lost_log(left, damage, noon) is None
        assert log_of(left).read_bytes() == log
    assert kept_logs(left) == ()


def test_a_log_that_was_written_since_is_left_alone(left: Path) -> None:
    damage = look_at_log(left)
    assert damage is not None
    with log_of(left).open("ab") as log:
        log.write(b"more")
    assert keep_lost_log(left, damage, noon) is None
    assert kept_logs(left) == ()


# The lock that says that somebody uses the index of a log, by SQLite's file format: without it, the next
# program that comes empties the index under whoever reads it.
LOCKED = """
import fcntl, sys
with open(sys.argv[1] + "-shm", "r+b") as index:
    fcntl.lockf(index, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 128)
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows locks by handle")
def test_a_second_opening_in_one_process_keeps_the_locks_of_the_first(path: Path) -> None:
    first = open_database(path, now=noon)
    writer = Writer(first)
    open_database(path, now=noon).close()
    command = [sys.executable, "-c", LOCKED, str(path)]
    assert b"BlockingIOError" in subprocess.run(command, capture_output=True, check=False).stderr
    writer.close()
    first.close()


def test_without_room_for_the_copies_nothing_is_opened(left: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = SimpleNamespace(total=100, used=100, free=0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: full)
    log = log_of(left).read_bytes()
    with pytest.raises(DiskFullError, match=r"is damaged and must be put aside first\. The disk"):
        open_database(left, now=noon)
    assert log_of(left).read_bytes() == log
    assert kept_logs(left) == ()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_where_the_copies_cannot_be_written_nothing_is_opened(left: Path) -> None:
    damage = look_at_log(left)
    assert damage is not None
    left.parent.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="could not be put aside"):
            keep_lost_log(left, damage, noon)
    finally:
        left.parent.chmod(0o700)


# A database that has lost all its bytes


def test_an_emptied_database_is_no_new_one_while_its_log_is_there(left: Path, killed: Path) -> None:
    log = log_of(killed).read_bytes()
    log_of(left).write_bytes(log)
    left.write_bytes(b"")
    with pytest.raises(DamagedDatabaseError, match=r"pump\.db is damaged: it is empty\."):
        open_database(left, now=noon)
    assert log_of(left).read_bytes() == log
    aside = put_in_place(left, None, noon)
    assert aside.with_name(f"{aside.name}-wal").read_bytes() == log


def test_a_database_that_is_gone_is_no_new_one_while_its_log_is_there(left: Path) -> None:
    log = log_of(left).read_bytes()
    left.unlink()
    with pytest.raises(DamagedDatabaseError, match="it is gone, and its log is still there"):
        open_database(left, now=noon)
    aside = put_in_place(left, None, noon)
    assert aside.with_name(f"{aside.name}-wal").read_bytes() == log
    open_database(left, now=noon).close()


def test_an_emptied_database_is_no_new_one_while_it_has_backups(path: Path) -> None:
    (path.parent / "backups").mkdir(parents=True)
    path.touch()
    open_database(path, now=noon).close()
    path.write_bytes(b"")
    (path.parent / "backups" / "pump-20260509T120000Z-manual.db").touch()
    with pytest.raises(DamagedDatabaseError, match="it is empty"):
        open_database(path, now=noon)
