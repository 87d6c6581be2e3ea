"""Streams and snapshots as sides of a comparison: what was observed of them, and what it may be used for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.live import StreamDetail
from pump_desktop.domain.sides import SideKey, SideKind
from pump_desktop.services.live.inputs import snapshot_query
from pump_desktop.stats.hits import HitFilter, Hits, Nonces, Outcomes
from pump_desktop.stats.streams import MAX_LOST, Coverage, coverage_of
from pump_desktop.store.live.compare_reads import Extent, Part, SideReader

if TYPE_CHECKING:
    from pump_desktop.services.live.live import Live


@dataclass(frozen=True, slots=True)
class StreamSource:
    """A stream or snapshot at one difficulty; ``reason`` says why it has no rates, else it is empty.

    ``counts`` are rounds per k of the table, ``note`` says what is left out of them and what else there is.
    """

    key: SideKey
    stream_id: UUID
    name: str
    server_seed_sha256: str
    client_seed: str
    difficulty: Difficulty
    played: tuple[Difficulty, ...]
    counts: tuple[int, ...]
    nonce_start: int
    nonce_end: int
    part: Part
    reason: str
    note: str

    @property
    def id(self) -> UUID:
        """The id of the stream or snapshot."""
        return self.key.id

    @property
    def count(self) -> int:
        """Number of rounds."""
        return sum(self.counts)

    @property
    def targets(self) -> tuple[float, ...]:
        """Multipliers somebody asked for: none."""
        return ()


@dataclass(frozen=True, slots=True)
class StreamHits:
    """Observed hits, the rounds among which they were found, and how far the stream was read.

    ``known`` is how many rounds of the difficulty there were up to nonce ``last``.
    """

    wanted: HitFilter
    hits: Hits
    rounds: int
    known: int
    last: int


def read_source(live: Live, key: SideKey) -> StreamSource:
    """Read what was observed of a stream or snapshot.

    Raises NotFoundError, and FieldError when no message says a difficulty.
    """
    name, stream_id, part, only = "", key.id, Part(), None
    if key.kind is SideKind.SNAPSHOT:
        stream_id, snapshot = live.snapshot(key.id)
        query = snapshot_query(snapshot)
        name, only = snapshot.name, query.difficulty
        part = Part(snapshot.last_bet_id, query.min_multiplier)
    with live.side(stream_id) as reader:
        detail = reader.detail()
        extent = _extent(reader, part, detail)
        results = reader.results(part)
    difficulty = key.difficulty or only or _most_frequent(results, detail)
    # Another difficulty than the snapshot's filter wants has no round in it.
    own = results.get(difficulty.value, {}) if only in {None, difficulty} else {}
    table = {entry: k for k, entry in enumerate(PAYOUTS[difficulty])}
    counts = [0] * len(table)
    for entry, rounds in own.items():
        if entry in table:
            counts[table[entry]] += rounds
    off_table = sum(rounds for entry, rounds in own.items() if entry not in table)
    unnamed = sum(results.get("", {}).values())
    return StreamSource(
        key=key,
        stream_id=stream_id,
        name=name,
        server_seed_sha256=detail.row.server_seed_hashed,
        client_seed=detail.row.client_seed,
        difficulty=difficulty,
        played=tuple(one for one in Difficulty if one.value in results and only in {None, one}),
        counts=tuple(counts),
        nonce_start=extent.first or 0,
        nonce_end=extent.last or 0,
        part=part,
        reason=_reason(part, _coverage(extent, detail, part), sum(counts), off_table, unnamed),
        note=_note(results, difficulty, off_table, unnamed),
    )


def stream_hits(
    live: Live, source: StreamSource, wanted: HitFilter, before: StreamHits | None = None
) -> StreamHits:
    """Give the observed hits of a filter; raises NotFoundError.

    After an earlier reading of the same filter only the rounds behind it are read, unless a late nonce came.
    """
    with live.side(source.stream_id) as reader:
        read = _Reading(reader, source, wanted)
        if before is None or before.wanted != wanted:
            return read.whole()
        if source.part.up_to_id is not None:
            return before
        return read.behind(before)


class _Reading:
    """Reads the hits of one filter, from nonce to nonce."""

    def __init__(self, reader: SideReader, source: StreamSource, wanted: HitFilter) -> None:
        self._reader = reader
        self._source = source
        self._wanted = wanted
        table = PAYOUTS[source.difficulty]
        self._k = {table[k]: k for k in wanted.safe_pumps(source.difficulty)}
        detail = reader.detail()
        self._end = max(source.nonce_end, detail.row.last_nonce or 0)

    def whole(self) -> StreamHits:
        """Read all of them."""
        first, last = self._wanted.span(1, self._end)
        hits = Hits(*self._hits(first, last))
        known = self._count(1, self._end)
        rounds = known if (first, last) == (1, self._end) else self._count(first, last)
        return StreamHits(self._wanted, hits, rounds, known, self._end)

    def behind(self, before: StreamHits) -> StreamHits:
        """Read those behind an earlier reading, or all when a nonce came late."""
        results = self._reader.results(self._source.part).get(self._source.difficulty.value, {})
        added = self._count(before.last + 1, self._end)
        if sum(results.values()) - added != before.known:
            return self.whole()
        first, last = self._wanted.span(before.last + 1, self._end)
        nonces, safe_pumps = self._hits(first, last)
        hits = before.hits
        if len(nonces):
            hits = Hits(np.concatenate([hits.nonces, nonces]), np.concatenate([hits.safe_pumps, safe_pumps]))
        rounds = before.rounds + self._count(first, last)
        return StreamHits(self._wanted, hits, rounds, before.known + added, self._end)

    def _count(self, first: int, last: int) -> int:
        return self._reader.rounds_between(self._source.part, self._source.difficulty, first, last)

    def _hits(self, first: int, last: int) -> tuple[Nonces, Outcomes]:
        part, difficulty = self._source.part, self._source.difficulty
        rows = self._reader.hits(part, difficulty, tuple(self._k), first, last)
        nonces = np.fromiter((nonce for nonce, _ in rows), np.int64, len(rows))
        return nonces, np.fromiter((self._k[entry] for _, entry in rows), np.uint8, len(rows))


def _extent(reader: SideReader, part: Part, detail: StreamDetail) -> Extent:
    if part.up_to_id is not None:
        return reader.extent(part)
    row = detail.row
    return Extent(detail.first_nonce, row.last_nonce, row.total_rounds, detail.lowest_multiplier)


def _coverage(extent: Extent, detail: StreamDetail, part: Part) -> Coverage:
    # A snapshot holds bets alone: rounds that only a heartbeat told are missing from it.
    heartbeats = detail.heartbeats if part.up_to_id is None else 0
    return coverage_of(extent.first, extent.last, extent.rounds, heartbeats, extent.lowest)


def _most_frequent(results: Mapping[str, Mapping[float, int]], detail: StreamDetail) -> Difficulty:
    named = {name: sum(counts.values()) for name, counts in results.items() if name}
    if not named:
        raise FieldError(
            "sides", f"“{detail.row.client_seed}” cannot be compared: no message of it says its difficulty"
        )
    return Difficulty(max(named, key=lambda name: (named[name], name)))


def _reason(part: Part, covered: Coverage, count: int, off_table: int, unnamed: int) -> str:
    if part.least is not None and part.least > 1:
        return f"Its filter keeps only results of at least {part.least:.2f}x; rates need every round."
    if covered.reason is not None:
        return covered.reason
    if not count:
        return "No round of this difficulty was observed."
    # Results that are left out may not be a chance choice of all.
    left_out = off_table + unnamed
    if left_out > MAX_LOST * (count + left_out):
        what = f"{left_out:,} of {count + left_out:,} rounds"
        return f"{what} say no difficulty or a result off the table; rates need every round."
    return ""


def _note(
    results: Mapping[str, Mapping[float, int]], difficulty: Difficulty, off_table: int, unnamed: int
) -> str:
    words = []
    others = [name for name in results if name and name != difficulty.value]
    if others:
        labels = " and ".join(Difficulty(name).label for name in sorted(others))
        words.append(f"Only its rounds at {difficulty.label}; it has others at {labels}.")
    if off_table:
        words.append(f"{_rounds(off_table)} off the table left out.")
    if unnamed:
        words.append(f"{_rounds(unnamed)} without a difficulty left out.")
    return " ".join(words)


def _rounds(count: int) -> str:
    return "1 round" if count == 1 else f"{count:,} rounds"
