"""Bookmarks with their bets, and the figures of a stream as of a snapshot's checkpoint."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from uuid import UUID

from pump_desktop.domain.live import BetQuery, Bookmark, Snapshot, StreamRow
from pump_desktop.domain.marks import BookmarkedBet, MomentFigures
from pump_desktop.store.bet_filter import ANY_ID, passing
from pump_desktop.store.column_types import utc_text
from pump_desktop.store.live_rows import DIFFICULTY_OF, VERDICT_OF
from pump_desktop.store.tables import TALLY_BUCKET


def bookmarked_bets(driver: sqlite3.Connection, stream_id: UUID) -> tuple[BookmarkedBet, ...]:
    """Give the bookmarks of a stream with their bets, in the order of nonces."""
    rows = driver.execute(
        """
        SELECT m.id, m.bet_id, m.note, m.created_at, b.nonce, b.difficulty, b.round_result, b.safe_pumps,
            b.verdict
        FROM live_bookmarks AS m JOIN live_bets AS b ON b.id = m.bet_id
        WHERE b.stream_id = ? ORDER BY b.nonce, b.id
        """,
        (str(stream_id),),
    )
    return tuple(
        BookmarkedBet(
            bookmark=Bookmark(UUID(mark), bet_id, note, datetime.fromisoformat(created_at)),
            nonce=nonce,
            difficulty=DIFFICULTY_OF[difficulty],
            round_result=result,
            safe_pumps=k,
            verdict=VERDICT_OF.get(verdict),
        )
        for mark, bet_id, note, created_at, nonce, difficulty, result, k, verdict in rows
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
    after = driver.execute(
        "SELECT received_at FROM live_bets WHERE stream_id = ? AND id > ? ORDER BY id LIMIT 1",
        (str(stream_id), snapshot.last_bet_id),
    ).fetchone()
    if after is None or datetime.fromisoformat(after[0]) > snapshot.created_at:
        return snapshot.created_at
    checkpoint = driver.execute(
        "SELECT received_at FROM live_bets WHERE stream_id = ? AND id <= ? ORDER BY id DESC LIMIT 1",
        (str(stream_id), snapshot.last_bet_id),
    ).fetchone()
    # Without a bet before it, the checkpoint is the moment before the first one.
    return snapshot.created_at if checkpoint is None else datetime.fromisoformat(checkpoint[0])


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
        for result, count in driver.execute(sql, values):
            if count:
                counts[result] = counts.get(result, 0) + count
    return counts


def _figures(counts: dict[float, int], rounds: int) -> MomentFigures:
    return MomentFigures(sum(counts.values()), rounds, max(counts, default=None), counts)
