"""Data files damaged on purpose, the ways disks and people do it."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from pump_desktop.domain.runs import Run
from pump_desktop.stats.hits import TOP_MAX, count_outcomes, summarise
from pump_desktop.store.db.database import open_database
from pump_desktop.store.db.writer import Writer
from pump_desktop.store.live.streams import StreamsStore
from pump_desktop.store.runs import RunsStore, compress
from tests.store.live_samples import make_bet
from tests.store.samples import NOON, K, add, make_run, noon

BETS = 3000
# Of the log that the fixture ``killed`` leaves, each in a commit of its own.
LOG_BETS = 30


def fill(path: Path, bets: int = BETS) -> None:
    """Make a data file with one run and so many bets, closed."""
    database = open_database(path, now=noon)
    writer = Writer(database)
    add(RunsStore(database, writer), whole_run())
    StreamsStore(database, writer).ingest([make_bet(number + 1) for number in range(bets)], NOON).result(20)
    writer.close()
    database.close()


def whole_run() -> Run:
    """Give a run that is what was scanned, as far as a later engine can tell."""
    digest = hashlib.sha256(K.tobytes()).hexdigest()
    run = make_run(engine_version="pump-1.0.0", outcome_digest=digest)
    counts = count_outcomes(K, run.difficulty)
    first = (np.flatnonzero(int(K.max()) == K)[:TOP_MAX] + run.nonce_start).tolist()
    return replace(run, summary=summarise(run.difficulty, counts, run.targets, first))


def leave_log(path: Path, bets: int = 101) -> None:
    """Make a data folder as a kill leaves it: so many bets in its log, each a commit of its own."""
    used = path.parent.parent / "used" / path.name
    database = open_database(used, now=noon)
    writer = Writer(database)
    streams = StreamsStore(database, writer)
    for number in range(bets):
        streams.ingest([make_bet(number + 1)], NOON).result(20)
    shutil.copytree(used.parent, path.parent)
    writer.close()
    database.close()
    shutil.rmtree(used.parent)


def flip_log(path: Path) -> None:
    """Flip a bit in a page in the middle of the log: what was committed behind it is lost."""
    frame = 24 + 4096
    log = path.with_name(path.name + "-wal")
    with log.open("r+b") as file:
        file.seek(32 + (log.stat().st_size // frame // 2) * frame + 1000)
        byte = file.read(1)[0]
        file.seek(-1, 1)
        file.write(bytes([byte ^ 4]))


def bend_outcome(path: Path) -> None:
    """Write another result over one outcome of a run, in a piece that unpacks as well as before."""
    with closing(sqlite3.connect(path)) as connection, connection:
        (data,) = connection.execute("SELECT data FROM run_outcomes").fetchone()
        k = bytearray(zlib.decompress(data))
        k[len(k) // 2] = (k[len(k) // 2] + 1) % 15
        connection.execute("UPDATE run_outcomes SET data = ?", (compress(bytes(k)),))


def zero_header(path: Path) -> None:
    """Lose the first hundred bytes."""
    with path.open("r+b") as file:
        file.write(b"\0" * 100)


def truncate(path: Path) -> None:
    """Lose the second half."""
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def overwrite_page(path: Path) -> None:
    """Write rubbish over a page in the middle of the bets."""
    with closing(sqlite3.connect(path)) as connection:
        pages = [page for (page,) in connection.execute("SELECT pageno FROM dbstat WHERE name = 'live_bets'")]
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((sorted(pages)[len(pages) // 2] - 1) * size)
        file.write(b"\xa5" * size)


DAMAGES: dict[str, Callable[[Path], None]] = {
    "header zeroed": zero_header,
    "truncated": truncate,
    "page overwritten": overwrite_page,
}


def counts(path: Path) -> tuple[int, int]:
    """Give how many runs and bets a file holds, read beside whatever uses it."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True)) as connection:
        (runs,) = connection.execute("SELECT count(*) FROM runs").fetchone()
        (bets,) = connection.execute("SELECT count(*) FROM live_bets").fetchone()
    return runs, bets


def whole(path: Path) -> bool:
    """Tell whether SQLite finds nothing wrong with a file."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
