"""All rows of a data file, read as lists and exports read them, to find those that cannot be read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from pump_desktop.domain.errors import CancelledError, UnreadableRowError
from pump_desktop.domain.runs import Run
from pump_desktop.store import runs as rows
from pump_desktop.store.alerts import RULE
from pump_desktop.store.care.integrity import open_beside
from pump_desktop.store.db.errors import told
from pump_desktop.store.db.readable import Columns
from pump_desktop.store.db.revisions import known_revisions, revision_within
from pump_desktop.store.db.tables import loaded
from pump_desktop.store.live import changes as live_changes
from pump_desktop.store.live import reads as live_reads
from pump_desktop.store.live import rows as live_rows
from pump_desktop.store.live.marks import BOOKMARK, SNAPSHOT
from pump_desktop.store.runs import OutcomeChunk, damaged, unpack

Cancelled = Callable[[], bool]
_Read = Callable[[Sequence[Any]], object]

# Rows between two looks whether somebody wants to stop: some milliseconds.
_LOOK = 1000
_NO_STREAM = UUID(int=0)


@contextmanager
def reading_content(path: Path) -> Iterator[sqlite3.Connection | None]:
    """Open a file that may be in use, and yield one unchanging state of it; None for another schema."""
    with told(path), closing(open_beside(path)) as driver:
        driver.execute("BEGIN")
        yield driver if revision_within(driver) == known_revisions()[-1] else None


def unreadable_rows(driver: sqlite3.Connection, cancelled: Cancelled) -> Iterator[UnreadableRowError]:
    """Yield what is wrong with each row that cannot be read; raises CancelledError."""
    readers: tuple[tuple[str, str, _Read], ...] = (
        (rows.RUN.names, "runs", run_of_columns),
        (live_rows.STREAM_COLUMNS, "live_streams AS s", live_rows.stream_of),
        (live_reads.FIGURES.names, "live_streams", live_reads.FIGURES.check),
        (live_reads.MONEY.names, "live_money", live_reads.MONEY.check),
        (f"{live_rows.BET_VALUES}, 0", "live_bets AS b", partial(live_rows.bet_of, _NO_STREAM)),
        (live_rows.ROUND_COLUMNS, "live_rounds", live_rows.round_of),
        (BOOKMARK.names, "live_bookmarks", BOOKMARK.check),
        (SNAPSHOT.names, "live_snapshots", partial(_with_json, SNAPSHOT, "filter")),
        (RULE.names, "alert_rules", partial(_with_json, RULE, "parameters")),
        (live_changes.REJECTED.names, "rejected_messages", live_changes.REJECTED.check),
    )
    for columns, table, read in readers:
        found = driver.execute(f"SELECT {columns} FROM {table}")  # noqa: S608 - constants
        for number, row in enumerate(found):
            if number % _LOOK == 0 and cancelled():
                raise CancelledError
            try:
                read(row)
            except UnreadableRowError as error:
                yield error


def readable_runs(driver: sqlite3.Connection) -> Iterator[Run]:
    """Yield the runs that can be read."""
    for row in driver.execute(f"SELECT {rows.RUN.names} FROM runs ORDER BY created_at, id").fetchall():  # noqa: S608 - constants
        with suppress(UnreadableRowError):  # told among the rows
            yield run_of_columns(row)


def pieces_of(driver: sqlite3.Connection, run: Run) -> Iterator[NDArray[np.uint8]]:
    """Yield the outcomes of a run, piece by piece; raises DamagedRunError."""
    nonce = run.nonce_start
    found = driver.execute(
        'SELECT first_nonce, "count", data FROM run_outcomes WHERE run_id = ? ORDER BY chunk_index',
        (str(run.id),),
    )
    for first, count, data in found:
        k = unpack(run, OutcomeChunk(first, count, data), nonce)
        yield k
        nonce += len(k)
    if nonce != run.nonce_end + 1:
        raise damaged(run, nonce)


def run_of_columns(row: Sequence[Any]) -> Run:
    """Return the run of a row of RUN.names; raises UnreadableRowError."""
    values = rows.RUN.by_name(row)
    return rows.run_of({**values, "targets": loaded(values["targets"]), "summary": loaded(values["summary"])})


def _with_json(columns: Columns, name: str, row: Sequence[Any]) -> None:
    values = columns.by_name(row)
    columns.check_mapping({**values, name: loaded(values[name])})
