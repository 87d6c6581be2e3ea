"""Stored runs: added whole, listed, read back, renamed, duplicated and deleted."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Table,
    Text,
    case,
    func,
    literal,
    not_,
    or_,
    select,
)

from pump_desktop.domain.errors import ConflictError, DamagedRunError, NotFoundError, StoreError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.memory import memory_for
from pump_desktop.domain.requests import MAX_NONCE
from pump_desktop.domain.runs import (
    Run,
    RunGroup,
    RunGroupPage,
    RunPage,
    RunQuery,
    RunRow,
    RunSort,
    RunSummary,
    SeedPair,
)
from pump_desktop.store.db.connections import driver_of, folded
from pump_desktop.store.db.database import Database
from pump_desktop.store.db.readable import Columns, Fits, amount, identity, kept, moment, one_of, text, whole
from pump_desktop.store.db.tables import run_outcomes, runs
from pump_desktop.store.db.writer import Writer

# Outcomes are independent, so there are no repeats worth a search: Huffman coding alone packs 2^20 expert
# outcomes in 10 ms to 0.30 bytes each. Level 1 takes 14 ms for 0.40, level 6 146 ms for 0.36.
_LEVEL = 1
_STRATEGY = zlib.Z_HUFFMAN_ONLY


@dataclass(frozen=True, slots=True)
class OutcomeChunk:
    """The outcomes of ``count`` nonces from ``first_nonce`` on; ``data`` is what compress() gave."""

    first_nonce: int
    count: int
    data: bytes


def compress(k: memoryview | bytes | NDArray[np.uint8]) -> bytes:
    """Give the zlib stream to store for outcomes, one byte k per nonce."""
    deflate = zlib.compressobj(_LEVEL, strategy=_STRATEGY)
    return deflate.compress(k.data if isinstance(k, np.ndarray) else k) + deflate.flush()


def check_cover(run: Run, chunks: Sequence[OutcomeChunk], nonce: int) -> None:
    """Raise ValueError unless the chunks, in order, cover the run from ``nonce`` to its end without a gap."""
    for chunk in chunks:
        if chunk.first_nonce != nonce or chunk.count < 1:
            raise ValueError(f"the chunk at nonce {chunk.first_nonce} does not continue at nonce {nonce}")
        nonce += chunk.count
    if nonce != run.nonce_end + 1:
        raise ValueError(f"the chunks end before nonce {nonce}, the run ends with {run.nonce_end}")


def unpack(run: Run, chunk: OutcomeChunk, nonce: int) -> NDArray[np.uint8]:
    """Return the outcomes of a stored chunk that must begin at ``nonce``; raises DamagedRunError."""
    inflate = zlib.decompressobj()
    try:
        if chunk.first_nonce != nonce or not 1 <= chunk.count <= run.nonce_end - nonce + 1:
            raise damaged(run, nonce)
        # One byte more than wanted shows a chunk that is too long without unpacking all of it.
        data = inflate.decompress(chunk.data, chunk.count + 1)
    except (TypeError, zlib.error) as error:
        # A row that holds text where a number or bytes belong is a TypeError.
        raise damaged(run, nonce) from error
    if len(data) != chunk.count or not inflate.eof or inflate.unused_data:
        raise damaged(run, nonce)
    k = np.frombuffer(data, dtype=np.uint8)
    if int(k.max()) > run.difficulty.max_safe:
        raise damaged(run, nonce)
    return k


def damaged(run: Run, nonce: int) -> DamagedRunError:
    """Give the error for stored outcomes that are missing or wrong from ``nonce`` on."""
    return DamagedRunError(
        f"The stored outcomes of run {run.id} are damaged from nonce {nonce} on. "
        "Scan its range again with the same seeds; the other runs are not affected."
    )


# Columns that a run and its line in a list have as they are.
_PLAIN = (
    "id", "created_at", "name", "notes", "server_seed_sha256", "client_seed", "nonce_start", "nonce_end",
    "duration_ms", "engine_version", "outcome_digest",
)  # fmt: skip


def _is_targets(value: object) -> bool:
    return isinstance(value, list) and all(amount(one) and one > 0 for one in value)


def _is_counts(value: object) -> bool:
    return isinstance(value, dict) and all(text(key) and whole()(count) for key, count in value.items())


_SUMMARY: dict[str, Fits] = {
    "count": whole(),
    "max_multiplier": amount,
    "median_multiplier": amount,
    "mean_multiplier": amount,
    "counts_by_target": _is_counts,
    "counts_at_least": _is_counts,
    "counts_by_multiplier": _is_counts,
    "top_max": lambda value: isinstance(value, list) and all(whole(1, MAX_NONCE)(nonce) for nonce in value),
}


def _is_summary(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == _SUMMARY.keys()
        and all(fits(value[name]) for name, fits in _SUMMARY.items())
    )


_SHARED: dict[str, Fits] = {
    "id": identity,
    "created_at": moment,
    "name": text,
    "notes": text,
    "server_seed_sha256": text,
    "client_seed": text,
    "nonce_start": whole(1, MAX_NONCE),
    "nonce_end": whole(1, MAX_NONCE),
    "difficulty": one_of(difficulty.value for difficulty in Difficulty),
    "targets": _is_targets,
    "duration_ms": whole(),
    "engine_version": text,
    "outcome_digest": text,
}
RUN = Columns("runs", **_SHARED, server_seed=text, summary=_is_summary)
_ROW = Columns("runs", **_SHARED, max_multiplier=amount)


def run_values(run: Run) -> dict[str, Any]:
    """Give the columns of a run."""
    return {
        **{name: getattr(run, name) for name in _PLAIN},
        "server_seed": run.server_seed,
        "difficulty": run.difficulty.value,
        "targets": run.targets,
        "summary": _summary_values(run.summary),
    }


def run_of(row: Mapping[Any, Any]) -> Run:
    """Return the run of a full row; id and time may be text or values. Raises UnreadableRowError."""
    RUN.check_mapping(row)
    summary = row["summary"]
    return Run(
        **_shared(row),
        server_seed=row["server_seed"],
        summary=RunSummary(**{**summary, "top_max": tuple(summary["top_max"])}),
    )


def row_of(row: Mapping[Any, Any]) -> RunRow:
    """Return the list row of a row without the server seed and the summary; raises UnreadableRowError."""
    _ROW.check_mapping(row)
    return RunRow(**_shared(row), max_multiplier=float(row["max_multiplier"]))


def _shared(row: Mapping[Any, Any]) -> dict[str, Any]:
    created_at = row["created_at"]
    return {
        **{name: row[name] for name in _PLAIN},
        "id": UUID(str(row["id"])),
        "created_at": datetime.fromisoformat(created_at) if isinstance(created_at, str) else created_at,
        "difficulty": Difficulty(row["difficulty"]),
        "targets": tuple(row["targets"]),
    }


def _summary_values(summary: RunSummary) -> dict[str, Any]:
    return {
        "count": summary.count,
        "max_multiplier": summary.max_multiplier,
        "median_multiplier": summary.median_multiplier,
        "mean_multiplier": summary.mean_multiplier,
        "counts_by_target": dict(summary.counts_by_target),
        "counts_at_least": dict(summary.counts_at_least),
        "counts_by_multiplier": dict(summary.counts_by_multiplier),
        "top_max": summary.top_max,
    }


def chunk_of(row: RowMapping) -> OutcomeChunk:
    """Give the chunk of a row of run_outcomes."""
    return OutcomeChunk(first_nonce=row["first_nonce"], count=row["count"], data=row["data"])


def chunk_values(run: Run, chunks: Sequence[OutcomeChunk], first_index: int = 0) -> list[dict[str, Any]]:
    """Give the columns of a run's chunks, numbered from ``first_index`` on."""
    return [
        {
            "run_id": run.id,
            "chunk_index": index,
            "first_nonce": chunk.first_nonce,
            "count": chunk.count,
            "data": chunk.data,
        }
        for index, chunk in enumerate(chunks, first_index)
    ]


_PAIR = (runs.c.server_seed_sha256, runs.c.client_seed)
_TIME = "____-__-__T__:__:__*Z".replace("_", "[0-9]")
# Of the rows that have a time: one that is damaged must not take its whole group away.
_NEWEST = func.max(case((runs.c.created_at.op("GLOB")(literal(_TIME, Text)), runs.c.created_at)))


_GROUP = Columns(
    "runs",
    server_seed_sha256=text,
    client_seed=text,
    runs=whole(1),
    nonces=whole(1),
    newest=moment,
    difficulties=text,
    max_multiplier=amount,
)


def read_groups(
    connection: Connection, conditions: Sequence[ColumnElement[bool]], limit: int, offset: int
) -> RunGroupPage:
    """Give a page of the groups of the runs that fulfil conditions, and how many of both there are."""
    grouped = select(*_PAIR).where(*conditions).group_by(*_PAIR)
    page = (
        grouped.add_columns(
            func.count().label("runs"),
            func.sum(runs.c.nonce_end - runs.c.nonce_start + 1).label("nonces"),
            _NEWEST.label("newest"),
            func.group_concat(runs.c.difficulty.distinct()).label("difficulties"),
            func.max(highest_of(runs.c.summary)).label("max_multiplier"),
        )
        .order_by(_NEWEST.desc(), *_PAIR)
        .limit(limit)
        .offset(offset)
    )
    total = select(func.count()).select_from(grouped.subquery())
    matching = select(func.count()).select_from(runs).where(*conditions)
    found = connection.execute(page).mappings().all()
    items = kept(driver_of(connection), found, _group_of)
    return RunGroupPage(
        items=tuple(items),
        total=connection.execute(total).scalar_one(),
        runs=connection.execute(matching).scalar_one(),
        limit=limit,
        offset=offset,
        left_out=len(found) - len(items),
    )


def highest_of(summary: ColumnElement[Any]) -> ColumnElement[float]:
    """Return the SQL of a summary's highest multiplier; null where the summary is no JSON."""
    return case((func.json_valid(summary) == 1, func.json_extract(summary, "$.max_multiplier")))


def none_of(run_ids: Collection[UUID]) -> ColumnElement[bool]:
    """Give the condition that a run is none of these; one value, however many they are."""
    ids = func.json_each(json.dumps([str(run_id) for run_id in run_ids])).table_valued("value")
    return not_(runs.c.id.in_(select(ids.c.value)))


def of_pair(pair: SeedPair) -> tuple[ColumnElement[bool], ...]:
    """Give the conditions that a run is one of a seed pair."""
    return (runs.c.server_seed_sha256 == pair.server_seed_sha256, runs.c.client_seed == pair.client_seed)


def _group_of(row: RowMapping) -> RunGroup:
    _GROUP.check_mapping(row)
    return RunGroup(
        pair=SeedPair(row["server_seed_sha256"], row["client_seed"]),
        runs=row["runs"],
        count=row["nonces"],
        newest=row["newest"],
        difficulties=frozenset(
            difficulty for difficulty in Difficulty if difficulty.value in row["difficulties"].split(",")
        ),
        max_multiplier=float(row["max_multiplier"]),
    )


__all__ = ["OutcomeChunk", "RunsStore", "compress"]

_HIGHEST: ColumnElement[float] = highest_of(runs.c.summary)

_ROW_COLUMNS = (
    *(column for column in runs.c if column.name not in {"server_seed", "summary"}),
    _HIGHEST.label("max_multiplier"),
)

_ORDER: Mapping[RunSort, ColumnElement[Any]] = {
    RunSort.CREATED: runs.c.created_at,
    RunSort.NAME: folded(runs.c.name),
    RunSort.CLIENT_SEED: folded(runs.c.client_seed),
    RunSort.DIFFICULTY: case(
        {difficulty.value: difficulty.pops for difficulty in Difficulty}, value=runs.c.difficulty
    ),
    RunSort.NONCE_START: runs.c.nonce_start,
    RunSort.COUNT: runs.c.nonce_end - runs.c.nonce_start,
    RunSort.HIGHEST: _HIGHEST,
    RunSort.DURATION: runs.c.duration_ms,
}


# What an extension changes; all else of a run stays.
_EXTENDED = {"nonce_start", "nonce_end", "duration_ms", "outcome_digest", "summary"}


class RunsStore:
    """The runs of one database; reads happen at once, writes answer through futures after the commit."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def add(self, run: Run, chunks: Sequence[OutcomeChunk]) -> Future[None]:
        """Store a run with all its outcomes, or nothing of it."""
        check_cover(run, chunks, run.nonce_start)
        values = run_values(run)
        pieces = chunk_values(run, chunks)

        def work(connection: Connection) -> None:
            connection.execute(runs.insert().values(values))
            connection.execute(run_outcomes.insert(), pieces)

        return self._writer.submit(work)

    def extend(
        self, former: Run, run: Run, chunks: Sequence[OutcomeChunk], *, kept_pieces: int = 0
    ) -> Future[Run]:
        """Put a run with a larger range in the place of the former one, all of it or nothing, and give it.

        The first ``kept_pieces`` stored pieces stay, and ``chunks`` go on behind them; name and notes stay.
        NotFoundError answers when the run is gone, ConflictError when it is not the former one any more.
        """
        pieces = chunk_values(run, chunks, kept_pieces)
        changes = {key: value for key, value in run_values(run).items() if key in _EXTENDED}
        this_run, its_pieces = runs.c.id == run.id, run_outcomes.c.run_id == run.id

        def work(connection: Connection) -> Run:
            stored = _get(connection, run.id)
            if (stored.nonce_start, stored.outcome_digest) != (former.nonce_start, former.outcome_digest):
                raise ConflictError("This run was changed meanwhile. Open it again and extend it from there.")
            kept = select(func.sum(run_outcomes.c.count)).where(its_pieces)
            kept_nonces = connection.execute(kept.where(run_outcomes.c.chunk_index < kept_pieces)).scalar()
            check_cover(run, chunks, run.nonce_start + (kept_nonces or 0))
            connection.execute(
                run_outcomes.delete().where(its_pieces, run_outcomes.c.chunk_index >= kept_pieces)
            )
            if pieces:
                connection.execute(run_outcomes.insert(), pieces)
            connection.execute(runs.update().where(this_run).values(changes))
            return _get(connection, run.id)

        return self._writer.submit(work)

    def get(self, run_id: UUID) -> Run:
        """Return one run; raises NotFoundError and UnreadableRowError."""
        with self._database.reading() as connection:
            return _get(connection, run_id)

    def list(self, query: RunQuery) -> RunPage:
        """Give a page of runs and how many there are; past the end it is empty with the same total."""
        conditions = _conditions(query)
        order = _ORDER[query.sort]
        rows = select(*_ROW_COLUMNS).where(*conditions).limit(query.limit).offset(query.offset)
        rows = (
            rows.order_by(order.desc(), runs.c.id.desc())
            if query.descending
            else rows.order_by(order, runs.c.id)
        )
        total = select(func.count()).select_from(runs).where(*conditions)
        with self._database.reading() as connection:
            found = connection.execute(rows).mappings().all()
            items = kept(driver_of(connection), found, row_of)
            return RunPage(
                items=tuple(items),
                total=connection.execute(total).scalar_one(),
                limit=query.limit,
                offset=query.offset,
                left_out=len(found) - len(items),
            )

    def groups(self, query: RunQuery) -> RunGroupPage:
        """Give a page of seed pairs with their runs in figures, the newest run first, whatever the sort."""
        with self._database.reading() as connection:
            return read_groups(connection, _conditions(query), query.limit, query.offset)

    def same_nonces(self, run: Run, difficulty: Difficulty) -> tuple[Run, ...]:
        """Give the runs of the same seeds and range at a difficulty, newest first."""
        alike = select(runs).where(
            runs.c.server_seed_sha256 == run.server_seed_sha256,
            runs.c.client_seed == run.client_seed,
            runs.c.nonce_start == run.nonce_start,
            runs.c.nonce_end == run.nonce_end,
            runs.c.difficulty == difficulty.value,
        )
        newest = alike.order_by(runs.c.created_at.desc(), runs.c.id.desc())
        with self._database.reading() as connection:
            return tuple(kept(driver_of(connection), connection.execute(newest).mappings(), run_of))

    def replayed(self, run_id: UUID) -> tuple[Run, NDArray[np.uint8]]:
        """Give the run and k of every nonce of it, both of one moment.

        Raises NotFoundError, and StoreError when chunks are damaged.
        """
        with self._database.reading() as connection:
            run = _get(connection, run_id)
            with memory_for(run.count):
                vector = np.empty(run.count, dtype=np.uint8)
                filled = 0
                # Row by row from the cursor: all compressed chunks at once would be a second copy of the run.
                for row in connection.execute(_chunks(run_id)).mappings():
                    k = unpack(run, chunk_of(row), run.nonce_start + filled)
                    vector[filled : filled + len(k)] = k
                    filled += len(k)
        if filled != run.count:
            raise damaged(run, run.nonce_start + filled)
        return run, vector

    def outcome_chunks(self, run_id: UUID) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """Yield (first nonce, outcomes) piece by piece; raises NotFoundError here, not at the first piece."""
        return self._outcome_chunks(self.get(run_id))

    def _outcome_chunks(self, run: Run) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        nonce, index = run.nonce_start, 0
        while nonce <= run.nonce_end:
            # A read of its own per piece: a slow download must not hold the write-ahead log for minutes.
            with self._database.reading() as connection:
                piece = _chunks(run.id).where(run_outcomes.c.chunk_index == index)
                row = connection.execute(piece).mappings().first()
                if row is None:
                    _unchanged(connection, run)
                    raise damaged(run, nonce)
            try:
                k = unpack(run, chunk_of(row), nonce)
            except StoreError:
                with self._database.reading() as connection:
                    _unchanged(connection, run)
                raise
            yield nonce, k
            nonce, index = nonce + len(k), index + 1

    def update(self, run_id: UUID, *, name: str | None = None, notes: str | None = None) -> Future[Run]:
        """Change the name, the notes or both, and give the run as it is then."""
        changes = {key: value for key, value in (("name", name), ("notes", notes)) if value is not None}

        def work(connection: Connection) -> Run:
            if changes:
                connection.execute(runs.update().where(runs.c.id == run_id).values(changes))
            return _get(connection, run_id)

        return self._writer.submit(work)

    def delete(self, run_id: UUID) -> Future[None]:
        """Remove a run with its outcomes."""

        def work(connection: Connection) -> None:
            if connection.execute(runs.delete().where(runs.c.id == run_id)).rowcount == 0:
                raise _not_found(run_id)

        return self._writer.submit(work)

    def duplicate(self, run_id: UUID, new_id: UUID, created_at: datetime, name: str) -> Future[Run]:
        """Store a copy of a run with its outcomes under a new id, and give it."""

        def work(connection: Connection) -> Run:
            fresh = {"id": new_id, "created_at": created_at, "name": name}
            if _copy(connection, runs, runs.c.id == run_id, fresh) == 0:
                raise _not_found(run_id)
            _copy(connection, run_outcomes, run_outcomes.c.run_id == run_id, {"run_id": new_id})
            return _get(connection, new_id)

        return self._writer.submit(work)

    def seed_of_hash(self, server_seed_sha256: str) -> str | None:
        """Give the server seed with this SHA-256, when a run was made with it."""
        known = select(runs.c.server_seed).where(runs.c.server_seed_sha256 == server_seed_sha256).limit(1)
        with self._database.reading() as connection:
            seed = connection.execute(known).scalar()
        return seed if isinstance(seed, str) else None

    def known_hashes(self) -> frozenset[str]:
        """Give the SHA-256 of every server seed that a run was made with."""
        with self._database.reading() as connection:
            hashes = connection.execute(select(runs.c.server_seed_sha256).distinct()).scalars()
            return frozenset(one for one in hashes if isinstance(one, str))


def _get(connection: Connection, run_id: UUID) -> Run:
    row = connection.execute(select(runs).where(runs.c.id == run_id)).mappings().first()
    if row is None:
        raise _not_found(run_id)
    return run_of(row)


def _unchanged(connection: Connection, run: Run) -> None:
    """Raise NotFoundError for a run that was deleted, and ConflictError for one that was extended."""
    if _get(connection, run.id).outcome_digest != run.outcome_digest:
        raise ConflictError("This run was extended while it was read. Ask for it again.")


def _chunks(run_id: UUID) -> Select[Any]:
    """Give the query for a run's chunks in order, with the columns of OutcomeChunk."""
    columns = (run_outcomes.c.first_nonce, run_outcomes.c.count, run_outcomes.c.data)
    return select(*columns).where(run_outcomes.c.run_id == run_id).order_by(run_outcomes.c.chunk_index)


def _conditions(query: RunQuery) -> tuple[ColumnElement[bool], ...]:
    """Give what a row must fulfil; instr() knows no wildcards, so % and _ are themselves."""
    conditions: list[ColumnElement[bool]] = []
    if query.search:
        needle = query.search.casefold()
        conditions.append(
            or_(*(func.instr(folded(column), needle) > 0 for column in (runs.c.client_seed, runs.c.name)))
        )
    if query.difficulty is not None:
        conditions.append(runs.c.difficulty == query.difficulty.value)
    if query.pair is not None:
        conditions += of_pair(query.pair)
    if query.server_seed:
        start = func.substr(runs.c.server_seed, 1, len(query.server_seed))
        conditions.append(start == query.server_seed)
    if query.without:
        conditions.append(none_of(query.without))
    return tuple(conditions)


def _copy(connection: Connection, table: Table, which: ColumnElement[bool], fresh: Mapping[str, Any]) -> int:
    """Insert copies of rows with some columns replaced; give how many."""
    columns = [
        literal(fresh[column.name], column.type) if column.name in fresh else column for column in table.c
    ]
    source = select(*columns).where(which)
    return connection.execute(table.insert().from_select(table.c.keys(), source)).rowcount


def _not_found(run_id: UUID) -> NotFoundError:
    """Give the error for an id that no run has."""
    return NotFoundError(f"Run with id {run_id} not found")
