"""Bookmarks with their bets, and the figures of a stream as of a snapshot's checkpoint."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pump_desktop.domain.live import (
    BetQuery,
    Bookmark,
    BookmarkedBet,
    MomentFigures,
    Snapshot,
    StreamRow,
    Verdict,
)
from pump_desktop.domain.requests import MAX_NONCE
from pump_desktop.store.bet_filter import ANY_ID, passing
from pump_desktop.store.column_types import utc_text
from pump_desktop.store.live_rows import DIFFICULTY_OF, MOST_PUMPS, VERDICT_OF
from pump_desktop.store.readable import Columns, amount, identity, kept, maybe, moment, one_of, text, whole
from pump_desktop.store.tables import TALLY_BUCKET

_BOOKMARKED = Columns(
    "live_bookmarks",
    id=identity,
    bet_id=whole(1),
    note=text,
    created_at=moment,
    nonce=whole(1, MAX_NONCE),
    difficulty=one_of(DIFFICULTY_OF),
    round_result=amount,
    safe_pumps=maybe(whole(0, MOST_PUMPS)),
    verdict=maybe(one_of(Verdict)),
)
_RECEIVED = Columns("live_bets", id=whole(1), received_at=moment)
_COUNTED = Columns("live_tallies", round_result=amount, bets=whole())


def bookmarked_bets(driver: sqlite3.Connection, stream_id: UUID) -> tuple[BookmarkedBet, ...]:
    """Give the bookmarks of a stream with their bets, in the order of nonces."""
    # CROSS JOIN: SQLite would begin at the bets of the stream, which may be millions.
    rows = driver.execute(
        """
        SELECT m.id, m.bet_id, m.note, m.created_at, b.nonce, b.difficulty, b.round_result, b.safe_pumps,
            b.verdict
        FROM live_bookmarks AS m CROSS JOIN live_bets AS b ON b.id = m.bet_id
        WHERE b.stream_id = ? ORDER BY b.nonce, b.id
        """,
        (str(stream_id),),
    )
    return tuple(kept(driver, rows, _bookmarked_of))


def _bookmarked_of(row: Sequence[Any]) -> BookmarkedBet:
    _BOOKMARKED.check(row)
    mark, bet_id, note, created_at, nonce, difficulty, result, k, verdict = row
    return BookmarkedBet(
        bookmark=Bookmark(UUID(mark), bet_id, note, datetime.fromisoformat(created_at)),
        nonce=nonce,
        difficulty=DIFFICULTY_OF[difficulty],
        round_result=result,
        safe_pumps=k,
        verdict=VERDICT_OF[verdict],
    )


def figures_now(driver: sqlite3.Connection, row: StreamRow, query: BetQuery) -> MomentFigures:
    """Give the figures of what passes a query's filter, as the stream is now."""
    return _figures(_counts(driver, row.id, query, ANY_ID), row.total_rounds)


def figures_then(
    driver: sqlite3.Connection, stream_id: UUID, snapshot: Snapshot, query: BetQuery
) -> MomentFigures:
    """Give the figures of what passed a query's filter as of a snapshot; a million rounds take 0.1 s."""
    counts = _counts(driver, stream_id, query, snapshot.last_bet_id)
    return _figures(counts, _rounds_until(driver, stream_id, _moment(driver, stream_id, snapshot)))


def _rounds_until(driver: sqlite3.Connection, stream_id: UUID, moment: datetime) -> int:
    """Count the rounds that had come by a moment."""
    sql = "SELECT count(*) FROM live_rounds WHERE stream_id = ? AND received_at <= ?"
    (count,) = driver.execute(sql, (str(stream_id), utc_text(moment))).fetchone()
    return int(count)


def _moment(driver: sqlite3.Connection, stream_id: UUID, snapshot: Snapshot) -> datetime:
    """Give the time of a checkpoint: when the snapshot was made, unless later bets were there then."""
    after = _received(driver, stream_id, snapshot, "id > ?", "id")
    if after is None or after > snapshot.created_at:
        return snapshot.created_at
    # Without a bet before it, the checkpoint is the moment before the first one.
    return _received(driver, stream_id, snapshot, "id <= ?", "id DESC") or snapshot.created_at


def _received(
    driver: sqlite3.Connection, stream_id: UUID, snapshot: Snapshot, side: str, order: str
) -> datetime | None:
    """Return when the first bet on one side of a checkpoint came, in an order."""
    sql = f"SELECT id, received_at FROM live_bets WHERE stream_id = ? AND {side} ORDER BY {order} LIMIT 1"  # noqa: S608 - constants
    rows = driver.execute(sql, (str(stream_id), snapshot.last_bet_id))
    return next((datetime.fromisoformat(at) for _, at in kept(driver, rows, _RECEIVED.read)), None)


def _counts(driver: sqlite3.Connection, stream_id: UUID, query: BetQuery, up_to_id: int) -> dict[float, int]:
    """Count bets per multiplier up to an id: whole buckets from live_tallies, the last one bet by bet."""
    conditions, bound = passing(query)
    values = {
        **bound,
        "stream_id": str(stream_id),
        "bucket": up_to_id // TALLY_BUCKET,
        "edge": up_to_id // TALLY_BUCKET * TALLY_BUCKET,
        "up_to_id": up_to_id,
    }
    counts: dict[float, int] = {}
    for sql in (
        f"""
        SELECT round_result, sum(bets) FROM live_tallies
        WHERE stream_id = :stream_id AND axis = 'id' AND bucket < :bucket {conditions} GROUP BY round_result
        """,  # noqa: S608 - constants
        f"""
        SELECT round_result, count(*) FROM live_bets INDEXED BY ix_live_bets_stream_id_id
        WHERE stream_id = :stream_id AND id BETWEEN :edge AND :up_to_id {conditions} GROUP BY round_result
        """,  # noqa: S608 - constants
    ):
        for result, count in kept(driver, driver.execute(sql, values), _COUNTED.read):
            if count:
                counts[result] = counts.get(result, 0) + count
    return counts


def _figures(counts: dict[float, int], rounds: int) -> MomentFigures:
    return MomentFigures(sum(counts.values()), rounds, max(counts, default=None), counts)
