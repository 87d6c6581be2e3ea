"""Whether a database has every table, column and index that the statements of this version name.

The schema is text in the first pages of the file. A bent letter in it is whole to SQLite, and without this
look the first question that names the column would end as a bug.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from pump_desktop.domain.errors import DamagedDatabaseError
from pump_desktop.store.tables import metadata


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
