"""A live stream as alert rules see it, and the way its rounds are shown to them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from pump_desktop.domain.alert_notices import Rounds
from pump_desktop.domain.alerts import Condition, GapPercentile, WrongResult
from pump_desktop.domain.game import Difficulty
from pump_desktop.stats.streams import MAX_LOST

Nonces = NDArray[np.int64]

# A stream that leaves out most rounds has as many stretches as rounds; the oldest are forgotten, half of
# them at a time.
MAX_STRETCHES = 8_000


class Observed:
    """Observed nonces; adding the next one takes a step, counting takes a look by halves.

    Nothing is known of the nonces below ``floor``, once stretches were forgotten.
    """

    __slots__ = ("_before", "_ends", "_starts", "floor")

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        # How many nonces the stretches before each one hold.
        self._before: list[int] = []
        self.floor = 1

    def extend(self, nonces: Nonces) -> None:
        """Take in ascending nonces, all of them above those that are known."""
        if not len(nonces):
            return
        jumps = np.flatnonzero(np.diff(nonces) != 1)
        firsts = [int(nonces[0]), *nonces[jumps + 1].tolist()]
        lasts = [*nonces[jumps].tolist(), int(nonces[-1])]
        for first, last in zip(firsts, lasts, strict=True):
            self.fill(first, last)

    def fill(self, first: int, last: int) -> None:
        """Take in a stretch above the nonces that are known."""
        if self._ends and first == self._ends[-1] + 1:
            self._ends[-1] = last
            return
        self._before.append(self._up_to_last())
        self._starts.append(first)
        self._ends.append(last)
        if len(self._ends) > MAX_STRETCHES:
            self._forget()

    def add(self, nonce: int) -> bool:
        """Take in any nonce; false when it is known already, or too far back to tell."""
        if not self._ends or nonce > self._ends[-1]:
            self.fill(nonce, nonce)
            return True
        return nonce >= self.floor and self._add_late(nonce)

    def count(self, first: int, last: int) -> int:
        """Give how many of the nonces ``first`` to ``last`` were observed."""
        return self._up_to(last) - self._up_to(first - 1) if last >= first else 0

    def holes(self, at_most: int) -> list[tuple[int, int]]:
        """Give the stretches that were not observed, between those that were, newest first."""
        newest = range(len(self._starts) - 1, max(len(self._starts) - 1 - at_most, 0), -1)
        return [(self._ends[at - 1] + 1, self._starts[at] - 1) for at in newest]

    def _up_to_last(self) -> int:
        return self._before[-1] + self._ends[-1] - self._starts[-1] + 1 if self._ends else 0

    def _up_to(self, nonce: int) -> int:
        at = bisect_right(self._starts, nonce) - 1
        if at < 0:
            return self._before[0] if self._before else 0
        return self._before[at] + min(nonce, self._ends[at]) - self._starts[at] + 1

    def _add_late(self, nonce: int) -> bool:
        starts, ends = self._starts, self._ends
        at = bisect_right(starts, nonce) - 1
        if at >= 0 and nonce <= ends[at]:
            return False
        follows = at >= 0 and ends[at] + 1 == nonce
        precedes = starts[at + 1] - 1 == nonce
        if follows and precedes:
            ends[at] = ends.pop(at + 1)
            del starts[at + 1], self._before[at + 1]
            later = at + 1
        elif follows:
            ends[at] = nonce
            later = at + 1
        else:
            later = at + 2
            if precedes:
                starts[at + 1] = nonce
            else:
                self._before.insert(at + 1, self._before[at + 1])
                starts.insert(at + 1, nonce)
                ends.insert(at + 1, nonce)
        for place in range(later, len(starts)):
            self._before[place] += 1
        return True

    def _forget(self) -> None:
        half = len(self._starts) // 2
        del self._starts[:half], self._ends[:half], self._before[:half]
        self.floor = self._starts[0]


class Fired(NamedTuple):
    """A rule has something to say: at which nonce, and the figure its sentence needs."""

    nonce: int | None
    figure: float = 0


class Course:
    """A stream as rules see it: its observed nonces, and what may keep a rule from being told."""

    __slots__ = ("difficulties", "first", "heartbeats", "latest", "observed", "revealed", "rounds")

    def __init__(self) -> None:
        # 0 before the first round.
        self.first = 0
        self.latest = 0
        self.rounds = 0
        self.heartbeats = False
        self.revealed = False
        self.difficulties: set[str] = set()
        self.observed = Observed()

    def meet(self, rounds: Rounds) -> bool:
        """Take in rounds that all come after the latest one, or one round; false when that is known."""
        first, last = int(rounds.nonces[0]), int(rounds.nonces[-1])
        if first > self.latest:
            self.observed.extend(rounds.nonces)
        elif not self.observed.add(first):
            return False
        self.rounds += len(rounds.nonces)
        self.first = min(self.first or first, first)
        self.latest = max(self.latest, last)
        self.difficulties |= rounds.difficulties
        return True

    @property
    def missing(self) -> int:
        """How many nonces between the first and the latest were not observed."""
        return self.latest - self.first + 1 - self.rounds if self.rounds else 0

    @property
    def difficulty(self) -> Difficulty | None:
        """The one difficulty of the stream; None while none is known, and when there are several."""
        return Difficulty(next(iter(self.difficulties))) if len(self.difficulties) == 1 else None

    @property
    def tolerance(self) -> float:
        """The share of nonces that may be missing by accident; see ``stats.streams``."""
        return MAX_LOST if self.heartbeats else 0.0

    def lacks(self, first: int, last: int) -> int:
        """Give how many of the nonces ``first`` to ``last`` were not observed, as far back as is known."""
        low = max(first, self.first, self.observed.floor)
        return max(last - low + 1, 0) - self.observed.count(low, last)


class Watch(Protocol):
    """What one rule remembers of one stream."""

    def begin(self, course: Course) -> None:
        """Start where the course is: what came before is no news."""
        ...

    def see(self, rounds: Rounds, course: Course) -> Sequence[Fired]:
        """Look at rounds that the course has just met: the newest ones, or one late round."""
        ...

    def sentence(self, fired: Fired) -> str:
        """Say what the rule found."""
        ...


_W = TypeVar("_W", bound=Watch)


def follow(course: Course, rounds: Rounds, watches: Sequence[_W]) -> Iterator[tuple[_W, Fired]]:
    """Yield what the rules find in rounds, each nonce once; late rounds are shown one by one."""
    if not len(rounds.nonces):
        return
    ahead = int(rounds.nonces[0]) > course.latest
    for piece in [rounds] if ahead else map(rounds.one, range(len(rounds.nonces))):
        if course.meet(piece):
            for watch in watches:
                for fired in watch.see(piece, course):
                    yield watch, fired


def why_untold(condition: Condition, course: Course) -> str | None:
    """Give the reason why a rule cannot be told of a stream; None when it can."""
    if isinstance(condition, WrongResult) and not course.revealed:
        return "The server seed of this stream is not revealed yet; until then no result can be checked."
    return _why_no_stretch(condition, course) if isinstance(condition, GapPercentile) else None


def _why_no_stretch(condition: GapPercentile, course: Course) -> str | None:
    span = course.latest - course.first + 1
    if course.missing > span * course.tolerance:
        return (
            f"{course.missing:,} of the {span:,} rounds from nonce {course.first:,} to {course.latest:,} "
            "are not stored; how long a stretch without a hit is needs every round."
        )
    if not course.difficulties:
        return "No message of this stream says its difficulty." if course.rounds else None
    if course.difficulty is None:
        return "This stream has rounds of more than one difficulty; each has its own chance of a hit."
    p = condition.target.probability(course.difficulty)
    if 0 < p < 1:
        return None
    results = "No result" if p == 0 else "Every result"
    return f"{results} of {course.difficulty.value} is {condition.target.words}."
