"""Live streams: messages in, and every question to what they left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from typing import TypeVar
from uuid import UUID

from pump_desktop.domain.audits import AuditedBet, AuditedRound, AuditProgress, StreamMoments
from pump_desktop.domain.errors import StoreError, UnreadableRowError
from pump_desktop.domain.live import (
    Accepted,
    Audit,
    BetPage,
    BetQuery,
    BetRow,
    BetTail,
    Bookmark,
    BookmarkedBet,
    Message,
    MessageRejected,
    RejectedMessage,
    RoundPage,
    Snapshot,
    SnapshotComparison,
    StreamChanged,
    StreamDetail,
    StreamKey,
    StreamPage,
    StreamQuery,
    StreamRow,
)
from pump_desktop.domain.runs import Match
from pump_desktop.services.audit.audit import audit_stream
from pump_desktop.services.audit.verdicts import Judge
from pump_desktop.services.background import Beside, followed
from pump_desktop.services.events import Hub
from pump_desktop.services.live.commit_tally import Landed
from pump_desktop.services.live.csv import stream_csv
from pump_desktop.services.live.inputs import parse_filter, parse_note, parse_snapshot_name, snapshot_query
from pump_desktop.services.live.metrics import StreamMetrics, stream_metrics
from pump_desktop.services.live.seeds import KnownSeeds
from pump_desktop.store.db.writer import Writer
from pump_desktop.store.live.audit_reads import BetsPage
from pump_desktop.store.live.board import BoardReader
from pump_desktop.store.live.compare_reads import SideReader
from pump_desktop.store.live.streams import StreamsStore

T = TypeVar("T")


class Live:
    """What can be done with live streams; safe to call from any thread.

    Reads answer at once, writes through futures after the commit.
    """

    def __init__(self, store: StreamsStore, writer: Writer, hub: Hub, *, now: Callable[[], datetime]) -> None:
        self._store = store
        self._writer = writer
        self._hub = hub
        self._now = now
        self._seeds = KnownSeeds(store.seeds_of)
        self._landed = Landed(hub.publish, store.last_bet_id)
        self._beside = Beside("audit")
        self._judge = Judge(self._beside)
        writer.on_commit(self._landed.publish)

    # Messages

    def ingest(self, messages: Sequence[Message]) -> Future[list[Accepted]]:
        """Store messages and give, after the commit, what became of each, in order.

        Those of a revealed stream get their verdicts on the way. Raises StoreError when nothing can be
        stored now.
        """
        received_at = self._now()
        fresh: frozenset[StreamKey] = frozenset()
        while True:
            looked = self._seeds.look(messages)
            fresh |= looked.fresh
            verdicts = self._judge.verdicts(messages, looked.seeds)
            with self._seeds.lock, self._landed.attaching():
                # A stream revealed since the look would get rows without verdicts behind its audit.
                if looked.generation != self._seeds.generation:
                    continue
                try:
                    stored = self._store.ingest(messages, received_at, verdicts)
                except StoreError:
                    self._forget_seeds(fresh)
                    raise
                stored.add_done_callback(partial(self._forget_unstored, fresh))
                return followed(stored, partial(self._took_in, messages, fresh, looked.seeds))

    def reject(self, reason: str, body: str) -> Future[None]:
        """Keep a refused message with its reason, and tell of it."""
        stored = self._store.reject(reason, body, self._now())
        return followed(stored, lambda _none: self._hub.publish(MessageRejected(reason)))

    def rejected(self, limit: int = 100) -> tuple[RejectedMessage, ...]:
        """Give the latest refused messages, newest first."""
        return self._store.rejected(limit)

    # Questions

    def streams(self, query: StreamQuery) -> StreamPage:
        """Give a page of streams, last seen first."""
        return self._store.streams(query)

    def stream(self, stream_id: UUID) -> StreamDetail:
        """Give one stream with its figures; raises NotFoundError."""
        return self._store.stream(stream_id)

    def key_of(self, stream_id: UUID) -> StreamKey:
        """Give the seed pair of a stream; raises NotFoundError."""
        return self._store.key_of(stream_id)

    def bets(self, stream_id: UUID, query: BetQuery) -> BetPage:
        """Give a page of a stream's bets; raises NotFoundError."""
        return self._store.bets(stream_id, query)

    def tail(self, stream_id: UUID, since_id: int, limit: int) -> BetTail:
        """Give the bets after an id; raises NotFoundError."""
        return self._store.tail(stream_id, since_id, limit)

    def following(self, stream_id: UUID, since_id: int, query: BetQuery) -> BetTail:
        """Give the bets behind an id that fit a query, ascending; raises NotFoundError."""
        return self._store.following(stream_id, since_id, query)

    def nearest_bet(self, stream_id: UUID, nonce: int, query: BetQuery) -> tuple[int, int] | None:
        """Give id and nonce of the first bet from a nonce on, else the last before; raises NotFoundError."""
        return self._store.nearest_bet(stream_id, nonce, query)

    def board(self, stream_id: UUID) -> AbstractContextManager[BoardReader]:
        """Give reads of one stream that all see it at the same moment; raises NotFoundError when entered."""
        return self._store.board(stream_id)

    def rounds(self, stream_id: UUID, since_nonce: int | None, limit: int, offset: int) -> RoundPage:
        """Give a page of observed rounds, highest nonce first; raises NotFoundError."""
        return self._store.rounds(stream_id, since_nonce, limit, offset)

    def metrics(
        self,
        stream_id: UUID,
        multipliers: Sequence[object],
        bucket_size: object = 1000,
        top: int = 20,
        match: Match = Match.EXACT,
    ) -> StreamMetrics:
        """Give a stream's figures for some multipliers; raises NotFoundError and FieldError."""
        return stream_metrics(self._store, stream_id, multipliers, bucket_size, top, match)

    def iter_bets(self, stream_id: UUID) -> Iterator[Sequence[BetRow]]:
        """Yield all bets of a stream in pages; raises NotFoundError here, not at the first page."""
        return self._store.iter_bets(stream_id)

    def export_csv(self, stream_id: UUID) -> Iterator[str]:
        """Yield a stream's bets as CSV in pieces; raises NotFoundError here, not at the first piece."""
        return stream_csv(self.iter_bets(stream_id))

    def known_hashes(self) -> frozenset[str]:
        """Give the hashed server seeds of all streams."""
        return self._store.known_hashes()

    # Changes

    def set_notes(self, stream_id: UUID, notes: object) -> Future[StreamRow]:
        """Give a stream other notes; None or empty text clears them."""
        stored = self._store.set_notes(stream_id, parse_note("notes", notes))
        return self._telling(stored, stream_id)

    def delete(self, stream_id: UUID) -> Future[None]:
        """Delete a stream with all its rows; raises NotFoundError."""
        try:
            key = self._store.key_of(stream_id)
        except UnreadableRowError:
            key = None

        def follow(_none: None) -> None:
            if key is None:
                self._seeds.forget_all()
            else:
                self._seeds.forget(key)
            self._landed.forget(stream_id)
            self._hub.publish(StreamChanged(stream_id, deleted=True))

        return followed(self._store.delete(stream_id), follow)

    def add_bookmark(self, stream_id: UUID, bet_id: int, note: object) -> Future[Bookmark]:
        """Put a note at a bet of this stream."""
        stored = self._store.marks.add_bookmark(stream_id, bet_id, parse_note("note", note), self._now())
        return self._telling(stored, stream_id)

    def bookmarks(self, stream_id: UUID) -> tuple[Bookmark, ...]:
        """Give the bookmarks of a stream; raises NotFoundError."""
        return self._store.marks.bookmarks(stream_id)

    def set_bookmark_note(self, stream_id: UUID, bookmark_id: UUID, note: object) -> Future[Bookmark]:
        """Give a bookmark another note."""
        stored = self._store.marks.set_bookmark_note(stream_id, bookmark_id, parse_note("note", note))
        return self._telling(stored, stream_id)

    def delete_bookmark(self, stream_id: UUID, bookmark_id: UUID) -> Future[None]:
        """Take a bookmark away."""
        stored = self._store.marks.delete_bookmark(stream_id, bookmark_id)
        return self._telling(stored, stream_id)

    def bookmarked_bets(self, stream_id: UUID) -> tuple[BookmarkedBet, ...]:
        """Give the bookmarks of a stream with their bets, by nonce; raises NotFoundError."""
        return self._store.marks.bookmarked_bets(stream_id)

    def restore_bookmark(self, stream_id: UUID, bookmark: Bookmark) -> Future[None]:
        """Put a bookmark that was deleted back as it was."""
        stored = self._store.marks.restore_bookmark(stream_id, bookmark)
        return self._telling(stored, stream_id)

    def add_snapshot(
        self, stream_id: UUID, name: object, wanted: object, last_bet_id: int | None
    ) -> Future[Snapshot]:
        """Keep a stream as of a bet (the last one for None) under a filter."""
        words = parse_snapshot_name(name), parse_filter(wanted)
        stored = self._store.marks.add_snapshot(stream_id, *words, last_bet_id, self._now())
        return self._telling(stored, stream_id)

    def snapshots(self, stream_id: UUID) -> tuple[Snapshot, ...]:
        """Give the snapshots of a stream; raises NotFoundError."""
        return self._store.marks.snapshots(stream_id)

    def snapshot(self, snapshot_id: UUID) -> tuple[UUID, Snapshot]:
        """Give a snapshot and the stream it is of; raises NotFoundError."""
        return self._store.marks.snapshot(snapshot_id)

    def side(self, stream_id: UUID) -> AbstractContextManager[SideReader]:
        """Give a comparison's reads of one stream, at one moment; raises NotFoundError when entered."""
        return self._store.side(stream_id)

    def rename_snapshot(self, stream_id: UUID, snapshot_id: UUID, name: object) -> Future[Snapshot]:
        """Give a snapshot another name."""
        stored = self._store.marks.rename_snapshot(stream_id, snapshot_id, parse_snapshot_name(name))
        return self._telling(stored, stream_id)

    def delete_snapshot(self, stream_id: UUID, snapshot_id: UUID) -> Future[None]:
        """Take a snapshot away."""
        stored = self._store.marks.delete_snapshot(stream_id, snapshot_id)
        return self._telling(stored, stream_id)

    def restore_snapshot(self, stream_id: UUID, snapshot: Snapshot) -> Future[None]:
        """Put a snapshot that was deleted back as it was."""
        stored = self._store.marks.restore_snapshot(stream_id, snapshot)
        return self._telling(stored, stream_id)

    def compare_snapshot(self, stream_id: UUID, snapshot: Snapshot) -> SnapshotComparison:
        """Give what passes a snapshot's filter as of its checkpoint, and now; raises NotFoundError."""
        then, now = self._store.marks.snapshot_figures(stream_id, snapshot, snapshot_query(snapshot))
        return SnapshotComparison(snapshot, then, now)

    # Revealed streams

    def seed_of_hash(self, server_seed_hashed: str) -> str | None:
        """Give the server seed with this hash, when any stream has revealed it."""
        return self._store.seed_of_hash(server_seed_hashed)

    def file_seed(self, stream_id: UUID, key: StreamKey, server_seed: str) -> None:
        """Store the seed of a stream (its hash was checked) and judge whatever arrives from now on."""
        if self._store.seed_of(key) is None:
            self._store.reveal(stream_id, server_seed, self._now()).result()
        self._seeds.learn(key, server_seed)

    def audit(
        self,
        stream_id: UUID,
        *,
        tell: Callable[[AuditProgress], None] = lambda _progress: None,
        see: Callable[[BetsPage], None] = lambda _bets: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Audit:
        """Check every bet and round of a revealed stream again; see ``services.audit``."""
        # What was on its way before the seed was known is stored before anything is read.
        self._writer.submit(lambda _connection: None).result()
        try:
            return audit_stream(
                self._store,
                stream_id,
                tell=tell,
                see=see,
                cancelled=lambda: self._beside.closing or cancelled(),
            )
        finally:
            self._hub.publish(StreamChanged(stream_id))

    def bets_by_id(self, stream_id: UUID, ids: Sequence[int]) -> list[AuditedBet]:
        """Give some bets of a stream as an audit reads them, by nonce; raises NotFoundError."""
        return self._store.bets_by_id(stream_id, ids)

    def mismatched(self, stream_id: UUID, limit: int) -> tuple[list[AuditedBet], list[AuditedRound]]:
        """Give the first bets, and the first rounds of heartbeats, that were found not to match."""
        return self._store.mismatched(stream_id, limit)

    def chain_moments(self, stream_id: UUID) -> list[StreamMoments]:
        """Give when the streams of a stream's client seed came and were revealed; raises NotFoundError."""
        return self._store.chain_moments(stream_id)

    def now(self) -> datetime:
        """Give the time by the clock that stamps what arrives."""
        return self._now()

    def start_over(self) -> None:
        """Forget what was remembered of streams: other data stands in the file now."""
        self._seeds.forget_all()
        self._landed.forget_all()

    def close(self) -> None:
        """Stop the background audits; may be called more than once."""
        self._beside.close()

    def _telling(self, stored: Future[T], stream_id: UUID) -> Future[T]:
        """Give a future that is answered like ``stored``, once everybody was told of the stream's change."""
        return followed(stored, lambda _result: self._hub.publish(StreamChanged(stream_id)))

    def _forget_unstored(self, fresh: frozenset[StreamKey], stored: Future[list[Accepted]]) -> None:
        """Forget the seeds that messages brought when the file does not have them."""
        if stored.exception() is not None:
            self._forget_seeds(fresh)

    def _forget_seeds(self, keys: Iterable[StreamKey]) -> None:
        for key in keys:
            self._seeds.forget(key)

    def _took_in(
        self,
        messages: Sequence[Message],
        fresh: frozenset[StreamKey],
        seeds: Mapping[StreamKey, str | None],
        accepted: Sequence[Accepted],
    ) -> None:
        """Count what a commit brought; a stream whose older bets can be judged only now is audited.

        A simulation revealed it, or another program did (``streams reveal`` beside the window), so that
        messages came in without a seed, though the file has it. Where it is the other way round, another
        program has deleted the stream.
        """
        self._landed.add(accepted)
        new = {one.stream_id for one in accepted if one.new_stream}
        told = set()
        for message, one in zip(messages, accepted, strict=True):
            if message.stream in fresh:
                told.add(one.stream_id)
            elif one.revealed and seeds[message.stream] is None:
                self._seeds.forget(message.stream)
                told.add(one.stream_id)
            elif one.accepted and not one.revealed and seeds[message.stream] is not None:
                self._seeds.forget(message.stream)
        for stream_id in told - new:
            self._beside.do(partial(self.audit, stream_id))
