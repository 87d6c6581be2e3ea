"""Pages of a stream's bets and rounds that stay quick on millions of rows, however far they begin.

Stepping over a million index entries takes 70 ms. So a far page first asks live_tallies which bucket of
nonces it begins in, and steps within that bucket only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from pump_desktop.domain.live import BetOrder, BetPage, BetQuery, BetRow, BetTail, RoundPage
from pump_desktop.store.db.readable import kept
from pump_desktop.store.db.tables import TALLY_BUCKET
from pump_desktop.store.live.rows import ANY_ID, BET_COLUMNS, ROUND_COLUMNS, bet_of, passing, round_of

# Up to here it is quicker to sort all matches (0.5 us each) than to look for them among all bets.
WORTH_SORTING = 20_000

# LAG() over the stream would number its million rows for each page; one step down the index
# (stream, multiplier, nonce) gives the same neighbour.
_DISTANCE = """
    , b.nonce - (
        SELECT earlier.nonce FROM live_bets AS earlier
        WHERE earlier.stream_id = b.stream_id AND earlier.round_result = b.round_result
            AND (earlier.nonce, earlier.id) < (b.nonce, b.id) AND earlier.id <= :up_to_id
        ORDER BY earlier.nonce DESC, earlier.id DESC LIMIT 1
    )
"""
_ORDERS = {
    BetOrder.NONCE_ASC: "nonce, id",
    BetOrder.NONCE_DESC: "nonce DESC, id DESC",
    BetOrder.ID_DESC: "id DESC",
}


def bets_page(driver: sqlite3.Connection, stream_id: UUID, total_bets: int, query: BetQuery) -> BetPage:
    """Give a page of the bets of a stream that has ``total_bets``."""
    by_id = query.order is BetOrder.ID_DESC
    ask = _Ask(driver, stream_id, query)
    buckets: list[tuple[int, int]] = []
    total = total_bets
    if ask.filter or query.up_to_id is not None or query.offset >= TALLY_BUCKET:
        # As of a checkpoint the bets are counted along their ids, whatever their order.
        buckets = ask.buckets("id" if by_id or query.up_to_id is not None else "nonce")
        total = sum(count for _, count in buckets)
    items: list[BetRow] = []
    found: list[Sequence[Any]] = []
    if query.offset < total:
        if query.min_multiplier is not None and total <= WORTH_SORTING:
            rows = ask.rows("ix_live_bets_stream_id_round_result", _Start(None, query.offset))
        elif by_id:
            rows = ask.rows("ix_live_bets_stream_id_id", _start(buckets, query.offset, descending=True))
        elif query.up_to_id is not None:
            # Nobody knows which nonces the later bets had: this steps over every row, 0.07 us each.
            rows = ask.rows("ix_live_bets_stream_id_nonce", _Start(None, query.offset))
        else:
            descending = query.order is BetOrder.NONCE_DESC
            rows = ask.rows(
                "ix_live_bets_stream_id_nonce", _start(buckets, query.offset, descending=descending)
            )
        found = list(rows)
        items = kept(driver, found, partial(bet_of, stream_id))
    return BetPage(tuple(items), int(total), query.limit, query.offset, len(found) - len(items))


@dataclass(frozen=True, slots=True)
class _Start:
    """Where the rows of a page are looked for: from this bucket on, after stepping over ``skip`` rows."""

    bucket: int | None
    skip: int


class _Ask:
    """The question of one page in SQL; all of it is put together from constants, and every value is bound."""

    def __init__(self, driver: sqlite3.Connection, stream_id: UUID, query: BetQuery) -> None:
        self._driver = driver
        self._query = query
        self.filter, values = passing(query)
        self._values: dict[str, Any] = {
            **values,
            "stream_id": str(stream_id),
            "up_to_id": ANY_ID if query.up_to_id is None else query.up_to_id,
            "limit": query.limit,
        }

    def buckets(self, axis: str) -> list[tuple[int, int]]:
        """Give (bucket, bets) ascending, of the bets that fit up to the checkpoint."""
        sql = f"""
            SELECT bucket, sum(bets) FROM live_tallies
            WHERE stream_id = :stream_id AND axis = :axis AND bucket < :bucket {self.filter}
            GROUP BY bucket HAVING sum(bets) > 0 ORDER BY bucket
        """  # noqa: S608 - see the class
        cut = ANY_ID if self._query.up_to_id is None else self._query.up_to_id // TALLY_BUCKET
        buckets = self._driver.execute(sql, {**self._values, "axis": axis, "bucket": cut}).fetchall()
        if self._query.up_to_id is not None:
            sql = f"""
                SELECT count(*) FROM live_bets INDEXED BY ix_live_bets_stream_id_id
                WHERE stream_id = :stream_id AND id BETWEEN :edge AND :up_to_id {self.filter}
            """  # noqa: S608 - see the class
            (count,) = self._driver.execute(sql, {**self._values, "edge": cut * TALLY_BUCKET}).fetchone()
            buckets.append((cut, count))
        return buckets

    def rows(self, index: str, start: _Start) -> Iterator[Sequence[Any]]:
        """Give the rows of the page, found through an index."""
        query = self._query
        order = _ORDERS[query.order]
        conditions = self.filter
        if query.up_to_id is not None:
            conditions += " AND id <= :up_to_id"
        edge = 0
        if start.bucket is not None:
            axis = "id" if query.order is BetOrder.ID_DESC else "nonce"
            if query.order is BetOrder.NONCE_ASC:
                edge = start.bucket * TALLY_BUCKET
                conditions += f" AND {axis} >= :edge"
            else:
                edge = (start.bucket + 1) * TALLY_BUCKET
                conditions += f" AND {axis} < :edge"
        sql = f"""
            SELECT {BET_COLUMNS} {_DISTANCE if query.include_distance else ""}
            FROM (
                SELECT id AS page_id FROM live_bets INDEXED BY {index}
                WHERE stream_id = :stream_id {conditions}
                ORDER BY {order} LIMIT :limit OFFSET :skip
            ) CROSS JOIN live_bets AS b ON b.id = page_id
            ORDER BY {", ".join(f"b.{column}" for column in order.split(", "))}
        """  # noqa: S608 - see the class
        return self._driver.execute(sql, {**self._values, "skip": start.skip, "edge": edge})

    def rows_after(self, since_id: int) -> Iterator[Sequence[Any]]:
        """Give the rows behind an id, ascending, one more than the limit."""
        sql = f"""
            SELECT {BET_COLUMNS} {_DISTANCE if self._query.include_distance else ""}
            FROM (
                SELECT id AS page_id FROM live_bets INDEXED BY ix_live_bets_stream_id_id
                WHERE stream_id = :stream_id AND id > :since_id {self.filter} ORDER BY id LIMIT :limit + 1
            ) CROSS JOIN live_bets AS b ON b.id = page_id
            ORDER BY b.id
        """  # noqa: S608 - see the class
        return self._driver.execute(sql, {**self._values, "since_id": since_id})

    def nearest(self, nonce: int, comparison: str, order: str) -> tuple[int, int] | None:
        """Give id and nonce of the first bet on one side of a nonce."""
        sql = f"""
            SELECT id, nonce FROM live_bets INDEXED BY ix_live_bets_stream_id_nonce
            WHERE stream_id = :stream_id AND nonce {comparison} :nonce {self.filter}
            ORDER BY nonce {order}, id {order} LIMIT 1
        """  # noqa: S608 - see the class
        found = self._driver.execute(sql, {**self._values, "nonce": nonce}).fetchone()
        return None if found is None else (found[0], found[1])


def last_bet_id(driver: sqlite3.Connection, stream_id: UUID) -> int:
    """Give the highest id of a stream's bets; 0 without any."""
    sql = "SELECT coalesce(max(id), 0) FROM live_bets WHERE stream_id = ?"
    (last,) = driver.execute(sql, (str(stream_id),)).fetchone()
    return int(last)


def bets_up_to(driver: sqlite3.Connection, stream_id: UUID, bet_id: int) -> int:
    """Count the bets of a stream up to an id."""
    return sum(count for _, count in _Ask(driver, stream_id, BetQuery(up_to_id=bet_id)).buckets("id"))


def tail_page(driver: sqlite3.Connection, stream_id: UUID, since_id: int, limit: int) -> BetTail:
    """Give the bets after an id, ascending, and whether there are more."""
    sql = f"""
        SELECT {BET_COLUMNS} FROM live_bets AS b INDEXED BY ix_live_bets_stream_id_id
        WHERE b.stream_id = :stream_id AND b.id > :since_id ORDER BY b.id LIMIT :limit
    """  # noqa: S608 - constants
    values = {"stream_id": str(stream_id), "since_id": since_id, "limit": limit + 1}
    return _tail(driver, stream_id, driver.execute(sql, values).fetchall(), limit, since_id)


def following_page(driver: sqlite3.Connection, stream_id: UUID, since_id: int, query: BetQuery) -> BetTail:
    """Give the bets after an id that fit a query, ascending, and whether there are more.

    ``last_id`` is the id up to which everything was looked at, bets that do not fit included.
    """
    ask = _Ask(driver, stream_id, query)
    tail = _tail(driver, stream_id, list(ask.rows_after(since_id)), query.limit, since_id)
    return tail if tail.has_more else replace(tail, last_id=max(last_bet_id(driver, stream_id), since_id))


def _tail(
    driver: sqlite3.Connection, stream_id: UUID, rows: Sequence[Sequence[Any]], limit: int, since_id: int
) -> BetTail:
    """Return the bets of rows in the order of their ids, of which one more than the limit was asked for."""
    page = rows[:limit]
    bets = tuple(kept(driver, page, partial(bet_of, stream_id)))
    # Of the last row, also when it cannot be read: nobody is to ask for it again and again.
    return BetTail(bets, page[-1][0] if page else since_id, has_more=len(rows) > limit)


def nearest_bet(
    driver: sqlite3.Connection, stream_id: UUID, nonce: int, query: BetQuery
) -> tuple[int, int] | None:
    """Give id and nonce of the first bet from a nonce on that fits a query, else of the last before it."""
    ask = _Ask(driver, stream_id, query)
    return ask.nearest(nonce, ">=", "ASC") or ask.nearest(nonce, "<", "DESC")


def rounds_page(
    driver: sqlite3.Connection,
    stream_id: UUID,
    total_rounds: int,
    since_nonce: int | None,
    limit: int,
    offset: int,
) -> RoundPage:
    """Give a page of the rounds after a nonce, descending, of a stream that has ``total_rounds``."""
    since = since_nonce or 0
    buckets: list[tuple[int, int]] = []
    total = total_rounds
    if since > 0 or offset >= TALLY_BUCKET:
        buckets = _round_buckets(driver, str(stream_id), since)
        total = sum(count for _, count in buckets)
    if offset >= total:
        return RoundPage((), int(total), limit, offset)
    start = _start(buckets, offset, descending=True)
    edge = ANY_ID if start.bucket is None else (start.bucket + 1) * TALLY_BUCKET
    sql = f"""
        SELECT {ROUND_COLUMNS} FROM live_rounds
        WHERE stream_id = ? AND nonce > ? AND nonce < ? ORDER BY nonce DESC LIMIT ? OFFSET ?
    """  # noqa: S608 - constants
    rows = driver.execute(sql, (str(stream_id), since, edge, limit, start.skip))
    return RoundPage(tuple(kept(driver, rows, round_of)), int(total), limit, offset)


def _round_buckets(driver: sqlite3.Connection, stream_id: str, since: int) -> list[tuple[int, int]]:
    """Give (bucket, rounds) ascending, of the rounds after a nonce."""
    first = since // TALLY_BUCKET
    edge = (first + 1) * TALLY_BUCKET
    (count,) = driver.execute(
        "SELECT count(*) FROM live_rounds WHERE stream_id = ? AND nonce > ? AND nonce < ?",
        (stream_id, since, edge),
    ).fetchone()
    rest = driver.execute(
        """
        SELECT bucket, sum(rounds) FROM live_tallies WHERE stream_id = ? AND axis = 'nonce' AND bucket > ?
        GROUP BY bucket ORDER BY bucket
        """,
        (stream_id, first),
    )
    return [(bucket, n) for bucket, n in ((first, count), *rest) if n]


def _start(buckets: Sequence[tuple[int, int]], offset: int, *, descending: bool) -> _Start:
    """Give the bucket that holds the row at ``offset``, and how many of its rows come before that row."""
    skip = offset
    for bucket, count in reversed(buckets) if descending else buckets:
        if skip < count:
            return _Start(bucket, skip)
        skip -= count
    return _Start(None, offset)
