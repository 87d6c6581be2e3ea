"""Many rows to a statement: one by one takes half as long again, and hands the interpreter over for each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

# Of 19 columns at most, so that no build of SQLite has too few variables.
TOGETHER = 50

Row = Sequence[object]


def insert_many(driver: sqlite3.Connection, statement: str, rows: Sequence[Row], ending: str = "") -> None:
    """Insert rows of one shape with an INSERT that ends with VALUES, and ``ending`` behind the values.

    Rows that do not fill a statement go in one by one.
    """
    if not rows:
        return
    whole = len(rows) - len(rows) % TOGETHER
    many = statement + _places(TOGETHER, len(rows[0])) + ending
    for at in range(0, whole, TOGETHER):
        driver.execute(many, _flat(rows[at : at + TOGETHER]))
    driver.executemany(statement + _places(1, len(rows[0])) + ending, rows[whole:])


def find_many(driver: sqlite3.Connection, statement: str, rows: Sequence[Row]) -> Iterator[Sequence[Any]]:
    """Yield what a SELECT finds for rows of one shape, which it names ``{wanted}``."""
    for at in range(0, len(rows), TOGETHER):
        some = rows[at : at + TOGETHER]
        yield from driver.execute(
            statement.format(wanted=f"VALUES {_places(len(some), len(some[0]))}"), _flat(some)
        )


def _places(rows: int, columns: int) -> str:
    return ", ".join([f"({', '.join('?' * columns)})"] * rows)


def _flat(rows: Iterable[Row]) -> list[object]:
    return list(chain.from_iterable(rows))
