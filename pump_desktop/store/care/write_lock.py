"""The write lock of a database, held from a snapshot of it to the commit that takes its place.

What anybody committed in between would be in neither of the two. SQLite's backup interface takes the lock of
its target by itself and cannot be handed one: between the two there are some microseconds, and whether
somebody came into them is asked under the second lock, before anything is written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pump_desktop.domain.errors import StoreBusyError
from pump_desktop.store.db.connections import BUSY_TIMEOUT_MS
from pump_desktop.store.db.errors import told


class WriteLock:
    """A lock that is held until ``hand_over()``."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection
        self._connection.execute("BEGIN IMMEDIATE")
        self._version = self._data_version()

    def hand_over(self) -> None:
        """Release the lock to its next holder, who calls ``check()`` once it has it."""
        self._connection.execute("ROLLBACK")

    def check(self) -> None:
        """Raise StoreBusyError when the database has changed since the lock was taken."""
        if self._data_version() != self._version:
            raise self.lost()

    def lost(self) -> StoreBusyError:
        """Return the error of a lock that another program came by first."""
        return StoreBusyError(
            f"Another program wrote into {self._path} at the same moment. Nothing was changed; try again."
        )

    def _data_version(self) -> int:
        """Return a number that is another one after each commit of another connection."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(version)


@contextmanager
def write_lock(path: Path) -> Iterator[WriteLock]:
    """Keep everybody else from writing into a database; readers go on, and other writers wait."""
    with (
        told(path),
        closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, isolation_level=None)) as connection,
    ):
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        yield WriteLock(path, connection)
