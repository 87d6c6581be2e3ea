"""Bookmarks and snapshots of a live stream."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Request, Response

from pump_desktop.api.context import Context, Ctx
from pump_desktop.api.errors import errors
from pump_desktop.api.openapi import ID_SCHEMA, json_body
from pump_desktop.api.params import MAX_ID, BetLimit, Limit, Offset
from pump_desktop.api.requests import json_object, required
from pump_desktop.api.responses import answered
from pump_desktop.api.schemas.live_marks import BookmarkBody, BookmarkList, SnapshotBody, SnapshotList
from pump_desktop.api.schemas.live_streams import BetList, bet_list
from pump_desktop.api.work import stored
from pump_desktop.domain.errors import FieldError, NotFoundError
from pump_desktop.domain.live import MAX_SNAPSHOT_NAME, MAX_STREAM_NOTES
from pump_desktop.services.live.inputs import snapshot_query
from pump_desktop.services.live.live import Live

router = APIRouter(prefix="/live/streams/{stream_id}", tags=["live streams"])

T = TypeVar("T")

_READ = errors(400, 401, 403, 404, 422, 503)
_WRITE = errors(400, 401, 403, 404, 409, 413, 422, 503)

_NOTE_SCHEMA = {"type": "string", "maxLength": MAX_STREAM_NOTES, "nullable": True}
_NAME_SCHEMA = {"type": "string", "minLength": 1, "maxLength": MAX_SNAPSHOT_NAME}
_BOOKMARK_BODY = json_body(
    "NewBookmark",
    {"bet_id": ID_SCHEMA, "note": _NOTE_SCHEMA},
    {"bet_id": 1, "note": "Look at this one"},
    required=("bet_id",),
)
_NOTE_BODY = json_body("Note", {"note": _NOTE_SCHEMA}, {"note": "Seen"}, required=("note",))
_SNAPSHOT_BODY = json_body(
    "NewSnapshot",
    {"name": _NAME_SCHEMA, "filter": {"type": "object"}, "last_bet_id": {**ID_SCHEMA, "nullable": True}},
    {"name": "Before lunch", "filter": {"min_multiplier": 400.02}},
    required=("name",),
)
_NAME_BODY = json_body("SnapshotName", {"name": _NAME_SCHEMA}, {"name": "After lunch"}, required=("name",))


def _bet_id(field: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_ID:
        raise FieldError(field, f"{field} must be the id of a bet, a whole number of at least 1")
    return value


async def _listed(
    context: Context, read: Callable[[UUID], tuple[T, ...]], stream_id: UUID, limit: int, offset: int
) -> dict[str, Any]:
    """Give a page of what is pinned to a stream: there are never so many that reading all would cost."""
    found = await context.work.read(read, stream_id)
    page = found[offset : offset + limit]
    return {"items": page, "total": len(found), "limit": limit, "offset": offset}


@router.post("/bookmarks", status_code=201, responses=_WRITE, openapi_extra=_BOOKMARK_BODY)
async def add_bookmark(context: Ctx, request: Request, stream_id: UUID) -> BookmarkBody:
    """Put a note at a bet."""
    body = await json_object(request)
    bet_id = _bet_id("bet_id", required(body, "bet_id"))
    made = context.backend.live.add_bookmark(stream_id, bet_id, body.get("note"))
    return BookmarkBody.model_validate(await stored(made))


@router.get("/bookmarks", responses=_READ)
async def list_bookmarks(
    context: Ctx, stream_id: UUID, *, limit: Limit = 50, offset: Offset = 0
) -> BookmarkList:
    """List the bookmarks of a stream."""
    page = await _listed(context, context.backend.live.bookmarks, stream_id, limit, offset)
    return BookmarkList.model_validate(page)


@router.put("/bookmarks/{bookmark_id}", responses=_WRITE, openapi_extra=_NOTE_BODY)
async def change_bookmark(context: Ctx, request: Request, stream_id: UUID, bookmark_id: UUID) -> BookmarkBody:
    """Give a bookmark another note."""
    note = required(await json_object(request), "note")
    changed = context.backend.live.set_bookmark_note(stream_id, bookmark_id, note)
    return BookmarkBody.model_validate(await stored(changed))


@router.delete("/bookmarks/{bookmark_id}", status_code=204, responses=_READ)
async def delete_bookmark(context: Ctx, stream_id: UUID, bookmark_id: UUID) -> None:
    """Take a bookmark away."""
    await stored(context.backend.live.delete_bookmark(stream_id, bookmark_id))


@router.post("/snapshots", status_code=201, responses=_WRITE, openapi_extra=_SNAPSHOT_BODY)
async def add_snapshot(context: Ctx, request: Request, stream_id: UUID) -> SnapshotBody:
    """Keep a stream as of a bet, the last one when none is named, under a filter."""
    body = await json_object(request)
    last = body.get("last_bet_id")
    made = context.backend.live.add_snapshot(
        stream_id,
        required(body, "name"),
        body.get("filter"),
        None if last is None else _bet_id("last_bet_id", last),
    )
    return SnapshotBody.model_validate(await stored(made))


@router.get("/snapshots", responses=_READ)
async def list_snapshots(
    context: Ctx, stream_id: UUID, *, limit: Limit = 50, offset: Offset = 0
) -> SnapshotList:
    """List the snapshots of a stream."""
    page = await _listed(context, context.backend.live.snapshots, stream_id, limit, offset)
    return SnapshotList.model_validate(page)


@router.put("/snapshots/{snapshot_id}", responses=_WRITE, openapi_extra=_NAME_BODY)
async def change_snapshot(context: Ctx, request: Request, stream_id: UUID, snapshot_id: UUID) -> SnapshotBody:
    """Give a snapshot another name."""
    name = required(await json_object(request), "name")
    changed = context.backend.live.rename_snapshot(stream_id, snapshot_id, name)
    return SnapshotBody.model_validate(await stored(changed))


@router.delete("/snapshots/{snapshot_id}", status_code=204, responses=_READ)
async def delete_snapshot(context: Ctx, stream_id: UUID, snapshot_id: UUID) -> None:
    """Take a snapshot away."""
    await stored(context.backend.live.delete_snapshot(stream_id, snapshot_id))


@router.get("/snapshots/{snapshot_id}/bets", response_model=BetList, responses=_READ)
async def replay_snapshot(
    context: Ctx, stream_id: UUID, snapshot_id: UUID, *, limit: BetLimit = 100, offset: Offset = 0
) -> Response:
    """List the bets of a snapshot: up to its checkpoint, under its filter."""
    live = context.backend.live
    return await answered(context, lambda: _replayed(live, stream_id, snapshot_id, limit, offset))


def _replayed(live: Live, stream_id: UUID, snapshot_id: UUID, limit: int, offset: int) -> BetList:
    of, snapshot = live.snapshot(snapshot_id)
    if of != stream_id:
        raise NotFoundError(f"Snapshot with ID {snapshot_id} not found")
    return bet_list(live.bets(stream_id, snapshot_query(snapshot, limit=limit, offset=offset)))
