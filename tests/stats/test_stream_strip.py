from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pump_desktop.stats.stream_board import MOST_BUCKETS, Strip, empty_strip, make_strip, strip_size
from pump_desktop.stats.streams import Nonces


def nonces(values: object) -> Nonces:
    return np.array(sorted(values), np.int64)  # type: ignore[call-overload]  # any iterable of numbers


def same(one: Strip, other: Strip) -> bool:
    return (one.size, one.first, one.hits.tolist(), one.rounds.tolist()) == (
        other.size,
        other.first,
        other.hits.tolist(),
        other.rounds.tolist(),
    )


def test_every_nonce_is_in_the_bucket_that_says_so() -> None:
    strip = make_strip(1_501, 5_000, nonces([1_501, 2_000, 5_000]), None)
    assert strip.size == 25
    assert int(strip.rounds.sum()) == 3_500
    for nonce in (1_501, 2_000, 5_000):
        spans = [strip.span(place) for place in range(len(strip))]
        (place,) = (at for at, (first, last) in enumerate(spans) if first <= nonce <= last)
        assert strip.hits[place] == 1
    assert strip.hits.sum() == 3


def test_what_was_not_observed_is_not_counted() -> None:
    whole = make_strip(1, 100, nonces([7]), None)
    torn = make_strip(1, 100, nonces([7]), nonces([1, 7, 100]))
    assert whole.rounds.tolist() == [1] * 100
    assert torn.rounds.tolist() == [int(nonce in {1, 7, 100}) for nonce in range(1, 101)]


def test_sizes_hold_any_stream() -> None:
    for last in (1, 600, 601, 10**6, 10**9, 2**53 - 1):
        size = strip_size(1, last)
        assert (last - 1) // size < MOST_BUCKETS
    assert (strip_size(1, 600), strip_size(1, 601), strip_size(10**6, 10**6 + 10)) == (1, 5, 1)


@given(
    st.lists(st.sets(st.integers(1, 20_000), min_size=1, max_size=30), min_size=1, max_size=6),
    st.integers(2, 5),
)
def test_a_strip_that_grew_is_the_strip_made_anew(pieces: list[set[int]], every: int) -> None:
    strip, seen = empty_strip(), set[int]()
    for piece in pieces:
        fresh = nonces(piece - seen)
        strip = strip.with_rounds(fresh, fresh[fresh % every == 0])
        seen |= piece
    everything = nonces(seen)
    hits = everything[everything % every == 0]
    assert same(strip, make_strip(int(everything[0]), int(everything[-1]), hits, everything))
