"""What people pin to a stream: notes at bets, and the stream as of a bet under a filter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, RowMapping, Select, exists, func, select
from sqlalchemy.dialects.sqlite import insert

from pump_desktop.domain.errors import ConflictError, NotFoundError
from pump_desktop.domain.live import Bookmark, Snapshot
from pump_desktop.store.connections import driver_of
from pump_desktop.store.live_reads import no_stream
from pump_desktop.store.readable import Columns, identity, kept, moment, text, whole
from pump_desktop.store.tables import live_bets, live_bookmarks, live_snapshots, live_streams

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
