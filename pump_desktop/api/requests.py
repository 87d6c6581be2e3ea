"""What ``POST /runs`` and ``PATCH /runs/{id}`` ask for: in JSON a number is a number, and text is none."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import HTTPException, Request
from pydantic_core import from_json
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from pump_desktop.api.openapi import DIFFICULTY_SCHEMA, NONCE_SCHEMA, SEED, SEED_SCHEMA, json_body
from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.requests import MAX_TARGETS, ScanRequest
from pump_desktop.domain.runs import MAX_NAME_LENGTH, MAX_NOTES_LENGTH, parse_name, parse_notes

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


_EXAMPLE = {
    "server_seed": SEED,
    "client_seed": "zXv1upuFns",
    "start": 1,
    "end": 10_000,
    "difficulty": "expert",
    "targets": [1066.73, 11200.65],
}

SCAN_BODY = json_body(
    "ScanRequest",
    {
        "server_seed": SEED_SCHEMA,
        "client_seed": SEED_SCHEMA,
        "start": NONCE_SCHEMA,
        "end": NONCE_SCHEMA,
        "difficulty": DIFFICULTY_SCHEMA,
        "targets": {
            "type": "array",
            "minItems": 1,
            "maxItems": MAX_TARGETS,
            "items": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
        },
        "name": {"type": "string", "maxLength": MAX_NAME_LENGTH},
    },
    _EXAMPLE,
    required=tuple(_EXAMPLE),
)

CHANGES_BODY = json_body(
    "RunChanges",
    {
        "name": {"type": "string", "maxLength": MAX_NAME_LENGTH, "nullable": True},
        "notes": {"type": "string", "maxLength": MAX_NOTES_LENGTH, "nullable": True},
    },
    {"name": "Tuesday", "notes": "Before the rotation"},
)


def scan_request(body: dict[str, Any], max_nonces: int) -> tuple[ScanRequest, str]:
    """Give the scan a body asks for and the run's name; raises FieldError and RangeTooLargeError."""
    for field in ("start", "end"):
        # The domain takes digits as text too, for forms and the command line.
        if isinstance(required(body, field), str):
            raise FieldError(field, f"{field} must be a whole number")
    targets = required(body, "targets")
    if not isinstance(targets, list):
        raise FieldError("targets", "targets must be a list of numbers")
    if any(isinstance(target, str) for target in targets):
        raise FieldError("targets", "all targets must be numbers")
    request = ScanRequest.parse(
        server_seed=required(body, "server_seed"),
        client_seed=required(body, "client_seed"),
        start=body["start"],
        end=body["end"],
        difficulty=required(body, "difficulty"),
        targets=targets,
        max_nonces=max_nonces,
    )
    return request, parse_name(body.get("name") or "")


def run_changes(body: dict[str, Any]) -> tuple[str | None, str | None]:
    """Give the new name and notes, None for what stays; null clears. Raises FieldError."""
    name = parse_name("" if body["name"] is None else body["name"]) if "name" in body else None
    notes = parse_notes("" if body["notes"] is None else body["notes"]) if "notes" in body else None
    return name, notes
