"""The order of hits and misses in a run, taken in once: runs, pairs at a distance, gaps, longest stretch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pump_desktop.stats.gaps import GapTally, tally
from pump_desktop.stats.hits import Mask, Outcomes, hit_masks

LAGS = range(1, 11)


@dataclass(frozen=True, slots=True)
class HitOrder:
    """What the tests of independence need to know about hits among ``count`` nonces.

    ``runs`` are the unbroken stretches of hits or of misses. For each lag, ``pairs`` holds how often a hit
    stands that far behind another, ``early`` and ``late`` the hits among the first and last so many nonces.
    ``longest`` is the longest stretch without a hit, which begins at index ``longest_at``.
    """

    count: int
    hits: int
    runs: int
    pairs: tuple[int, ...]
    early: tuple[int, ...]
    late: tuple[int, ...]
    gaps: GapTally
    longest: int
    longest_at: int


def hit_order(outcomes: Outcomes, safe_pumps: Sequence[int]) -> HitOrder:
    """Walk once over the outcomes; positions of hits are only ever held for one piece of them."""
    count, reach = len(outcomes), LAGS[-1]
    hits = changes = longest = longest_at = 0
    pairs = dict.fromkeys(LAGS, 0)
    before, first_ten = np.zeros(reach, np.bool_), np.zeros(reach, np.bool_)
    for at, mask in hit_masks(outcomes[:reach], safe_pumps):
        first_ten[at : at + len(mask)] = mask
    first = last = -1
    tallies: list[GapTally] = []
    for at, mask in hit_masks(outcomes, safe_pumps):
        joined = np.concatenate((before, mask))
        # Before the first nonce stands a miss, so a first hit is a change and a run of its own begins.
        changes += int(np.count_nonzero(mask != joined[reach - 1 : -1]))
        for lag in LAGS:
            pairs[lag] += int(np.count_nonzero(mask & joined[reach - lag : -lag]))
        before = joined[-reach:]
        found = np.flatnonzero(mask)
        if not len(found):
            continue
        hits += len(found)
        found += at
        gaps = np.diff(found, prepend=last)
        widest = int(gaps.argmax())
        if gaps[widest] - 1 > longest:
            longest, longest_at = int(gaps[widest]) - 1, int(found[widest] - gaps[widest]) + 1
        tallies.append(tally(gaps if last >= 0 else gaps[1:]))
        first = first if last >= 0 else int(found[0])
        last = int(found[-1])
    if count - 1 - last > longest:
        longest, longest_at = count - 1 - last, last + 1
    return HitOrder(
        count=count,
        hits=hits,
        runs=changes + (1 if count and first != 0 else 0),
        pairs=tuple(pairs.values()),
        early=_running_total(first_ten),
        late=_running_total(before[::-1]),
        gaps=_together(tallies),
        longest=longest,
        longest_at=longest_at,
    )


def _running_total(mask: Mask) -> tuple[int, ...]:
    return tuple(np.cumsum(mask).tolist())


def _together(tallies: Sequence[GapTally]) -> GapTally:
    if not tallies:
        return tally(np.empty(0, np.int64))
    values, places = np.unique(np.concatenate([one.values for one in tallies]), return_inverse=True)
    counts = np.zeros(len(values), np.int64)
    np.add.at(counts, places, np.concatenate([one.counts for one in tallies]))
    return GapTally(values, counts)
