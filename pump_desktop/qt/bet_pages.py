"""Pages of an open stream's bets, read on the worker's thread and made into columns there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import BetOrder, BetQuery, StreamQuery, StreamRow
from pump_desktop.qt.models.bet_columns import BetColumns

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend

PAGE_BETS = 200
TAIL_BETS = 1_000
PAGE_STREAMS = 1_000
# Bets above the one that was jumped to.
ABOVE = 60


@dataclass(frozen=True, slots=True)
class Shown:
    """Which bets are shown, and which of them first."""

    least: float | None = None
    difficulty: Difficulty | None = None
    newest_first: bool = True

    @property
    def filtered(self) -> bool:
        """Whether some bets are left out."""
        return self.least is not None or self.difficulty is not None

    def query(self, limit: int, up_to_id: int | None = None) -> BetQuery:
        """Give the question for a page of them, newest first."""
        return BetQuery(
            limit=limit,
            min_multiplier=self.least,
            difficulty=self.difficulty,
            order=BetOrder.ID_DESC,
            include_distance=True,
            up_to_id=up_to_id,
        )


@dataclass(frozen=True, slots=True)
class BetsPage:
    """Some bets as columns; ``last_id`` is the highest id that was looked at.

    ``more`` tells that there are others beyond. ``over`` tells that it is a page to start with, because there
    was too much between it and the last answer; ``ahead`` that newer bets follow it, ``found`` id and nonce
    that were jumped to, and ``total`` how many bets fit in all.
    """

    columns: BetColumns
    last_id: int
    more: bool
    over: bool = False
    ahead: bool = False
    total: int | None = None
    found: tuple[int, int] | None = None


def all_streams(backend: Backend) -> list[StreamRow]:
    """Read every stream, last seen first."""
    streams: list[StreamRow] = []
    seen = 0
    while True:
        page = backend.live.streams(StreamQuery(limit=PAGE_STREAMS, offset=seen))
        streams += page.items
        seen += len(page.items) + page.left_out
        if not (page.items or page.left_out) or seen >= page.total:
            return streams


def last_seen_streams(backend: Backend, limit: int) -> list[StreamRow]:
    """Read the streams that were seen last."""
    return list(backend.live.streams(StreamQuery(limit=limit)).items)


def newest_bets(
    backend: Backend, stream_id: UUID, shown: Shown, up_to_id: int | None = None, limit: int = PAGE_BETS
) -> BetsPage:
    """Read the newest bets that fit, or the newest up to an id, newest first."""
    page = backend.live.bets(stream_id, shown.query(limit, up_to_id))
    last_id = page.items[0].id if page.items else 0
    # A page of which nothing can be read leads no further.
    more = bool(page.items) and len(page.items) + page.left_out < page.total
    return BetsPage(BetColumns(page.items), last_id, more, over=True, total=page.total)


def oldest_bets(backend: Backend, stream_id: UUID, shown: Shown) -> BetsPage:
    """Read the oldest bets that fit."""
    tail = backend.live.following(stream_id, 0, shown.query(PAGE_BETS))
    columns = BetColumns(reversed(tail.bets))
    total = count_bets(backend, stream_id, shown).total
    return BetsPage(columns, tail.last_id, more=False, over=True, ahead=tail.has_more, total=total)


def bets_around(backend: Backend, stream_id: UUID, shown: Shown, nonce: int) -> BetsPage:
    """Read the bets around the first one from a nonce on that fits, or around the last one before."""
    found = backend.live.nearest_bet(stream_id, nonce, shown.query(1))
    if found is None:
        return newest_bets(backend, stream_id, shown)
    return bets_at(backend, stream_id, shown, found[0])


def bets_at(backend: Backend, stream_id: UUID, shown: Shown, bet_id: int) -> BetsPage:
    """Read the bets around one of them."""
    newer = backend.live.following(stream_id, bet_id, shown.query(ABOVE))
    older = backend.live.bets(stream_id, shown.query(PAGE_BETS, bet_id))
    return BetsPage(
        BetColumns([*reversed(newer.bets), *older.items]),
        newer.last_id,
        more=bool(older.items) and len(older.items) + older.left_out < older.total,
        over=True,
        ahead=newer.has_more,
        total=count_bets(backend, stream_id, shown).total,
        found=(older.items[0].id, older.items[0].nonce) if older.items else None,
    )


def count_bets(backend: Backend, stream_id: UUID, shown: Shown) -> BetsPage:
    """Count the bets that fit."""
    page = backend.live.bets(stream_id, shown.query(1))
    return BetsPage(BetColumns(), page.items[0].id if page.items else 0, more=False, total=page.total)


def bets_since(
    backend: Backend,
    stream_id: UUID,
    shown: Shown,
    since: int,
    limit: int = TAIL_BETS,
    *,
    skip: bool = False,
) -> BetsPage:
    """Read what came after an id, oldest first, or the newest page when that is too much."""
    tail = backend.live.following(stream_id, since, shown.query(limit))
    if skip and tail.has_more:
        return newest_bets(backend, stream_id, shown)
    return BetsPage(BetColumns(tail.bets), tail.last_id, tail.has_more)
