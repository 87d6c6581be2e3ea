"""Seed texts: what is accepted, how a pasted one is cleaned, and the hash shown before rotation."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from pump_desktop.domain.errors import FieldError

# What a terminal or an editor acts on, and what it shows as nothing or in another order: C0, DEL and C1, line
# ends, marks and overrides of the reading direction, blanks without width, tags, and halves of a character.
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    r"""Return ``text`` on one line, with what cannot be seen spelled out: ``\x1b``, ``\u202e``."""
    return UNSEEN.sub(lambda found: ascii(found[0])[1:-1], text)


def parse_text(field: str, value: object) -> str:
    """Give ``value`` when it is text that UTF-8 can hold; raises FieldError on ``field``."""
    if not isinstance(value, str):
        raise FieldError(field, f"{field} must be text")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise FieldError(field, f"{field} holds a character that is not valid text") from None
    return value


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
