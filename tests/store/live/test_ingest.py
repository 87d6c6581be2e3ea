from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import (
    BetQuery,
    BetRow,
    Message,
    MessageKind,
    RoundRow,
    StreamKey,
    StreamQuery,
    Verdict,
)
from pump_desktop.store.db.connections import driver_of
from pump_desktop.store.db.database import Database
from pump_desktop.store.live.ingest import ingest
from pump_desktop.store.live.streams import StreamsStore
from tests.store.live_samples import KEY, make_bet, make_heartbeat, random_messages, stream_id, take_in
from tests.store.samples import NOON


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_a_bet_comes_back_as_it_went_in(streams: StreamsStore) -> None:
    bet = make_bet(5, antebot_bet_id="Ünïcode 🎈", currency=None, round_target=None, date_time=None)
    (answer,) = take_in(streams, bet)
    assert answer.accepted
    assert answer.new_stream
    assert answer.kind is MessageKind.BET
    (row,) = streams.bets(answer.stream_id, BetQuery()).items
    assert row == BetRow(
        id=answer.bet_id or 0,
        stream_id=answer.stream_id,
        antebot_bet_id="Ünïcode 🎈",
        received_at=NOON,
        date_time=None,
        nonce=5,
        amount=0.5,
        payout=0.25,
        currency=None,
        difficulty=Difficulty.EXPERT,
        round_target=None,
        round_result=1.63,
        safe_pumps=1,
        verdict=None,
        duplicate_nonce=False,
    )
    assert streams.rounds(answer.stream_id, None, 10, 0).items == (
        RoundRow(5, 1.63, 1, Difficulty.EXPERT, NOON, None),
    )


def test_other_tools_find_readable_text(streams: StreamsStore, path: Path) -> None:
    local = datetime(2026, 5, 9, 7, 0, tzinfo=timezone(timedelta(hours=-5)))
    take_in(streams, make_bet(1, date_time=local))
    with closing(sqlite3.connect(path)) as connection:
        row = connection.execute(
            "SELECT server_seed_hashed, received_at, datetime(date_time), difficulty, typeof(round_result)"
            " FROM live_bets JOIN live_streams ON live_streams.id = stream_id"
        ).fetchone()
    assert row == ("a" * 64, "2026-05-09T12:00:00.123456Z", "2026-05-09 12:00:00", "expert", "real")


def test_the_same_messages_twice_change_nothing(streams: StreamsStore, path: Path) -> None:
    messages = random_messages(200, seed=1)
    first = take_in(streams, *messages)
    before = dump(path)
    again = streams.ingest(messages, NOON + timedelta(hours=1)).result(10)
    assert dump(path) == before
    assert not any(answer.accepted or answer.new_stream for answer in again)
    assert [answer.bet_id for answer in again] == [answer.bet_id for answer in first]


def test_a_repeat_within_one_batch_is_known(streams: StreamsStore) -> None:
    answers = take_in(streams, make_bet(1), make_bet(1, nonce=2), make_heartbeat(3), make_heartbeat(3))
    assert [answer.accepted for answer in answers] == [True, False, True, False]
    assert [answer.new_stream for answer in answers] == [True, False, False, False]
    row = streams.stream(stream_id(answers)).row
    assert (row.total_bets, row.total_rounds, row.last_nonce) == (1, 2, 3)


def test_one_id_in_two_streams_is_two_bets(streams: StreamsStore) -> None:
    other = StreamKey("b" * 64, "client")
    answers = take_in(streams, make_bet(1), make_bet(1, stream=other))
    assert [answer.accepted for answer in answers] == [True, True]
    assert streams.streams(StreamQuery()).total == 2
    assert streams.known_hashes() == {"a" * 64, "b" * 64}


def test_a_bet_and_a_heartbeat_of_one_nonce_are_one_round(streams: StreamsStore) -> None:
    answers = take_in(
        streams,
        make_bet(1, round_result=2.8, safe_pumps=2),
        make_heartbeat(1),
        make_heartbeat(2, round_result=4.95, safe_pumps=3, difficulty=None),
        make_bet(2),
    )
    assert [answer.accepted for answer in answers] == [True, False, True, True]
    assert [answer.new_round for answer in answers] == [True, False, True, False]
    detail = streams.stream(stream_id(answers))
    assert (detail.row.total_bets, detail.row.total_rounds, detail.heartbeats) == (2, 2, 1)
    rounds = streams.rounds(detail.row.id, None, 10, 0).items
    # The first word on a nonce stays.
    assert [(row.nonce, row.round_result) for row in rounds] == [(2, 4.95), (1, 2.8)]


def test_two_bets_of_one_nonce_are_kept_and_flagged(streams: StreamsStore) -> None:
    messages: list[Message] = [
        make_bet(1),
        make_bet(2),
        *(make_bet(n, nonce=2) for n in (3, 4)),
        make_heartbeat(5),
        make_bet(5),
    ]
    found = stream_id(take_in(streams, *messages))
    page = streams.bets(found, BetQuery())
    assert [(bet.nonce, bet.duplicate_nonce) for bet in page.items] == [
        (1, False),
        (2, True),
        (2, True),
        (2, True),
        (5, False),
    ]
    detail = streams.stream(found)
    assert (detail.duplicate_nonces, detail.row.total_rounds, detail.missing_nonces) == (1, 3, 2)
    assert [bet.duplicate_nonce for bet in streams.tail(found, 0, 10).bets] == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_off_table_bets_have_no_safe_pumps(streams: StreamsStore) -> None:
    found = stream_id(take_in(streams, make_bet(1, round_result=7.77, safe_pumps=None)))
    (bet,) = streams.bets(found, BetQuery()).items
    assert (bet.round_result, bet.safe_pumps) == (7.77, None)
    assert streams.stream(found).off_table == 1


def test_a_batch_that_breaks_a_rule_leaves_nothing(streams: StreamsStore, path: Path) -> None:
    before = dump(path)
    with pytest.raises(sqlite3.IntegrityError):
        take_in(streams, make_bet(1), make_bet(0))
    assert dump(path) == before


def test_verdicts_are_stored_and_counted(streams: StreamsStore) -> None:
    told = make_bet(1, server_seed="secret")
    messages: list[Message] = [told, make_bet(2), make_heartbeat(3), make_bet(3)]
    verdicts = [Verdict.MATCH, Verdict.MISMATCH, Verdict.MATCH, Verdict.MATCH]
    found = stream_id(take_in(streams, *messages, verdicts=verdicts))
    assert [bet.verdict for bet in streams.bets(found, BetQuery()).items] == [
        Verdict.MATCH,
        Verdict.MISMATCH,
        Verdict.MATCH,
    ]
    assert [row.verdict for row in streams.rounds(found, None, 9, 0).items] == [
        Verdict.MATCH,
        Verdict.MISMATCH,
        Verdict.MATCH,
    ]
    # The heartbeat at nonce 3 says what the bet says: one observation.
    audit = streams.stream(found).audit
    assert (audit.checked, audit.matches, audit.mismatches) == (3, 2, 1)


def test_a_verdict_by_a_seed_that_the_file_does_not_have_is_not_stored(streams: StreamsStore) -> None:
    found = stream_id(take_in(streams, make_bet(1), make_heartbeat(2), verdicts=[Verdict.MATCH] * 2))
    assert [bet.verdict for bet in streams.bets(found, BetQuery()).items] == [None]
    assert streams.stream(found).audit.checked == 0
    # One message of a batch that says the seed is enough for all.
    told = make_bet(4, server_seed="secret")
    take_in(streams, make_bet(3), told, verdicts=[Verdict.MATCH] * 2)
    assert [bet.verdict for bet in streams.bets(found, BetQuery()).items] == [
        None,
        Verdict.MATCH,
        Verdict.MATCH,
    ]


def test_a_simulation_files_its_stream_as_revealed(streams: StreamsStore) -> None:
    found = stream_id(take_in(streams, make_bet(1)))
    assert streams.seed_of(KEY) is None
    later = NOON + timedelta(minutes=1)
    streams.ingest([make_bet(2, server_seed="the seed")], later).result(10)
    streams.ingest([make_bet(3, server_seed="the seed")], later + timedelta(minutes=1)).result(10)
    detail = streams.stream(found)
    assert (detail.server_seed, detail.revealed_at, detail.row.revealed) == ("the seed", later, True)
    assert streams.seed_of(KEY) == "the seed"
    assert streams.seed_of(StreamKey("f" * 64, "nobody")) is None


def test_sixteen_clients_make_one_new_stream(streams: StreamsStore) -> None:
    ready = threading.Barrier(16)

    def client(number: int) -> list[Any]:
        ready.wait(10)
        return [take_in(streams, make_bet(number * 20 + i + 1))[0] for i in range(20)]

    with ThreadPoolExecutor(16) as pool:
        answers = [answer for part in pool.map(client, range(16)) for answer in part]
    found = stream_id(answers)
    assert sum(answer.new_stream for answer in answers) == 1
    assert streams.streams(StreamQuery()).total == 1
    row = streams.stream(found).row
    assert (row.total_bets, row.total_rounds, row.last_nonce) == (320, 320, 320)


def test_times_are_kept_in_utc_and_say_the_last_new_message(streams: StreamsStore) -> None:
    found = stream_id(take_in(streams, make_bet(1)))
    streams.ingest([make_bet(1)], NOON + timedelta(hours=1)).result(10)
    assert streams.stream(found).row.last_seen_at == NOON
    local = (NOON + timedelta(hours=2)).astimezone(timezone(timedelta(hours=9)))
    streams.ingest([make_heartbeat(2)], local).result(10)
    row = streams.stream(found).row
    assert row.created_at == NOON
    assert row.last_seen_at == NOON + timedelta(hours=2)
    assert row.last_seen_at.tzinfo is UTC


def test_refused_messages_keep_the_last_thousand(
    streams: StreamsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pump_desktop.store.live.changes.KEPT_REJECTED", 3)
    for number in range(5):
        streams.reject(f"reason {number}", "é" * 5000 + "\ud800", NOON).result(10)
    kept = streams.rejected(10)
    assert [row.reason for row in kept] == ["reason 4", "reason 3", "reason 2"]
    assert kept[0].received_at == NOON
    assert kept[0].body == "é" * 4096
    assert [row.reason for row in streams.rejected(1)] == ["reason 4"]


def test_the_latest_message_may_have_a_lower_nonce(streams: StreamsStore) -> None:
    found = stream_id(take_in(streams, make_bet(9), make_bet(4)))
    take_in(streams, make_bet(2)._replace(round_result=1.0, safe_pumps=0))
    detail = streams.stream(found)
    assert (detail.first_nonce, detail.row.last_nonce, detail.missing_nonces) == (2, 9, 5)
    assert (detail.lowest_multiplier, detail.row.highest_multiplier) == (1.0, 1.63)


@pytest.mark.parametrize("seed", range(5))
def test_a_batch_leaves_what_its_messages_one_by_one_leave(
    streams: StreamsStore, path: Path, seed: int
) -> None:
    other = StreamKey("b" * 64, "client")
    messages = random_messages(300, seed=seed)
    for batch in (messages[::3], messages):
        take_in(streams, *batch)
        for message in batch:
            take_in(streams, message._replace(stream=other))
    with closing(sqlite3.connect(path)) as connection:
        for query in TOLD:
            rows = connection.execute(query).fetchall()
            halves = [[row[1:] for row in rows if row[0] == key.server_seed_hashed] for key in (KEY, other)]
            assert halves[0] == halves[1] != []


def test_many_streams_in_one_batch_are_each_what_they_are_alone(streams: StreamsStore, path: Path) -> None:
    keys = [StreamKey(f"{number:064x}", "client") for number in range(120)]
    some = random_messages(12, seed=7)
    with_seed = keys[::5]
    first = [message._replace(stream=key) for key in keys[:70] for message in some[:6]]
    first += [some[0]._replace(stream=key, server_seed="the seed") for key in with_seed]
    batch = [message._replace(stream=key) for message in some for key in keys]
    take_in(streams, *first)
    take_in(streams, *batch)
    for key in keys:
        alone = key._replace(client_seed="alone")
        for message in (*first, *batch):
            if message.stream == key:
                take_in(streams, message._replace(stream=alone))
    with closing(sqlite3.connect(path)) as connection:
        for query in TOLD_BY_PAIR:
            told: dict[tuple[object, ...], list[object]] = {}
            for hashed, client, *rest in connection.execute(query):
                told.setdefault((hashed, client), []).append(rest)
            assert len(told) == 240
            for key in keys:
                assert told[key] == told[key.server_seed_hashed, "alone"]


def test_a_new_stream_costs_rows_and_no_statement_of_its_own(database: Database) -> None:
    def statements(count: int, first: int) -> int:
        seen: list[str] = []
        batch = [
            make_bet(1, stream=StreamKey(f"{number:064x}", "c")) for number in range(first, first + count)
        ]
        with database.connect_for_writing() as connection, connection.begin():
            driver_of(connection).set_trace_callback(seen.append)
            ingest(connection, batch, NOON, None)
            driver_of(connection).set_trace_callback(None)
        return len(seen)

    few, many = statements(100, 0), statements(1_000, 1_000)
    # Seven rows a stream, fifty to a statement.
    assert many - few < 900 / 5


STREAM = "FROM {} JOIN live_streams ON live_streams.id = stream_id"
TOLD = (
    (
        "SELECT server_seed_hashed, antebot_bet_id, nonce, verdict, round_result"
        f" {STREAM.format('live_bets')} ORDER BY live_bets.id"
    ),
    (
        "SELECT server_seed_hashed, nonce, round_result, difficulty, by_bet"
        f" {STREAM.format('live_rounds')} ORDER BY nonce"
    ),
    (
        "SELECT server_seed_hashed, axis, bucket, difficulty, round_result, sum(bets), sum(rounds)"
        f" {STREAM.format('live_tallies')} WHERE axis = 'nonce' GROUP BY 1, 2, 3, 4, 5 ORDER BY 2, 3, 4, 5"
    ),
    (
        "SELECT server_seed_hashed, total_bets, total_rounds, heartbeats, duplicate_nonces, off_table,"
        " highest_multiplier, round(multiplier_sum, 6) FROM live_streams"
    ),
)
PAIR = "server_seed_hashed, client_seed"
TOLD_BY_PAIR = (
    f"SELECT {PAIR}, antebot_bet_id, nonce {STREAM.format('live_bets')} ORDER BY live_bets.id",
    f"SELECT {PAIR}, nonce, round_result, by_bet {STREAM.format('live_rounds')} ORDER BY nonce",
    (
        f"SELECT {PAIR}, axis, difficulty, round_result, sum(bets), sum(rounds)"
        f" {STREAM.format('live_tallies')} GROUP BY 1, 2, 3, 4, 5 ORDER BY 3, 4, 5"
    ),
    f"SELECT {PAIR}, currency, bets, wagered, paid {STREAM.format('live_money')} ORDER BY currency",
    (
        "SELECT server_seed_hashed, client_seed, created_at, last_seen_at, first_nonce, last_nonce,"
        " server_seed, revealed_at, total_bets, total_rounds, heartbeats, duplicate_nonces, off_table,"
        " lowest_multiplier, highest_multiplier, round(multiplier_sum, 6), matches, mismatches"
        " FROM live_streams"
    ),
)
