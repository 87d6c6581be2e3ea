"""How request bodies are documented: they are read by hand, for sentences FastAPI would not find."""

from __future__ import annotations

from typing import Any

SEED = "564e967b90f03d0153fdcb2d2d1cc5a5057e0df78163611fe3801d6498e681ca"
HASH = "f09d12a373d2c7fc425ae2bec17dd7b2d0e80cb6813aeff9b890dc76ff6dbbb2"

SEED_SCHEMA = {"type": "string", "minLength": 1, "maxLength": 256}
NONCE_SCHEMA = {"type": "integer", "minimum": 1, "maximum": 2**53 - 1}
DIFFICULTY_SCHEMA = {"type": "string", "enum": ["easy", "medium", "hard", "expert"]}
ID_SCHEMA = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}


def json_body(
    title: str, properties: dict[str, Any], example: dict[str, Any], *, required: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Give the documentation of a JSON object in a request."""
    schema: dict[str, Any] = {"type": "object", "title": title, "properties": properties}
    if required:
        schema["required"] = list(required)
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schema, "example": example}},
        }
    }


_FLAT = {
    "id": "bet-1",
    "dateTime": "2025-09-08T20:31:11.123Z",
    "nonce": 1,
    "amount": 0.2,
    "payout": 0.326,
    "difficulty": "expert",
    "roundTarget": 1.63,
    "roundResult": 1.63,
    "clientSeed": "sample-client",
    "serverSeedHashed": HASH,
}
_HEARTBEAT = {
    "type": "heartbeat",
    "nonce": 2,
    "roundResult": 1.0,
    "clientSeed": "sample-client",
    "serverSeedHashed": HASH,
}
_RAW = {
    "id": "raw-3",
    "nonce": 3,
    "amount": 0.2,
    "payout": 0,
    "currency": "eth",
    "dateTime": "2025-09-08T20:31:12.000Z",
    "state": {
        "difficulty": "expert",
        "roundTarget": 1,
        "roundTargetMultiplier": 1.63,
        "roundResult": 0,
        "roundResultMultiplier": 1.0,
    },
    "clientSeed": "sample-client",
    "serverSeedHashed": HASH,
}
_EXAMPLES = {
    "bet": {"summary": "A bet", "value": _FLAT},
    "heartbeat": {"summary": "A round without a bet", "value": _HEARTBEAT},
    "lastBet": {"summary": "Antebot's lastBet as it is", "value": _RAW},
}
_MULTIPLIER = {"type": "number", "minimum": 0, "maximum": 1e12}
_MONEY = {"type": "number", "minimum": 0, "maximum": 1e15}

_MESSAGE: dict[str, Any] = {
    "type": "object",
    "title": "Message",
    "description": "A bet, a heartbeat, or a raw lastBet with its nested state; other keys are ignored.",
    "required": ["nonce", "clientSeed"],
    "properties": {
        "type": {"type": "string", "enum": ["bet", "heartbeat"]},
        "id": {"oneOf": [{"type": "string", "minLength": 1, "maxLength": 256}, {"type": "integer"}]},
        "dateTime": {"type": "string", "nullable": True},
        "nonce": NONCE_SCHEMA,
        "amount": _MONEY,
        "payout": _MONEY,
        "currency": {"type": "string"},
        "difficulty": {"type": "string", "description": "easy, medium, hard or expert; any letter case."},
        "roundTarget": {**_MULTIPLIER, "nullable": True},
        "roundResult": _MULTIPLIER,
        "roundResultMultiplier": _MULTIPLIER,
        "state": {"type": "object"},
        "clientSeed": SEED_SCHEMA,
        "serverSeedHashed": SEED_SCHEMA,
        "serverSeed": SEED_SCHEMA,
    },
}

MESSAGE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": _MESSAGE, "examples": _EXAMPLES},
            "text/plain": {"schema": {"type": "string"}},
        },
    }
}
BATCH_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "array", "maxItems": 1000, "items": _MESSAGE},
                "example": [_FLAT, _HEARTBEAT],
            },
            "text/plain": {"schema": {"type": "string"}},
        },
    }
}
