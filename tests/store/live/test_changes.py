from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from pump_desktop.domain.errors import NotFoundError
from pump_desktop.domain.live import BetQuery, StreamQuery, Verdict
from pump_desktop.store.db.database import Database
from pump_desktop.store.db.writer import Writer
from pump_desktop.store.live.streams import StreamsStore
from tests.store.live_samples import (
    bets_of,
    filled,
    make_bet,
    make_heartbeat,
    random_messages,
    stream_id,
    take_in,
)
from tests.store.samples import NOON

MESSAGES = random_messages(400, seed=7, nonces=90)


def test_deleting_a_stream_takes_everything_of_it(streams: StreamsStore, path: Path) -> None:
    stream = filled(streams, MESSAGES)
    bet = streams.tail(stream, 0, 1).bets[0]
    streams.marks.add_bookmark(stream, bet.id, "note", NOON).result(10)
    streams.marks.add_snapshot(stream, "then", {}, None, NOON).result(10)
    streams.delete(stream).result(10)
    with closing(sqlite3.connect(path)) as connection:
        for table in ("live_bets", "live_rounds", "live_tallies", "live_money", "live_snapshots"):
            sql = f"SELECT count(*) FROM {table} WHERE stream_id = ?"  # noqa: S608 - names from above
            assert connection.execute(sql, (str(stream),)).fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM live_bookmarks").fetchone() == (0,)
    # The other stream lost nothing, and an id is never given again.
    (other,) = streams.streams(StreamQuery()).items
    assert len(bets_of(streams, other.id)) == other.total_bets > 0
    (again,) = take_in(streams, make_bet(1))
    assert again.new_stream
    assert (again.bet_id or 0) > max(bet.id for bet in bets_of(streams, other.id))


def test_a_large_deleted_stream_is_gone_at_once_and_swept_after(
    streams: StreamsStore, database: Database, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pump_desktop.store.live.changes.WORTH_SWEEPING", 10)
    monkeypatch.setattr("pump_desktop.store.live.changes.SWEPT_AT_ONCE", 30)
    stream = filled(streams, MESSAGES)
    # As after a kill: the stream is marked, and nobody sweeps.
    with monkeypatch.context() as killed:
        killed.setattr(StreamsStore, "_sweep", lambda _self: None)
        streams.delete(stream).result(10)
    with pytest.raises(NotFoundError):
        streams.stream(stream)
    with pytest.raises(NotFoundError):
        streams.delete(stream).result(10)
    assert [row.server_seed_hashed for row in streams.streams(StreamQuery()).items] == ["b" * 64]
    assert streams.known_hashes() == {"b" * 64}
    (again,) = take_in(streams, make_bet(1))
    assert again.new_stream

    gone = threading.Event()

    def look() -> None:
        with database.reading() as connection:
            sql = "SELECT count(*) FROM live_streams WHERE id = ?"
            if connection.exec_driver_sql(sql, (str(stream),)).scalar_one() == 0:
                gone.set()

    writer.on_commit(look)
    restarted = StreamsStore(database, writer)
    assert gone.wait(10)
    with database.reading() as connection:
        for table in ("live_bets", "live_rounds", "live_tallies", "live_money"):
            sql = f"SELECT count(*) FROM {table} WHERE stream_id = ?"  # noqa: S608 - names from above
            assert connection.exec_driver_sql(sql, (str(stream),)).scalar_one() == 0
    assert restarted.streams(StreamQuery()).total == 2


def test_verdicts_replace_older_ones_and_are_counted_once(streams: StreamsStore) -> None:
    answers = take_in(streams, make_bet(1), make_bet(2), make_heartbeat(3))
    stream, (one, two) = stream_id(answers), [answer.bet_id or 0 for answer in answers[:2]]
    streams.reveal(stream, "seed", NOON).result(10)
    match, mismatch = Verdict.MATCH, Verdict.MISMATCH
    for bets, rounds, totals in (
        ([(one, match), (two, mismatch)], [(1, match), (2, mismatch), (3, match)], (3, 2, 1)),
        ([(one, match), (two, mismatch)], [(1, match), (2, mismatch), (3, match)], (3, 2, 1)),
        ([(two, match)], [(2, match), (3, mismatch)], (3, 2, 1)),
        ([(one, mismatch)], [], (3, 1, 2)),
    ):
        streams.store_verdicts(stream, bets, rounds).result(10)
        audit = streams.stream(stream).audit
        assert (audit.checked, audit.matches, audit.mismatches) == totals
    assert [bet.verdict for bet in streams.bets(stream, BetQuery()).items] == [mismatch, match]
    assert [row.verdict for row in streams.rounds(stream, None, 9, 0).items] == [mismatch, match, match]


def test_notes_are_set_and_cleared(streams: StreamsStore) -> None:
    stream = stream_id(take_in(streams, make_bet(1)))
    assert streams.set_notes(stream, "two\nlines").result(10).notes == "two\nlines"
    assert streams.stream(stream).row.notes == "two\nlines"
    assert streams.set_notes(stream, "").result(10).notes == ""


def test_an_unknown_stream_is_said(streams: StreamsStore) -> None:
    nobody = UUID(int=7)
    reads: list[Callable[[], object]] = [
        lambda: streams.stream(nobody),
        lambda: streams.key_of(nobody),
        lambda: streams.bets(nobody, BetQuery()),
        lambda: streams.tail(nobody, 0, 1),
        lambda: streams.rounds(nobody, None, 1, 0),
        lambda: streams.board(nobody).__enter__(),
        lambda: streams.iter_bets(nobody),
        lambda: streams.set_notes(nobody, "x").result(10),
        lambda: streams.delete(nobody).result(10),
        lambda: streams.reveal(nobody, "seed", NOON).result(10),
        lambda: streams.store_verdicts(nobody, [], []).result(10),
    ]
    for read in reads:
        with pytest.raises(NotFoundError, match=f"^Stream with ID {nobody} not found$"):
            read()
