"""How busy ingest is, for a status bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Traffic:
    """Messages that were answered with 200, those seen before included."""

    messages_last_minute: int = 0
    last_message_at: datetime | None = None
    total: int = 0


class TrafficCounter:
    """Counts messages in sixty buckets of a second; safe to use from any thread."""

    def __init__(self, *, now: Callable[[], datetime], timer: Callable[[], float]) -> None:
        self._now = now
        self._timer = timer
        self._lock = Lock()
        self._buckets = [0] * _SECONDS
        self._second = int(timer())
        self._last: datetime | None = None
        self._total = 0

    def count(self, messages: int) -> None:
        """Add messages that came now."""
        if messages == 0:
            return
        with self._lock:
            self._forward()
            self._buckets[self._second % _SECONDS] += messages
            self._last = self._now()
            self._total += messages

    def read(self) -> Traffic:
        """Give the figures as of now."""
        with self._lock:
            self._forward()
            return Traffic(sum(self._buckets), self._last, self._total)

    def _forward(self) -> None:
        """Empty the buckets of the seconds that went by."""
        second = int(self._timer())
        for passed in range(min(second - self._second, _SECONDS)):
            self._buckets[(self._second + 1 + passed) % _SECONDS] = 0
        self._second = second
