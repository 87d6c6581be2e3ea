"""Which nonces of a stream were observed, kept as stretches without a hole."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

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
