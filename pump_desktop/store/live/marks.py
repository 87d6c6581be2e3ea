"""What people pin to streams, as it is stored: bookmarks at bets, and snapshots."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, RowMapping, Select, exists, func, select
from sqlalchemy.dialects.sqlite import insert

from pump_desktop.domain.errors import ConflictError, NotFoundError
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
from pump_desktop.store.db.connections import driver_of
from pump_desktop.store.db.database import Database
from pump_desktop.store.db.readable import Columns, amount, identity, kept, maybe, moment, one_of, text, whole
from pump_desktop.store.db.tables import (
    TALLY_BUCKET,
    live_bets,
    live_bookmarks,
    live_snapshots,
    live_streams,
    loaded,
    utc_text,
)
from pump_desktop.store.db.writer import Writer
from pump_desktop.store.live.reads import no_stream, stream_row
from pump_desktop.store.live.rows import ANY_ID, DIFFICULTY_OF, MOST_PUMPS, VERDICT_OF, passing

BOOKMARK = Columns("live_bookmarks", id=identity, bet_id=whole(1), note=text, created_at=moment)
SNAPSHOT = Columns(
    "live_snapshots",
    id=identity,
    name=text,
    filter=lambda value: isinstance(value, dict),
    last_bet_id=whole(),
    created_at=moment,
)


def add_bookmark(connection: Connection, stream_id: UUID, bet_id: int, note: str, now: datetime) -> Bookmark:
    """Put a note at a bet; raises NotFoundError, and ConflictError when the bet has one."""
    check_stream(connection, stream_id)
    _check_bet(connection, stream_id, bet_id)
    bookmark = Bookmark(id=uuid4(), bet_id=bet_id, note=note, created_at=now)
    added = insert(live_bookmarks).values(id=bookmark.id, bet_id=bet_id, note=note, created_at=now)
    if not connection.execute(added.on_conflict_do_nothing(index_elements=["bet_id"])).rowcount:
        raise ConflictError(f"Bet {bet_id} has a bookmark already; change its note instead.")
    return bookmark


def restore_bookmark(connection: Connection, stream_id: UUID, bookmark: Bookmark) -> None:
    """Put a deleted bookmark back; raises NotFoundError, and ConflictError when the bet has another one."""
    check_stream(connection, stream_id)
    _check_bet(connection, stream_id, bookmark.bet_id)
    back = insert(live_bookmarks).values(
        id=bookmark.id, bet_id=bookmark.bet_id, note=bookmark.note, created_at=bookmark.created_at
    )
    if not connection.execute(back.on_conflict_do_nothing()).rowcount:
        raise ConflictError("The bet has a new bookmark; the deleted one was not put back.")


def list_bookmarks(connection: Connection, stream_id: UUID) -> tuple[Bookmark, ...]:
    """Give the bookmarks of a stream, oldest first; raises NotFoundError."""
    check_stream(connection, stream_id)
    rows = _bookmarks(stream_id).order_by(live_bookmarks.c.created_at, live_bookmarks.c.id)
    return tuple(kept(driver_of(connection), connection.execute(rows).mappings(), _bookmark_of))


def set_bookmark_note(connection: Connection, stream_id: UUID, bookmark_id: UUID, note: str) -> Bookmark:
    """Give a bookmark of this stream another note; raises NotFoundError."""
    check_stream(connection, stream_id)
    wanted = live_bookmarks.c.id == bookmark_id
    row = connection.execute(_bookmarks(stream_id).where(wanted)).mappings().first()
    if row is None:
        raise _no_bookmark(bookmark_id)
    connection.execute(live_bookmarks.update().where(wanted).values(note=note))
    return _bookmark_of({**row, "note": note})


def delete_bookmark(connection: Connection, stream_id: UUID, bookmark_id: UUID) -> None:
    """Take a bookmark of this stream away; raises NotFoundError."""
    check_stream(connection, stream_id)
    if connection.execute(_bookmarks(stream_id).where(live_bookmarks.c.id == bookmark_id)).first() is None:
        raise _no_bookmark(bookmark_id)
    connection.execute(live_bookmarks.delete().where(live_bookmarks.c.id == bookmark_id))


def add_snapshot(
    connection: Connection,
    stream_id: UUID,
    name: str,
    wanted: Mapping[str, object],
    last_bet_id: int | None,
    now: datetime,
) -> Snapshot:
    """Keep the stream as of a bet, its last one for None (0 before its first); raises NotFoundError."""
    check_stream(connection, stream_id)
    if last_bet_id is None:
        last = select(func.coalesce(func.max(live_bets.c.id), 0)).where(live_bets.c.stream_id == stream_id)
        last_bet_id = connection.execute(last).scalar_one()
    else:
        _check_bet(connection, stream_id, last_bet_id)
    snapshot = Snapshot(id=uuid4(), name=name, filter=dict(wanted), last_bet_id=last_bet_id, created_at=now)
    restore_snapshot(connection, stream_id, snapshot)
    return snapshot


def restore_snapshot(connection: Connection, stream_id: UUID, snapshot: Snapshot) -> None:
    """Store a snapshot as it is; one that is there already stays. Raises NotFoundError."""
    check_stream(connection, stream_id)
    row = insert(live_snapshots).values(
        id=snapshot.id,
        stream_id=stream_id,
        name=snapshot.name,
        filter=snapshot.filter,
        last_bet_id=snapshot.last_bet_id,
        created_at=snapshot.created_at,
    )
    connection.execute(row.on_conflict_do_nothing(index_elements=["id"]))


def list_snapshots(connection: Connection, stream_id: UUID) -> tuple[Snapshot, ...]:
    """Give the snapshots of a stream, oldest first; raises NotFoundError."""
    check_stream(connection, stream_id)
    rows = (
        select(live_snapshots)
        .where(live_snapshots.c.stream_id == stream_id)
        .order_by(live_snapshots.c.created_at, live_snapshots.c.id)
    )
    return tuple(kept(driver_of(connection), connection.execute(rows).mappings(), _snapshot_of))


def rename_snapshot(connection: Connection, stream_id: UUID, snapshot_id: UUID, name: str) -> Snapshot:
    """Give a snapshot of this stream another name; raises NotFoundError."""
    check_stream(connection, stream_id)
    wanted = (live_snapshots.c.id == snapshot_id, live_snapshots.c.stream_id == stream_id)
    connection.execute(live_snapshots.update().where(*wanted).values(name=name))
    row = connection.execute(select(live_snapshots).where(*wanted)).mappings().first()
    if row is None:
        raise _no_snapshot(snapshot_id)
    return _snapshot_of(row)


def delete_snapshot(connection: Connection, stream_id: UUID, snapshot_id: UUID) -> None:
    """Take a snapshot of this stream away; raises NotFoundError."""
    check_stream(connection, stream_id)
    wanted = (live_snapshots.c.id == snapshot_id, live_snapshots.c.stream_id == stream_id)
    if not connection.execute(live_snapshots.delete().where(*wanted)).rowcount:
        raise _no_snapshot(snapshot_id)


def check_stream(connection: Connection, stream_id: UUID) -> None:
    """Raise NotFoundError unless there is such a stream."""
    there = exists().where(live_streams.c.id == stream_id, live_streams.c.deleted == 0)
    if not connection.execute(select(there)).scalar_one():
        raise no_stream(stream_id)


def _check_bet(connection: Connection, stream_id: UUID, bet_id: int) -> None:
    there = exists().where(live_bets.c.id == bet_id, live_bets.c.stream_id == stream_id)
    if not connection.execute(select(there)).scalar_one():
        raise NotFoundError(f"Bet with ID {bet_id} not found in this stream")


def _bookmarks(stream_id: UUID) -> Select[tuple[UUID, int, str, datetime]]:
    """Return the query for a stream's bookmarks: their bets say whose they are."""
    # Not a join: SQLite would begin it at the bets of the stream, which may be millions.
    own = exists().where(live_bets.c.id == live_bookmarks.c.bet_id, live_bets.c.stream_id == stream_id)
    return select(
        live_bookmarks.c.id, live_bookmarks.c.bet_id, live_bookmarks.c.note, live_bookmarks.c.created_at
    ).where(own)


def _bookmark_of(row: Mapping[Any, Any]) -> Bookmark:
    BOOKMARK.check_mapping(row)
    return Bookmark(**row)


def stored_snapshot(driver: sqlite3.Connection, snapshot_id: UUID) -> tuple[UUID, Snapshot]:
    """Return a snapshot and the stream it is of; raises NotFoundError and UnreadableRowError."""
    row = driver.execute(
        """
        SELECT s.stream_id, s.name, s.filter, s.last_bet_id, s.created_at FROM live_snapshots AS s
        JOIN live_streams AS t ON t.id = s.stream_id AND t.deleted = 0 WHERE s.id = ?
        """,
        (str(snapshot_id),),
    ).fetchone()
    if row is None:
        raise NotFoundError(f"Snapshot with ID {snapshot_id} not found")
    stream_id, name, wanted, last_bet_id, created_at = row
    kept_filter: Any = loaded(wanted)
    SNAPSHOT.check((str(snapshot_id), name, kept_filter, last_bet_id, created_at))
    made = datetime.fromisoformat(created_at)
    return UUID(stream_id), Snapshot(snapshot_id, name, kept_filter, last_bet_id, made)


def _snapshot_of(row: RowMapping) -> Snapshot:
    SNAPSHOT.check_mapping(row)
    return Snapshot(
        id=row["id"],
        name=row["name"],
        filter=row["filter"],
        last_bet_id=row["last_bet_id"],
        created_at=row["created_at"],
    )


def _no_bookmark(bookmark_id: UUID) -> NotFoundError:
    return NotFoundError(f"Bookmark with ID {bookmark_id} not found")


def _no_snapshot(snapshot_id: UUID) -> NotFoundError:
    return NotFoundError(f"Snapshot with ID {snapshot_id} not found")


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


class MarksStore:
    """The marks of one database; reads happen at once, writes answer through futures after the commit."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def add_bookmark(self, stream_id: UUID, bet_id: int, note: str, now: datetime) -> Future[Bookmark]:
        """Put a note at a bet of this stream; ConflictError when the bet has one."""
        return self._writer.submit(lambda c: add_bookmark(c, stream_id, bet_id, note, now))

    def bookmarks(self, stream_id: UUID) -> tuple[Bookmark, ...]:
        """Give the bookmarks of a stream, oldest first; raises NotFoundError."""
        with self._database.reading() as connection:
            return list_bookmarks(connection, stream_id)

    def bookmarked_bets(self, stream_id: UUID) -> tuple[BookmarkedBet, ...]:
        """Give the bookmarks of a stream with their bets, by nonce; raises NotFoundError."""
        with self._database.at_one_moment() as driver:
            stream_row(driver, stream_id)
            return bookmarked_bets(driver, stream_id)

    def set_bookmark_note(self, stream_id: UUID, bookmark_id: UUID, note: str) -> Future[Bookmark]:
        """Give a bookmark of this stream another note."""
        return self._writer.submit(lambda c: set_bookmark_note(c, stream_id, bookmark_id, note))

    def delete_bookmark(self, stream_id: UUID, bookmark_id: UUID) -> Future[None]:
        """Take a bookmark of this stream away."""
        return self._writer.submit(lambda c: delete_bookmark(c, stream_id, bookmark_id))

    def restore_bookmark(self, stream_id: UUID, bookmark: Bookmark) -> Future[None]:
        """Put a bookmark that was deleted back as it was; ConflictError when its bet has another one."""
        return self._writer.submit(lambda c: restore_bookmark(c, stream_id, bookmark))

    def add_snapshot(
        self,
        stream_id: UUID,
        name: str,
        wanted: Mapping[str, object],
        last_bet_id: int | None,
        now: datetime,
    ) -> Future[Snapshot]:
        """Keep a stream as of a bet (None: its last) under a filter."""
        return self._writer.submit(lambda c: add_snapshot(c, stream_id, name, wanted, last_bet_id, now))

    def snapshots(self, stream_id: UUID) -> tuple[Snapshot, ...]:
        """Give the snapshots of a stream, oldest first; raises NotFoundError."""
        with self._database.reading() as connection:
            return list_snapshots(connection, stream_id)

    def snapshot(self, snapshot_id: UUID) -> tuple[UUID, Snapshot]:
        """Give a snapshot and the stream it is of; raises NotFoundError."""
        with self._database.at_one_moment() as driver:
            return stored_snapshot(driver, snapshot_id)

    def snapshot_figures(
        self, stream_id: UUID, snapshot: Snapshot, query: BetQuery
    ) -> tuple[MomentFigures, MomentFigures]:
        """Give the figures of a query's filter as of a snapshot, and now; raises NotFoundError."""
        with self._database.at_one_moment() as driver:
            row = stream_row(driver, stream_id)
            then = figures_then(driver, stream_id, snapshot, query)
            return then, figures_now(driver, row, query)

    def rename_snapshot(self, stream_id: UUID, snapshot_id: UUID, name: str) -> Future[Snapshot]:
        """Give a snapshot of this stream another name."""
        return self._writer.submit(lambda c: rename_snapshot(c, stream_id, snapshot_id, name))

    def delete_snapshot(self, stream_id: UUID, snapshot_id: UUID) -> Future[None]:
        """Take a snapshot of this stream away."""
        return self._writer.submit(lambda c: delete_snapshot(c, stream_id, snapshot_id))

    def restore_snapshot(self, stream_id: UUID, snapshot: Snapshot) -> Future[None]:
        """Put a snapshot that was deleted back as it was."""
        return self._writer.submit(lambda c: restore_snapshot(c, stream_id, snapshot))
