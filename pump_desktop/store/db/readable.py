"""Rows that cannot be read: found column by column, left out of what was asked for, and told.

A flipped bit leaves SQLite content with the page, and a row with bytes that are no UTF-8, a time that is
none, or a number below zero. Every row is looked at where it becomes a value (``live_rows``, ``rows`` and
their like); what is wrong with one raises UnreadableRowError there, and ``kept()`` goes on with the next.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from math import inf
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar
from uuid import UUID

from pump_desktop.domain.errors import UnreadableRowError
from pump_desktop.domain.storage import LeftOut

R = TypeVar("R")
Row = TypeVar("Row", bound=Sequence[Any])
T = TypeVar("T")

Fits = Callable[[Any], bool]
"""Whether a value is one that its column can have."""

# Each row is told once; of a table full of them, so many are named in the log.
_NAMED = 20

LARGEST = sys.float_info.max
"""What results are asked up to: text that stands in their place is larger than any number."""

_log = logging.getLogger(__name__)


class StoreConnection(sqlite3.Connection):
    """A connection that gives text which is no UTF-8 as bytes, and knows where unreadable rows are told."""

    left_out: Unreadable | None = None


class Unreadable:
    """The rows of one open database that were left out so far; safe to use from any thread."""

    def __init__(self, path: Path, suspect: Callable[[], None] = lambda: None) -> None:
        self._path = path
        # Called once: the pages around such a row are worth a look.
        self._suspect = suspect
        self._lock = Lock()
        self._met: set[tuple[str, object]] = set()
        self._tell: tuple[Callable[[LeftOut], None], ...] = ()

    def listen(self, tell: Callable[[LeftOut], None]) -> None:
        """Call ``tell`` with all that was left out so far, each time that something new was."""
        with self._lock:
            self._tell = (*self._tell, tell)

    def met(self) -> LeftOut | None:
        """Return what was left out so far, None for nothing."""
        with self._lock:
            counts = Counter(table for table, _ in self._met)
        return LeftOut(self._path, dict(counts)) if counts else None

    def leave_out(self, error: UnreadableRowError) -> None:
        """Report a row that is left out, unless it was reported before."""
        row = error.table, error.key
        with self._lock:
            if row in self._met:
                return
            self._met.add(row)
            number, tell = len(self._met), self._tell
        if number == 1:
            self._suspect()
        if number <= _NAMED:
            more = "" if number < _NAMED else "; further ones are not named here"
            _log.warning("%s Lists and exports leave it out%s.", error, more)
        so_far = self.met()
        if so_far is not None:
            for one in tell:
                one(so_far)


def kept(driver: sqlite3.Connection, rows: Iterable[R], make: Callable[[R], T]) -> list[T]:
    """Return what is made of rows; one that cannot be read is left out and told."""
    found = []
    for row in rows:
        try:
            found.append(make(row))
        except UnreadableRowError as error:
            leave_out(driver, error)
    return found


def leave_out(driver: sqlite3.Connection, error: UnreadableRowError) -> None:
    """Report a row that is left out to the database of a connection, or to the log."""
    if isinstance(driver, StoreConnection) and driver.left_out is not None:
        driver.left_out.leave_out(error)
    else:
        _log.warning("%s It is left out.", error)


def lenient_text(raw: bytes) -> str | bytes:
    """Return the text of a column, as bytes where they are no UTF-8: SQLite itself would refuse all rows."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


class Columns:
    """What the columns of some rows can hold, in order; the one at ``key`` names a row."""

    def __init__(self, table: str, key: int = 0, /, **columns: Fits) -> None:
        self._table = table
        self._key = key
        self._columns = tuple(columns.items())

    @property
    def names(self) -> str:
        """The names of the columns, for a SELECT."""
        return ", ".join(name for name, _ in self._columns)

    def check(self, row: Sequence[Any]) -> None:
        """Raise UnreadableRowError for the first column that holds something else."""
        for (name, fits), value in zip(self._columns, row, strict=False):
            if not fits(value):
                raise self.unreadable(row, name)

    def by_name(self, row: Sequence[Any]) -> dict[str, Any]:
        """Return the columns of a row by their names."""
        return dict(zip((name for name, _ in self._columns), row, strict=False))

    def read(self, row: Row) -> Row:
        """Return a row that can be read; raises UnreadableRowError for another."""
        self.check(row)
        return row

    def check_mapping(self, row: Mapping[Any, Any]) -> None:
        """Raise UnreadableRowError for the first column of a row by names that holds something else."""
        self.check([row[name] for name, _ in self._columns])

    def error(self, row: Sequence[Any]) -> UnreadableRowError:
        """Return the error for a row of which something else said that it cannot be read."""
        try:
            self.check(row)
        except UnreadableRowError as error:
            return error
        return self.unreadable(row, "content")

    def unreadable(self, row: Sequence[Any], column: str) -> UnreadableRowError:
        """Return the error for one column of a row."""
        return UnreadableRowError(self._table, row[self._key], column)


# What columns hold


def text(value: object) -> bool:
    """Return whether a value is text; bytes are text that is no UTF-8."""
    return isinstance(value, str)


def whole(least: int = 0, most: int = 2**63 - 1) -> Fits:
    """Return the test for whole numbers within bounds."""
    return lambda value: type(value) is int and least <= value <= most


def amount(value: object) -> bool:
    """Return whether a value is a number from 0 on, and finite."""
    return isinstance(value, float | int) and 0 <= value < inf


def number(value: object) -> bool:
    """Return whether a value is a finite number."""
    return isinstance(value, float | int) and -inf < value < inf


def moment(value: object) -> bool:
    """Return whether a value is a time, or the text of one."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return False
    return isinstance(value, datetime) and value.tzinfo is not None


def identity(value: object) -> bool:
    """Return whether a value is a UUID, or the text of one."""
    if isinstance(value, str):
        try:
            UUID(value)
        except ValueError:
            return False
        return True
    return isinstance(value, UUID)


def one_of(words: Iterable[object]) -> Fits:
    """Return the test for some values."""
    allowed = frozenset(words)
    return lambda value: isinstance(value, str) and value in allowed


def maybe(fits: Fits) -> Fits:
    """Return the test for values that may be missing."""
    return lambda value: value is None or fits(value)
