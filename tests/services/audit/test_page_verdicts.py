"""Verdicts by columns are those of one result at a time, whatever was reported."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest

from pump_desktop.domain.audits import AuditedRound
from pump_desktop.domain.game import PAYOUTS, Difficulty, multiplier, snap
from pump_desktop.domain.live import Verdict
from pump_desktop.engine import reference
from pump_desktop.engine.kernels import Kernel, choose_kernel
from pump_desktop.services.audit.verdicts import SeedPair, _snapped, judge, page_matches
from pump_desktop.store.live.audit_reads import DIFFICULTIES, UNKNOWN, RoundsPage

SEEDS = SeedPair("a server seed", "a client seed")


def reported(rng: random.Random, nonce: int) -> AuditedRound:
    """Give a round that is true, or wrong, or off the table, or of no difficulty."""
    difficulty = rng.choice(list(Difficulty))
    k = reference.replay(SEEDS.server_seed, SEEDS.client_seed, nonce, difficulty)
    if rng.random() < 0.3:
        k = rng.randrange(len(PAYOUTS[difficulty]))
    result = multiplier(difficulty, k)
    if rng.random() < 0.3:
        # A bare heartbeat is kept as it was reported, a little off or a lot.
        return AuditedRound(nonce, result * rng.choice([1.0, 1.004, 0.986, 1.3]), None, None, None)
    if rng.random() < 0.1:
        return AuditedRound(nonce, 7.77, None, difficulty, None)
    return AuditedRound(nonce, result, k, difficulty, None)


def page_of(rows: list[AuditedRound]) -> RoundsPage:
    return RoundsPage(
        nonces=np.array([row.nonce for row in rows]),
        difficulties=np.array(
            [UNKNOWN if row.difficulty is None else DIFFICULTIES.index(row.difficulty) for row in rows]
        ),
        safe_pumps=np.array([UNKNOWN if row.safe_pumps is None else row.safe_pumps for row in rows]),
        results=np.array([row.round_result for row in rows]),
        stored=np.full(len(rows), UNKNOWN),
        by_bet=np.zeros(len(rows), np.bool_),
    )


@pytest.mark.parametrize("kernel", [Kernel.REFERENCE, choose_kernel()])
@pytest.mark.parametrize("spread", [1, 3, 200, 10**9])
def test_a_page_gets_the_verdicts_of_its_rows(kernel: Kernel, spread: int) -> None:
    rng = random.Random(spread)
    nonces: list[int] = []
    nonce = 0
    for _ in range(400):
        # Two bets of one nonce stand beside each other.
        nonce += 0 if nonces and rng.random() < 0.1 else rng.randint(1, spread)
        nonces.append(nonce)
    rows = [reported(rng, one) for one in nonces]
    expected = [one.verdict is Verdict.MATCH for one in judge(SEEDS, rows, Kernel.REFERENCE)]
    assert 100 < sum(expected) < 350
    assert page_matches(SEEDS, page_of(rows), kernel).tolist() == expected


def test_the_highest_nonce_is_no_exception() -> None:
    last = 2**53 - 1
    k = reference.replay(SEEDS.server_seed, SEEDS.client_seed, last, Difficulty.HARD)
    rows = [AuditedRound(last, multiplier(Difficulty.HARD, k), k, Difficulty.HARD, None)]
    assert page_matches(SEEDS, page_of(rows), choose_kernel()).tolist() == [True]


def test_no_rows_have_no_verdicts() -> None:
    assert page_matches(SEEDS, page_of([]), Kernel.REFERENCE).tolist() == []


@pytest.mark.parametrize("difficulty", list(Difficulty))
def test_multipliers_snap_as_one_alone_does(difficulty: Difficulty) -> None:
    rng = random.Random(difficulty)
    table = PAYOUTS[difficulty]
    values = [*table, 0.0, 0.5, 1e9, *(entry * rng.uniform(0.97, 1.03) for entry in table for _ in range(20))]
    values += [(low + high) / 2 for low, high in pairwise(table)]
    expected = [snap(difficulty, value) for value in values]
    found = _snapped(difficulty, np.array(values)).tolist()
    assert found == [UNKNOWN if k is None else k for k in expected]
