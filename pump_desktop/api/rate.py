"""How many requests a client may post in a minute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from limits import RateLimitItemPerMinute
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

# The listener is bound to loopback, so there are few addresses (all of 127.0.0.0/8 is this machine).
_MOST_CLIENTS = 1_000


class _Windows(Storage):
    """Counts in memory without the timer thread that the library's own memory storage starts.

    Used from the event loop's thread only.
    """

    STORAGE_SCHEME = ["pump-loopback"]  # noqa: RUF012 - the library's way to name it

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self._windows: dict[str, tuple[float, int]] = {}

    @property
    def base_exceptions(self) -> type[Exception]:
        """Give what the library may wrap."""
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Add to the window of ``key``, opened now where none is open."""
        until, count = self._open(key)
        if not count:
            until = self._clock() + expiry
            if len(self._windows) >= _MOST_CLIENTS:
                self._forget_closed()
        self._windows[key] = (until, count + amount)
        return count + amount

    def get(self, key: str) -> int:
        """Give the count of the open window."""
        return self._open(key)[1]

    def get_expiry(self, key: str) -> float:
        """Give when the window closes; now, where none is open."""
        return self._open(key)[0]

    def check(self) -> bool:
        """Tell that memory is there."""
        return True

    def reset(self) -> int:
        """Forget all windows."""
        count = len(self._windows)
        self._windows.clear()
        return count

    def clear(self, key: str) -> None:
        """Forget one window."""
        self._windows.pop(key, None)

    def _open(self, key: str) -> tuple[float, int]:
        now = self._clock()
        until, count = self._windows.get(key, (now, 0))
        return (until, count) if until > now else (now, 0)

    def _forget_closed(self) -> None:
        now = self._clock()
        self._windows = {key: window for key, window in self._windows.items() if window[0] > now}


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a client has left: ``reset`` is the Unix time at which it is full again."""

    allowed: bool
    limit: int
    remaining: int
    reset: int
    retry_after: int


class RateLimit:
    """So many requests a minute for each client address, as one burst or evenly spread."""

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._limiter = FixedWindowRateLimiter(_Windows(clock))
        self._item = RateLimitItemPerMinute(per_minute)

    def take(self, client: str) -> Allowance:
        """Count one request."""
        return self._allowance(client, allowed=self._limiter.hit(self._item, client))

    def look(self, client: str) -> Allowance:
        """Give the allowance without counting."""
        return self._allowance(client, allowed=True)

    def _allowance(self, client: str, *, allowed: bool) -> Allowance:
        reset, remaining = self._limiter.get_window_stats(self._item, client)
        wait = max(ceil(reset - self._clock()), 1)
        return Allowance(allowed, self._item.amount, remaining, ceil(reset), wait)
