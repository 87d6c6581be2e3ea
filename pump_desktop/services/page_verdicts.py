"""Pages of stored results held against what a known server seed gives, column by column.

``services/verdicts.py`` says the same of one result at a time, with what the seeds really give; a million of
them would take ten seconds in which the interpreter belongs to nobody else.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pump_desktop.domain.game import PAYOUTS, SNAP_TOLERANCE, Difficulty
from pump_desktop.engine import reference
from pump_desktop.engine.kernels import Kernel, replay
from pump_desktop.services.verdicts import MAX_HOLE, SeedPair
from pump_desktop.store.live.audit_reads import DIFFICULTIES, UNKNOWN, Numbers, Reals


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
