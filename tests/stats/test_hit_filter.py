from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pump_desktop.domain.game import PAYOUTS, Difficulty, p_exact, target_p_at_least
from pump_desktop.domain.runs import Match
from pump_desktop.stats import hits
from pump_desktop.stats.hits import HitFilter, count_between, find_hits, part_of, positions_of

nonces = st.integers(1, 60)
bounds = st.none() | nonces


@given(nonces, st.integers(0, 40), bounds, bounds)
def test_a_span_is_the_nonces_that_pass_both_bounds(
    start: int, more: int, first: int | None, last: int | None
) -> None:
    got_first, got_last = HitFilter((1.0,), first=first, last=last).span(start, start + more)
    wanted = [
        nonce
        for nonce in range(start, start + more + 1)
        if (first is None or nonce >= first) and (last is None or nonce <= last)
    ]
    assert list(range(got_first, got_last + 1)) == wanted


@given(st.sampled_from(Difficulty), st.sampled_from(Match), st.data())
def test_a_probability_is_the_sum_of_what_matches(
    difficulty: Difficulty, match: Match, data: st.DataObject
) -> None:
    table = PAYOUTS[difficulty]
    wanted = tuple(data.draw(st.lists(st.sampled_from(table), min_size=1, max_size=5)))
    got = HitFilter(wanted, match).probability(difficulty)
    if match is Match.AT_LEAST:
        assert got == target_p_at_least(difficulty, min(wanted))
    else:
        assert got == sum((p_exact(difficulty, table.index(one)) for one in set(wanted)), Fraction(0))


def test_what_is_not_in_the_table_has_no_chance_and_what_all_are_has_every_one() -> None:
    assert HitFilter((7.0,)).probability(Difficulty.EXPERT) == 0
    assert HitFilter((1e9,), Match.AT_LEAST).probability(Difficulty.EXPERT) == 0
    assert HitFilter((1.0,), Match.AT_LEAST).probability(Difficulty.EXPERT) == 1
    assert HitFilter(PAYOUTS[Difficulty.HARD]).probability(Difficulty.HARD) == 1


@pytest.fixture(scope="module", autouse=True)
def small_pieces() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hits, "PIECE", 7)
        yield


@given(
    st.lists(st.integers(0, 15), max_size=40),
    st.sets(st.integers(0, 15), max_size=5).map(sorted),
    st.lists(st.integers(0, 40), max_size=6).map(sorted),
)
def test_positions_and_counts_are_the_plain_lists_own_across_pieces(
    ks: list[int], wanted: list[int], edges: list[int]
) -> None:
    outcomes = np.array(ks, np.uint8)
    found = [at for at, k in enumerate(ks) if k in wanted]
    assert positions_of(outcomes, wanted).tolist() == found
    edges = [min(edge, len(ks)) for edge in edges]
    counted = count_between(outcomes, wanted, np.array(edges, np.int64))
    assert counted.tolist() == [sum(low <= at < high for at in found) for low, high in pairwise(edges)]


@given(st.lists(st.integers(0, 15), min_size=1, max_size=40), nonces, bounds, bounds)
def test_hits_of_a_range_are_the_hits_that_stand_in_it(
    ks: list[int], start: int, first: int | None, last: int | None
) -> None:
    outcomes = np.array(ks, np.uint8)
    wanted = HitFilter((1.0, 4.95), Match.EXACT, first, last)
    everywhere = find_hits(outcomes, start, Difficulty.EXPERT, HitFilter((1.0, 4.95)))
    low, high = wanted.span(start, start + len(ks) - 1)
    inside = [nonce for nonce in everywhere.nonces.tolist() if low <= nonce <= high]
    assert find_hits(outcomes, start, Difficulty.EXPERT, wanted).nonces.tolist() == inside
    assert len(part_of(outcomes, start, wanted)[1]) == high - low + 1
