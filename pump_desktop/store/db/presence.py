"""Who has a database open, and being alone with it.

What a program remembers of a database (seeds, rules, figures of an open stream) is wrong once another file
stands there, and what it writes into a folder that has moved is lost to whoever looks into the new one. So
every program that opens a database holds a shared lock on a small file beside it for as long as it has it
open, and a restore or a move holds that file alone. A compaction, beside which the others may go on, holds
the lock that only one of them can have. The locks are SQLite's own: they work on every system, and the system
drops those of a killed program.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pump_desktop.domain.errors import StoreBusyError, StoreError
from pump_desktop.store.db.connections import BUSY_TIMEOUT_MS
from pump_desktop.store.db.errors import told

_BESIDE = "-in-use"
# A command that only reads is done within this; a window or a server is not.
_PATIENCE_MS = 1000
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class Presence:
    """One program's place among those that have a database open; it belongs to one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Take the place; raise StoreBusyError while another program is alone with the database."""
        self._path = path
        self._file = file = path.with_name(path.name + _BESIDE)
        try:
            if not file.exists():
                file.touch(mode=0o600)
        except OSError as error:
            raise StoreError(
                f"{file} cannot be made ({error.strerror}). Make its folder writable, or choose another data "
                "folder."
            ) from error
        with told(file):
            self._connection = self._connect()
        try:
            self._share()
        except BaseException:
            self._connection.close()
            raise

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only program that has the database open, and keep others from opening it.

        Raises StoreError when another one has it open.
        """
        self.begin_alone()
        try:
            yield
        finally:
            self.end_alone()

    def begin_alone(self) -> None:
        """Begin what ``end_alone()`` or ``close()`` ends; see ``alone()``."""
        self._connection.execute("ROLLBACK")
        try:
            self._lock("BEGIN EXCLUSIVE", _PATIENCE_MS)
        except StoreBusyError as error:
            self._share()
            raise StoreError(
                f"{self._path} is open in another program: a window, 'pump-desktop serve' or a command. "
                "Close that program and try again. Nothing was changed."
            ) from error

    def end_alone(self) -> None:
        """Allow other programs to open the database again."""
        self._connection.execute("ROLLBACK")
        self._share()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Be the only one at work that several could not do at once; raise StoreBusyError beside another."""
        with told(self._file), closing(self._connect()) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if not _is_busy(error):
                    raise
                raise StoreBusyError(
                    f"Another program is looking after {self._path}. Try again when it is done."
                ) from error
            yield

    def close(self) -> None:
        """Return the place up; may be called more than once."""
        self._connection.close()

    def _connect(self) -> sqlite3.Connection:
        address = f"{self._file.as_uri()}?mode=rw"
        return sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False, timeout=0)

    def _share(self) -> None:
        self._lock("BEGIN", BUSY_TIMEOUT_MS)

    def _lock(self, begin: str, patience_ms: int) -> None:
        try:
            with told(self._file):
                self._connection.execute(f"PRAGMA busy_timeout = {patience_ms}")
                self._connection.execute(begin)
                # A transaction takes its shared lock with the first read.
                self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except StoreError as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            if not _is_busy(error.__cause__):
                raise
            raise StoreBusyError(
                f"{self._path} is being restored or moved by another program. Try again in a moment."
            ) from error


def _is_busy(error: BaseException | None) -> bool:
    return isinstance(error, sqlite3.Error) and error.sqlite_errorcode & 0xFF in _BUSY
