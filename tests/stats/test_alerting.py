from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pump_desktop.domain.alert_notices import Rounds
from pump_desktop.domain.alerts import Condition, GapPercentile, parse_condition
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.runs import Match
from pump_desktop.domain.targets_and_pins import Target
from pump_desktop.stats import stream_state as observed_module
from pump_desktop.stats.alerts import gap_length, watch_for
from pump_desktop.stats.stream_state import Course, Fired, Observed, Watch, follow, why_untold

EXPERT = Difficulty.EXPERT
HIT, MISS = 4.95, 1.0
# At 4.95x or more, 1 of 5 expert rounds, only 1 of 10 stretches reaches this many rounds.
GAP = GapPercentile(Target(4.95, Match.AT_LEAST), 90)
LENGTH = 11


def page(
    nonces: Sequence[int], hits: Sequence[int] = (), *, times: Sequence[float] = (), difficulty: str = EXPERT
) -> Rounds:
    """Give rounds of which those at ``hits`` are 4.95x, and the others 1.00x."""
    results = [HIT if nonce in hits else MISS for nonce in nonces]
    return Rounds(
        np.array(nonces, np.int64),
        np.array(results),
        np.zeros(len(nonces), np.bool_),
        np.array(times, np.float64),
        frozenset({difficulty} if difficulty else ()),
    )


def run(condition: Condition, *pages: Rounds, heartbeats: bool = True) -> tuple[list[Fired], Watch, Course]:
    course, watch = Course(), watch_for(condition)
    course.heartbeats = heartbeats
    return [fired for one in pages for _, fired in follow(course, one, [watch])], watch, course


def cut(nonces: Sequence[int], seed: int) -> Iterator[Sequence[int]]:
    """Cut nonces into pieces of random sizes."""
    random = Random(seed)
    edges = sorted({0, len(nonces), *random.choices(range(len(nonces) + 1), k=random.randint(0, 9))})
    for start, end in pairwise(edges):
        yield nonces[start:end]


streams = st.tuples(
    st.lists(st.integers(0, 30), max_size=150), st.floats(0.01, 0.3), st.integers(0, 10**6), st.booleans()
)


def stream_of(draws: list[int], share: float, seed: int) -> tuple[list[int], list[int]]:
    """Give nonces with few holes, and which of them are hits."""
    random = Random(seed)
    nonces, nonce = [], random.randint(1, 50)
    for draw in draws:
        nonce += 1 if draw else random.randint(1, 4)
        nonces.append(nonce)
    return nonces, [nonce for nonce in nonces if random.random() < share]


# Stretches without a hit.


@pytest.mark.parametrize(
    ("multiplier", "difficulty", "percentile"),
    [
        (34.68, EXPERT, 99.0),
        (2.45, Difficulty.EASY, 99.9),
        (3203384.8, EXPERT, 50.0),
        (1.63, EXPERT, 99.9999),
    ],
)
def test_the_length_is_the_first_that_at_most_the_share_of_stretches_reaches(
    multiplier: float, difficulty: Difficulty, percentile: float
) -> None:
    condition = GapPercentile(Target(multiplier, Match.AT_LEAST), percentile)
    p = float(condition.target.probability(difficulty))
    length = gap_length(condition, difficulty)
    share = (100 - percentile) / 100
    assert stats.geom.sf(length, p) <= share * (1 + 1e-9) < stats.geom.sf(length - 1, p) * (1 + 2e-9)


@given(streams)
def test_a_stretch_is_told_of_where_a_plain_count_says_so(drawn: tuple[list[int], float, int, bool]) -> None:
    draws, share, seed, heartbeats = drawn
    nonces, hits = stream_of(draws, share, seed)
    expected, told, last = [], False, nonces[0] - 1 if nonces else 0
    for place, nonce in enumerate(nonces):
        if nonce in hits:
            told, last = False, nonce
            continue
        seen = nonces[: place + 1]
        stretch = nonce - last
        span = nonce - nonces[0] + 1
        truncated = span - len(seen) > (0.01 * span if heartbeats else 0)
        whole = all(between in seen for between in range(last + 1, nonce))
        if not told and stretch >= LENGTH and whole and not truncated:
            told = True
            expected.append(Fired(nonce, stretch))
    whole_pages = [page(piece, hits) for piece in cut(nonces, seed)]
    assert run(GAP, *whole_pages, heartbeats=heartbeats)[0] == expected


def test_the_sentence_says_how_often_a_stretch_gets_so_long_and_foretells_nothing() -> None:
    found, watch, _ = run(GAP, page(range(1, 30), [5]))
    assert found == [Fired(5 + LENGTH, LENGTH)]
    p = float(GAP.target.probability(EXPERT))
    assert watch.sentence(found[0]) == (
        "11 rounds without 4.95x or more, up to nonce 16. A stretch this long or longer comes in "
        f"1 of {round(1 / (1 - p) ** LENGTH)} cases; the chance of the next round is the same as ever."
    )
    for word in ("due", "overdue", "hot", "cold", "soon", "expect"):
        assert word not in watch.sentence(found[0]).split()


def test_a_long_stretch_with_an_unseen_round_is_told_of_when_that_round_comes_late() -> None:
    course, watch = Course(), watch_for(GAP)
    course.heartbeats = True
    # 300 rounds make one missing nonce an accident.
    nonces = [nonce for nonce in range(1, 321) if nonce != 310]
    shown = page(nonces, range(1, 301))
    assert list(follow(course, shown, [watch])) == []
    assert [fired for _, fired in follow(course, page([310]), [watch])] == [Fired(320, 20)]


def test_a_late_hit_ends_the_stretch_it_lies_in() -> None:
    course, watch = Course(), watch_for(GAP)
    course.heartbeats = True
    nonces = [nonce for nonce in range(1, 311) if nonce != 305]
    assert list(follow(course, page(nonces, range(1, 301)), [watch])) == []
    assert list(follow(course, page([305], [305]), [watch])) == []
    found = [fired for _, fired in follow(course, page(range(311, 330)), [watch])]
    assert found == [Fired(305 + LENGTH, LENGTH)]


def test_each_stretch_is_told_of_once_also_over_many_pages() -> None:
    pages = [page([nonce], [20]) for nonce in range(1, 60)]
    assert run(GAP, *pages)[0] == [Fired(LENGTH, LENGTH), Fired(20 + LENGTH, LENGTH)]


def test_a_stretch_that_was_long_before_the_rule_is_no_news() -> None:
    course, watch = Course(), watch_for(GAP)
    course.meet(page(range(1, 40)))
    watch.begin(course)
    assert [fired for _, fired in follow(course, page(range(40, 80), [50]), [watch])] == [
        Fired(50 + LENGTH, LENGTH)
    ]


def test_a_truncated_stream_gets_no_gap_alert_and_the_reason_says_why() -> None:
    found, _, course = run(GAP, page(range(1, 200, 2)), heartbeats=False)
    assert found == []
    assert why_untold(GAP, course) == (
        "99 of the 199 rounds from nonce 1 to 199 are not stored; "
        "how long a stretch without a hit is needs every round."
    )


@pytest.mark.parametrize(
    ("difficulties", "target", "reason"),
    [
        ((), 4.95, "No message of this stream says its difficulty."),
        (
            ("easy", "expert"),
            4.95,
            "This stream has rounds of more than one difficulty; each has its own chance of a hit.",
        ),
        (("easy",), 400.02, "No result of easy is exactly 400.02x."),
        (("expert",), 4.95, None),
    ],
)
def test_what_a_stream_cannot_answer_is_said(
    difficulties: tuple[str, ...], target: float, reason: str | None
) -> None:
    condition = GapPercentile(Target(target, Match.EXACT), 50)
    pages = [page([place], difficulty=word) for place, word in enumerate(difficulties or ("",), 1)]
    found, _, course = run(condition, *pages, page(range(10, 90), difficulty=""), heartbeats=False)
    course.rounds = course.latest
    assert why_untold(condition, course) == reason
    assert found == []


# The other rules.


@given(streams, st.integers(2, 4), st.integers(2, 12))
def test_a_cluster_is_told_of_where_enough_hits_stand_together_and_no_hit_twice(
    drawn: tuple[list[int], float, int, bool], count: int, within: int
) -> None:
    draws, share, seed, _ = drawn
    nonces, hits = stream_of(draws, share, seed)
    condition = parse_condition(
        "cluster", {"target": 4.95, "match": "exact", "count": min(count, within), "nonces": within}
    )
    expected, free = [], []
    for nonce in hits:
        free.append(nonce)
        together = [hit for hit in free if nonce - hit < within]
        if len(together) >= min(count, within):
            expected.append(Fired(nonce, nonce - together[0]))
            free = []
    assert run(condition, *(page(piece, hits) for piece in cut(nonces, seed)))[0] == expected


def test_a_cluster_in_seconds_goes_by_the_time_of_arrival() -> None:
    condition = parse_condition("cluster", {"target": 4.95, "match": "exact", "count": 2, "seconds": 10})
    found, watch, _ = run(condition, page([1, 2, 3, 4], [1, 3, 4], times=[100.0, 105, 111, 119]))
    assert found == [Fired(4, 8)]
    assert watch.sentence(found[0]) == (
        "2 results of exactly 4.95x arrived within 8 seconds, the last one at nonce 4."
    )


def test_a_late_hit_completes_a_cluster() -> None:
    condition = parse_condition("cluster", {"target": 4.95, "match": "exact", "count": 3, "nonces": 10})
    found, watch, _ = run(condition, page([1, 2, 5, 9], [1, 9]), page([4], [4]))
    assert found == [Fired(4, 8)]
    assert watch.sentence(found[0]) == (
        "3 results of exactly 4.95x within 9 nonces, the last one at nonce 4."
    )


@given(streams, st.integers(1, 4), st.integers(1, 20))
def test_missing_nonces_are_told_of_once_until_there_were_fewer(
    drawn: tuple[list[int], float, int, bool], missing: int, more: int
) -> None:
    draws, share, seed, _ = drawn
    nonces, _ = stream_of([draw % 4 for draw in draws], share, seed)
    within = missing + more
    expected, told = [], False
    for nonce in range(nonces[0], nonces[-1] + 1) if nonces else ():
        newest = range(max(nonces[0], nonce - within + 1), nonce + 1)
        lack = sum(one not in nonces for one in newest)
        if nonce not in nonces:
            continue
        if lack < missing:
            told = False
        elif not told:
            told = True
            expected.append(Fired(nonce, lack))
    condition = parse_condition("missing", {"missing": missing, "nonces": within})
    assert run(condition, *(page(piece) for piece in cut(nonces, seed)))[0] == expected


def test_high_results_are_told_of_each_nonce_once() -> None:
    condition = parse_condition("threshold", {"at_least": 4.95})
    found, watch, _ = run(condition, page([1, 2, 3], [2]), page([2], [2]), page([9], [9]), page([5], [5]))
    assert found == [Fired(2, HIT), Fired(9, HIT), Fired(5, HIT)]
    assert watch.sentence(found[1]) == "4.95x at nonce 9: 4.95x or more."


def test_mismatches_are_told_of() -> None:
    rounds = page([1, 2, 3])._replace(mismatches=np.array([False, True, False]))
    found, watch, _ = run(parse_condition("mismatch", {}), rounds)
    assert [watch.sentence(fired) for fired in (*found, Fired(7, 3), Fired(None, 1))] == [
        "The result reported at nonce 2 is not what the server seed gives.",
        "3 reported results are not what the server seed gives, the last one at nonce 7.",
        "1 reported result is not what the server seed gives.",
    ]


def test_silences_are_told_of_at_the_last_nonce_before_them() -> None:
    condition = parse_condition("silent", {"seconds": 60})
    pages = page([1, 2], times=[0, 59.9]), page([3, 4], times=[120, 500])
    found, watch, _ = run(condition, *pages)
    assert [fired.nonce for fired in found] == [2, 3]
    assert watch.sentence(found[0]) == "No message for 1 minute, since nonce 2."


# Which nonces were observed.


@given(st.lists(st.integers(1, 40), max_size=60), st.integers(1, 40), st.integers(1, 40))
def test_observed_nonces_are_known_in_whatever_order_they_come(
    nonces: list[int], first: int, last: int
) -> None:
    observed = Observed()
    added = [observed.add(nonce) for nonce in nonces]
    assert added == [nonce not in nonces[:place] for place, nonce in enumerate(nonces)]
    assert observed.count(first, last) == len({nonce for nonce in nonces if first <= nonce <= last})
    unseen = [nonce for low, high in observed.holes(99) for nonce in range(low, high + 1)]
    known = range(min(nonces), max(nonces) + 1) if nonces else ()
    assert sorted(unseen) == [nonce for nonce in known if nonce not in nonces]


def test_old_stretches_are_forgotten_and_nothing_is_said_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observed_module, "MAX_STRETCHES", 10)
    observed = Observed()
    observed.extend(np.arange(1, 2001, 2))
    assert len(observed.holes(10_000)) < 10
    assert observed.floor > 1900
    assert not observed.add(2)
    assert observed.count(observed.floor, 1999) == len(range(observed.floor, 2000, 2))
