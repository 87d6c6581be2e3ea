"""A bet pasted as JSON, read for the one question whether its result is what its seeds give."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import Difficulty, snap
from pump_desktop.services.live.live import Live
from pump_desktop.services.live.messages import parse_message
from pump_desktop.services.runs.runs import Runs
from pump_desktop.system.redaction import hide_seed

# As much as the listener takes in one request.
MAX_TEXT = 1024 * 1024

FIELD = "bet"


@dataclass(frozen=True, slots=True)
class PastedBet:
    """What a bet says of itself; a heartbeat may leave its difficulty out.

    ``server_seed`` is there when the bet said it or something stored knows it; its SHA-256 is
    ``server_seed_hashed`` then.
    """

    client_seed: str
    nonce: int
    difficulty: Difficulty | None
    reported: float
    server_seed_hashed: str
    server_seed: str | None = None

    def agrees(self, difficulty: Difficulty, safe_pumps: int) -> bool:
        """Tell whether the reported multiplier stands for k safe pumps; off the table it stands for none."""
        return snap(difficulty, self.reported) == safe_pumps


def read_bet(text: str) -> PastedBet:
    """Give the bet of a JSON text; raises FieldError on ``bet`` with one sentence."""
    if not text.strip():
        raise FieldError(FIELD, "Paste a bet first.")
    if len(text) > MAX_TEXT:
        raise FieldError(FIELD, "This is too long for one bet.")
    try:
        body = json.loads(text.strip().removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise FieldError(FIELD, f"This is not valid JSON: {error.msg} at {where}.") from None
    except (ValueError, RecursionError):  # a number of 5,000 digits, or 1,000 brackets in one another
        raise FieldError(FIELD, "This is not the JSON of a bet.") from None
    if not isinstance(body, dict):
        raise FieldError(FIELD, "Paste one bet: a JSON object in braces.")
    try:
        message = parse_message(body)
    except FieldError as error:
        raise FieldError(FIELD, f"This bet cannot be used: {error}.") from None
    hide_seed(message.stream.client_seed)
    return PastedBet(
        client_seed=message.stream.client_seed,
        nonce=message.nonce,
        difficulty=message.difficulty,
        reported=message.round_result,
        server_seed_hashed=message.stream.server_seed_hashed,
        server_seed=message.server_seed,
    )


def paste_bet(runs: Runs, live: Live, text: str) -> PastedBet:
    """Give the bet of a JSON text with its server seed where anything knows it; raises FieldError."""
    bet = read_bet(text)
    if bet.server_seed is not None:
        return bet
    return replace(bet, server_seed=known_seed(runs, live, bet.server_seed_hashed))


def known_seed(runs: Runs, live: Live, server_seed_hashed: str) -> str | None:
    """Give the server seed with this hash, when a stored run or a revealed stream has it."""
    return runs.seed_of_hash(server_seed_hashed) or live.seed_of_hash(server_seed_hashed)
