"""Seeds this process has seen, and how they are taken out of text that is kept."""

from __future__ import annotations

import json
import threading
from urllib.parse import quote, quote_plus

_LEAST = 4  # a shorter seed would turn half of every line into [seed]
_MARK = "[seed]"


class Redaction:
    """A growing set of secrets and the text without them; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: set[str] = set()
        # Sorted when next read, not when added: a queue of 10,000 seed pairs is added one by one.
        self._longest_first: tuple[str, ...] | None = ()

    def hide(self, text: str) -> None:
        """Take ``text`` out of everything from now on; under four characters it is ignored."""
        if len(text) < _LEAST:
            return
        with self._lock:
            if text not in self._known:
                self._known |= _spellings(text)
                self._longest_first = None

    def redact(self, text: str) -> str:
        """Give ``text`` with every known secret replaced by ``[seed]``."""
        with self._lock:
            if self._longest_first is None:
                # A seed that contains another one must go in one piece.
                self._longest_first = tuple(sorted(self._known, key=len, reverse=True))
            secrets = self._longest_first
        for secret in secrets:
            if secret in text:
                text = text.replace(secret, _MARK)
        return text


def _spellings(text: str) -> set[str]:
    """Give the ways a seed appears in a repr, in JSON and in a URL."""
    raw = text.encode("utf-8", "surrogatepass")
    return {
        text,
        repr(text)[1:-1],
        ascii(text)[1:-1],
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        quote(raw),
        quote(raw, safe=""),
        quote_plus(raw),
    }


# One per process, as logging is: what must not reach a log is known to whoever reads a seed.
_seeds = Redaction()
hide_seed = _seeds.hide
redact = _seeds.redact
