"""Whether another program has a database file open, asked of SQLite's own locks."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from pump_desktop.domain.errors import StoreError
from pump_desktop.store.faults import told

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
