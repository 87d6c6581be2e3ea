"""A damaged data file at start: recognised, kept, and replaced in steps that a kill cannot hurt."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pump_desktop.domain.errors import DamagedDatabaseError, StoreError
from pump_desktop.store.care import integrity
from pump_desktop.store.care.backup import back_up
from pump_desktop.store.care.integrity import check_file, is_suspect
from pump_desktop.store.care.recover import put_in_place
from pump_desktop.store.db.database import open_database
from pump_desktop.store.db.revisions import known_revisions
from tests.store.damage import BETS, DAMAGES, counts, fill, overwrite_page, whole, zero_header
from tests.store.holders import BY_SQLITE, another_program
from tests.store.samples import noon

damages = pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
Damage = Callable[[Path], None]


@pytest.fixture
def filled(path: Path) -> Path:
    """Give a closed file with a run and bets, and one backup of it."""
    fill(path)
    back_up(path, "manual", noon, checked=True)
    return path


def only_backup(path: Path) -> Path:
    (backup,) = (path.parent / "backups").iterdir()
    return backup


@damages
def test_damage_is_one_sentence_and_the_backup_takes_its_place(filled: Path, damage: Damage) -> None:
    damage(filled)
    damaged = filled.read_bytes()
    with pytest.raises(DamagedDatabaseError, match=r"pump\.db is (damaged|not an SQLite database)"):
        open_database(filled, now=noon)
    assert filled.read_bytes() == damaged
    aside = put_in_place(filled, only_backup(filled), noon)
    assert aside.name == "pump-damaged-20260509T120000Z.db"
    assert aside.read_bytes() == damaged
    open_database(filled, now=noon).close()
    assert counts(filled) == (1, BETS)
    assert sorted(file.name for file in filled.parent.iterdir()) == [
        "backups",
        "pump-damaged-20260509T120000Z.db",
        "pump.db",
        "pump.db-in-use",
    ]
    if os.name == "posix":
        assert {file.stat().st_mode & 0o777 for file in (aside, filled)} == {0o600}


@damages
def test_a_fresh_start_keeps_the_damaged_file(filled: Path, damage: Damage) -> None:
    damage(filled)
    damaged = filled.read_bytes()
    aside = put_in_place(filled, None, noon)
    open_database(filled, now=noon).close()
    assert counts(filled) == (0, 0)
    assert aside.read_bytes() == damaged


def test_the_log_of_a_damaged_file_leaves_with_it(filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as connection:
        with connection:
            connection.execute("UPDATE runs SET name = 'in the log'")
        killed = filled.parent.parent / "killed"
        shutil.copytree(filled.parent, killed)
    file = killed / "pump.db"
    zero_header(file)
    log = (killed / "pump.db-wal").read_bytes()
    aside = put_in_place(file, only_backup(file), noon)
    assert aside.with_name(aside.name + "-wal").read_bytes() == log
    open_database(file, now=noon).close()
    assert counts(file) == (1, BETS)


def test_a_backup_that_is_damaged_itself_changes_nothing(filled: Path) -> None:
    zero_header(filled)
    overwrite_page(only_backup(filled))
    before = filled.read_bytes()
    with pytest.raises(DamagedDatabaseError, match=r"manual\.db is damaged itself .*Nothing was changed"):
        put_in_place(filled, only_backup(filled), noon)
    assert filled.read_bytes() == before
    assert sorted(file.name for file in filled.parent.iterdir()) == ["backups", "pump.db", "pump.db-in-use"]


@pytest.mark.skipif(os.name != "posix", reason="Windows refuses the rename itself")
def test_a_file_in_use_by_another_program_is_not_replaced(filled: Path) -> None:
    with another_program(filled, BY_SQLITE) as other:
        with pytest.raises(StoreError, match="in use by another program"):
            put_in_place(filled, only_backup(filled), noon)
        other.communicate("")
    put_in_place(filled, only_backup(filled), noon)


def test_what_damaged_means_is_said_in_words(filled: Path) -> None:
    overwrite_page(filled)
    report = check_file(filled)
    assert not report.healthy
    assert report.problems[0] == "pages of the table live_bets cannot be read"
    assert report.sentence.startswith(f"{filled} is damaged: pages of the table live_bets cannot be read")


def test_a_large_file_is_read_at_start_after_a_read_met_damage(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(integrity, "CHECKED_AT_START", 0)
    overwrite_page(filled)
    database = open_database(filled, now=noon)
    with pytest.raises(DamagedDatabaseError, match="Settings, Data"), database.reading() as connection:
        connection.exec_driver_sql("SELECT sum(amount) FROM live_bets NOT INDEXED").scalar()
    database.close()
    assert is_suspect(filled)
    with pytest.raises(DamagedDatabaseError, match=r"is damaged: pages of the table live_bets"):
        open_database(filled, now=noon)
    put_in_place(filled, only_backup(filled), noon)
    assert not is_suspect(filled)
    open_database(filled, now=noon).close()


def test_a_large_file_that_was_not_closed_is_read_at_a_thorough_start(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(integrity, "CHECKED_AT_START", 0)
    with closing(sqlite3.connect(filled)) as connection:
        with connection:
            connection.execute("UPDATE runs SET name = 'in the log'")
        killed = filled.parent.parent / "killed"
        shutil.copytree(filled.parent, killed)
    overwrite_page_without_opening(killed / "pump.db", filled)
    open_database(killed / "pump.db", now=noon).close()
    shutil.copy(filled.parent.parent / "wal", killed / "pump.db-wal")
    with pytest.raises(DamagedDatabaseError, match="is damaged"):
        open_database(killed / "pump.db", now=noon, thorough=True)


def overwrite_page_without_opening(path: Path, like: Path) -> None:
    """Damage a file whose log must stay as a kill left it; the log is kept for another time."""
    shutil.copy(path.with_name("pump.db-wal"), like.parent.parent / "wal")
    with closing(sqlite3.connect(like)) as connection:
        pages = [page for (page,) in connection.execute("SELECT pageno FROM dbstat WHERE name = 'live_bets'")]
    with path.open("r+b") as file:
        file.seek((sorted(pages)[len(pages) // 2] - 1) * 4096)
        file.write(b"\xa5" * 4096)


KILLED = """
import sys
from pathlib import Path
from pump_desktop.store.care import recover
from tests.store.samples import noon

path, backup, step = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]

def here(*_):
    print("here", flush=True)
    sys.stdin.read()

if step == "linked":
    second_name = recover._second_name
    recover._second_name = lambda *names: (second_name(*names), here())
else:
    recover.clear_suspect = here
recover.put_in_place(path, backup, noon)
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")
@pytest.mark.parametrize(("step", "new"), [("linked", False), ("replaced", True)])
def test_a_kill_leaves_the_old_file_or_the_new_one(filled: Path, step: str, new: bool) -> None:
    zero_header(filled)
    damaged = filled.read_bytes()
    command = [sys.executable, "-c", KILLED, str(filled), str(only_backup(filled)), step]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        process.send_signal(signal.SIGKILL)
    assert (filled.parent / "pump-damaged-20260509T120000Z.db").read_bytes() == damaged
    if new:
        assert counts(filled) == (1, BETS)
        assert whole(filled)
    else:
        assert filled.read_bytes() == damaged
        put_in_place(filled, only_backup(filled), noon)
    open_database(filled, now=noon).close()
    assert counts(filled) == (1, BETS)


def test_the_schema_of_a_fresh_start_is_that_of_this_version(filled: Path) -> None:
    zero_header(filled)
    put_in_place(filled, None, noon)
    with closing(sqlite3.connect(filled)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [
            (known_revisions()[-1],)
        ]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b"heartbeats INTEGER", b"heartbeatr INTEGER"),
        (b"ix_live_streams_last_seen_at", b"ix_live_streams_last_seen_au"),
        (b"CREATE TABLE alert_rules", b"CREATE TABLF alert_rules"),
        (b"CHECK (length(outcome_digest)", b"CHECK (lengtj(outcome_digest)"),
        (b"REFERENCES live_streams (id)", b"REFERENCES live_streams (if)"),
        # SQLite's own sentence is no UTF-8 then.
        (b"UNIQUE (bet_id)", b"UNIQUE \xa8bet_id)"),
        (b"sqlite_autoindex_alembic", b"sqlite_autoindex_ale\xedbic"),
    ],
)
def test_a_bent_letter_in_the_schema_is_damage(filled: Path, right: bytes, wrong: bytes) -> None:
    whole_file = filled.read_bytes()
    assert right in whole_file
    filled.write_bytes(whole_file.replace(right, wrong, 1))
    with pytest.raises(DamagedDatabaseError, match=r"pump\.db is damaged"):
        open_database(filled, now=noon)
