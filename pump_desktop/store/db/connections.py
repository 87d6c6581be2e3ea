"""Connections as every part of the store wants them: pragmas set, transactions begun as asked."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    LargeBinary,
    NullPool,
    cast,
    create_engine,
    event,
    func,
)

from pump_desktop.store.db.readable import StoreConnection, Unreadable, lenient_text

IMMEDIATE = "pump_immediate"
"""Execution option: transactions of this connection take the write lock when they begin."""

BUSY_TIMEOUT_MS = 5000
# One 100,000,000-nonce run leaves a log of some 30 MB; SQLite would keep a file of that size for ever.
JOURNAL_SIZE_LIMIT = 16 * 1024 * 1024


def make_engine(
    path: Path, *, foreign_keys: bool = True, make: bool = False, left_out: Unreadable | None = None
) -> Engine:
    """Give an engine on the file, which is made only where that is asked for.

    What cannot be read of it is told to ``left_out``.

    There is no pool: opening a connection costs 0.5 ms, and without idle ones in a pool a close leaves
    no file open and a slow reader can never use up the others' places.
    """

    def connect() -> sqlite3.Connection:
        # Usually rw: a file that was taken away must be an error, and not an empty new database in its place.
        address = f"{path.as_uri()}?mode={'rwc' if make else 'rw'}"
        connection = sqlite3.connect(address, uri=True, factory=StoreConnection)
        connection.left_out = left_out
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: object) -> None:
        try:
            _set_up(connection, foreign_keys=foreign_keys)
        except BaseException:
            # SQLAlchemy forgets a connection whose first words fail, and leaves its file open.
            connection.close()
            raise

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        # Read-then-write under a plain BEGIN fails with "locked" however long the timeout is.
        immediate = connection.get_execution_options().get(IMMEDIATE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def driver_of(connection: Connection) -> sqlite3.Connection:
    """Give the driver's connection within: a statement through it costs 3 microseconds, not 20."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError(f"not a connection of sqlite3: {driver!r}")
    return driver


def _set_up(connection: sqlite3.Connection, *, foreign_keys: bool) -> None:
    # The driver's own BEGIN comes late and is never IMMEDIATE; the engine's "begin" event says it instead.
    connection.isolation_level = None
    connection.text_factory = lenient_text
    connection.create_function("casefold", 1, casefold, deterministic=True)
    # The timeout comes first: the change to WAL may have to wait for another program.
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
    # Savepoints keep what they may have to undo in a temporary file, which costs a small write 60 us of 130.
    connection.execute("PRAGMA temp_store = MEMORY")
    # Fast traffic writes the same index pages again and again: copied back every 16 MB, not every 4.
    connection.execute("PRAGMA wal_autocheckpoint = 4000")
    connection.execute(f"PRAGMA journal_size_limit = {JOURNAL_SIZE_LIMIT}")


def folded(column: ColumnElement[str]) -> ColumnElement[str]:
    """Return the SQL of a text column for a comparison without letter case."""
    return func.casefold(cast(column, LargeBinary))


def casefold(text: Any) -> str | None:
    """Return the text for a comparison without letter case; SQLite's own lower() knows ASCII only.

    To be asked with bytes: text that is no UTF-8 would end the statement.
    """
    return text.decode("utf-8", "replace").casefold() if isinstance(text, bytes) else None


def sqlite_version() -> str:
    """Give the version of the SQLite library in use."""
    return sqlite3.sqlite_version


def may_lose_commits(version: str) -> bool:
    """Return whether a version of SQLite can lose commits of two programs that write into one file.

    A checkpoint that begins right behind another one may overlook that a writer has begun the log anew
    meanwhile ("WAL-reset bug": 3.7.0 to 3.51.2, mended in 3.44.6 and 3.50.7, too). It takes two programs:
    within one, the writer's thread alone writes and copies the log back.
    """
    numbers = tuple(int(part) for part in version.split("."))
    mended = {3_44: (3, 44, 6), 3_50: (3, 50, 7)}.get(numbers[0] * 100 + numbers[1], (3, 51, 3))
    return (3, 7) <= numbers < mended
