"""Live streams: messages in, pages and figures out."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection

from pump_desktop.domain.audits import AuditedBet, AuditedRound, StreamMoments
from pump_desktop.domain.errors import StoreClosedError, StoreError
from pump_desktop.domain.live import (
    Accepted,
    BetPage,
    BetQuery,
    BetRow,
    BetTail,
    Message,
    RejectedMessage,
    RoundPage,
    StreamDetail,
    StreamKey,
    StreamPage,
    StreamQuery,
    StreamRow,
    Verdict,
)
from pump_desktop.store.db.connections import driver_of
from pump_desktop.store.db.database import Database
from pump_desktop.store.db.many_rows import find_many
from pump_desktop.store.db.writer import Writer
from pump_desktop.store.live import audit_reads
from pump_desktop.store.live import changes as live_changes
from pump_desktop.store.live import pages as live_pages
from pump_desktop.store.live import reads as live_reads
from pump_desktop.store.live.board import BoardReader
from pump_desktop.store.live.compare_reads import SideReader
from pump_desktop.store.live.ingest import ingest
from pump_desktop.store.live.marks import MarksStore

T = TypeVar("T")

_log = logging.getLogger(__name__)

_SEEDS = """
    SELECT wanted.column1, wanted.column2, s.server_seed
    FROM ({wanted}) AS wanted CROSS JOIN live_streams AS s
    ON s.server_seed_hashed = wanted.column1 AND s.client_seed = wanted.column2
"""


class StreamsStore:
    """The streams of one database; reads happen at once, writes answer through futures after the commit."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer
        self.marks = MarksStore(database, writer)
        """What people pin to the streams."""
        with self._database.at_one_moment() as driver:
            left = live_changes.left_to_sweep(driver)
        if left:
            self._sweep()

    # Messages

    def ingest(
        self,
        messages: Sequence[Message],
        received_at: datetime,
        verdicts: Sequence[Verdict | None] | None = None,
    ) -> Future[list[Accepted]]:
        """Store what is new of the messages, all or nothing, and give what became of each, in order.

        A bet is known by its id and a heartbeat by its nonce, each within its stream; the first stays.
        """
        return self._writer.submit(lambda connection: ingest(connection, messages, received_at, verdicts))

    def reject(self, reason: str, body: str, received_at: datetime) -> Future[None]:
        """Keep a refused message with its reason; the last 1000 are kept."""
        return self._change(lambda driver: live_changes.reject(driver, reason, body, received_at))

    def rejected(self, limit: int) -> tuple[RejectedMessage, ...]:
        """Give the last refused messages, newest first."""
        with self._database.at_one_moment() as driver:
            return live_changes.rejected(driver, limit)

    # Streams

    def streams(self, query: StreamQuery) -> StreamPage:
        """Give a page of streams, last seen first; past the end it is empty with the same total."""
        with self._database.at_one_moment() as driver:
            return live_reads.streams_page(driver, query)

    def stream(self, stream_id: UUID) -> StreamDetail:
        """Give one stream with its figures; raises NotFoundError."""
        with self._database.at_one_moment() as driver:
            return live_reads.stream_detail(driver, stream_id)

    def key_of(self, stream_id: UUID) -> StreamKey:
        """Give the seed pair of a stream; raises NotFoundError."""
        with self._database.at_one_moment() as driver:
            row = live_reads.stream_row(driver, stream_id)
        return StreamKey(row.server_seed_hashed, row.client_seed)

    def seed_of(self, key: StreamKey) -> str | None:
        """Return the server seed of a seed pair's stream; None before its reveal and without a stream."""
        return self.seeds_of((key,))[key]

    def seeds_of(self, keys: Collection[StreamKey]) -> dict[StreamKey, str | None]:
        """Return the server seed of each seed pair's stream, all read on one connection."""
        seeds: dict[StreamKey, str | None] = dict.fromkeys(keys)
        with self._database.at_one_moment() as driver:
            for hashed, client_seed, seed in find_many(driver, _SEEDS, list(seeds)):
                # One that cannot be read is none: what comes meanwhile is stored without a verdict.
                seeds[StreamKey(hashed, client_seed)] = seed if isinstance(seed, str) else None
        return seeds

    def seed_of_hash(self, server_seed_hashed: str) -> str | None:
        """Give the server seed with this hash, when a stream with any client seed has revealed it."""
        sql = (
            "SELECT server_seed FROM live_streams"
            " WHERE server_seed_hashed = ? AND server_seed IS NOT NULL AND deleted = 0 LIMIT 1"
        )
        with self._database.at_one_moment() as driver:
            row = driver.execute(sql, (server_seed_hashed,)).fetchone()
        return row[0] if row is not None and isinstance(row[0], str) else None

    def known_hashes(self) -> frozenset[str]:
        """Give the hashed server seed of every stream."""
        with self._database.at_one_moment() as driver:
            rows = driver.execute("SELECT DISTINCT server_seed_hashed FROM live_streams WHERE deleted = 0")
            return frozenset(hashed for (hashed,) in rows if isinstance(hashed, str))

    def set_notes(self, stream_id: UUID, notes: str) -> Future[StreamRow]:
        """Give a stream other notes, and give it as it is then."""
        return self._change(lambda driver: live_changes.set_notes(driver, stream_id, notes))

    def delete(self, stream_id: UUID) -> Future[None]:
        """Remove a stream with all that belongs to it; of a large one the rows go piece by piece after."""
        deleted: Future[None] = Future()
        # It cannot be taken back any more.
        deleted.set_running_or_notify_cancel()

        def answer(done: Future[bool]) -> None:
            error = done.exception()
            if error is not None:
                deleted.set_exception(error)
                return
            deleted.set_result(None)
            if not done.result():
                self._sweep()

        self._change(lambda driver: live_changes.delete_stream(driver, stream_id)).add_done_callback(answer)
        return deleted

    def _sweep(self) -> None:
        """Take away rows of deleted streams between other writes; the next start goes on where this ends."""

        def go_on(done: Future[bool]) -> None:
            error = done.exception()
            if error is not None:
                leave(error)
            elif done.result():
                self._sweep()

        def leave(error: BaseException) -> None:
            if not isinstance(error, StoreClosedError):
                _log.warning("rows of a deleted stream are left for the next start: %s", error)

        try:
            self._change(live_changes.sweep).add_done_callback(go_on)
        except StoreError as error:
            leave(error)

    def reveal(self, stream_id: UUID, server_seed: str, revealed_at: datetime) -> Future[None]:
        """Store a stream's server seed; that it has the stream's hash was checked before."""
        return self._change(lambda driver: live_changes.reveal(driver, stream_id, server_seed, revealed_at))

    def store_verdicts(
        self,
        stream_id: UUID,
        bet_verdicts: Sequence[tuple[int, Verdict]],
        round_verdicts: Sequence[tuple[int, Verdict]],
    ) -> Future[None]:
        """Store verdicts of bets by id and of rounds by nonce; older ones are replaced."""
        return self._change(
            lambda driver: live_changes.store_verdicts(driver, stream_id, bet_verdicts, round_verdicts)
        )

    # Bets and rounds

    def bets(self, stream_id: UUID, query: BetQuery) -> BetPage:
        """Give a page of bets and how many fit the query; raises NotFoundError."""
        with self._reading_of(stream_id) as (driver, row):
            return live_pages.bets_page(driver, stream_id, row.total_bets, query)

    def tail(self, stream_id: UUID, since_id: int, limit: int) -> BetTail:
        """Give the bets after an id, ascending; raises NotFoundError."""
        with self._reading_of(stream_id) as (driver, _):
            return live_pages.tail_page(driver, stream_id, since_id, limit)

    def rounds(self, stream_id: UUID, since_nonce: int | None, limit: int, offset: int) -> RoundPage:
        """Give a page of rounds after a nonce, highest first; raises NotFoundError."""
        with self._reading_of(stream_id) as (driver, row):
            return live_pages.rounds_page(driver, stream_id, row.total_rounds, since_nonce, limit, offset)

    @contextmanager
    def board(self, stream_id: UUID) -> Iterator[BoardReader]:
        """Give reads of one stream that all see it at the same moment; raises NotFoundError."""
        with self._reading_of(stream_id) as (driver, _):
            yield BoardReader(driver, stream_id)

    def last_bet_id(self, stream_id: UUID) -> int:
        """Give the highest id of a stream's bets; 0 without any, and when the stream is gone."""
        with self._database.at_one_moment() as driver:
            return live_pages.last_bet_id(driver, stream_id)

    def following(self, stream_id: UUID, since_id: int, query: BetQuery) -> BetTail:
        """Give the bets behind an id that fit a query, ascending; raises NotFoundError."""
        with self._reading_of(stream_id) as (driver, _):
            return live_pages.following_page(driver, stream_id, since_id, query)

    def nearest_bet(self, stream_id: UUID, nonce: int, query: BetQuery) -> tuple[int, int] | None:
        """Give id and nonce of the first bet from a nonce on, else the last before; raises NotFoundError."""
        with self._reading_of(stream_id) as (driver, _):
            return live_pages.nearest_bet(driver, stream_id, nonce, query)

    def iter_bets(self, stream_id: UUID) -> Iterator[Sequence[BetRow]]:
        """Yield all bets by nonce in pages; raises NotFoundError here, or when the stream is deleted."""
        self.key_of(stream_id)
        return self._iter_bets(stream_id)

    def _iter_bets(self, stream_id: UUID) -> Iterator[Sequence[BetRow]]:
        after: tuple[Any, int] | None = (0, 0)
        # A read of its own per page: a slow download must not hold the write-ahead log for minutes.
        while after is not None:
            page, after = self._of(stream_id, live_reads.bets_after, after)
            if page:
                yield page

    # Audits

    def audited_bets(self, stream_id: UUID) -> Iterator[audit_reads.BetsPage]:
        """Yield all bets as columns, by nonce in pages; raises NotFoundError between them."""
        after: tuple[Any, int] | None = (0, 0)
        while after is not None:
            page, after = self._of(stream_id, audit_reads.bets_page, after)
            if len(page):
                yield page

    def audited_rounds(self, stream_id: UUID) -> Iterator[audit_reads.RoundsPage]:
        """Yield all rounds as columns, by nonce in pages; raises NotFoundError between them."""
        nonce: Any = 0
        while nonce is not None:
            page, nonce = self._of(stream_id, audit_reads.rounds_page, nonce)
            if len(page):
                yield page

    def bets_by_id(self, stream_id: UUID, ids: Sequence[int]) -> list[AuditedBet]:
        """Give some bets of a stream, by nonce; raises NotFoundError."""
        return self._of(stream_id, audit_reads.bets_by_id, ids)

    def rounds_by_nonce(self, stream_id: UUID, nonces: Sequence[int]) -> list[AuditedRound]:
        """Give some rounds of a stream, by nonce; raises NotFoundError."""
        return self._of(stream_id, audit_reads.rounds_by_nonce, nonces)

    def mismatched(self, stream_id: UUID, limit: int) -> tuple[list[AuditedBet], list[AuditedRound]]:
        """Give the first bets, and the first rounds of heartbeats, that were found not to match."""
        with self._reading_of(stream_id) as (driver, _):
            bets = audit_reads.mismatched_bets(driver, stream_id, limit)
            return bets, audit_reads.mismatched_rounds(driver, stream_id, limit - len(bets))

    def chain_moments(self, stream_id: UUID) -> list[StreamMoments]:
        """Give when the streams of a stream's client seed came and were revealed; raises NotFoundError."""
        with self._reading_of(stream_id) as (driver, row):
            return audit_reads.chain_moments(driver, stream_id, row.client_seed)

    # Comparisons

    @contextmanager
    def side(self, stream_id: UUID) -> Iterator[SideReader]:
        """Give a comparison's reads of one stream, at one moment; raises NotFoundError."""
        with self._reading_of(stream_id) as (driver, _):
            yield SideReader(driver, stream_id)

    # How

    def _change(self, work: Callable[[sqlite3.Connection], T]) -> Future[T]:
        def with_driver(connection: Connection) -> T:
            return work(driver_of(connection))

        return self._writer.submit(with_driver)

    @contextmanager
    def _reading_of(self, stream_id: UUID) -> Iterator[tuple[sqlite3.Connection, StreamRow]]:
        with self._database.at_one_moment() as driver:
            yield driver, live_reads.stream_row(driver, stream_id)

    def _of(self, stream_id: UUID, read: Callable[..., T], *what: object) -> T:
        with self._reading_of(stream_id) as (driver, _):
            return read(driver, stream_id, *what)
