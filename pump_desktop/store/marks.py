"""What people pin to streams, as it is stored: bookmarks at bets, and snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from datetime import datetime
from uuid import UUID

from pump_desktop.domain.live import BetQuery, Bookmark, BookmarkedBet, MomentFigures, Snapshot
from pump_desktop.store import bookmarks, mark_reads
from pump_desktop.store.compare_reads import snapshot_of
from pump_desktop.store.database import Database
from pump_desktop.store.live_reads import stream_row
from pump_desktop.store.writer import Writer


class MarksStore:
    """The marks of one database; reads happen at once, writes answer through futures after the commit."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def add_bookmark(self, stream_id: UUID, bet_id: int, note: str, now: datetime) -> Future[Bookmark]:
        """Put a note at a bet of this stream; ConflictError when the bet has one."""
        return self._writer.submit(lambda c: bookmarks.add_bookmark(c, stream_id, bet_id, note, now))

    def bookmarks(self, stream_id: UUID) -> tuple[Bookmark, ...]:
        """Give the bookmarks of a stream, oldest first; raises NotFoundError."""
        with self._database.reading() as connection:
            return bookmarks.list_bookmarks(connection, stream_id)

    def bookmarked_bets(self, stream_id: UUID) -> tuple[BookmarkedBet, ...]:
        """Give the bookmarks of a stream with their bets, by nonce; raises NotFoundError."""
        with self._database.at_one_moment() as driver:
            stream_row(driver, stream_id)
            return mark_reads.bookmarked_bets(driver, stream_id)

    def set_bookmark_note(self, stream_id: UUID, bookmark_id: UUID, note: str) -> Future[Bookmark]:
        """Give a bookmark of this stream another note."""
        return self._writer.submit(lambda c: bookmarks.set_bookmark_note(c, stream_id, bookmark_id, note))

    def delete_bookmark(self, stream_id: UUID, bookmark_id: UUID) -> Future[None]:
        """Take a bookmark of this stream away."""
        return self._writer.submit(lambda c: bookmarks.delete_bookmark(c, stream_id, bookmark_id))

    def restore_bookmark(self, stream_id: UUID, bookmark: Bookmark) -> Future[None]:
        """Put a bookmark that was deleted back as it was; ConflictError when its bet has another one."""
        return self._writer.submit(lambda c: bookmarks.restore_bookmark(c, stream_id, bookmark))

    def add_snapshot(
        self,
        stream_id: UUID,
        name: str,
        wanted: Mapping[str, object],
        last_bet_id: int | None,
        now: datetime,
    ) -> Future[Snapshot]:
        """Keep a stream as of a bet (None: its last) under a filter."""
        return self._writer.submit(
            lambda c: bookmarks.add_snapshot(c, stream_id, name, wanted, last_bet_id, now)
        )

    def snapshots(self, stream_id: UUID) -> tuple[Snapshot, ...]:
        """Give the snapshots of a stream, oldest first; raises NotFoundError."""
        with self._database.reading() as connection:
            return bookmarks.list_snapshots(connection, stream_id)

    def snapshot(self, snapshot_id: UUID) -> tuple[UUID, Snapshot]:
        """Give a snapshot and the stream it is of; raises NotFoundError."""
        with self._database.at_one_moment() as driver:
            return snapshot_of(driver, snapshot_id)

    def snapshot_figures(
        self, stream_id: UUID, snapshot: Snapshot, query: BetQuery
    ) -> tuple[MomentFigures, MomentFigures]:
        """Give the figures of a query's filter as of a snapshot, and now; raises NotFoundError."""
        with self._database.at_one_moment() as driver:
            row = stream_row(driver, stream_id)
            then = mark_reads.figures_then(driver, stream_id, snapshot, query)
            return then, mark_reads.figures_now(driver, row, query)

    def rename_snapshot(self, stream_id: UUID, snapshot_id: UUID, name: str) -> Future[Snapshot]:
        """Give a snapshot of this stream another name."""
        return self._writer.submit(lambda c: bookmarks.rename_snapshot(c, stream_id, snapshot_id, name))

    def delete_snapshot(self, stream_id: UUID, snapshot_id: UUID) -> Future[None]:
        """Take a snapshot of this stream away."""
        return self._writer.submit(lambda c: bookmarks.delete_snapshot(c, stream_id, snapshot_id))

    def restore_snapshot(self, stream_id: UUID, snapshot: Snapshot) -> Future[None]:
        """Put a snapshot that was deleted back as it was."""
        return self._writer.submit(lambda c: bookmarks.restore_snapshot(c, stream_id, snapshot))
