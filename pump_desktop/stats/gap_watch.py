"""The alert rule on stretches without a hit: how long is long, and when a stretch gets there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pump_desktop.domain.alert_notices import Rounds
from pump_desktop.domain.alerts import GapPercentile
from pump_desktop.domain.game import Difficulty
from pump_desktop.stats.course import Course, Fired, why_untold
from pump_desktop.stats.streams import no_hit, waiting_rounds

Nonces = NDArray[np.int64]

# Below this a chance says no more than that it is small.
_SMALLEST = 1e-12


def gap_length(condition: GapPercentile, difficulty: Difficulty) -> int:
    """Give the rounds without a hit that a share of at most ``condition.share`` of stretches reaches."""
    return waiting_rounds(condition.target.probability(difficulty), 1 - condition.share)


class GapWatch:
    """Tells once of each stretch without a hit that reaches the length, when all its rounds were observed."""

    def __init__(self, condition: GapPercentile) -> None:
        self._condition = condition
        self.target = condition.target
        # The last hit (0 for none), the rounds observed since, and whether this stretch was told of.
        self._last_hit = 0
        self._observed = 0
        self._told = False
        self._difficulty: Difficulty | None = None
        self._length = 0
        self._chance = 0.0

    def begin(self, course: Course) -> None:
        """Start without a hit so far; ``resume()`` knows better."""
        self.resume(course, 0, course.rounds)

    def resume(self, course: Course, last_hit: int, observed: int) -> None:
        """Start in the middle of a stretch, since a hit (0 for none) and with so many rounds observed.

        One that is long enough already is no news.
        """
        self._last_hit, self._observed = last_hit, observed
        self._told = bool(course.rounds) and 0 < self._length_on(course) <= self._stretch(course)

    def see(self, rounds: Rounds, course: Course) -> Sequence[Fired]:
        """Count rounds, and tell where a stretch becomes long enough."""
        hits = np.flatnonzero((rounds.results >= self.target.least) & (rounds.results <= self.target.most))
        if int(rounds.nonces[0]) < course.latest and len(rounds.nonces) == 1:
            return self._see_late(int(rounds.nonces[0]), course, hit=len(hits) > 0)
        found = self._reached(rounds, course, hits)
        if len(hits):
            self._last_hit = int(rounds.nonces[hits[-1]])
            self._observed = len(rounds.nonces) - 1 - int(hits[-1])
        else:
            self._observed += len(rounds.nonces)
        return found

    def sentence(self, fired: Fired) -> str:
        """Say the length and how often a stretch gets there, and that it foretells nothing."""
        chance = no_hit(self._chance, int(fired.figure))
        return (
            f"{int(fired.figure):,} rounds without {self._condition.target.words}, up to nonce "
            f"{fired.nonce:,}. A stretch this long or longer comes in 1 of {_cases(chance)} cases; "
            "the chance of the next round is the same as ever."
        )

    def _reached(self, rounds: Rounds, course: Course, hits: Nonces) -> list[Fired]:
        """Give where the stretches before, between and behind the hits become long enough."""
        nonces, count = rounds.nonces, len(rounds.nonces)
        length = self._length_on(course)
        # Each stretch begins behind a hit at an index; the present one began before the first round.
        behind = np.concatenate(([-self._observed - 1], hits))
        ends = np.append(hits, count)
        enough = np.flatnonzero(ends - behind > length) if length else hits[:0]
        found = []
        for one in enough.tolist():
            if one == 0 and self._told:
                continue
            hit, end = int(behind[one]), int(ends[one])
            start = int(nonces[hit]) if one else self._last_hit or course.first - 1
            at = self._first_told(rounds, course, start, hit, range(max(hit + length, 0), end))
            if at is not None:
                found.append(Fired(int(nonces[at]), int(nonces[at]) - start))
        # What is told of the last stretch holds for the rounds to come.
        told = bool(found) and (not len(hits) or found[-1].nonce > nonces[hits[-1]])
        self._told = told or (self._told and not len(hits))
        return found

    def _first_told(self, rounds: Rounds, course: Course, start: int, hit: int, within: range) -> int | None:
        """Give the first index at which every round behind ``start`` was observed, on a stream not truncated.

        A round that was not observed may have been a hit.
        """
        at = within.start
        if int(rounds.nonces[at]) - start != at - hit:
            return None
        if not course.missing:
            return at
        nonces, place = rounds.nonces[at : within.stop], np.arange(at, within.stop)
        span = nonces - course.first + 1
        missing = span - (course.rounds - len(rounds.nonces) + place + 1)
        fine = np.flatnonzero((nonces - start == place - hit) & (missing <= span * course.tolerance))
        return at + int(fine[0]) if len(fine) else None

    def _see_late(self, nonce: int, course: Course, *, hit: bool) -> Sequence[Fired]:
        """Take in a round that came after later ones: it may end the stretch, or make it whole."""
        if nonce <= self._last_hit:
            return ()
        if hit:
            self._last_hit = nonce
            self._observed = course.observed.count(nonce + 1, course.latest)
            self._told = False
            return ()
        self._observed += 1
        stretch = self._stretch(course)
        length = self._length_on(course)
        if self._told or not 0 < length <= stretch or self._observed < stretch:
            return ()
        if why_untold(self._condition, course) is not None:
            return ()
        self._told = True
        return (Fired(course.latest, stretch),)

    def _stretch(self, course: Course) -> int:
        return course.latest - (self._last_hit or course.first - 1)

    def _length_on(self, course: Course) -> int:
        """Give the length on the stream's difficulty; 0 when there is none."""
        difficulty = course.difficulty
        if difficulty is None:
            return 0
        if difficulty is not self._difficulty:
            self._chance = float(self._condition.target.probability(difficulty))
            self._length = gap_length(self._condition, difficulty) if 0 < self._chance < 1 else 0
            self._difficulty = difficulty
        return self._length


def _cases(chance: float) -> str:
    if chance < _SMALLEST:
        return "more than 1,000,000,000,000"
    # 1 of 2.4 is neither 1 of 2 nor 1 of 3.
    return f"{1 / chance:.1f}".removesuffix(".0") if chance > 0.1 else f"{round(1 / chance):,}"
