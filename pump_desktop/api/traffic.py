"""How busy ingest is, for a status bar, and which request came last, for a person who misses their bets."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from starlette.types import Message, Scope, Send

from pump_desktop.services.connect.doctor import INGEST, SeenRequest

_SECONDS = 60
_LONGEST = 200
# An error answer is a sentence; the list of all faulty fields is longer and not needed whole.
_KEPT_BODY = 2048
# What people open in a browser, and what a window asks for, says nothing of a script.
_POSTING = frozenset({"POST", "OPTIONS", "PUT"})


@dataclass(frozen=True, slots=True)
class Traffic:
    """Messages that were answered with 200, those seen before included, and the last requests."""

    messages_last_minute: int = 0
    last_message_at: datetime | None = None
    last_request: SeenRequest | None = None
    last_refusal: SeenRequest | None = None


class TrafficCounter:
    """Counts messages in sixty buckets of a second; safe to use from any thread."""

    def __init__(self, *, now: Callable[[], datetime], timer: Callable[[], float]) -> None:
        self._now = now
        self._timer = timer
        self._lock = Lock()
        self._buckets = [0] * _SECONDS
        self._second = int(timer())
        self._last: datetime | None = None
        # Replaced whole, from the event loop's thread; made into words when somebody looks.
        self._last_request: _Seen | None = None
        self._last_refusal: _Seen | None = None

    def count(self, messages: int) -> None:
        """Add messages that came now."""
        if messages == 0:
            return
        with self._lock:
            self._forward()
            self._buckets[self._second % _SECONDS] += messages
            self._last = self._now()

    def read(self) -> Traffic:
        """Give the figures as of now."""
        seen, refused = self._last_request, self._last_refusal
        with self._lock:
            self._forward()
            return Traffic(
                sum(self._buckets),
                self._last,
                None if seen is None else seen.words(),
                None if refused is None else refused.words(),
            )

    def watched(self, scope: Scope, send: Send) -> Send:
        """Give a ``send`` that remembers what a script's request was answered with."""
        path: str = scope["path"]
        if scope["method"] not in _POSTING and not path.startswith(INGEST):
            return send

        refusal: _Seen | None = None

        async def watching(message: Message) -> None:
            nonlocal refusal
            if message["type"] == "http.response.start":
                seen = self._last_request = _Seen(self._now(), scope, message["status"])
                if message["status"] >= 400:
                    refusal = self._last_refusal = seen
            elif refusal is not None:
                refusal.add(message.get("body", b""))
            await send(message)

        return watching

    def _forward(self) -> None:
        """Empty the buckets of the seconds that went by."""
        second = int(self._timer())
        for passed in range(min(second - self._second, _SECONDS)):
            self._buckets[(self._second + 1 + passed) % _SECONDS] = 0
        self._second = second


class _Seen:
    """One answered request as it passed by; nothing of its headers but the origin is kept."""

    __slots__ = ("_at", "_body", "_method", "_origin", "_path", "_status")

    def __init__(self, at: datetime, scope: Scope, status: int) -> None:
        self._at = at
        self._status = status
        self._method: str = scope["method"]
        self._path: str = scope["path"]
        self._origin: bytes = next((value for name, value in scope["headers"] if name == b"origin"), b"")
        self._body = b""

    def add(self, body: bytes) -> None:
        """Keep the beginning of an error's body."""
        self._body = (self._body + body)[:_KEPT_BODY]

    def words(self) -> SeenRequest:
        """Give what a person may read of it."""
        return SeenRequest(
            at=self._at,
            method=self._method[:_LONGEST],
            path=self._path[:_LONGEST],
            status=self._status,
            origin=self._origin.decode("latin-1")[:_LONGEST],
            reason=_reason(self._body),
        )


def _reason(body: bytes) -> str:
    """Give the sentence of an error answer; a list of faulty fields gives its first."""
    try:
        detail: Any = json.loads(body)["detail"]
    except (ValueError, KeyError, TypeError):
        return ""
    if isinstance(detail, list) and detail and isinstance(detail[0], dict):
        detail = detail[0].get("msg", "")
    return detail[:_LONGEST] if isinstance(detail, str) else ""
