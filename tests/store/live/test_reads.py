from __future__ import annotations

import random
import re
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from pump_desktop.domain.errors import NotFoundError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import (
    Bet,
    BetOrder,
    BetQuery,
    BetRow,
    Message,
    StreamKey,
    StreamQuery,
)
from pump_desktop.domain.runs import Match
from pump_desktop.store.live.streams import StreamsStore
from tests.store.live_samples import (
    bets_of,
    filled,
    make_bet,
    make_heartbeat,
    nonces,
    random_messages,
    stream_id,
    take_in,
)
from tests.store.samples import NOON

MESSAGES = random_messages(400, seed=7, nonces=90)


def observed(messages: Sequence[Message]) -> set[int]:
    """Give the nonces that the messages tell of; a bet's id says them once."""
    first: dict[str, int] = {}
    alone = {message.nonce for message in messages if not isinstance(message, Bet)}
    for message in messages:
        if isinstance(message, Bet):
            first.setdefault(message.antebot_bet_id, message.nonce)
    return alone | set(first.values())


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make buckets and pages so small that a few hundred messages fill many."""
    monkeypatch.setattr("pump_desktop.store.live.ingest.TALLY_BUCKET", 7)
    monkeypatch.setattr("pump_desktop.store.live.pages.TALLY_BUCKET", 7)
    monkeypatch.setattr("pump_desktop.store.live.pages.WORTH_SORTING", 40)
    monkeypatch.setattr("pump_desktop.store.live.reads.PAGE_ROWS", 9)
    monkeypatch.setattr("pump_desktop.store.live.reads.NONCES_AT_ONCE", 9)
    monkeypatch.setattr("pump_desktop.store.live.reads.TALLY_BUCKET", 7)


def fits(bet: BetRow, query: BetQuery) -> bool:
    return (
        (query.min_multiplier is None or bet.round_result >= query.min_multiplier)
        and (query.difficulty is None or bet.difficulty is query.difficulty)
        and (query.up_to_id is None or bet.id <= query.up_to_id)
    )


def in_order(bets: list[BetRow], order: BetOrder) -> list[BetRow]:
    if order is BetOrder.ID_DESC:
        return sorted(bets, key=lambda bet: -bet.id)
    return sorted(bets, key=lambda bet: (bet.nonce, bet.id), reverse=order is BetOrder.NONCE_DESC)


@pytest.mark.usefixtures("small")
def test_every_page_holds_what_a_plain_look_gives(streams: StreamsStore) -> None:
    stream = filled(streams, MESSAGES)
    every = bets_of(streams, stream)
    middle = every[len(every) // 2].id
    questions = product(
        BetOrder,
        (None, 0.5, 1.63, 400.02),
        (None, Difficulty.MEDIUM),
        (None, 0, middle, 10**6),
        (0, 3, 8, 50, 120),
    )
    for order, least, difficulty, up_to, offset in questions:
        query = BetQuery(
            limit=11, offset=offset, min_multiplier=least, difficulty=difficulty, order=order, up_to_id=up_to
        )
        wanted = in_order([bet for bet in every if fits(bet, query)], order)
        page = streams.bets(stream, query)
        assert page.total == len(wanted), query
        assert list(page.items) == wanted[offset : offset + 11], query


@pytest.mark.usefixtures("small")
def test_what_follows_a_bet_and_what_lies_nearest_is_what_a_plain_look_gives(streams: StreamsStore) -> None:
    stream = filled(streams, MESSAGES)
    every = bets_of(streams, stream)
    newest = every[-1].id
    for least, difficulty in product((None, 1.63, 400.02), (None, Difficulty.MEDIUM)):
        query = BetQuery(limit=11, min_multiplier=least, difficulty=difficulty)
        fitting = [bet for bet in every if fits(bet, query)]
        for since in (0, every[len(every) // 2].id, newest):
            wanted = [bet for bet in fitting if bet.id > since]
            tail = streams.following(stream, since, query)
            assert list(tail.bets) == wanted[:11]
            assert tail.has_more == (len(wanted) > 11)
            # Bets that do not fit were looked at too: the next question goes on behind them.
            assert tail.last_id == (wanted[10].id if len(wanted) > 11 else newest)
        by_nonce = in_order(fitting, BetOrder.NONCE_ASC)
        for nonce in (1, 45, 90, 10**9):
            behind = [bet for bet in by_nonce if bet.nonce >= nonce]
            before = [bet for bet in reversed(by_nonce) if bet.nonce < nonce]
            nearest = next(iter(behind or before), None)
            found = None if nearest is None else (nearest.id, nearest.nonce)
            assert streams.nearest_bet(stream, nonce, query) == found


def test_distances_reach_beyond_the_page_and_the_filter(streams: StreamsStore) -> None:
    stream = filled(streams, MESSAGES)
    every = in_order(bets_of(streams, stream), BetOrder.NONCE_ASC)
    last: dict[float, int] = {}
    distances: dict[int, int | None] = {}
    for bet in every:
        before = last.get(bet.round_result)
        distances[bet.id] = None if before is None else bet.nonce - before
        last[bet.round_result] = bet.nonce
    for order, least in product(BetOrder, (None, 2.0)):
        query = BetQuery(offset=20, order=order, min_multiplier=least, include_distance=True)
        page = streams.bets(stream, query)
        assert page.items
        assert {bet.id: bet.distance for bet in page.items} == {
            bet.id: distances[bet.id] for bet in page.items
        }
    assert all(bet.distance is None for bet in streams.bets(stream, BetQuery()).items)


def test_the_figures_are_those_of_the_rows(streams: StreamsStore, path: Path) -> None:
    stream = filled(streams, MESSAGES)
    detail = streams.stream(stream)
    every = bets_of(streams, stream)
    with closing(sqlite3.connect(path)) as connection:
        rounds = connection.execute(
            "SELECT nonce, round_result FROM live_rounds WHERE stream_id = ?", (str(stream),)
        ).fetchall()
    seen = [nonce for nonce, _ in rounds]
    results = [result for _, result in rounds]
    assert set(seen) == observed(MESSAGES)
    assert (detail.row.total_bets, detail.row.total_rounds) == (len(every), len(rounds))
    assert len({message.antebot_bet_id for message in MESSAGES if isinstance(message, Bet)}) == len(every)
    assert (detail.row.highest_multiplier, detail.lowest_multiplier) == (max(results), min(results))
    assert detail.average_multiplier == pytest.approx(sum(results) / len(results))
    assert (detail.first_nonce, detail.row.last_nonce) == (min(seen), max(seen))
    assert detail.missing_nonces == max(seen) - min(seen) + 1 - len(seen)
    assert detail.duplicate_nonces == sum(n > 1 for n in Counter(bet.nonce for bet in every).values())
    assert detail.off_table == sum(bet.safe_pumps is None for bet in every)
    assert detail.bets_by_difficulty == Counter(bet.difficulty.value for bet in every)
    for currency in ("", "usdt", "btc"):
        mine = [bet for bet in every if (bet.currency or "") == currency]
        assert detail.wagered_by_currency[currency] == pytest.approx(sum(bet.amount for bet in mine))
        assert detail.paid_by_currency[currency] == pytest.approx(sum(bet.payout for bet in mine))
    assert detail.wagered == pytest.approx(sum(bet.amount for bet in every))
    assert detail.paid == pytest.approx(sum(bet.payout for bet in every))
    assert list(detail.recent_bets) == every[: -10 - 1 : -1]
    assert detail.row in streams.streams(StreamQuery()).items


@pytest.mark.usefixtures("small")
def test_rounds_come_highest_nonce_first(streams: StreamsStore) -> None:
    stream = filled(streams, MESSAGES)
    seen = sorted(observed(MESSAGES), reverse=True)
    for since, offset in product((None, 0, 1, 13, 14, 60, 1000), (0, 5, 7, 30, 85, 500)):
        wanted = [nonce for nonce in seen if nonce > (since or 0)]
        page = streams.rounds(stream, since, 6, offset)
        assert [row.nonce for row in page.items] == wanted[offset : offset + 6], (since, offset)
        assert (page.total, page.limit, page.offset) == (len(wanted), 6, offset)


@pytest.mark.usefixtures("small")
def test_iterators_yield_everything_in_pages(streams: StreamsStore) -> None:
    stream = filled(streams, MESSAGES)
    pages = list(streams.iter_bets(stream))
    assert max(len(page) for page in pages) == 9
    every = in_order(bets_of(streams, stream), BetOrder.NONCE_ASC)
    assert [bet for page in pages for bet in page] == every
    rounds = list(streams.rounds(stream, None, 1000, 0).items)[::-1]
    with streams.board(stream) as reader:
        assert reader.nonces().tolist() == [row.nonce for row in rounds]
        top = sorted(rounds, key=lambda row: (-row.round_result, row.nonce))[:20]
        assert list(reader.top_rounds(20)) == top


def test_hits_are_those_of_a_plain_look(streams: StreamsStore) -> None:
    stream = filled(streams, MESSAGES)
    rounds = list(streams.rounds(stream, None, 1000, 0).items)[::-1]
    wanted = [1.0, 7.77 + 1e-10, 999.0, 11200.65]
    with streams.board(stream) as reader:
        for match in Match:
            for result, found in reader.hits(wanted, match).items():
                passing = (
                    abs(row.round_result - result) < 1e-9
                    if match is Match.EXACT
                    else row.round_result > result - 1e-9
                    for row in rounds
                )
                assert found.tolist() == [row.nonce for row, yes in zip(rounds, passing, strict=True) if yes]
                assert found.dtype == "int64"


@pytest.mark.usefixtures("small")
def test_nonces_are_read_only_where_some_are_missing(streams: StreamsStore) -> None:
    there = [*range(5, 70), *range(71, 90), *range(98, 104), 120]
    # As they may come: not in order.
    shuffled = random.Random(3).sample(there, len(there))
    stream = stream_id(take_in(streams, *(make_heartbeat(nonce) for nonce in shuffled)))
    with streams.board(stream) as reader:
        asked: list[str] = []
        reader._driver.set_trace_callback(asked.append)
        assert reader.nonces().tolist() == there
        reader._driver.set_trace_callback(None)
    ranges = [re.findall(r"nonce BETWEEN (\d+) AND (\d+)", sql) for sql in asked]
    # Seven nonces a bucket.
    read = [(int(first), int(last)) for ((first, last),) in filter(None, ranges)]
    assert [(first, last) for first, last in read if first <= last] == [
        (70, 76),
        (84, 90),
        (98, 104),
        (119, 120),
    ]


def test_an_iterator_tells_that_its_stream_is_gone(
    streams: StreamsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pump_desktop.store.live.reads.PAGE_ROWS", 2)
    stream = stream_id(take_in(streams, *(make_bet(n) for n in range(1, 6))))
    pages = streams.iter_bets(stream)
    assert [bet.nonce for bet in next(pages)] == [1, 2]
    streams.delete(stream).result(10)
    with pytest.raises(NotFoundError):
        next(pages)


def test_the_tail_goes_on_after_an_id(streams: StreamsStore) -> None:
    answers = take_in(streams, make_bet(5), make_bet(3), make_bet(9))
    stream, ids = stream_id(answers), [answer.bet_id or 0 for answer in answers]
    tail = streams.tail(stream, 0, 2)
    assert ([bet.nonce for bet in tail.bets], tail.last_id, tail.has_more) == ([5, 3], ids[1], True)
    tail = streams.tail(stream, ids[1], 2)
    assert ([bet.nonce for bet in tail.bets], tail.last_id, tail.has_more) == ([9], ids[2], False)
    tail = streams.tail(stream, 77, 2)
    assert (tail.bets, tail.last_id, tail.has_more) == ((), 77, False)


def test_streams_are_listed_last_seen_first(streams: StreamsStore) -> None:
    keys = [StreamKey(f"{number:064d}", "client") for number in range(5)]
    for number, key in enumerate(keys):
        streams.ingest([make_bet(1, stream=key)], NOON + timedelta(minutes=number)).result(10)
    streams.ingest([make_bet(2, stream=keys[1])], NOON + timedelta(hours=1)).result(10)
    page = streams.streams(StreamQuery(limit=3, offset=0))
    assert [row.server_seed_hashed for row in page.items] == [keys[n].server_seed_hashed for n in (1, 4, 3)]
    assert (page.total, page.limit, page.offset) == (5, 3, 0)
    assert streams.streams(StreamQuery(limit=3, offset=9)).items == ()
    assert streams.key_of(page.items[0].id) == keys[1]


def test_a_stream_of_heartbeats_alone_has_no_bets(streams: StreamsStore) -> None:
    stream = stream_id(take_in(streams, make_heartbeat(3), make_heartbeat(5, difficulty=None)))
    detail = streams.stream(stream)
    assert (detail.row.total_bets, detail.row.total_rounds, detail.heartbeats) == (0, 2, 2)
    assert (detail.bets_by_difficulty, detail.wagered_by_currency, detail.recent_bets) == ({}, {}, ())
    assert (detail.row.highest_multiplier, detail.missing_nonces) == (1.63, 1)
    assert nonces(streams.bets(stream, BetQuery())) == []
    assert next(streams.iter_bets(stream), None) is None
