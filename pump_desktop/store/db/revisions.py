"""The schema revisions this version knows, read from file names: Alembic's import takes 0.1 s at start-up."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from pump_desktop.domain.errors import DamagedDatabaseError, NewerDatabaseError, NotADatabaseError, StoreError
from pump_desktop.store.db.errors import told
from pump_desktop.store.db.tables import metadata


def stored_revision(path: Path, revisions: Sequence[str]) -> str | None:
    """Give the schema revision of the file, or None when it is missing or has no tables yet.

    Raises NotADatabaseError for a file of anything else and NewerDatabaseError for a revision that is
    not among ``revisions``; neither is touched.
    """
    try:
        if not path.exists():
            return None
        if not path.is_file():
            raise StoreError(f"{path} is not a file. Choose another data folder.")
        with told(path):
            found = _read_revisions(path)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be read ({error.strerror}). Make it readable, or choose another data folder."
        ) from error
    if found is None:
        return None
    if not found:
        raise NotADatabaseError(
            f"{path} is the database of another program. "
            "It was not touched; move it away or choose another data folder."
        )
    if not found.issubset(revisions):
        raise NewerDatabaseError(
            f"{path} was written by a newer version of this program. "
            "It was not touched; install the newer version or choose another data folder."
        )
    return max(found)


def emptied(path: Path) -> str:
    """Return what became of a database that has lost all its bytes; empty for others, and for a new one.

    A new one has nothing beside it. SQLite would begin a new one here, and remove the log that still holds
    the last commits.
    """
    try:
        there = path.exists()
        if there and (path.stat().st_size > 0 or not path.is_file()):
            return ""
        log = _holds_bytes(path.with_name(path.name + "-wal"))
        backups = there and any((path.parent / "backups").glob("pump-*.db"))
    except OSError:
        return ""  # what is wrong with the folder is told by what opens the file
    if not (log or backups):
        return ""
    return "it is empty" if there else "it is gone, and its log is still there"


def _read_revisions(path: Path) -> frozenset[str] | None:
    """Give what alembic_version holds, nothing for tables of another program, None without tables.

    All through SQLite: closing a file that open() opened would drop the locks of every connection that
    this process has to it.
    """
    with closing(sqlite3.connect(f"{path.as_uri()}?{_open_mode(path)}", uri=True)) as connection:
        tables = _tables(connection)
        if not tables:
            return None
        if "alembic_version" not in tables:
            return frozenset()
        return frozenset(row for (row,) in connection.execute("SELECT version_num FROM alembic_version"))


def revision_within(connection: sqlite3.Connection) -> str | None:
    """Give the schema revision of an open database, known or not; None when it has none."""
    if "alembic_version" not in _tables(connection):
        return None
    return max(
        (row for (row,) in connection.execute("SELECT version_num FROM alembic_version")), default=None
    )


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _open_mode(path: Path) -> str:
    """Give the least intrusive way to open the file that still sees everything committed to it."""
    if _holds_bytes(path.with_name(path.name + "-journal")):
        # A kill in the middle of a change of another tool's: only a writer can roll it back.
        return "mode=rw"
    if _holds_bytes(path.with_name(path.name + "-wal")):
        # In use, or killed while in use: the newest pages are in the log. Neither file is changed by this.
        return "mode=ro"
    # mode=ro alone would leave an empty -wal and a -shm beside the file.
    return "immutable=1"


def _holds_bytes(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


SCRIPTS = Path(__file__).parents[1] / "migrations"


def known_revisions(scripts: Path = SCRIPTS) -> tuple[str, ...]:
    """Give the revisions, oldest first, from names such as ``0001_runs.py``."""
    return tuple(sorted(file.name.partition("_")[0] for file in (scripts / "versions").glob("[0-9]*_*.py")))


# The schema is text in the first pages of the file. A bent letter in it is whole to SQLite, and without this
# look the first question that names the column would end as a bug.


def check_schema(path: Path, connection: sqlite3.Connection) -> None:
    """Raise DamagedDatabaseError when something of the newest schema is missing; takes 2 ms."""
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    for table in metadata.tables.values():
        columns = ", ".join(f'{table.name}."{column.name}"' for column in table.columns)
        try:
            connection.execute(f"SELECT {columns} FROM {table.name} LIMIT 0")  # noqa: S608 - constants
            # Prepared with the conditions on what is stored, and not carried out.
            connection.execute(f"EXPLAIN INSERT INTO {table.name} DEFAULT VALUES")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
                raise
            raise _damaged(path, str(error)) from error
        for index in table.indexes:
            if index.name not in there:
                raise _damaged(path, f"no such index: {index.name}")


def _damaged(path: Path, what: str) -> DamagedDatabaseError:
    return DamagedDatabaseError(f"{path} is damaged: its schema is not what it was ({what}).")
