"""A database that cannot be opened: put aside as it is, with another file in its place.

Nobody has it open, or can open it meanwhile, so files may be renamed. The order is what makes a kill
harmless: the damaged file gets a second name first, then its log leaves, then the new file takes the name in
one step. Before that step the old file stands there, after it the new one.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from pump_desktop.domain.errors import StoreError
from pump_desktop.store.care.integrity import clear_suspect
from pump_desktop.store.care.restore import PART, discard, make_empty, prepare
from pump_desktop.store.db.errors import told
from pump_desktop.store.db.lost_log import alone
from pump_desktop.store.db.presence import Presence
from pump_desktop.system.files import sync_folder

# A command that only reads is done within this; a window or a server is not.
_PATIENCE_S = 1.0
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def refuse_in_use(path: Path) -> None:
    """Raise StoreError when any connection to the file is open, of another program or of this one.

    Every connection to a file in WAL mode keeps a shared lock on it for as long as it is open, and exclusive
    mode needs the file without any. The system drops the locks of a killed program, so none is ever stale.
    """
    if not path.exists():
        return
    address = f"{path.as_uri()}?mode=rw"
    with (
        told(path),
        closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE_S, isolation_level=None)) as alone,
    ):
        alone.execute("PRAGMA locking_mode = EXCLUSIVE")
        try:
            alone.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _BUSY:
                raise
            raise StoreError(
                f"{path} is open in another program: a window, 'pump-desktop serve', or something else. "
                "Close it first. A window can restore by itself when nothing else has the file open: "
                "Settings, Data."
            ) from error
        alone.execute("ROLLBACK")


def damaged_name(path: Path, now: Callable[[], datetime]) -> Path:
    """Give the name a damaged database is kept under, ``pump-damaged-<UTC stamp>.db``, not used so far."""
    stem = f"{path.stem}-damaged-{now().astimezone(UTC):%Y%m%dT%H%M%SZ}"
    aside, number = path.with_name(f"{stem}{path.suffix}"), 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{stem}-{number}{path.suffix}")
    return aside


def put_in_place(path: Path, backup: Path | None, now: Callable[[], datetime]) -> Path:
    """Put a backup, or an empty database for None, in the place of a damaged one; give where that is kept.

    Raises StoreError with a sentence; then the damaged file stands where it stood.
    """
    with closing(Presence(path)) as presence, presence.alone():
        return _put_in_place(path, backup, now)


def _put_in_place(path: Path, backup: Path | None, now: Callable[[], datetime]) -> Path:
    part = path.with_name(PART)
    try:
        # Where the file is gone and its log is not, that is what is kept.
        path.touch(mode=0o600)
        check_not_in_use(path)
        if backup is None:
            make_empty(part)
        else:
            part = prepare(backup, path, now)
        aside = damaged_name(path, now)
        _second_name(path, aside)
        for end in ("-wal", "-shm", "-journal"):
            beside = path.with_name(path.name + end)
            if beside.exists():
                beside.replace(aside.with_name(aside.name + end))
        part.replace(path)
        sync_folder(path.parent)
        clear_suspect(path)
    except OSError as error:
        discard(part)
        raise StoreError(
            f"{path} could not be replaced ({error.strerror}). Make its folder writable and try again."
        ) from error
    return aside


def check_not_in_use(path: Path) -> None:
    """Raise StoreError when another process has the database open."""
    with alone(path) as file:
        if file is None:
            raise StoreError(
                f"{path} is in use by another program. Close Pump Desktop everywhere and try again."
            )


def _second_name(path: Path, aside: Path) -> None:
    try:
        os.link(path, aside)
    except OSError:
        # A file system without links, such as that of a stick.
        shutil.copy2(path, aside)
        aside.chmod(0o600)
