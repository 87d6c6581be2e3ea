"""Hits and rounds of a stream by buckets of nonces, which grow together as the stream grows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pump_desktop.stats.streams import Nonces

# More are not seen on any screen.
MOST_BUCKETS = 600
# Each size is a multiple of the one before, so that whole buckets are put together.
_SIZES: tuple[int, ...] = (1, 5, 25, 125, 625, *(1_250 << power for power in range(43)))

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Strip:
    """Buckets of ``size`` nonces; the first one holds nonce ``first * size + 1`` and those that follow."""

    size: int
    first: int
    hits: Counts
    rounds: Counts

    def __len__(self) -> int:
        return len(self.hits)

    def span(self, place: int) -> tuple[int, int]:
        """Give the first and last nonce of a bucket."""
        start = (self.first + place) * self.size
        return start + 1, start + self.size

    def with_rounds(self, fresh: Nonces, hits: Nonces) -> Strip:
        """Give the strip with rounds that are new, and those of them that are hits."""
        if not len(fresh):
            return self
        low, high = int(fresh.min()), int(fresh.max())
        if len(self):
            low = min(low, self.span(0)[0])
            high = max(high, self.span(len(self) - 1)[1])
        size = max(strip_size(low, high), self.size)
        found = _empty(size, low, high)
        if len(self):
            places = (self.first + np.arange(len(self))) * self.size // size - found.first
            np.add.at(found.hits, places, self.hits)
            np.add.at(found.rounds, places, self.rounds)
        _count(found, fresh, found.rounds)
        _count(found, hits, found.hits)
        return found


def empty_strip() -> Strip:
    """Give the strip of a stream without rounds."""
    return Strip(1, 0, np.zeros(0, np.int64), np.zeros(0, np.int64))


def strip_size(first: int, last: int) -> int:
    """Give the smallest size with which no more than the most buckets hold these nonces."""
    return next(size for size in _SIZES if (last - 1) // size - (first - 1) // size < MOST_BUCKETS)


def make_strip(first: int, last: int, hits: Nonces, nonces: Nonces | None) -> Strip:
    """Give the strip of a stream; ``nonces`` is None when every nonce from first to last was observed."""
    size = strip_size(first, last)
    found = _empty(size, first, last)
    if nonces is None:
        starts = (found.first + np.arange(len(found))) * size
        ends = np.minimum(starts + size, last)
        np.copyto(found.rounds, ends - np.maximum(starts, first - 1))
    else:
        _count(found, nonces, found.rounds)
    _count(found, hits, found.hits)
    return found


def _empty(size: int, first: int, last: int) -> Strip:
    start = (first - 1) // size
    count = (last - 1) // size - start + 1
    return Strip(size, start, np.zeros(count, np.int64), np.zeros(count, np.int64))


def _count(strip: Strip, nonces: Nonces, into: Counts) -> None:
    into += np.bincount((nonces - 1) // strip.size - strip.first, minlength=len(into))
