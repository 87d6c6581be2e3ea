"""What is said of fields in the window's words: what belongs there, and what is wrong."""

from __future__ import annotations

from pump_desktop.domain.errors import FieldError, RangeTooLargeError
from pump_desktop.qt.text.numbers import grouped

SERVER_SEED_HINT = "The revealed seed as text, after rotation."
SEED_CLEANED = "Blanks or quotes around the pasted seed were taken off."

_WORDS = {
    # Before the shorter name that it begins with.
    "server_seed_hashed": "hashed server seed",
    "server_seed": "server seed",
    "client_seed": "client seed",
    "start": "first nonce",
    "end": "last nonce",
    "batch_size": "messages per request",
    "flush_seconds": "longest wait",
    "log_file": "log file",
    "at_least": "multiplier",
    "count": "number of hits",
    "missing": "number of missing nonces",
}


def field_sentence(error: FieldError) -> str:
    """Give a contract sentence as the window says it: plain names, a capital, a stop."""
    if isinstance(error, RangeTooLargeError):
        return f"{grouped(error.count)} nonces are more than the {grouped(error.maximum)} a run may hold."
    text = str(error)
    if text == "end must be >= start":
        return "The last nonce must not be smaller than the first."
    for field, words in _WORDS.items():
        if text.startswith(field):
            text = f"{words}{text.removeprefix(field)}"
            break
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}."
