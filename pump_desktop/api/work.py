"""Threads beside the event loop, waiting for them without holding it, and the word that ends it all."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from pump_desktop.domain.errors import StoreClosedError

P = ParamSpec("P")
T = TypeVar("T")

# Reads take 1 to 50 ms on one SQLite file: more threads would only wait for each other.
_READERS = 4
# A scan uses every core by itself; a second one at a time would make both slower.
_SCANS = 1


class Work:
    """Threads for everything that would hold the event loop; scans wait in a line of their own."""

    def __init__(self) -> None:
        self._reads = ThreadPoolExecutor(_READERS, thread_name_prefix="api-read")
        self._scans = ThreadPoolExecutor(_SCANS, thread_name_prefix="api-scan")

    async def read(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Give what ``work`` gives, from a thread."""
        return await self._on(self._reads, lambda: work(*args, **kwargs))

    async def scan(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Give what a scan gives, one scan at a time."""
        return await self._on(self._scans, lambda: work(*args, **kwargs))

    async def _on(self, pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        try:
            future = pool.submit(work)
        except RuntimeError as error:
            raise StoreClosedError("The listener is closing.") from error
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Take no more work; what runs ends by itself, and ``cancelled`` tells the scans to."""
        self._reads.shutdown(wait=False, cancel_futures=True)
        self._scans.shutdown(wait=False, cancel_futures=True)


class Closing:
    """A word that is said once, and whoever must hear it on the event loop."""

    def __init__(self) -> None:
        self._said = threading.Event()
        self._listeners: set[Callable[[], None]] = set()

    def is_set(self) -> bool:
        """Tell, from any thread, whether the listener is closing."""
        return self._said.is_set()

    def say(self) -> None:
        """Say it; on the event loop's thread."""
        self._said.set()
        for tell in list(self._listeners):
            tell()

    def hear(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Call ``tell`` when it is said, at once if it was; the answer ends that."""
        if self._said.is_set():
            tell()
        self._listeners.add(tell)
        return lambda: self._listeners.discard(tell)


def stored(future: Future[T]) -> Awaitable[T]:
    """Wait for a write without holding the loop; its error is raised here."""
    return asyncio.wrap_future(future)


def next_piece(pieces: Iterator[str]) -> str:
    """Give the next piece that holds something, empty text at the end."""
    return next(filter(None, pieces), "")
