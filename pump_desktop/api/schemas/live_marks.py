"""Bodies of bookmarks and snapshots."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pump_desktop.api.schemas.runs import Body, UtcTime


class BookmarkBody(Body):
    """A note at a bet."""

    id: UUID
    bet_id: int
    note: str
    created_at: UtcTime


class BookmarkList(Body):
    """A page of bookmarks."""

    items: list[BookmarkBody]
    total: int
    limit: int
    offset: int


class SnapshotBody(Body):
    """A stream as of a bet, under a filter."""

    id: UUID
    name: str
    filter: dict[str, Any]
    last_bet_id: int
    created_at: UtcTime


class SnapshotList(Body):
    """A page of snapshots."""

    items: list[SnapshotBody]
    total: int
    limit: int
    offset: int
