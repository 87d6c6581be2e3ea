"""Bodies read off the wire: bounded while they arrive, parsed as JSON, told apart when they are neither."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import HTTPException, Request
from pydantic_core import from_json
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from pump_desktop.domain.errors import FieldError

MAX_BODY = 1024 * 1024
TOO_LARGE = f"The body exceeds the maximum of {MAX_BODY} bytes"

# A body that stops half-way must not keep its request for ever.
_PATIENCE_S = 30.0

_JSON = ("application/json", "+json")


async def read_body(receive: Receive) -> bytes:
    """Give the whole body; raises HTTPException 413 as soon as it is too large."""
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body", False):
        # The usual case: all of it came with the headers.
        body: bytes = message.get("body", b"")
        _check(len(body))
        return body
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return await _rest(receive, message)
    except TimeoutError:
        raise HTTPException(400, "The rest of the body did not arrive") from None


async def _rest(receive: Receive, message: Any) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while message["type"] == "http.request":
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        _check(size)
        if not message.get("more_body", False):
            return b"".join(pieces)
        message = await receive()
    raise ClientDisconnect


def _check(size: int) -> None:
    if size > MAX_BODY:
        raise HTTPException(413, TOO_LARGE)


def parse_json(body: bytes) -> Any:
    """Give the JSON value of a body; raises HTTPException 400, and 422 when there is no body at all.

    ``NaN`` and ``Infinity`` are read, as scripts write them: the field they stand in refuses them by name.
    """
    if not body:
        # What some clients send for null.
        raise HTTPException(422, "The body is empty; it must be JSON")
    try:
        return from_json(body, allow_inf_nan=True)
    except ValueError as error:
        # The parser's words say where ("expected value at line 1 column 1") and quote nothing of the body.
        raise HTTPException(400, f"The body is not valid JSON: {error}") from None


def check_content_type(given: str | None, *, text_too: bool = False) -> None:
    """Refuse a body that says it is something else than JSON; raises HTTPException 422."""
    if given is None:
        return
    kind = given.partition(";")[0].strip().lower()
    if kind.endswith(_JSON) or (text_too and kind == "text/plain"):
        return
    expected = "application/json or text/plain" if text_too else "application/json"
    raise HTTPException(422, f"The content type must be {expected}")


async def json_object(request: Request) -> dict[str, Any]:
    """Give the JSON object a request must hold; raises HTTPException 400, 413 or 422."""
    body = await read_body(request.receive)
    check_content_type(request.headers.get("content-type"))
    value = parse_json(body)
    if not isinstance(value, dict):
        raise HTTPException(422, "The body must be a JSON object")
    return value


def required(body: dict[str, Any], field: str) -> object:
    """Give a field that must be there; raises FieldError."""
    if field not in body:
        raise FieldError(field, f"{field} is missing")
    return body[field]
