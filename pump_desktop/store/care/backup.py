"""Copies of the database, made while it may be in use."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from stat import S_ISREG

from pump_desktop.domain.errors import (
    CancelledError,
    DamagedDatabaseError,
    DiskFullError,
    KnownError,
    StoreBusyError,
    StoreError,
)
from pump_desktop.domain.storage import Backup
from pump_desktop.store.care.integrity import check_file, open_beside
from pump_desktop.store.db.errors import told
from pump_desktop.store.db.revisions import revision_within
from pump_desktop.system.files import sync_folder

if os.name == "posix":
    import fcntl

KEPT = 5
FOLDER = "backups"

Tell = Callable[[int, int], None]
"""Told bytes copied, and bytes in all; what it raises ends the copy."""

# 4 MB at a time: 50 words a second from a quick disk, and a stop within some milliseconds.
_PAGES_AT_ONCE = 1024
# A copy so far ahead was named by a clock that was wrong.
_BURST = timedelta(minutes=1)
_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"pump-([0-9]{8}T[0-9]{6}Z)-(.+)\.db")


def back_up(
    path: Path,
    label: str,
    now: Callable[[], datetime],
    *,
    checked: bool = False,
    spared: Collection[Path] = (),
    tell: Tell = lambda _done, _total: None,
) -> Path:
    """Give the path of a fresh copy, ``backups/pump-<UTC stamp>-<label>.db``; the newest five are kept.

    ``checked`` refuses to keep a copy of a damaged file, which would push out a healthy one, and raises
    DamagedDatabaseError. ``spared`` copies are not removed however old they are. Raises StoreBusyError while
    another copy is being made there.
    """
    folder = path.parent / FOLDER
    # A copy counts only under its final name: a kill half-way leaves a .part, which the next copy replaces.
    part = folder / "pump.part"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        check_room(folder, path.stat().st_size, path)
        with _one_at_a_time(folder, path):
            copy = _free_name(folder, label, now().astimezone(UTC))
            try:
                copy_online(path, part, tell)
                if checked:
                    _check_copy(path, part)
                part.replace(copy)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
            sync_folder(folder)
            for old in sorted(folder.glob("pump-*.db"))[:-KEPT]:
                # After a clock that was set back the new one sorts among the old ones.
                if old != copy and old not in spared:
                    old.unlink()
    except OSError as error:
        raise StoreError(
            f"No copy of {path} could be put in {folder} ({error.strerror}). "
            "Make the folder writable and start again."
        ) from error
    return copy


def copy_online(path: Path, target: Path, tell: Tell = lambda _done, _total: None) -> None:
    """Copy a database as it is at this moment into a new owner-only file, in one piece without a log.

    Bets may go on landing in the original. The copy is on disk when this returns.
    """
    target.unlink(missing_ok=True)
    target.touch(mode=0o600)
    with told(path), closing(open_beside(path)) as source:
        # Kept open, so that a commit of somebody else's does not make the copy begin anew.
        source.execute("BEGIN")
        (page,) = source.execute("PRAGMA page_size").fetchone()
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with told(target), closing(sqlite3.connect(target)) as copy:
            source.backup(
                copy,
                pages=_PAGES_AT_ONCE,
                progress=lambda _status, left, pages: tell((pages - left) * page, pages * page),
            )
            # The copy takes over WAL mode from the original; a file to put aside is best in one piece.
            copy.execute("PRAGMA journal_mode = DELETE")


def list_backups(
    path: Path,
    revisions: Collection[str],
    *,
    check: bool = False,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Backup, ...]:
    """Give the copies beside a database, newest first; ``check`` reads every page of each.

    Raises CancelledError between two copies.
    """
    found = []
    for file in sorted((path.parent / FOLDER).glob("pump-*.db"), reverse=True):
        if cancelled():
            raise CancelledError
        if (backup := read_backup(file, revisions, check=check)) is not None:
            found.append(backup)
    return tuple(found)


def read_backup(file: Path, revisions: Collection[str], *, check: bool = False) -> Backup | None:
    """Give what a copy is; None for a file of another name, and where there is none."""
    named = _NAME.fullmatch(file.name)
    try:
        found = file.stat()
    except OSError:
        return None  # gone since the folder was read: another program keeps five, too
    if named is None or not S_ISREG(found.st_mode):
        return None
    at, size = _parsed(named[1]), found.st_size
    try:
        with told(file), closing(sqlite3.connect(f"{file.as_uri()}?immutable=1", uri=True)) as connection:
            revision = revision_within(connection)
            runs, bets = count_rows(connection)
    except KnownError:
        return Backup(file, at, named[2], size, None, healthy=False)
    # What has no schema, such as a file that a power cut has emptied, is whole to SQLite.
    healthy = revision is not None and check_file(file, whole=False).healthy if check else None
    newer = revision is not None and revision not in revisions
    return Backup(file, at, named[2], size, revision, newer, healthy, runs, bets)


def count_file(path: Path) -> tuple[int, int]:
    """Give how many runs and live bets a file holds, in use or not."""
    with told(path), closing(open_beside(path)) as connection:
        return count_rows(connection)


def count_rows(connection: sqlite3.Connection) -> tuple[int, int]:
    """Give how many runs and live bets there are; an older schema may lack the tables."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    runs, bets = 0, 0
    if "runs" in tables:
        (runs,) = connection.execute("SELECT count(*) FROM runs").fetchone()
    if "live_bets" in tables:
        (bets,) = connection.execute("SELECT count(*) FROM live_bets").fetchone()
    return runs, bets


def check_room(folder: Path, needed: int, path: Path) -> None:
    """Raise DiskFullError when a folder has no room for so many bytes; 16 MB more are left to others."""
    free = shutil.disk_usage(folder).free
    if free < needed + 16 * 1024 * 1024:
        raise DiskFullError(
            f"The disk is too full: {needed / 1e6:,.0f} MB are needed beside {path} and {free / 1e6:,.0f} MB "
            "are free. Free some space and try again."
        )


@contextmanager
def _one_at_a_time(folder: Path, path: Path) -> Iterator[None]:
    """Raise StoreBusyError where another program copies into the same unfinished file; a kill lets go."""
    if os.name != "posix":
        yield  # Windows takes no file away that is open
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreBusyError(
                f"Another copy of {path} is being made. Try again when it is done."
            ) from error
        yield
    finally:
        os.close(handle)


def _check_copy(path: Path, part: Path) -> None:
    if not check_file(part, whole=False).healthy:
        raise DamagedDatabaseError(
            f"{path} is damaged, so no backup was made of it: the older ones are kept instead. "
            "Put one of them back."
        )


def _free_name(folder: Path, label: str, at: datetime) -> Path:
    """Give a name of a second that no copy has: copies are told apart, and ordered, by their seconds."""
    named = (_NAME.fullmatch(file.name) for file in folder.glob("pump-*.db") if file.is_file())
    taken = {_parsed(match[1]) for match in named if match is not None}
    at = at.replace(microsecond=0)
    # Several in one second stand in their order, also when the first of them has been removed.
    at = max([at, *(one + timedelta(seconds=1) for one in taken if at <= one < at + _BURST)])
    while at in taken:
        at += timedelta(seconds=1)
    return folder / f"pump-{at:{_STAMP}}-{label}.db"


def _parsed(stamp: str) -> datetime:
    return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
