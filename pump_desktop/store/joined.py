"""Columns of many rows as arrays, out of the text that SQLite joins them to.

That takes half the time of rows, and other threads go on meanwhile. A row that cannot be read spoils the
text: one value is missing in it, or is no such number. Then the rows are read one by one, and that one is left
out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pump_desktop.store.readable import Columns, kept


@dataclass(frozen=True, slots=True)
class Joined:
    """What is joined: an expression that is a number, ``least`` or more, for every row that can be read."""

    expression: str
    kind: type[np.int64 | np.float64] = np.int64
    least: float = 0


@dataclass(frozen=True, slots=True)
class JoinedRows:
    """Some rows as one array for each thing wanted; ``count`` of them were read.

    ``last`` is the last of these by column, where some were left out.
    """

    arrays: list[NDArray[Any]]
    count: int
    last: Mapping[str, Any] | None = None


def read_joined(
    driver: sqlite3.Connection,
    columns: Columns,
    wanted: Sequence[Joined],
    rows: str,
    values: Mapping[str, object],
) -> JoinedRows:
    """Return what is wanted of rows; ``rows`` is a SELECT put together from constants.

    It gives at least the ``columns``, by which a row is judged when something is wrong with one.
    """
    parts = ", ".join(f"group_concat({one.expression})" for one in wanted)
    count, *texts = driver.execute(f"SELECT count(*), {parts} FROM ({rows})", values).fetchone()  # noqa: S608 - constants
    found = [_array(text, one, count) for text, one in zip(texts, wanted, strict=True)]
    arrays = [array for array in found if array is not None]
    if len(arrays) < len(wanted):
        return _one_by_one(driver, columns, wanted, rows, values)
    return JoinedRows(arrays, count)


def _array(text: object, one: Joined, count: int) -> NDArray[Any] | None:
    """Return the numbers of a text, None when they are not ``count`` such numbers."""
    if count == 0:
        return np.empty(0, one.kind)
    if not isinstance(text, str):
        return None
    try:
        numbers = np.fromstring(text, one.kind, sep=",")
    except (ValueError, DeprecationWarning):
        # numpy warns of what it cannot read, and stops there; the tests have it raise.
        return None
    if len(numbers) != count or not (numbers.min() >= one.least and numbers.max() < np.inf):
        return None
    return numbers


def _one_by_one(
    driver: sqlite3.Connection,
    columns: Columns,
    wanted: Sequence[Joined],
    rows: str,
    values: Mapping[str, object],
) -> JoinedRows:
    expressions = ", ".join(one.expression for one in wanted)
    found = driver.execute(f"SELECT {columns.names}, {expressions} FROM ({rows})", values).fetchall()  # noqa: S608 - constants
    good = kept(driver, found, columns.read)
    arrays = [np.array([row[at] for row in good], one.kind) for at, one in enumerate(wanted, -len(wanted))]
    return JoinedRows(arrays, len(found), columns.by_name(found[-1]))
