"""What ``POST /runs`` and ``PATCH /runs/{id}`` ask for: in JSON a number is a number, and text is none."""

from __future__ import annotations

from typing import Any

from pump_desktop.api.bodies import required
from pump_desktop.api.json_bodies import (
    DIFFICULTY_SCHEMA,
    NONCE_SCHEMA,
    SEED,
    SEED_SCHEMA,
    json_body,
)
from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.requests import MAX_TARGETS, ScanRequest
from pump_desktop.domain.runs import MAX_NAME_LENGTH, MAX_NOTES_LENGTH, parse_name, parse_notes

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
