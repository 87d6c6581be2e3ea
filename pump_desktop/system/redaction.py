"""Seeds this process has seen, and how they are taken out of text that is kept."""

from __future__ import annotations

import json
import threading
from urllib.parse import quote, quote_plus

_LEAST = 4  # a shorter seed would turn half of every line into [seed]
# 125,000 seeds of 64 characters. A simulation that sends a new seed with every bet must not fill the memory,
# nor make each line of the log a search for a million texts; the seeds of long ago are in no new line.
MAX_CHARACTERS = 8_000_000
_MARK = "[seed]"


class Redaction:
    """The secrets seen last, up to a limit, and the text without them; safe to use from any thread."""

    def __init__(self, max_characters: int = MAX_CHARACTERS) -> None:
        self._lock = threading.Lock()
        self._max_characters = max_characters
        # The one seen last comes last.
        self._known: dict[str, set[str]] = {}
        self._characters = 0
        # Sorted when next read, not when added: a queue of 10,000 seed pairs is added one by one.
        self._longest_first: tuple[str, ...] | None = ()

    def hide(self, text: str) -> None:
        """Take ``text`` out of everything from now on; under four characters it is ignored."""
        if len(text) < _LEAST:
            return
        with self._lock:
            spellings = self._known.pop(text, None)
            if spellings is None:
                spellings = _spellings(text)
                self._characters += sum(map(len, spellings))
                self._longest_first = None
            self._known[text] = spellings
            while self._characters > self._max_characters and len(self._known) > 1:
                oldest = next(iter(self._known))
                self._characters -= sum(map(len, self._known.pop(oldest)))

    def redact(self, text: str) -> str:
        """Give ``text`` with every known secret replaced by ``[seed]``."""
        with self._lock:
            if self._longest_first is None:
                # A seed that contains another one must go in one piece.
                spellings = set[str]().union(*self._known.values())
                self._longest_first = tuple(sorted(spellings, key=len, reverse=True))
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
