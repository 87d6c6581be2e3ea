"""Reported results held against what a known server seed gives."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pump_desktop.domain.game import Difficulty, multiplier, snap
from pump_desktop.domain.live import Verdict
from pump_desktop.engine import reference
from pump_desktop.engine.kernels import Kernel, replay

# A kernel call costs 15 to 25 µs and then 0.1 µs a nonce, so replaying a hole of up to 128 nonces is no
# dearer than a second call. The reference takes 10 µs for one nonce: nonces that stand alone go to it.
MAX_HOLE = 128


class Reported(Protocol):
    """What bets, heartbeats and their stored rows have in common."""

    @property
    def nonce(self) -> int:
        """The nonce it is about."""

    @property
    def difficulty(self) -> Difficulty | None:
        """The difficulty, where it is known."""

    @property
    def safe_pumps(self) -> int | None:
        """The k of the reported multiplier; None off the table or without a difficulty."""

    @property
    def round_result(self) -> float:
        """The reported multiplier."""


@dataclass(frozen=True, slots=True)
class SeedPair:
    """Both seeds of a stream that is revealed."""

    server_seed: str
    client_seed: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict and the multiplier the seeds really give."""

    verdict: Verdict
    actual: float


Results = dict[Difficulty, int]


def judge(seeds: SeedPair, reported: Sequence[Reported], kernel: Kernel) -> list[Judged]:
    """Give each reported result its verdict, in order.

    A result matches when the seeds give exactly its k at its difficulty, so one off the table never does.
    Without a difficulty (a bare heartbeat) it matches when any of the four difficulties gives its
    multiplier; ``actual`` is then the nearest of the four.
    """
    answers: dict[int, Judged] = {}
    nonces = np.fromiter((one.nonce for one in reported), np.int64, len(reported))
    for stretch in _stretches(nonces):
        rows = [(at, reported[at]) for at in stretch.tolist()]
        if kernel is Kernel.REFERENCE or len(rows) == 1:
            for at, one in rows:
                answers[at] = _judged(one, _by_reference(seeds, one.nonce, _difficulties(one)))
            continue
        first, last = rows[0][1].nonce, rows[-1][1].nonce
        wanted = {difficulty for _, one in rows for difficulty in _difficulties(one)}
        vectors = {
            difficulty: replay(
                kernel, seeds.server_seed, seeds.client_seed, first, last - first + 1, difficulty
            ).tolist()
            for difficulty in wanted
        }
        for at, one in rows:
            index = one.nonce - first
            answers[at] = _judged(one, {d: vectors[d][index] for d in _difficulties(one)})
    return [answers[at] for at in range(len(reported))]


def _stretches(nonces: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Yield the indices of ``nonces`` in nonce order, cut where a hole is too wide to replay."""
    order = np.argsort(nonces, kind="stable").astype(np.int64)
    cuts = np.flatnonzero(np.diff(nonces[order]) > MAX_HOLE) + 1
    yield from (part for part in np.split(order, cuts) if len(part))


_ALL = tuple(Difficulty)
_ALONE = {difficulty: (difficulty,) for difficulty in Difficulty}


def _difficulties(one: Reported) -> Collection[Difficulty]:
    return _ALL if one.difficulty is None else _ALONE[one.difficulty]


def _by_reference(seeds: SeedPair, nonce: int, difficulties: Collection[Difficulty]) -> Results:
    """Give k at each difficulty; the words of the one with the most pops settle the others."""
    pops = max(difficulty.pops for difficulty in difficulties)
    picked = reference.picks(reference.words(seeds.server_seed, seeds.client_seed, nonce, pops))
    return {difficulty: reference.safe_pumps(difficulty, picked) for difficulty in difficulties}


def _judged(one: Reported, results: Results) -> Judged:
    if one.difficulty is not None:
        k = results[one.difficulty]
        verdict = Verdict.MATCH if one.safe_pumps == k else Verdict.MISMATCH
        return Judged(verdict, multiplier(one.difficulty, k))
    possible = [multiplier(difficulty, k) for difficulty, k in results.items()]
    matches = any(snap(difficulty, one.round_result) == k for difficulty, k in results.items())
    nearest = min(possible, key=lambda value: abs(value - one.round_result))
    return Judged(Verdict.MATCH if matches else Verdict.MISMATCH, nearest)
