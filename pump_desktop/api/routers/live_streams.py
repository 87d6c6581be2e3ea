"""``/live/streams``: what was posted, by seed pair."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from pump_desktop.api.context import Ctx
from pump_desktop.api.errors import errors
from pump_desktop.api.events import EventStream, bets_events
from pump_desktop.api.openapi import SEED, SEED_SCHEMA, json_body
from pump_desktop.api.params import (
    MAX_ID,
    BetLimit,
    DifficultyText,
    LeastMultiplier,
    Limit,
    LongLimit,
    Offset,
    difficulty_or_none,
    multiplier_texts,
)
from pump_desktop.api.requests import json_object, required
from pump_desktop.api.responses import CSV, answered, streamed
from pump_desktop.api.schemas.live_streams import (
    AuditBody,
    BetList,
    MetricsBody,
    RoundList,
    StreamDetailBody,
    StreamItem,
    StreamList,
    TailBody,
    audit_body,
    bet_list,
    metrics_body,
    round_list,
    stream_detail,
    stream_item,
    stream_list,
    tail_body,
)
from pump_desktop.api.work import stored
from pump_desktop.domain.live import MAX_STREAM_NOTES, BetOrder, BetQuery, StreamQuery
from pump_desktop.domain.requests import MAX_NONCE
from pump_desktop.domain.runs import Match
from pump_desktop.services.audit.reveal import reveal

router = APIRouter(prefix="/live/streams", tags=["live streams"])

_READ = errors(400, 401, 403, 404, 422, 503)
_WRITE = errors(400, 401, 403, 404, 413, 422, 503)

_NOTES_BODY = json_body(
    "StreamNotes",
    {"notes": {"type": "string", "maxLength": MAX_STREAM_NOTES, "nullable": True}},
    {"notes": "Evening session"},
    required=("notes",),
)
_REVEAL_BODY = json_body(
    "Reveal", {"server_seed": SEED_SCHEMA}, {"server_seed": SEED}, required=("server_seed",)
)


@router.get("", response_model=StreamList, responses=errors(400, 401, 403, 422, 503))
async def list_streams(context: Ctx, *, limit: Limit = 50, offset: Offset = 0) -> Response:
    """List streams, last seen first."""
    query = StreamQuery(limit=limit, offset=offset)
    return await answered(context, lambda: stream_list(context.backend.live.streams(query)))


@router.get("/{stream_id}", response_model=StreamDetailBody, responses=_READ)
async def get_stream(context: Ctx, stream_id: UUID) -> Response:
    """Give one stream with its figures and its ten latest bets."""
    return await answered(context, lambda: stream_detail(context.backend.live.stream(stream_id)))


@router.put("/{stream_id}", responses=_WRITE, openapi_extra=_NOTES_BODY)
async def change_stream(context: Ctx, request: Request, stream_id: UUID) -> StreamItem:
    """Give a stream other notes; empty text or null clears them."""
    notes = required(await json_object(request), "notes")
    return stream_item(await stored(context.backend.live.set_notes(stream_id, notes)))


@router.delete("/{stream_id}", status_code=204, responses=_READ)
async def delete_stream(context: Ctx, stream_id: UUID) -> None:
    """Delete a stream with all its rows."""
    await stored(await context.work.read(context.backend.live.delete, stream_id))


@router.get("/{stream_id}/bets", response_model=BetList, responses=_READ)
async def list_bets(
    context: Ctx,
    stream_id: UUID,
    *,
    min_multiplier: LeastMultiplier | None = None,
    difficulty: DifficultyText | None = None,
    order: Annotated[BetOrder, Query(description="Which bet comes first.")] = BetOrder.NONCE_ASC,
    include_distance: Annotated[
        bool, Query(description="Add the distance to the bet before with the same multiplier.")
    ] = False,
    limit: BetLimit = 100,
    offset: Offset = 0,
) -> Response:
    """List bets of a stream."""
    query = BetQuery(
        limit=limit,
        offset=offset,
        min_multiplier=min_multiplier,
        difficulty=difficulty_or_none(difficulty),
        order=order,
        include_distance=include_distance,
    )
    return await answered(context, lambda: bet_list(context.backend.live.bets(stream_id, query)))


@router.get("/{stream_id}/tail", response_model=TailBody, responses=_READ)
async def tail_bets(
    context: Ctx,
    stream_id: UUID,
    *,
    since_id: Annotated[int, Query(ge=0, le=MAX_ID, description="The last id that is known already.")] = 0,
    limit: BetLimit = 100,
) -> Response:
    """Give the bets after an id, in the order they came."""
    return await answered(context, lambda: tail_body(context.backend.live.tail(stream_id, since_id, limit)))


@router.get("/{stream_id}/rounds", response_model=RoundList, responses=_READ)
async def list_rounds(
    context: Ctx,
    stream_id: UUID,
    *,
    since_nonce: Annotated[
        int | None, Query(ge=0, le=MAX_NONCE, description="Only rounds after this nonce.")
    ] = None,
    limit: LongLimit = 50,
    offset: Offset = 0,
) -> Response:
    """List observed rounds, highest nonce first."""
    return await answered(
        context, lambda: round_list(context.backend.live.rounds(stream_id, since_nonce, limit, offset))
    )


@router.get(
    "/{stream_id}/events",
    response_class=StreamingResponse,
    responses={**_READ, 200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def stream_events(context: Ctx, stream_id: UUID) -> EventStream:
    """Send a `bets` event with the last id after each commit, until the client hangs up.

    At most 64 are open at a time; one more is a 503.
    """
    await context.work.read(context.backend.live.key_of, stream_id)
    return EventStream(context.watchers, bets_events(context.backend.hub, context.closing, stream_id))


@router.get("/{stream_id}/metrics", response_model=MetricsBody, responses=_READ)
async def get_metrics(
    context: Ctx,
    stream_id: UUID,
    *,
    multipliers: Annotated[
        list[str], Query(description="Separated by commas, or given several times.", examples=[["1066.73"]])
    ] = [],  # noqa: B006 - FastAPI copies it
    bucket_size: Annotated[int, Query(ge=1, le=MAX_NONCE, description="Nonces per bucket.")] = 1000,
    top: Annotated[int, Query(ge=0, le=1000, description="How many of the highest rounds.")] = 20,
    match: Annotated[Match, Query(description="How the multipliers are matched.")] = Match.EXACT,
) -> Response:
    """Give gaps, streaks with their probability, density and the highest rounds."""
    wanted = multiplier_texts(multipliers)
    return await answered(
        context,
        lambda: metrics_body(context.backend.live.metrics(stream_id, wanted, bucket_size, top, match)),
    )


@router.get(
    "/{stream_id}/export.csv",
    response_class=StreamingResponse,
    responses={**_READ, 200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_stream(context: Ctx, stream_id: UUID) -> StreamingResponse:
    """Write all bets of a stream as CSV."""
    return await streamed(
        context,
        lambda: context.backend.live.export_csv(stream_id),
        media_type=CSV,
        file_name=f"stream-{str(stream_id)[:8]}.csv",
    )


@router.post("/{stream_id}/reveal", responses=_WRITE, openapi_extra=_REVEAL_BODY)
async def reveal_stream(context: Ctx, request: Request, stream_id: UUID) -> AuditBody:
    """Store the revealed server seed and check every bet and round against it."""
    seed = required(await json_object(request), "server_seed")
    return audit_body(await context.work.read(reveal, context.backend.live, stream_id, seed))
