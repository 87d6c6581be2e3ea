"""A backup back into the database that is in use, in one transaction of SQLite's.

The backup's pages are written over those of the open file by SQLite's own backup interface, on the writer's
thread. The file itself is never exchanged: other connections, of this program or of another, keep their file
and their locks, readers finish on the state they began with, Windows needs no file to be closed, and a kill
at any moment leaves the state before or the state after, because one commit of the log parts the two.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from pump_desktop.domain.errors import DamagedDatabaseError, NewerDatabaseError, StoreError
from pump_desktop.store.care.backup import Tell, check_room, copy_online
from pump_desktop.store.care.integrity import check_file
from pump_desktop.store.care.write_lock import WriteLock, write_lock
from pump_desktop.store.db.connections import driver_of
from pump_desktop.store.db.errors import told
from pump_desktop.store.db.migrate import bring_up_to_date
from pump_desktop.store.db.revisions import known_revisions, stored_revision

PART = "pump-restore.part"

_PAGES_AT_ONCE = 1024


def prepare(backup: Path, beside: Path, now: Callable[[], datetime]) -> Path:
    """Give a copy of a backup beside a database, found healthy and brought up to this version.

    Raises StoreError, NewerDatabaseError and DamagedDatabaseError with a sentence; the backup stays as it is.
    """
    if not backup.is_file():
        raise StoreError(f"There is no backup {backup}. Choose one from the list.")
    revisions = known_revisions()
    try:
        stored = stored_revision(backup, revisions)
    except NewerDatabaseError as error:
        raise NewerDatabaseError(
            f"{backup} was written by a newer version of this program. "
            "Nothing was changed; install the newer version or choose another backup."
        ) from error
    if stored is None:
        raise StoreError(f"{backup} is empty. Nothing was changed; choose another backup.")
    part = beside.with_name(PART)
    try:
        # The copy, its log while it is migrated or copied in, and the file that is put aside.
        check_room(beside.parent, 2 * backup.stat().st_size + size_of(beside), beside)
        copy_online(backup, part)
        _check(backup, part)
        bring_up_to_date(part, now, copied=True)
        in_one_piece(part)
    except OSError as error:
        discard(part)
        raise StoreError(f"No copy could be put in {beside.parent} ({error.strerror}).") from error
    except BaseException:
        discard(part)
        raise
    return part


def exchange(
    connection: Connection, path: Path, part: Path, put_aside: Callable[[], Path], tell: Tell
) -> Path:
    """Put the present state aside, then a prepared copy in its place; alone on the writer's connection."""
    with write_lock(path) as lock:
        aside = put_aside()
        copy_in(driver_of(connection), part, lock, tell)
    return aside


def copy_in(
    connection: sqlite3.Connection, part: Path, lock: WriteLock, tell: Tell = lambda _done, _total: None
) -> None:
    """Write every page of a prepared copy over those of an open database, in one commit.

    Ids that the database has given to bets and rejected messages are not given again, so that a reader that
    asks for what came after one misses nothing. Raises StoreBusyError, and changes nothing, when somebody
    wrote into the database while the lock was handed over.
    """
    (page,) = connection.execute("PRAGMA page_size").fetchone()
    given = connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall()
    with told(part), closing(sqlite3.connect(part, isolation_level=None)) as source:
        if source.execute("PRAGMA page_size").fetchone() != (page,):
            source.execute(f"PRAGMA page_size = {page}")
            source.execute("VACUUM")
        for name, seq in given:
            raised = source.execute(
                "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (seq, name)
            )
            if not raised.rowcount:
                source.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (name, seq))
        (count,) = source.execute("PRAGMA page_count").fetchone()
        checked = False

        def copied(status: int, left: int, pages: int) -> None:
            nonlocal checked
            if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise lock.lost()
            if not checked:
                lock.check()
                checked = True
            tell((pages - left) * page, pages * page)

        lock.hand_over()
        # Never all in one step: the first one takes the lock, the last one commits.
        source.backup(connection, pages=min(_PAGES_AT_ONCE, count - 1), progress=copied)
    # Back to a small log: it has held every page of the file.
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _check(backup: Path, part: Path) -> None:
    report = check_file(part)
    if not report.healthy:
        raise DamagedDatabaseError(
            f"{backup} is damaged itself ({report.problems[0]}). Nothing was changed; choose another backup."
        )


def in_one_piece(path: Path) -> None:
    """Bring what is in a closed database's log into its file."""
    with told(path), closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def make_empty(part: Path) -> None:
    """Make a database without rows, of this version, in one piece."""
    discard(part)
    part.touch(mode=0o600)
    bring_up_to_date(part, lambda: datetime.now(UTC), copied=True)
    in_one_piece(part)


def discard(part: Path) -> None:
    """Remove a copy that is not needed, with what SQLite may have put beside it."""
    for end in ("", "-wal", "-shm", "-journal"):
        part.with_name(part.name + end).unlink(missing_ok=True)


def size_of(path: Path) -> int:
    """Give the bytes of a database with its log; 0 when it is not there."""
    files = (path, path.with_name(path.name + "-wal"))
    return sum(file.stat().st_size for file in files if file.exists())
