"""Metrics of random streams against a plain look at their rounds."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest

from pump_desktop.domain.game import Difficulty, multiplier
from pump_desktop.domain.live import Message, RoundRow
from pump_desktop.domain.runs import Match
from pump_desktop.domain.targets_and_pins import Pin
from pump_desktop.services.backend import Backend
from pump_desktop.stats.streams import coverage_of, multiplier_metrics
from tests.store.live_samples import make_bet, make_heartbeat, random_messages

WANTED = (1.0, 1.63, 2.8, 4.95, 7.77, 11200.65)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make buckets so small that a few hundred messages fill many."""
    for module in ("live.ingest", "live.board", "live.reads", "care.prune"):
        monkeypatch.setattr(f"pump_desktop.store.{module}.TALLY_BUCKET", 16)


def a_stream(seed: int) -> list[Message]:
    """Give messages of stretches without a hole and with holes, in any order, at one or two difficulties."""
    dice = random.Random(seed)
    if seed % 3 == 0:
        return random_messages(500, seed, nonces=150)
    nonces = [nonce for nonce in range(30 + seed, 400) if nonce < 200 or dice.random() < 0.9]
    dice.shuffle(nonces)
    messages: list[Message] = []
    for nonce in nonces:
        difficulty = Difficulty.EASY if seed % 2 and dice.random() < 0.05 else Difficulty.EXPERT
        k = dice.choice([0, 0, 0, 1, 1, 2, 3])
        said = {"round_result": multiplier(difficulty, k), "safe_pumps": k, "difficulty": difficulty}
        messages.append(make_bet(nonce, **said) if dice.random() < 0.5 else make_heartbeat(nonce, **said))
    return messages


def matching(rounds: Sequence[RoundRow], value: float, match: Match) -> list[int]:
    """Give the nonces of the rounds with a multiplier."""
    if match is Match.EXACT:
        return [row.nonce for row in rounds if abs(row.round_result - value) <= 1e-9]
    return [row.nonce for row in rounds if row.round_result >= value - 1e-9]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("match", Match)
def test_metrics_are_those_of_a_plain_look(backend: Backend, seed: int, match: Match) -> None:
    accepted = backend.live.ingest(a_stream(seed)).result(20)
    stream_id = accepted[0].stream_id
    if seed == 5:
        backend.storage.prune(backend.storage.pruning(100))
    rounds = backend.live.rounds(stream_id, None, 1000, 0).items[::-1]
    nonces = [row.nonce for row in rounds]
    detail = backend.live.stream(stream_id)
    covered = coverage_of(
        nonces[0], nonces[-1], len(nonces), detail.heartbeats, min(row.round_result for row in rounds)
    )
    size = 7
    metrics = backend.live.metrics(stream_id, WANTED, size, 9, match)
    assert metrics.coverage == covered
    assert metrics.difficulty is not None
    hits = {value: matching(rounds, value, match) for value in WANTED}
    for one in metrics.multipliers:
        found = hits[one.multiplier]
        since = found[-1] if found else 0
        others = sum(row.nonce > since and row.difficulty not in {None, metrics.difficulty} for row in rounds)
        p = Pin(one.multiplier, match).probability(metrics.difficulty)
        arrays = np.array(found, np.int64), np.array(nonces, np.int64)
        assert one == multiplier_metrics(one.multiplier, *arrays, covered, p, others)
        assert (one.count, one.last_nonce) == (len(found), found[-1] if found else None)
    any_of = {nonce for found in hits.values() for nonce in found}
    seen = Counter((nonce - 1) // size for nonce in nonces)
    hit = Counter((nonce - 1) // size for nonce in any_of)
    assert [(bucket.start, bucket.end, bucket.rounds, bucket.hits) for bucket in metrics.density] == [
        (place * size + 1, (place + 1) * size, count, hit[place]) for place, count in sorted(seen.items())
    ]
    assert list(metrics.top) == sorted(rounds, key=lambda row: (-row.round_result, row.nonce))[:9]
