"""What each alert rule remembers of a stream, and when it speaks; pure, without a clock.

The watcher of arriving rounds and the preview on stored ones drive the same watches through ``follow()``.
Rounds are looked at as columns: a hundred rules on fast traffic, or one on 100,000 rounds, must be cheap.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pump_desktop.domain.alert_notices import Rounds
from pump_desktop.domain.alerts import (
    Cluster,
    Condition,
    GapPercentile,
    MissingNonces,
    Silent,
    Threshold,
    WrongResult,
)
from pump_desktop.domain.game import EXACT_TOLERANCE, Difficulty
from pump_desktop.domain.targets_and_pins import duration, times
from pump_desktop.stats.stream_state import Course, Fired, Watch, why_untold
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


class ThresholdWatch:
    """Tells of every result of at least a multiplier."""

    def __init__(self, condition: Threshold) -> None:
        self._condition = condition

    def begin(self, course: Course) -> None:
        """Remember nothing."""

    def see(self, rounds: Rounds, course: Course) -> Sequence[Fired]:  # noqa: ARG002 - the protocol's
        """Tell of high results."""
        high = np.flatnonzero(rounds.results >= self._condition.at_least - EXACT_TOLERANCE)
        return _fired(rounds.nonces[high], rounds.results[high])

    def sentence(self, fired: Fired) -> str:
        """Say the result."""
        return f"{times(fired.figure)} at nonce {fired.nonce:,}: {times(self._condition.at_least)} or more."


class ClusterWatch:
    """Tells of so many hits close together; each hit is told of once."""

    def __init__(self, condition: Cluster) -> None:
        self._condition = condition
        self._timed = condition.nonces is None
        # From the first to the last hit it is at most this far.
        self._reach = condition.seconds or 0 if condition.nonces is None else condition.nonces - 1
        # Places of hits that may still be part of a cluster, ascending: fewer than the count.
        self._hits: list[float] = []

    def begin(self, course: Course) -> None:
        """Count hits from now on."""

    def see(self, rounds: Rounds, course: Course) -> Sequence[Fired]:  # noqa: ARG002 - the protocol's
        """Count hits, and tell where enough stand together."""
        target = self._condition.target
        hits = np.flatnonzero((rounds.results >= target.least) & (rounds.results <= target.most))
        places = (rounds.times if self._timed else rounds.nonces)[hits]
        found = []
        for place, nonce in zip(places.tolist(), rounds.nonces[hits].tolist(), strict=True):
            span = self._add(place)
            if span is not None:
                found.append(Fired(nonce, span))
        return found

    def sentence(self, fired: Fired) -> str:
        """Say how many, and how close."""
        hits = f"{self._condition.count:,} results of {self._condition.target.words}"
        if self._timed:
            within = max(1, round(fired.figure))
            return f"{hits} arrived within {duration(within)}, the last one at nonce {fired.nonce:,}."
        return f"{hits} within {int(fired.figure) + 1:,} nonces, the last one at nonce {fired.nonce:,}."

    def _add(self, place: float) -> float | None:
        """Take in a hit; gives how far its cluster reaches when it completes one."""
        hits = self._hits
        insort(hits, place)
        oldest = hits[-1] - self._reach
        while hits[0] < oldest:
            del hits[0]
        if len(hits) < self._condition.count:
            return None
        span = hits[-1] - hits[0]
        hits.clear()
        return span


class MismatchWatch:
    """Tells of every result that the server seed does not give."""

    def __init__(self, condition: WrongResult) -> None:
        self._condition = condition

    def begin(self, course: Course) -> None:
        """Remember nothing."""

    def see(self, rounds: Rounds, course: Course) -> Sequence[Fired]:  # noqa: ARG002 - the protocol's
        """Tell of rounds whose verdict is known on arrival."""
        nonces = rounds.nonces[rounds.mismatches]
        return _fired(nonces, np.ones(len(nonces)))

    def sentence(self, fired: Fired) -> str:
        """Say how many there are, and where."""
        count = int(fired.figure)
        if count == 1 and fired.nonce is not None:
            return f"The result reported at nonce {fired.nonce:,} is not what the server seed gives."
        words = "reported result is" if count == 1 else "reported results are"
        where = "" if fired.nonce is None else f", the last one at nonce {fired.nonce:,}"
        return f"{count:,} {words} not what the server seed gives{where}."


class MissingWatch:
    """Tells when enough of the newest nonces are missing, and again after there were fewer."""

    def __init__(self, condition: MissingNonces) -> None:
        self._condition = condition
        self._latest = 0
        self._armed = True

    def begin(self, course: Course) -> None:
        """Start where the course is; nonces that are missing already are no news."""
        self._latest = course.latest
        self._armed = self._lacks(course, course.latest) < self._condition.missing

    def see(self, rounds: Rounds, course: Course) -> Sequence[Fired]:
        """Look where nonces were left out; rounds in between can only push missing ones out."""
        first = int(rounds.nonces[0])
        if first <= self._latest:
            return ()
        # Before the first round of all there is nothing to be missing.
        nonces = np.concatenate(([self._latest or first - 1], rounds.nonces))
        self._latest = int(nonces[-1])
        found = []
        for at in np.flatnonzero(np.diff(nonces) != 1).tolist():
            before, nonce = int(nonces[at]), int(nonces[at + 1])
            self._armed = self._armed or self._lacks(course, before) < self._condition.missing
            if not self._armed:
                continue
            missing = self._lacks(course, nonce)
            if missing >= self._condition.missing:
                self._armed = False
                found.append(Fired(nonce, missing))
        return found

    def sentence(self, fired: Fired) -> str:
        """Say how many are missing."""
        return (
            f"{int(fired.figure):,} of the newest {self._condition.nonces:,} nonces are missing, "
            f"up to nonce {fired.nonce:,}."
        )

    def _lacks(self, course: Course, latest: int) -> int:
        return course.lacks(latest - self._condition.nonces + 1, latest)


class SilentWatch:
    """Tells of stored silences, the time between two arrivals; of a present one the watcher's clock tells."""

    def __init__(self, condition: Silent) -> None:
        self._condition = condition
        self._heard: float | None = None
        self._nonce = 0

    def begin(self, course: Course) -> None:
        """Wait for the first round."""

    def see(self, rounds: Rounds, course: Course) -> Sequence[Fired]:  # noqa: ARG002 - the protocol's
        """Tell where a round came too long after the one before."""
        first = rounds.times[0] if self._heard is None else self._heard
        waits = np.diff(rounds.times, prepend=first)
        nonces = np.concatenate(([self._nonce], rounds.nonces))
        self._heard, self._nonce = float(rounds.times[-1]), int(nonces[-1])
        silent = np.flatnonzero(waits >= self._condition.seconds)
        return _fired(nonces[silent], waits[silent])

    def sentence(self, fired: Fired) -> str:
        """Say for how long nothing came."""
        since = "" if fired.nonce is None else f", since nonce {fired.nonce:,}"
        return f"No message for {duration(self._condition.seconds)}{since}."


def watch_for(condition: Condition) -> Watch:
    """Give what a rule remembers, before its first round."""
    match condition:
        case Threshold():
            return ThresholdWatch(condition)
        case GapPercentile():
            return GapWatch(condition)
        case Cluster():
            return ClusterWatch(condition)
        case WrongResult():
            return MismatchWatch(condition)
        case MissingNonces():
            return MissingWatch(condition)
        case Silent():
            return SilentWatch(condition)


def needs_times(condition: Condition) -> bool:
    """Tell whether a rule looks at times of arrival: they take as long to read as all the rest."""
    return isinstance(condition, Silent) or (isinstance(condition, Cluster) and condition.nonces is None)


def _fired(nonces: NDArray[np.int64], figures: NDArray[np.float64]) -> list[Fired]:
    return list(map(Fired, nonces.tolist(), figures.tolist()))
