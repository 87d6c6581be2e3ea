"""Stored runs: added whole, listed, read back, renamed, duplicated and deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Select, Table, case, func, literal, or_, select

from pump_desktop.domain.errors import ConflictError, NotFoundError, StoreError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.memory import memory_for
from pump_desktop.domain.runs import Run, RunGroupPage, RunPage, RunQuery, RunSort
from pump_desktop.store.connections import driver_of, folded
from pump_desktop.store.database import Database
from pump_desktop.store.outcomes import OutcomeChunk, check_cover, compress, damaged, unpack
from pump_desktop.store.readable import kept
from pump_desktop.store.rows import chunk_of, chunk_values, row_of, run_of, run_values
from pump_desktop.store.run_groups import highest_of, none_of, of_pair, read_groups
from pump_desktop.store.tables import run_outcomes, runs
from pump_desktop.store.writer import Writer

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
