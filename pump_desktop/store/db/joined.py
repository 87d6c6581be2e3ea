"""Columns of many rows as arrays, out of the text that SQLite joins them to.

That takes half the time of rows, and other threads go on meanwhile. A row that cannot be read spoils the
text: one value is missing in it, or is no such number. Then the rows are read one by one, and that one is
left out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pump_desktop.store.db.readable import Columns, kept

# Characters: some 100,000 nonces, 5 ms.
_PIECE = 700_000
# Characters of a time without its Z.
_TIME = 26


@dataclass(frozen=True, slots=True)
class Joined:
    """What is joined: an expression that is a number, ``least`` or more, for every row that can be read."""

    expression: str
    kind: type[np.int64 | np.float64] = np.int64
    least: float = 0

    def of_text(self, text: str, count: int) -> NDArray[Any] | None:
        """Return the numbers of a text, None when they are not ``count`` such numbers."""
        try:
            numbers = np.concatenate([np.fromstring(piece, self.kind, sep=",") for piece in _pieces(text)])
        except (ValueError, DeprecationWarning):
            # numpy warns of what it cannot read, and stops there; the tests have it raise.
            return None
        good = len(numbers) == count and numbers.min() >= self.least and numbers.max() < np.inf
        return numbers if good else None

    def of_values(self, values: Sequence[Any]) -> NDArray[Any]:
        """Return the numbers of rows."""
        return np.array(values, self.kind)


class JoinedTime(Joined):
    """A column of times, as seconds; they have a fixed width, and their Z is left out."""

    def __init__(self, column: str) -> None:
        super().__init__(f"substr({column}, 1, {_TIME})", np.float64)

    def of_text(self, text: str, count: int) -> NDArray[Any] | None:
        """Return the times of a text, None when they are not ``count`` times."""
        # Cut out as bytes, which numpy reads as times by itself.
        cut = np.frombuffer(f"{text},".encode(), np.uint8)
        if len(cut) != count * (_TIME + 1):
            return None
        times = np.ascontiguousarray(cut.reshape(count, _TIME + 1)[:, :_TIME]).view(f"S{_TIME}").ravel()
        try:
            return _seconds(times.astype("datetime64[us]"))
        except ValueError:
            return None

    def of_values(self, values: Sequence[Any]) -> NDArray[Any]:
        """Return the times of rows."""
        return _seconds(np.array(values, "datetime64[us]"))


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
    if count == 0:
        return JoinedRows([one.of_values(()) for one in wanted], 0)
    arrays = [
        array
        for text, one in zip(texts, wanted, strict=True)
        if isinstance(text, str) and (array := one.of_text(text, count)) is not None
    ]
    if len(arrays) < len(wanted):
        return _one_by_one(driver, columns, wanted, rows, values)
    return JoinedRows(arrays, count)


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
    arrays = [one.of_values([row[at] for row in good]) for at, one in enumerate(wanted, -len(wanted))]
    return JoinedRows(arrays, len(found), columns.by_name(found[-1]))


def _pieces(text: str) -> Iterator[str]:
    """Yield a text in pieces: numpy lets no other thread go on while it reads one."""
    start = 0
    while start < len(text):
        end = text.find(",", start + _PIECE)
        end = len(text) if end < 0 else end
        yield text[start:end]
        start = end + 1


def _seconds(times: NDArray[Any]) -> NDArray[np.float64]:
    return times.astype(np.int64) / 1e6
