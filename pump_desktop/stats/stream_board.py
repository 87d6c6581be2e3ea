"""Hits and rounds of a stream by buckets of nonces, which grow together as the stream grows."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pump_desktop.domain.targets_and_pins import Pin
from pump_desktop.stats.streams import (
    NEXT_ROUNDS,
    WAITING_QUANTILES,
    Coverage,
    Nonces,
    no_hit,
    some_hit,
    waiting_rounds,
)

# Ten gaps lie between eleven hits.
KEPT_HITS = 11


@dataclass(frozen=True, slots=True)
class RoundColumns:
    """Some observed rounds, ascending by nonce.

    ``difficulties`` and ``safe_pumps`` are numbers, -1 where a round does not say.
    """

    nonces: NDArray[np.int64]
    results: NDArray[np.float64]
    difficulties: NDArray[np.int8]
    safe_pumps: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.nonces)

    def take(self, places: NDArray[np.bool_] | slice) -> RoundColumns:
        """Give some of the rounds."""
        return RoundColumns(
            self.nonces[places], self.results[places], self.difficulties[places], self.safe_pumps[places]
        )

    def matching(self, pin: Pin) -> NDArray[np.bool_]:
        """Tell of each round whether it matches a pin."""
        matching: NDArray[np.bool_] = (self.results >= pin.least) & (self.results <= pin.most)
        return matching

    def of_others(self, difficulty: int) -> NDArray[np.bool_]:
        """Tell of each round whether it says another difficulty; one that says none is taken for this."""
        others: NDArray[np.bool_] = (self.difficulties >= 0) & (self.difficulties != difficulty)
        return others


@dataclass(frozen=True, slots=True)
class HitTail:
    """The hits of one pin: how many, the last of them, and the rounds observed behind the last one.

    Without a hit those are all rounds. ``others_since`` are those of them at another difficulty.
    """

    count: int
    last_hits: tuple[int, ...]
    rounds_since: int
    others_since: int

    def with_rounds(self, pin: Pin, fresh: RoundColumns, window: RoundColumns, difficulty: int) -> HitTail:
        """Give the tail with fresh rounds, which are part of ``window``: all rounds from some nonce on."""
        hits: list[int] = fresh.nonces[fresh.matching(pin)].tolist()
        last_hits = tuple(sorted({*self.last_hits, *hits})[-KEPT_HITS:])
        # Nonces begin at 1, so that behind 0 there are all rounds.
        last = last_hits[-1] if last_hits else 0
        if last_hits[-1:] == self.last_hits[-1:]:
            behind = fresh.take(fresh.nonces > last)
            rounds, others = self.rounds_since, self.others_since
        else:
            # The new last hit is in the window, and so is everything behind it.
            behind = window.take(window.nonces > last)
            rounds = others = 0
        return HitTail(
            self.count + len(hits),
            last_hits,
            rounds + len(behind),
            others + int(np.count_nonzero(behind.of_others(difficulty))),
        )


@dataclass(frozen=True, slots=True)
class Card:
    """Figures of one pin; what cannot be told is None, and ``reason`` says why the streak's chance is not.

    ``brief`` says the same in a few words.
    ``gaps`` are the last ten, oldest first. ``streak`` counts nonces since the last hit up to the latest
    observed one, and ``streak_probability`` is the chance of one this long or longer.
    """

    pin: Pin
    count: int
    last_nonce: int | None
    gaps: tuple[int, ...]
    streak: int | None
    probability: float | None
    streak_probability: float | None
    waiting: tuple[int, ...] | None
    chances: tuple[float, ...] | None
    reason: str | None
    brief: str | None


def make_card(pin: Pin, tail: HitTail, covered: Coverage, p: Fraction | None) -> Card:
    """Give the card of a pin; ``p`` is None when no round says its difficulty."""
    last = tail.last_hits[-1] if tail.last_hits else None
    streak = unseen = None
    if covered.first_nonce is not None and covered.last_nonce is not None:
        streak = covered.last_nonce - (covered.first_nonce - 1 if last is None else last)
        unseen = streak - tail.rounds_since
    reason, brief = _reason(covered, p, unseen, tail.others_since)
    known = p or None
    told = known is not None and streak is not None and reason is None
    return Card(
        pin=pin,
        count=tail.count,
        last_nonce=last,
        gaps=tuple(np.diff(tail.last_hits).tolist()),
        streak=streak,
        probability=None if p is None else float(p),
        streak_probability=no_hit(known, streak) if told and known and streak is not None else None,
        waiting=tuple(waiting_rounds(known, q) for q in WAITING_QUANTILES) if known else None,
        chances=tuple(some_hit(known, rounds) for rounds in NEXT_ROUNDS) if known else None,
        reason=reason,
        brief=brief,
    )


def _reason(
    covered: Coverage, p: Fraction | None, unseen: int | None, others: int
) -> tuple[str | None, str | None]:
    """Give the first reason that keeps the streak's chance from being told, in full and in short."""
    lost, apart = _rounds(unseen), _rounds(others)
    reasons = (
        (not covered.observed, "No round was observed yet.", "no round yet"),
        (covered.truncated, covered.reason, "its chance is off: rounds are missing"),
        (p is None, "No message of this stream says its difficulty.", "the difficulty is not known"),
        (p == 0, "No result of the stream's difficulty matches this.", "never at this difficulty"),
        (
            unseen,
            f"{lost} since the last hit not observed; a hit may be among them.",
            f"its chance is off: {lost} lost",
        ),
        (
            others,
            f"{apart} since the last hit played at another difficulty.",
            "its chance is off: another difficulty",
        ),
    )
    return next(((words, short) for holds, words, short in reasons if holds), (None, None))


def _rounds(count: int | None) -> str:
    return "1 round" if count == 1 else f"{count or 0:,} rounds"


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
