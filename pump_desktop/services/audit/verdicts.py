"""Reported results held against what a known server seed gives."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pump_desktop.domain.game import PAYOUTS, SNAP_TOLERANCE, Difficulty, multiplier, snap
from pump_desktop.domain.live import Message, StreamKey, Verdict
from pump_desktop.engine import reference
from pump_desktop.engine.kernels import Kernel, choose_kernel, replay, warm_up
from pump_desktop.services.background import Beside
from pump_desktop.store.live.audit_reads import DIFFICULTIES, UNKNOWN, Numbers, Reals

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


# Verdicts by the reference after which the kernel is made ready: they took 20 ms of somebody's time.
WORTH_A_KERNEL = 2_000


class Judge:
    """Judges by the reference; once a simulation has sent much, by the kernel, which is made ready beside."""

    def __init__(self, beside: Beside) -> None:
        self._beside = beside
        self._kernel = Kernel.REFERENCE
        self._warming = False
        self._slowly_judged = 0

    def verdicts(
        self, messages: Sequence[Message], seeds: Mapping[StreamKey, str | None]
    ) -> list[Verdict | None] | None:
        """Give the verdicts of messages whose stream has a seed; None when there is none at all."""
        by_stream: dict[StreamKey, list[int]] = {}
        for at, message in enumerate(messages):
            if seeds[message.stream] is not None:
                by_stream.setdefault(message.stream, []).append(at)
        if not by_stream:
            return None
        verdicts: list[Verdict | None] = [None] * len(messages)
        for key, places in by_stream.items():
            pair = SeedPair(seeds[key] or "", key.client_seed)
            judged = judge(pair, [messages[at] for at in places], self._kernel)
            for at, one in zip(places, judged, strict=True):
                verdicts[at] = one.verdict
        self._make_kernel_ready(len(messages))
        return verdicts

    def _make_kernel_ready(self, judged: int) -> None:
        """Compile the kernel beside, once a simulation sends much: 1,000 bets then take 0.1 ms, not 10."""
        self._slowly_judged += judged if self._kernel is Kernel.REFERENCE else 0
        if self._slowly_judged >= WORTH_A_KERNEL and not self._warming:
            self._warming = True
            self._beside.do(self._warm_up)

    def _warm_up(self) -> None:
        kernel = choose_kernel()
        warm_up(kernel)
        self._kernel = kernel


# ``verdict_of`` below says the same of one result at a time, with what the seeds really give; a million of
# them would take ten seconds in which the interpreter belongs to nobody else.


class Page(Protocol):
    """What pages of bets and of rounds have in common; nonces ascend."""

    @property
    def nonces(self) -> Numbers:
        """Nonce of each row."""

    @property
    def difficulties(self) -> Numbers:
        """Number of its difficulty, or UNKNOWN."""

    @property
    def safe_pumps(self) -> Numbers:
        """K of its multiplier, or UNKNOWN."""

    @property
    def results(self) -> Reals:
        """Its multiplier."""


def page_matches(seeds: SeedPair, page: Page, kernel: Kernel) -> NDArray[np.bool_]:
    """Tell of each row whether the seeds give its result; see ``verdicts.judge()`` for what that means."""
    matches = np.zeros(len(page.nonces), np.bool_)
    for number, difficulty in enumerate(DIFFICULTIES):
        rows = np.flatnonzero(page.difficulties == number)
        if len(rows):
            outcomes = _outcomes_at(seeds, page.nonces[rows], difficulty, kernel)
            matches[rows] = outcomes == page.safe_pumps[rows]
    bare = np.flatnonzero(page.difficulties == UNKNOWN)
    if len(bare):
        for difficulty in DIFFICULTIES:
            outcomes = _outcomes_at(seeds, page.nonces[bare], difficulty, kernel)
            matches[bare] |= outcomes == _snapped(difficulty, page.results[bare])
    return matches


def _outcomes_at(seeds: SeedPair, nonces: Numbers, difficulty: Difficulty, kernel: Kernel) -> Numbers:
    """Give k at nonces that ascend; only holes up to ``MAX_HOLE`` are replayed with them."""
    outcomes = np.empty(len(nonces), np.int64)
    server, client = seeds.server_seed, seeds.client_seed
    cuts = np.flatnonzero(np.diff(nonces) > MAX_HOLE) + 1
    for rows in np.split(np.arange(len(nonces)), cuts):
        if kernel is Kernel.REFERENCE or len(rows) == 1:
            for row in rows.tolist():
                outcomes[row] = reference.replay(server, client, int(nonces[row]), difficulty)
            continue
        first, last = int(nonces[rows[0]]), int(nonces[rows[-1]])
        replayed = replay(kernel, server, client, first, last - first + 1, difficulty)
        outcomes[rows] = replayed[nonces[rows] - first]
    return outcomes


def _snapped(difficulty: Difficulty, results: Reals) -> Numbers:
    """Give the k of the nearest table entry within the tolerance, as ``payouts.snap()`` does, or UNKNOWN."""
    table = np.array(PAYOUTS[difficulty])
    above = np.minimum(np.searchsorted(table, results), len(table) - 1)
    below = np.maximum(above - 1, 0)
    nearer_below = np.abs(table[below] - results) <= np.abs(table[above] - results)
    nearest = np.where(nearer_below, below, above)
    near = np.abs(table[nearest] - results) <= SNAP_TOLERANCE * table[nearest]
    return np.where(near, nearest, UNKNOWN)
