"""What scripts post, read once at the edge: a JSON value becomes a Bet or a Heartbeat, or a sentence.

Plain checks and no schema library, because this runs on the listener's event loop for every message.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import PAYOUTS, Difficulty, snap
from pump_desktop.domain.live import Bet, Heartbeat, Message, MessageKind, StreamKey
from pump_desktop.domain.requests import MAX_NONCE
from pump_desktop.domain.seeds import looks_like_hash, parse_seed, seed_sha256
from pump_desktop.system.redaction import hide_seed

MAX_TEXT = 256
MAX_CURRENCY = 32
MAX_MONEY = 1e15
MAX_MULTIPLIER = 1e12
# The longest ISO 8601 time with microseconds and an offset with seconds has 41 characters.
MAX_TIME = 64

# A longer number would be no id of 256 characters; str() of 5,000 digits raises ValueError.
_LONGEST_NUMBER = 10**MAX_TEXT

_DIFFICULTIES = {difficulty.value: difficulty for difficulty in Difficulty}
_ENTRIES = {difficulty: {entry: k for k, entry in enumerate(table)} for difficulty, table in PAYOUTS.items()}


def parse_message(body: object) -> Message:
    """Give the bet or heartbeat a body says; raises FieldError on the JSON key that is wrong.

    A raw ``lastBet`` is told by its nested ``state``, where ``roundResult`` counts safe rounds and the
    multipliers have names of their own.
    """
    if not isinstance(body, dict):
        raise FieldError("body", "body must be a JSON object with one message")
    kind = body.get("type")
    if kind is None or kind == MessageKind.BET:
        return _bet(body)
    if kind == MessageKind.HEARTBEAT:
        return _heartbeat(body)
    raise FieldError("type", "type must be bet or heartbeat")


def _bet(body: Mapping[str, Any]) -> Bet:
    state = _state(body)
    difficulty = _difficulty(body, state)
    if difficulty is None:
        raise FieldError("difficulty", "difficulty must be one of: easy, medium, hard, expert")
    result, k = _snapped(_reported(body, state), difficulty)
    stream, server_seed = _stream(body)
    return Bet(
        stream=stream,
        antebot_bet_id=_bet_id(body.get("id")),
        nonce=_nonce(body.get("nonce")),
        amount=_number("amount", body.get("amount"), MAX_MONEY),
        payout=_number("payout", body.get("payout"), MAX_MONEY),
        currency=_currency(body.get("currency")),
        difficulty=difficulty,
        round_target=_target(body, state),
        round_result=result,
        safe_pumps=k,
        date_time=_time(body.get("dateTime")),
        server_seed=server_seed,
    )


def _heartbeat(body: Mapping[str, Any]) -> Heartbeat:
    state = _state(body)
    difficulty = _difficulty(body, state)
    result, k = _snapped(_reported(body, state), difficulty)
    stream, server_seed = _stream(body)
    return Heartbeat(
        stream=stream,
        nonce=_nonce(body.get("nonce")),
        round_result=result,
        difficulty=difficulty,
        safe_pumps=k,
        server_seed=server_seed,
    )


def _state(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Give the nested ``state`` of a raw bet; in a message that says its result itself it means nothing."""
    state = body.get("state")
    if not isinstance(state, dict):
        return None
    if body.get("roundResult") is not None or body.get("roundResultMultiplier") is not None:
        return None
    return state


def _difficulty(body: Mapping[str, Any], state: Mapping[str, Any] | None) -> Difficulty | None:
    value = (body if state is None else state).get("difficulty")
    if value is None:
        return None
    known = _DIFFICULTIES.get(value) if isinstance(value, str) else None
    return known or Difficulty.parse(value)


def _reported(body: Mapping[str, Any], state: Mapping[str, Any] | None) -> float:
    if state is not None:
        return _number("roundResultMultiplier", state.get("roundResultMultiplier"), MAX_MULTIPLIER)
    value = body.get("roundResult")
    if value is None and (value := body.get("roundResultMultiplier")) is not None:
        return _number("roundResultMultiplier", value, MAX_MULTIPLIER)
    return _number("roundResult", value, MAX_MULTIPLIER)


def _target(body: Mapping[str, Any], state: Mapping[str, Any] | None) -> float | None:
    field = "roundTarget" if state is None else "roundTargetMultiplier"
    value = (body if state is None else state).get(field)
    if value is None:
        return None
    target = _number(field, value, MAX_MULTIPLIER)
    if target == 0:
        raise FieldError(field, f"{field} must be above 0, or null")
    return target


def _snapped(value: float, difficulty: Difficulty | None) -> tuple[float, int | None]:
    """Give the table's entry and its k for a reported multiplier, or the value itself and None."""
    if difficulty is None:
        return value, None
    k = _ENTRIES[difficulty].get(value)
    if k is None:
        k = snap(difficulty, value)
    return (value, None) if k is None else (PAYOUTS[difficulty][k], k)


def _stream(body: Mapping[str, Any]) -> tuple[StreamKey, str | None]:
    """Give the seed pair of a message, and the server seed itself where a simulation says it."""
    # Empty text stands for "none" in either place: a bot fills in the one it knows.
    seed = body.get("serverSeed")
    given = body.get("serverSeedHashed")
    client = body.get("clientSeed")
    if (seed is None or seed == "") and isinstance(given, str) and isinstance(client, str):
        return _key(given, client), None
    client_seed = parse_seed("clientSeed", client)
    if seed is None or seed == "":
        return StreamKey(_hash(given), client_seed), None
    server_seed = parse_seed("serverSeed", seed)
    hashed = seed_sha256(server_seed)
    if given is not None and given != "" and _hash(given) != hashed:
        raise FieldError("serverSeedHashed", "serverSeedHashed is not the SHA-256 of serverSeed")
    hide_seed(server_seed)
    return StreamKey(hashed, client_seed), server_seed


# A batch names one seed pair a thousand times. One object for it is also found at once in every dict.
@lru_cache(maxsize=256)
def _key(server_seed_hashed: str, client_seed: str) -> StreamKey:
    client_seed = parse_seed("clientSeed", client_seed)
    return StreamKey(_hash(server_seed_hashed), client_seed)


def _hash(value: object) -> str:
    text = _text("serverSeedHashed", value)
    # One stream, however a script writes its hash; other texts are kept as they are.
    return text.lower() if looks_like_hash(text) else text


def _bet_id(value: object) -> str:
    if type(value) is int:
        if not -_LONGEST_NUMBER < value < _LONGEST_NUMBER:
            raise FieldError("id", f"id must be at most {MAX_TEXT} characters")
        value = str(value)
    elif type(value) is float:
        if value - value != 0:  # true for nan and both infinities
            raise FieldError("id", "id must be text or a finite number")
        value = repr(value)
    return _text("id", value)


def _text(field: str, value: object) -> str:
    if value is None:
        raise FieldError(field, f"{field} is missing")
    if not isinstance(value, str):
        raise FieldError(field, f"{field} must be text")
    if not value.strip():
        raise FieldError(field, f"{field} cannot be empty")
    if len(value) > MAX_TEXT:
        raise FieldError(field, f"{field} must be at most {MAX_TEXT} characters")
    if not _storable(value):
        raise FieldError(field, f"{field} holds a character that is not valid text")
    return value


def _storable(text: str) -> bool:
    """Tell whether UTF-8 can hold the text and SQLite measures it right (its length ends at a NUL)."""
    if text.isascii():
        return "\0" not in text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _currency(value: object) -> str | None:
    """Give the currency in lower case; one that cannot be read is no reason to lose a bet."""
    if not isinstance(value, str) or len(value) > MAX_CURRENCY or not _storable(value):
        return None
    return value.strip().lower() or None


def _nonce(value: object) -> int:
    # type(), not isinstance(): true is an int to Python.
    if type(value) is not int:
        missing = "nonce is missing" if value is None else "nonce must be a whole number"
        raise FieldError("nonce", missing)
    if not 1 <= value <= MAX_NONCE:
        raise FieldError("nonce", f"nonce must be between 1 and {MAX_NONCE}")
    return value


def _number(field: str, value: object, highest: float) -> float:
    if type(value) is not float and type(value) is not int:
        raise FieldError(field, f"{field} is missing" if value is None else f"{field} must be a number")
    # False for nan too, and no float() of an int with 400 digits is tried before it is known to be small.
    if not 0 <= value <= highest:
        raise FieldError(field, f"{field} must be between 0 and {highest:.0f}")
    # The sum makes -0.0 a plain zero.
    return float(value) + 0.0


def _time(value: object) -> datetime | None:
    """Give an ISO time in UTC (without an offset it is UTC already), or None when it cannot be read."""
    if not isinstance(value, str) or len(value) > MAX_TIME:
        return None
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is UTC:
            return moment
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):  # the first hours of year 1 have no time in UTC
        return None
