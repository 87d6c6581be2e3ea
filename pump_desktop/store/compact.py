"""Free pages given back to the disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection

from pump_desktop.domain.errors import CancelledError
from pump_desktop.domain.storage import Compacted
from pump_desktop.store.backup import Tell, check_room
from pump_desktop.store.connections import driver_of
from pump_desktop.store.restore import copy_in, discard, size_of
from pump_desktop.store.write_lock import WriteLock, write_lock

PART = "pump-compact.part"
_STEPS = 20_000


def compact(
    connection: Connection,
    path: Path,
    tell: Tell = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Compacted:
    """Write the database anew without its free pages; alone on the writer's connection.

    A plain VACUUM would build the new file in memory or in the system's folder for temporary files, which is
    often small: this one stands beside the database, and comes back in one commit. Other programs that have
    the database open wait with their writes, and read what is the same before and after.
    """
    with write_lock(path) as lock:
        return _compact(driver_of(connection), path, lock, tell, cancelled)


def _compact(
    driver: sqlite3.Connection, path: Path, lock: WriteLock, tell: Tell, cancelled: Callable[[], bool]
) -> Compacted:
    before = size_of(path)
    check_room(path.parent, 2 * before, path)
    part = path.with_name(PART)
    discard(part)
    part.touch(mode=0o600)
    driver.set_progress_handler(cancelled, _STEPS)
    try:
        driver.execute("VACUUM INTO ?", (str(part),))
        driver.set_progress_handler(None, 0)
        copy_in(driver, part, lock, tell)
    except sqlite3.OperationalError as error:
        if cancelled():
            raise CancelledError from error
        raise
    finally:
        driver.set_progress_handler(None, 0)
        discard(part)
    return Compacted(before, size_of(path))
