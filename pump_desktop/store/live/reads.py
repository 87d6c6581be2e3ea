"""Questions to streams: the list, one stream's figures, and its nonces as arrays."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from pump_desktop.domain.errors import NotFoundError
from pump_desktop.domain.live import (
    AuditTotals,
    BetOrder,
    BetQuery,
    BetRow,
    RoundRow,
    StreamDetail,
    StreamPage,
    StreamQuery,
    StreamRow,
)
from pump_desktop.domain.requests import MAX_NONCE
from pump_desktop.store.db.joined import Joined, read_joined
from pump_desktop.store.db.readable import Columns, amount, identity, kept, maybe, moment, number, text, whole
from pump_desktop.store.db.tables import TALLY_BUCKET
from pump_desktop.store.live.pages import bets_page
from pump_desktop.store.live.rows import (
    BET_COLUMNS,
    DIFFICULTY_OF,
    ROUND_COLUMNS,
    STREAM_COLUMNS,
    bet_of,
    round_of,
    stream_of,
)

RECENT_BETS = 10
# One page of an export or an audit: 30 ms to read, some megabytes to hold.
PAGE_ROWS = 5_000
# Their text is a megabyte.
NONCES_AT_ONCE = 100_000


MONEY = Columns("live_money", currency=text, wagered=amount, paid=amount)
FIGURES = Columns(
    "live_streams",
    id=identity,
    server_seed=maybe(text),
    revealed_at=maybe(moment),
    lowest_multiplier=maybe(amount),
    multiplier_sum=number,
    first_nonce=maybe(whole(1, MAX_NONCE)),
    duplicate_nonces=whole(),
    off_table=whole(),
    heartbeats=whole(),
    matches=whole(),
    mismatches=whole(),
)


_SPAN = Columns(
    "live_streams",
    id=identity,
    first_nonce=maybe(whole(1, MAX_NONCE)),
    last_nonce=maybe(whole(1, MAX_NONCE)),
)
_BUCKET = Columns("live_tallies", bucket=whole(0, MAX_NONCE // TALLY_BUCKET), rounds=whole(1))
OBSERVED = Columns("live_rounds", nonce=whole(1, MAX_NONCE))


def streams_page(driver: sqlite3.Connection, query: StreamQuery) -> StreamPage:
    """Give a page of streams, last seen first."""
    rows = driver.execute(
        f"""
        SELECT {STREAM_COLUMNS} FROM live_streams AS s WHERE s.deleted = 0
        ORDER BY s.last_seen_at DESC, s.id LIMIT ? OFFSET ?
        """,  # noqa: S608 - constants
        (query.limit, query.offset),
    )
    found = rows.fetchall()
    items = tuple(kept(driver, found, stream_of))
    (total,) = driver.execute("SELECT count(*) FROM live_streams WHERE deleted = 0").fetchone()
    return StreamPage(items, total, query.limit, query.offset, len(found) - len(items))


def stream_row(driver: sqlite3.Connection, stream_id: UUID) -> StreamRow:
    """Return one stream as a list shows it; raises NotFoundError and UnreadableRowError."""
    sql = f"SELECT {STREAM_COLUMNS} FROM live_streams AS s WHERE s.id = ? AND s.deleted = 0"  # noqa: S608 - constants
    row = driver.execute(sql, (str(stream_id),)).fetchone()
    if row is None:
        raise no_stream(stream_id)
    return stream_of(row)


def stream_detail(driver: sqlite3.Connection, stream_id: UUID) -> StreamDetail:
    """Return one stream with its figures; raises NotFoundError and UnreadableRowError."""
    row = stream_row(driver, stream_id)
    of = (str(stream_id),)
    money = kept(
        driver,
        driver.execute(
            "SELECT currency, wagered, paid FROM live_money WHERE stream_id = ? ORDER BY currency", of
        ),
        MONEY.read,
    )
    bets_by_difficulty = driver.execute(
        """
        SELECT difficulty, sum(bets) FROM live_tallies
        WHERE stream_id = ? AND axis = 'nonce' AND bets > 0 GROUP BY difficulty ORDER BY difficulty
        """,
        of,
    ).fetchall()
    figures = driver.execute(f"SELECT {FIGURES.names} FROM live_streams WHERE id = ?", of).fetchone()  # noqa: S608 - constants
    FIGURES.check(figures)
    (
        _,
        server_seed,
        revealed_at,
        lowest,
        multiplier_sum,
        first_nonce,
        duplicates,
        off_table,
        heartbeats,
        matches,
        mismatches,
    ) = figures
    recent = bets_page(driver, stream_id, row.total_bets, BetQuery(limit=RECENT_BETS, order=BetOrder.ID_DESC))
    missing = 0 if row.last_nonce is None else row.last_nonce - first_nonce + 1 - row.total_rounds
    return StreamDetail(
        row=row,
        server_seed=server_seed,
        revealed_at=None if revealed_at is None else datetime.fromisoformat(revealed_at),
        lowest_multiplier=lowest,
        average_multiplier=multiplier_sum / row.total_rounds if row.total_rounds else None,
        wagered=sum(wagered for _, wagered, _ in money),
        paid=sum(paid for _, _, paid in money),
        wagered_by_currency={currency: wagered for currency, wagered, _ in money},
        paid_by_currency={currency: paid for currency, _, paid in money},
        bets_by_difficulty={word: int(bets) for word, bets in bets_by_difficulty if word in DIFFICULTY_OF},
        first_nonce=first_nonce,
        missing_nonces=missing,
        duplicate_nonces=duplicates,
        off_table=off_table,
        heartbeats=heartbeats,
        recent_bets=recent.items,
        audit=AuditTotals(checked=matches + mismatches, matches=matches, mismatches=mismatches),
    )


def round_nonces(driver: sqlite3.Connection, stream_id: UUID) -> NDArray[np.int64]:
    """Return every observed nonce of a stream, ascending.

    Where the tallies tell that none is missing, none is read.
    """
    span = driver.execute(f"SELECT {_SPAN.names} FROM live_streams WHERE id = ?", (str(stream_id),))  # noqa: S608 - constants
    _, first, last = _SPAN.read(span.fetchone())
    counted = driver.execute(
        """
        SELECT bucket, sum(rounds) FROM live_tallies WHERE stream_id = ? AND axis = 'nonce'
        GROUP BY bucket HAVING sum(rounds) > 0 ORDER BY bucket
        """,
        (str(stream_id),),
    )
    counts = kept(driver, counted, _BUCKET.read)
    pieces = [np.empty(0, np.int64)]
    for complete, buckets in groupby(counts, key=lambda one: _is_whole(one[0], one[1], first, last)):
        for start, end in _runs([bucket for bucket, _ in buckets]):
            low, high = max(start * TALLY_BUCKET, first), min(end * TALLY_BUCKET - 1, last)
            pieces += [np.arange(low, high + 1)] if complete else _nonces(driver, stream_id, low, high)
    return np.concatenate(pieces)


def _is_whole(bucket: int, rounds: int, first: int, last: int) -> bool:
    """Return whether every nonce of a bucket, from the stream's first to its last one, was observed."""
    low, high = max(bucket * TALLY_BUCKET, first), min((bucket + 1) * TALLY_BUCKET - 1, last)
    return rounds == high - low + 1


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield ascending numbers as ranges, each from its first number to the one behind its last."""
    start = 0
    for at in range(1, len(numbers) + 1):
        if at == len(numbers) or numbers[at] != numbers[at - 1] + 1:
            yield numbers[start], numbers[at - 1] + 1
            start = at


def _nonces(
    driver: sqlite3.Connection, stream_id: UUID, first: int, last: int
) -> Iterator[NDArray[np.int64]]:
    """Yield the observed nonces from one to another in pieces.

    As text that SQLite joins: half the time of a million rows, and other threads go on meanwhile.
    """
    rows = f"""
        SELECT nonce FROM live_rounds WHERE stream_id = :stream_id AND nonce BETWEEN :first AND :last
        ORDER BY nonce LIMIT {NONCES_AT_ONCE}
    """  # noqa: S608 - constants
    more = True
    while more:
        values = {"stream_id": str(stream_id), "first": first, "last": last}
        found = read_joined(driver, OBSERVED, (Joined("nonce", least=1),), rows, values)
        (nonces,) = found.arrays
        yield nonces
        more = found.count == NONCES_AT_ONCE
        if more:
            first = 1 + (int(nonces[-1]) if found.last is None else found.last["nonce"])


def top_rounds(driver: sqlite3.Connection, stream_id: UUID, count: int) -> tuple[RoundRow, ...]:
    """Give the rounds with the highest multipliers, highest first, then the lowest nonce."""
    sql = f"""
        SELECT {ROUND_COLUMNS} FROM live_rounds
        WHERE stream_id = ? ORDER BY round_result DESC, nonce LIMIT ?
    """  # noqa: S608 - constants
    return tuple(kept(driver, driver.execute(sql, (str(stream_id), count)), round_of))


def bets_after(
    driver: sqlite3.Connection, stream_id: UUID, after: tuple[Any, int]
) -> tuple[Sequence[BetRow], tuple[Any, int] | None]:
    """Return the next page of bets in the order of nonce and id, and what the one behind it comes after."""
    behind = """
        FROM live_bets AS b INDEXED BY ix_live_bets_stream_id_nonce
        WHERE b.stream_id = :stream_id AND (b.nonce, b.id) > (:nonce, :bet_id) ORDER BY b.nonce, b.id
    """
    values = {"stream_id": str(stream_id), "nonce": after[0], "bet_id": after[1]}
    rows = driver.execute(f"SELECT {BET_COLUMNS} {behind} LIMIT {PAGE_ROWS}", values)
    bets = kept(driver, rows, partial(bet_of, stream_id))
    if len(bets) == PAGE_ROWS:
        return bets, (bets[-1].nonce, bets[-1].id)
    # The last page, or one of which rows were left out: then others may be behind it.
    last = driver.execute(f"SELECT b.nonce, b.id {behind} LIMIT 1 OFFSET {PAGE_ROWS - 1}", values)
    return bets, last.fetchone()


def no_stream(stream_id: UUID) -> NotFoundError:
    """Give the error for an id that no stream has."""
    return NotFoundError(f"Stream with ID {stream_id} not found")
