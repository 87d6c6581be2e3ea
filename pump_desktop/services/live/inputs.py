"""What a person may write on a stream: notes, bookmarks, snapshots and the questions of a metrics page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import MAX_SNAPSHOT_NAME, MAX_STREAM_NOTES, BetOrder, BetQuery, Snapshot
from pump_desktop.domain.requests import MAX_NONCE, parse_targets
from pump_desktop.domain.seeds import parse_text

MAX_FILTER_BYTES = 8192


def parse_note(field: str, value: object) -> str:
    """Give a note of at most 1,000 characters, empty for None; raises FieldError on ``field``."""
    if value is None:
        return ""
    note = parse_text(field, value)
    if len(note) > MAX_STREAM_NOTES:
        raise FieldError(field, f"{field} must be at most {MAX_STREAM_NOTES} characters")
    return note


def parse_snapshot_name(value: object) -> str:
    """Give a snapshot's name on one line; raises FieldError on ``name``."""
    name = " ".join(parse_text("name", value).split())
    if not name:
        raise FieldError("name", "name cannot be empty")
    if len(name) > MAX_SNAPSHOT_NAME:
        raise FieldError("name", f"name must be at most {MAX_SNAPSHOT_NAME} characters")
    return name


def parse_filter(value: object) -> dict[str, object]:
    """Give a snapshot's filter with what the bets list knows checked; raises FieldError on ``filter``.

    Other keys are kept as they are: a page may remember more than the list asks.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise FieldError("filter", "filter must be a JSON object")
    wanted = dict(value)
    try:
        size = len(json.dumps(wanted, ensure_ascii=False, allow_nan=False).encode("utf-8"))
    except (TypeError, ValueError, RecursionError):
        raise FieldError("filter", "filter must be a JSON object of texts and finite numbers") from None
    if size > MAX_FILTER_BYTES:
        raise FieldError("filter", f"filter must be at most {MAX_FILTER_BYTES} bytes of JSON")
    _query(wanted)
    return wanted


def snapshot_query(snapshot: Snapshot, *, limit: int = 100, offset: int = 0) -> BetQuery:
    """Give the page of bets a snapshot shows: up to its checkpoint, under its filter."""
    return replace(_query(snapshot.filter), limit=limit, offset=offset, up_to_id=snapshot.last_bet_id)


def _query(wanted: Mapping[str, object]) -> BetQuery:
    difficulty = wanted.get("difficulty")
    distance = wanted.get("include_distance")
    if distance is not None and not isinstance(distance, bool):
        raise FieldError("filter", "filter: include_distance must be true or false")
    try:
        order = BetOrder(str(wanted.get("order") or BetOrder.NONCE_ASC))
    except ValueError:
        raise FieldError("filter", f"filter: order must be one of: {', '.join(BetOrder)}") from None
    return BetQuery(
        min_multiplier=_least(wanted.get("min_multiplier")),
        difficulty=None if difficulty is None else _difficulty(difficulty),
        order=order,
        include_distance=bool(distance),
    )


def _difficulty(value: object) -> Difficulty:
    try:
        return Difficulty.parse(value)
    except FieldError as error:
        raise FieldError("filter", f"filter: {error}") from None


def _least(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e308:
        raise FieldError("filter", "filter: min_multiplier must be a number of at least 0")
    return float(value)


def parse_multipliers(values: Sequence[object]) -> tuple[float, ...]:
    """Give the multipliers of a metrics page, ascending; none is allowed."""
    try:
        return parse_targets(values) if values else ()
    except FieldError as error:
        sentence = str(error).replace("targets", "multipliers")
        raise FieldError("multipliers", sentence) from None


def parse_bucket_size(value: object) -> int:
    """Give the nonces per density bucket; raises FieldError on ``bucket_size``."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_NONCE:
        raise FieldError("bucket_size", f"bucket_size must be a whole number between 1 and {MAX_NONCE}")
    return value
