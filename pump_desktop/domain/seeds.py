"""Seed texts: what is accepted, how a pasted one is cleaned, and the hash shown before rotation."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.text import parse_text

MAX_SEED_LENGTH = 256

_HASH = re.compile(r"[0-9a-fA-F]{64}")
_QUOTES = {'"': '"', "'": "'", "`": "`", "“": "”", "‘": "’"}


def parse_seed(field: str, value: object) -> str:
    """Give ``value`` unchanged when it can serve as a seed; raises FieldError on ``field``.

    The text is never trimmed here: a seed with a space at its end is another seed.
    """
    seed = parse_text(field, value)
    if not seed.strip():
        raise FieldError(field, f"{field} cannot be empty")
    if len(seed) > MAX_SEED_LENGTH:
        raise FieldError(
            field, f"{field} must be at most {MAX_SEED_LENGTH} characters (this one has {len(seed)})"
        )
    return seed


def clean_pasted(text: str) -> str:
    """Take off what copying adds: blanks, line ends, invisible characters, one pair of quotes."""
    visible = "".join(
        char for char in text if unicodedata.category(char) not in {"Cf", "Cc"} or char in "\t\n\r"
    )
    cleaned = visible.strip()
    if len(cleaned) >= 2 and _QUOTES.get(cleaned[0]) == cleaned[-1]:
        cleaned = cleaned[1:-1].strip()
    return " ".join(cleaned.splitlines()) if "\n" in cleaned or "\r" in cleaned else cleaned


def seed_sha256(server_seed: str) -> str:
    """Give the SHA-256 (hex) of the seed text, the commitment a casino shows before rotation."""
    return hashlib.sha256(server_seed.encode("utf-8")).hexdigest()


def looks_like_hash(text: str) -> bool:
    """Tell whether the text has the form of a SHA-256 in hex (a real server seed often has it too)."""
    return _HASH.fullmatch(text) is not None


def short_seed(text: str, keep: int = 6) -> str:
    """Give a recognisable short form such as ``564e96…e681ca``."""
    return text if len(text) <= 2 * keep + 1 else f"{text[:keep]}…{text[-keep:]}"
