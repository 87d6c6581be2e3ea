"""The database file: found, checked, migrated and opened; reads are short connections of their own."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from errno import EACCES
from functools import partial
from pathlib import Path
from threading import Lock
from weakref import WeakSet

from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError

from pump_desktop.domain.errors import DamagedDatabaseError, FieldError, StoreClosedError, StoreError
from pump_desktop.domain.storage import LogLoss
from pump_desktop.store.care.integrity import check_at_start, mark_suspect
from pump_desktop.store.db.connections import IMMEDIATE, driver_of, make_engine
from pump_desktop.store.db.errors import told
from pump_desktop.store.db.log_check import LogDamage, look_at_log
from pump_desktop.store.db.lost_log import keep_lost_log
from pump_desktop.store.db.presence import Presence
from pump_desktop.store.db.readable import Unreadable
from pump_desktop.store.db.revisions import check_schema, emptied, known_revisions, stored_revision

_log = logging.getLogger(__name__)

# What SQLite opens with a database.
_BESIDE = ("-wal", "-shm", "-journal")

# Of this process. Whoever opens a file beside SQLite drops, by closing it, all locks that the process has on
# it: so the raw look at a log is not for a file that is open here already.
_open_here: WeakSet[Database] = WeakSet()
_opening = Lock()


class Database:
    """An open database file; ``close()`` may be called more than once and from any thread.

    ``loss`` says what its log had lost by damage when it was opened, and ``contradictions`` which of its
    figures did not fit their rows then; ``left_out`` which rows cannot be read.
    """

    def __init__(
        self,
        path: Path,
        engine: Engine,
        presence: Presence,
        loss: LogLoss | None = None,
        contradictions: tuple[str, ...] = (),
        left_out: Unreadable | None = None,
    ) -> None:
        self.path = path
        self.presence = presence
        self.loss = loss
        self.contradictions = contradictions
        self.left_out = left_out or Unreadable(path)
        self._engine = engine
        self._closed = False
        with _opening:
            _open_here.add(self)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one unchanging state of the file; keep it short.

        While it lives, the write-ahead log cannot be emptied and grows with every commit.
        """
        self._check_open()
        try:
            with told(self.path), self._engine.connect() as connection:
                yield connection
        except DamagedDatabaseError:
            mark_suspect(self.path)
            raise

    @contextmanager
    def at_one_moment(self) -> Iterator[sqlite3.Connection]:
        """Give the driver's connection within one transaction, so that its answers fit each other."""
        with self.reading() as connection, connection.begin():
            yield driver_of(connection)

    def connect_for_writing(self) -> Connection:
        """Give a connection whose transactions take the write lock when they begin; the caller closes it."""
        self._check_open()
        with told(self.path):
            return self._engine.connect().execution_options(**{IMMEDIATE: True})

    def close(self) -> None:
        """Refuse new connections; the last connection to close empties the log into the file."""
        self._closed = True
        self._engine.dispose()
        self.presence.close()
        with _opening:
            _open_here.discard(self)

    def _check_open(self) -> None:
        if self._closed:
            raise StoreClosedError("The database is closed because the program is closing.")


def open_database(target: str | Path, *, now: Callable[[], datetime], thorough: bool = False) -> Database:
    """Open the file at a path or ``sqlite:///`` address, making or migrating it when needed.

    Raises a StoreError with a sentence when the file cannot be used, before anything in it is changed. With
    ``thorough``, a large file that was not closed the last time is read whole before it is used.
    """
    path = database_path(target)
    # Before SQLite: it forgets what the index says of the log.
    damage = None if _is_open_here(path) else look_at_log(path)
    # Refused before anything is made beside it.
    if state := emptied(path):
        raise DamagedDatabaseError(f"{path} is damaged: {state}.")
    stored_revision(path, known_revisions())
    _prepare(path)
    presence = Presence(path)
    try:
        return _open(path, presence, now, damage, thorough=thorough)
    except BaseException:
        presence.close()
        raise


def _open(
    path: Path, presence: Presence, now: Callable[[], datetime], damage: LogDamage | None, *, thorough: bool
) -> Database:
    revisions = known_revisions()
    # Once more: it may have been restored until now.
    stored = stored_revision(path, revisions)
    contradictions: tuple[str, ...] = ()
    if stored is not None:
        contradictions = check_at_start(path, thorough=thorough or damage is not None)
        for contradiction in contradictions:
            _log.warning("In %s, %s", path, contradiction)
    loss = None if damage is None else keep_lost_log(path, damage, now)
    if stored != revisions[-1]:
        # Alembic costs 0.1 s to import and is needed only on the first start and after an update.
        from pump_desktop.store.db.migrate import bring_up_to_date  # noqa: PLC0415 - see above

        bring_up_to_date(path, now)
    left_out = Unreadable(path, partial(mark_suspect, path))
    database = Database(path, make_engine(path, left_out=left_out), presence, loss, contradictions, left_out)
    try:
        # A read-only file opens without complaint and even grants the write lock; only a write tells.
        with told(path), database.connect_for_writing() as connection, connection.begin():
            connection.exec_driver_sql("DELETE FROM alembic_version WHERE FALSE")
            check_schema(path, driver_of(connection))
    except BaseException:
        database.close()
        raise
    return database


def database_path(target: str | Path) -> Path:
    """Give the absolute path of the file that a path or ``sqlite:///`` address means."""
    if isinstance(target, Path) or "://" not in target:
        return _file_at(Path(target))
    try:
        url = make_url(target)
    except ArgumentError as error:
        raise FieldError("database_url", "database_url must look like sqlite:////folder/pump.db") from error
    if url.get_backend_name() != "sqlite":
        # Only the kind of database is named: the rest of the address may hold a password.
        raise FieldError(
            "database_url",
            "database_url must begin with sqlite:/// in this version; "
            f"{url.get_backend_name()} databases are not supported",
        )
    if url.database in {None, "", ":memory:"} or url.query or str(url.database).startswith("file:"):
        raise FieldError(
            "database_url",
            "database_url must name one file and nothing else, such as sqlite:////folder/pump.db",
        )
    return _file_at(Path(str(url.database)))


def _file_at(path: Path) -> Path:
    """Return the absolute path of a file or of none yet; a link leads to what it stands for."""
    try:
        found = path.resolve()
    except (OSError, RuntimeError) as error:
        # Python before 3.13 raises RuntimeError.
        raise StoreError(f"{path} links to itself. Choose another data folder.") from error
    if found.is_symlink():
        raise StoreError(f"{path} links to itself. Choose another data folder.")
    if found.exists() and not found.is_file():
        raise StoreError(f"{path} is not a file. Choose another data folder.")
    for ending in _BESIDE:
        beside = found.with_name(found.name + ending)
        if beside.exists() and not beside.is_file():
            # SQLite would wait for ever at a pipe.
            raise StoreError(f"{beside} is not a file. Move it away.")
    return found


def _is_open_here(path: Path) -> bool:
    with _opening:
        return any(one.path == path for one in _open_here)


def _prepare(path: Path) -> None:
    """Make the folder and the file where they are missing, and shut the file to other accounts."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite would make the file readable for all; its -wal and -shm follow the file's mode.
        if not path.exists():
            path.touch(mode=0o600)
        if not os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
            # SQLite finds out too, but leaves an empty -wal and a -shm beside the file.
            raise PermissionError(EACCES, os.strerror(EACCES))
        if os.name == "posix" and path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written ({error.strerror}). "
            "Make the file and its folder writable, or choose another data folder."
        ) from error
