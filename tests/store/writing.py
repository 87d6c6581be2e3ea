"""Work for the writer, a way to make several pieces one batch, and one to kill it in the middle of one."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from pump_desktop.store.db.database import Database
from pump_desktop.store.db.writer import Writer


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


_KILLED = """
import sys, threading
from dataclasses import replace
from pathlib import Path
import numpy as np
from sqlalchemy import event
from pump_desktop.store.db.database import open_database
from pump_desktop.store.runs import OutcomeChunk, RunsStore
from pump_desktop.store.db.writer import Writer
from tests.store.samples import make_run, noon

database = open_database(Path(sys.argv[1]), now=noon)
store = RunsStore(database, Writer(database))

@event.listens_for(database._engine, "after_cursor_execute")
def inside(connection, cursor, statement, *rest):
    if statement.startswith(sys.argv[2]):
        print("inside", flush=True)
        threading.Event().wait()

# 8 MB are more than SQLite's cache: much of it is in the log already, without its commit.
noise = np.random.default_rng(1).bytes(1_000_000)
chunks = [OutcomeChunk(1 + i * 1_000_000, 1_000_000, noise) for i in range(8)]
"""


def kill_inside(path: Path, statement: str, write: str) -> None:
    """Have a process write ``chunks`` with its ``store``, and kill it right after a statement of that."""
    command = [sys.executable, "-c", _KILLED + write, str(path), statement]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "inside\n"
        process.send_signal(signal.SIGKILL)
    assert path.with_name("pump.db-wal").stat().st_size > 1_000_000
