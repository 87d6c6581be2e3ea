"""Old rounds deleted: what stays is told exactly as if nothing else had ever come."""

from __future__ import annotations

import itertools

from sqlalchemy import Connection

from pump_desktop.domain.live import BetQuery, StreamDetail, StreamKey
from pump_desktop.domain.storage import StreamPruning
from pump_desktop.store.care import prune as prune_module
from pump_desktop.store.care.prune import (
    FEWEST_AT_ONCE,
    MOST_AT_ONCE,
    NONCES_AT_FIRST,
    next_limit,
    plan,
    prune_piece,
)
from pump_desktop.store.db.connections import driver_of
from pump_desktop.store.db.database import Database
from pump_desktop.store.db.writer import Writer
from pump_desktop.store.live.streams import StreamsStore
from tests.store.live_samples import KEY, bets_of, filled, make_bet, make_heartbeat, random_messages, take_in
from tests.store.samples import NOON

FRESH = StreamKey("c" * 64, "fresh")


def prune(database: Database, writer: Writer, keep: int) -> tuple[int, int]:
    """Delete what a plan names, and give how many rounds and bets went."""
    gone = [0, 0]
    for stream in plan(database, keep).streams:
        after = -1
        while after:
            rounds, bets, after = writer.submit(
                lambda connection, stream=stream, after=after: prune_piece(
                    connection, stream, max(after, 0), 50
                )  # type: ignore[misc]  # mypy cannot infer a lambda's default
            ).result(20)
            gone = [gone[0] + rounds, gone[1] + bets]
    return gone[0], gone[1]


def figures(database: Database, stream: object) -> dict[str, list[tuple[object, ...]]]:
    """Give what is counted of a stream, without ids and times."""
    wanted = {
        "stream": "SELECT total_bets, total_rounds, duplicate_nonces, off_table, first_nonce, last_nonce,"
        " lowest_multiplier, highest_multiplier, round(multiplier_sum, 6) FROM live_streams WHERE id = ?",
        "by nonce": "SELECT bucket, difficulty, round_result, bets, rounds FROM live_tallies"
        " WHERE stream_id = ? AND axis = 'nonce' ORDER BY 1, 2, 3",
        "by id": "SELECT difficulty, round_result, sum(bets) FROM live_tallies"
        " WHERE stream_id = ? AND axis = 'id' GROUP BY 1, 2 HAVING sum(bets) > 0 ORDER BY 1, 2",
        "money": "SELECT currency, bets, round(wagered, 6), round(paid, 6) FROM live_money"
        " WHERE stream_id = ? ORDER BY 1",
    }
    with database.reading() as connection:
        return {
            name: [tuple(row) for row in connection.exec_driver_sql(sql, (str(stream),))]
            for name, sql in wanted.items()
        }


def test_what_stays_is_counted_as_if_nothing_else_had_come(database: Database, writer: Writer) -> None:
    streams = StreamsStore(database, writer)
    # Each bet once: one that was sent again with another nonce would be news to a stream that never saw it.
    messages = list(
        {getattr(one, "antebot_bet_id", one): one for one in random_messages(900, 4, 400)}.values()
    )
    pruned = filled(streams, messages)
    planned = plan(database, 100)
    (line,) = planned.streams
    gone = prune(database, writer, 100)
    assert gone == (planned.rounds, planned.bets)
    assert gone[0] > 200
    late = [message for message in messages if message.nonce >= line.first_kept]
    other = filled(streams, [message._replace(stream=FRESH) for message in late])
    assert figures(database, pruned) == figures(database, other)
    assert plan(database, 100).streams == ()


def test_a_nonce_with_a_bookmark_stays_with_all_its_bets(database: Database, writer: Writer) -> None:
    streams = StreamsStore(database, writer)
    (first, *_rest) = take_in(
        streams, make_bet(1), make_bet(2, nonce=1), *(make_bet(n) for n in range(3, 50))
    )
    stream = first.stream_id
    assert first.bet_id is not None
    streams.marks.add_bookmark(stream, first.bet_id, "mine", NOON).result(10)
    (line,) = plan(database, 10).streams
    assert (line.bookmarked, line.kept_rounds, line.client_seed) == (1, 11, KEY.client_seed)
    prune(database, writer, 10)
    assert [bet.nonce for bet in bets_of(streams, stream)] == [1, 1, *range(40, 50)]
    assert [mark.note for mark in streams.marks.bookmarks(stream)] == ["mine"]
    detail = streams.stream(stream)
    assert isinstance(detail, StreamDetail)
    assert streams.bets(stream, BetQuery()).total == 12


def test_heartbeats_go_with_their_rounds(database: Database, writer: Writer) -> None:
    streams = StreamsStore(database, writer)
    (first, *_rest) = take_in(streams, *(make_heartbeat(nonce) for nonce in range(1, 31)))
    prune(database, writer, 10)
    with streams.board(first.stream_id) as reader:
        assert reader.nonces().tolist() == list(range(21, 31))
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT heartbeats FROM live_streams").scalar() == 10


def test_no_piece_is_larger_than_it_may_be(database: Database, writer: Writer) -> None:
    streams = StreamsStore(database, writer)
    take_in(streams, *(make_bet(1 + number) for number in range(1000)))
    (line,) = plan(database, 100).streams
    sizes = []
    after, limit = 0, NONCES_AT_FIRST
    while True:
        rounds, _bets, after = writer.submit(
            lambda connection, after=after, limit=limit: prune_piece(connection, line, after, limit)  # type: ignore[misc]  # mypy cannot infer a lambda's default
        ).result(20)
        if not rounds:
            break
        sizes.append((rounds, limit))
        limit = limit * 2
    assert [rounds for rounds, _limit in sizes] == [100, 200, 400, 200]
    assert all(rounds <= limit for rounds, limit in sizes)


def test_pieces_follow_from_what_the_last_one_took() -> None:
    assert next_limit(100, 0.050) == 50
    assert next_limit(100, 10.0) == FEWEST_AT_ONCE
    assert next_limit(100, 0.001) == 200
    assert next_limit(900, 0.001) == MOST_AT_ONCE


def test_bookmarks_are_looked_up_from_the_shorter_side(database: Database) -> None:
    values = {"id": "", "first_kept": 9, "first": 1, "last": 9}

    def loops(sql: str) -> list[str]:
        with database.at_one_moment() as driver:
            rows = driver.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
        return [detail for *_, detail in rows if detail.startswith(("SCAN", "SEARCH"))]

    # For a plan from the bookmarks: a stream has millions of bets. For a piece from its few bets.
    first, second = loops(prune_module._BOOKMARKED)
    assert first.startswith("SCAN m")
    assert second.startswith("SEARCH b USING INTEGER PRIMARY KEY")
    first, second = loops(prune_module._BOOKMARKED_IN_PIECE)
    assert first.startswith("SEARCH b")
    assert first.endswith("nonce>? AND nonce<?)")
    assert second.startswith("SEARCH m")


def test_a_piece_costs_the_same_in_a_stream_of_any_length(database: Database, writer: Writer) -> None:
    streams = StreamsStore(database, writer)

    def steps(stream: StreamPruning) -> int:
        """Count the steps of SQLite's machine that one piece takes."""

        def work(connection: Connection) -> int:
            counted = itertools.count()
            driver_of(connection).set_progress_handler(lambda: next(counted) < 0, 100)
            prune_piece(connection, stream, 0, 100)
            driver_of(connection).set_progress_handler(None, 0)
            return next(counted)

        return writer.submit(work).result(20)

    for number, length in enumerate((400, 4_000)):
        key = StreamKey("a" * 64, f"client {number}")
        # Over many buckets of ten thousand, so that the long stream has ten times as many tallies.
        bets = [make_bet(1 + at * 500, stream=key) for at in range(length)]
        accepted = take_in(streams, *bets)
        for one in accepted[200 : length // 2 : 10]:
            assert one.bet_id is not None
            streams.marks.add_bookmark(one.stream_id, one.bet_id, "", NOON).result(10)
    by_length = sorted(plan(database, 10).streams, key=lambda line: line.kept_rounds + line.rounds)
    short, long = (steps(line) for line in by_length)
    assert long < short * 1.2
