"""``/live/ingest``: what scripts post, answered after it is on disk."""

from __future__ import annotations

import asyncio
import json
import logging
from functools import lru_cache
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.types import Receive

from pump_desktop.api.context import Context, Ctx
from pump_desktop.api.errors import errors, sentence
from pump_desktop.api.openapi import BATCH_BODY, MESSAGE_BODY
from pump_desktop.api.requests import check_content_type, parse_json, read_body
from pump_desktop.api.work import stored
from pump_desktop.domain.errors import FieldError, KnownError
from pump_desktop.domain.live import Accepted, Message, MessageKind
from pump_desktop.services.live.live import Live
from pump_desktop.services.live.messages import parse_message

MAX_BATCH = 1000
_KEPT_TEXT = 8192

_log = logging.getLogger(__name__)


router = APIRouter(prefix="/live/ingest", tags=["live ingest"])


class AcceptedBody(BaseModel):
    """What became of a message; ``accepted`` is false when it was there before."""

    streamId: UUID  # noqa: N815 - the contract's key
    accepted: bool
    type: str


class RefusedBody(BaseModel):
    """Why a message of a batch was refused."""

    detail: str


class BatchBody(BaseModel):
    """The results of a batch, in its order."""

    results: list[AcceptedBody | RefusedBody]


_ERRORS = errors(400, 401, 403, 413, 422, 429, 503)


@router.post(
    "", response_model=AcceptedBody, responses=_ERRORS, openapi_extra=MESSAGE_BODY, summary="Post one message"
)
async def post_message(context: Ctx, request: Request) -> Response:
    """Take one bet, heartbeat or raw lastBet; one that was seen before changes nothing."""
    return await take_message(context, request.receive, request.headers.get("content-type"))


@router.post(
    "/batch", response_model=BatchBody, responses=_ERRORS, openapi_extra=BATCH_BODY, summary="Post a batch"
)
async def post_batch(context: Ctx, request: Request) -> Response:
    """Take up to 1000 messages; a bad one gets its sentence and does not sink the others."""
    return await take_batch(context, request.receive, request.headers.get("content-type"))


async def take_message(context: Context, receive: Receive, content_type: str | None) -> Response:
    """Answer a posted message after it is on disk."""
    body = await read_body(receive)
    try:
        message = parse_message(_value(content_type, body))
    except (FieldError, HTTPException) as error:
        return await _refused(context.backend.live, error, body)
    accepted = await context.batcher.add(message)
    context.traffic.count(1)
    return Response(_said(accepted), media_type="application/json")


async def take_batch(context: Context, receive: Receive, content_type: str | None) -> Response:
    """Answer a posted batch after its good messages are on disk."""
    live = context.backend.live
    body = await read_body(receive)
    try:
        values = _array(_value(content_type, body))
    except (FieldError, HTTPException) as error:
        return await _refused(live, error, body)
    # On a thread: parsing and judging a thousand messages takes 10 to 30 ms. One batch at a time: two
    # threads of Python hand the interpreter to and fro and are both slower. The write is not part of the
    # turn: it leaves the interpreter alone half of its time.
    async with context.batch_turn:
        messages, refusals = await context.work.read(_parsed, values)
        storing = await context.work.read(live.ingest, messages)
    accepted: list[Accepted] = await stored(storing)
    taken = iter(accepted)
    await asyncio.gather(*(_keep(live, reason, _text(values[at])) for at, reason in refusals.items()))
    context.traffic.count(len(messages))
    said = [
        json.dumps({"detail": refusals[at]}) if at in refusals else _said(next(taken))
        for at in range(len(values))
    ]
    return Response(f'{{"results":[{",".join(said)}]}}', media_type="application/json")


# The guard calls these without a way through FastAPI; the routes above describe them.
DIRECT = {"/live/ingest": take_message, "/live/ingest/batch": take_batch}


def _value(content_type: str | None, body: bytes) -> Any:
    check_content_type(content_type, text_too=True)
    return parse_json(body)


def _array(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise FieldError("body", "The body must be an array of messages")
    if len(value) > MAX_BATCH:
        raise FieldError("body", f"A batch must hold at most {MAX_BATCH} messages")
    return value


def _parsed(values: list[Any]) -> tuple[list[Message], dict[int, str]]:
    """Give the good messages in order, and for the place of each bad one the sentence that refuses it."""
    messages: list[Message] = []
    refusals: dict[int, str] = {}
    for at, value in enumerate(values):
        try:
            messages.append(parse_message(value))
        except FieldError as error:
            refusals[at] = str(error)
    return messages, refusals


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:_KEPT_TEXT]


# A batch has a few different answers, a thousand times.
@lru_cache(maxsize=256)
def _words(stream_id: UUID, *, accepted: bool, kind: MessageKind) -> str:
    # By hand: a schema library takes ten times as long for three values that need no escaping.
    word = "true" if accepted else "false"
    return f'{{"streamId":"{stream_id}","accepted":{word},"type":"{kind}"}}'


def _said(accepted: Accepted) -> str:
    return _words(accepted.stream_id, accepted=accepted.accepted, kind=accepted.kind)


async def _refused(live: Live, error: FieldError | HTTPException, body: bytes) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 422
    reason = str(error.detail) if isinstance(error, HTTPException) else str(error)
    await _keep(live, reason, body[:_KEPT_TEXT].decode("utf-8", "replace"))
    return sentence(status, reason)


async def _keep(live: Live, reason: str, body: str) -> None:
    """Keep a refused message for the person to look at; that it cannot be kept changes no answer."""
    try:
        await stored(live.reject(reason, body))
    except KnownError as error:
        _log.warning("a refused message was not kept: %s", error)
