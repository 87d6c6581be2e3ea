"""Work for the writer, and a way to make several pieces one batch."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager

from sqlalchemy import Connection

from pump_desktop.store.database import Database
from pump_desktop.store.writer import Writer


def insert(number: int) -> Callable[[Connection], int]:
    """Give work that stores a number in the table ``numbers`` and gives it back."""

    def work(connection: Connection) -> int:
        connection.exec_driver_sql("INSERT INTO numbers VALUES (?)", (number,))
        return number

    return work


def stored(database: Database) -> list[int]:
    """Give the numbers, ascending."""
    with database.reading() as connection:
        return list(connection.exec_driver_sql("SELECT n FROM numbers ORDER BY n").scalars())


@contextmanager
def held(writer: Writer) -> Iterator[Future[None]]:
    """Keep the writer in a piece of work, so that what the block submits waits and becomes one batch."""
    inside, go_on = threading.Event(), threading.Event()

    def work(_connection: Connection) -> None:
        inside.set()
        go_on.wait()

    future = writer.submit(work)
    assert inside.wait(10)
    try:
        yield future
    finally:
        go_on.set()
