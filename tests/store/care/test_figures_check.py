"""What is counted of live streams against their rows: no false alarm, and none that is missing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from pump_desktop.domain.errors import DamagedDatabaseError
from pump_desktop.domain.live import Verdict
from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.store.care.figures_check import contradictions
from pump_desktop.store.care.integrity import check_file
from pump_desktop.store.care.prune import plan, prune_piece
from pump_desktop.store.db.database import Database, open_database
from pump_desktop.store.db.writer import Writer
from pump_desktop.store.live.streams import StreamsStore
from tests.store.live_samples import KEY, filled, make_bet, make_heartbeat, random_messages, take_in
from tests.store.samples import NOON, noon

SEED = "the server seed"


def found(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(contradictions(connection))


def change(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute(sql).rowcount > 0


@pytest.fixture
def filled_file(path: Path) -> Path:
    """Return a file, at rest, with a revealed stream with doubled nonces, heartbeats and verdicts."""
    database = open_database(path, now=noon)
    writer = Writer(database)
    streams = StreamsStore(database, writer)
    key = KEY._replace(server_seed_hashed=seed_sha256(SEED))
    messages = [make_bet(number, stream=key, amount=0.1 * number) for number in range(1, 40)]
    messages += [make_bet(number, stream=key, antebot_bet_id=f"again-{number}", nonce=7) for number in (1, 2)]
    stream = take_in(streams, *messages, make_heartbeat(50, stream=key))[0].stream_id
    streams.reveal(stream, SEED, NOON).result(10)
    streams.store_verdicts(stream, [(1, Verdict.MATCH), (2, Verdict.MISMATCH)], [(50, Verdict.MATCH)]).result(
        10
    )
    writer.close()
    database.close()
    return path


@pytest.mark.parametrize("seed", range(6))
def test_whatever_comes_in_and_goes_again_fits(
    database: Database, writer: Writer, path: Path, seed: int
) -> None:
    streams = StreamsStore(database, writer)
    stream = filled(streams, random_messages(700, seed, 250))
    assert found(path) == []
    streams.reveal(stream, SEED, NOON).result(10)
    bets = [bet.id for bet in streams.tail(stream, 0, 200).bets]
    rounds = [row.nonce for row in streams.rounds(stream, None, 100, 0).items]
    streams.store_verdicts(
        stream, [(one, Verdict.MATCH) for one in bets], [(one, Verdict.MISMATCH) for one in rounds]
    ).result(10)
    for pruned in plan(database, 60).streams:
        after = -1
        while after:
            piece = partial(prune_piece, stream=pruned, after=max(after, 0), limit=40)
            *_, after = writer.submit(piece).result(20)
    assert [one.rpartition(": ")[2] for one in found(path)] == ["server seed and its hash"]


BENT = {
    "UPDATE live_bets SET amount = amount + 0.001 WHERE nonce = 3": "wagered and paid",
    "UPDATE live_bets SET payout = 0.26 WHERE nonce = 3": "wagered and paid",
    "UPDATE live_bets SET currency = 'usdu' WHERE nonce = 3": "wagered and paid",
    "UPDATE live_money SET paid = paid + 1": "wagered and paid",
    "UPDATE live_bets SET round_result = 1.62 WHERE nonce = 3": (
        "counts of results, results of bets and of their rounds"
    ),
    "UPDATE live_bets SET difficulty = 'hard' WHERE nonce = 3": (
        "counts of results, results of bets and of their rounds"
    ),
    "UPDATE live_rounds SET difficulty = NULL WHERE nonce = 3": "counts of results",
    "UPDATE live_rounds SET round_result = 1.62 WHERE nonce = 50": (
        "lowest multiplier, sum of multipliers, counts of results"
    ),
    "UPDATE live_rounds SET nonce = 45 WHERE nonce = 3": "results of bets and of their rounds",
    "UPDATE live_bets SET nonce = 45 WHERE nonce = 3": "results of bets and of their rounds",
    "UPDATE live_bets SET safe_pumps = NULL WHERE nonce = 3": "results off the table",
    "UPDATE live_bets SET verdict = 'match' WHERE nonce = 2": "matches, mismatches",
    "UPDATE live_rounds SET verdict = NULL WHERE nonce = 50": "matches",
    "DELETE FROM live_bets WHERE nonce = 3": (
        "bets, wagered and paid, counts of results, results of bets and of their rounds"
    ),
    "DELETE FROM live_rounds WHERE nonce = 50": (
        "last nonce, rounds, sum of multipliers, matches, counts of results"
    ),
    "UPDATE live_tallies SET bets = bets + 1 WHERE axis = 'id'": "counts of results",
    "UPDATE live_tallies SET rounds = rounds - 1 WHERE axis = 'nonce'": "counts of results",
    "UPDATE live_streams SET total_bets = total_bets + 1": "bets",
    "UPDATE live_streams SET duplicate_nonces = 0": "doubled nonces",
    "UPDATE live_streams SET last_nonce = 51": "last nonce",
    "UPDATE live_streams SET highest_multiplier = 24.5": "highest multiplier",
    "UPDATE live_streams SET multiplier_sum = multiplier_sum + 1": "sum of multipliers",
    "UPDATE live_streams SET server_seed = 'the server teed'": "server seed and its hash",
}


@pytest.mark.parametrize("sql", BENT)
def test_what_does_not_fit_is_named(filled_file: Path, sql: str) -> None:
    assert found(filled_file) == []
    change(filled_file, sql)
    (sentence,) = found(filled_file)
    assert sentence.rpartition("each other: ")[2] == BENT[sql]


def test_a_check_tells_it_beside_the_file_being_readable(filled_file: Path) -> None:
    assert check_file(filled_file).flawless
    change(filled_file, "UPDATE live_streams SET total_bets = total_bets + 1")
    report = check_file(filled_file)
    assert report.healthy
    assert not report.flawless
    assert report.sentence.startswith(f"{filled_file} can be read, but live stream ")
    assert check_file(filled_file, whole=False).flawless


@pytest.mark.expects_warning
def test_a_start_tells_it_and_goes_on(filled_file: Path, caplog: pytest.LogCaptureFixture) -> None:
    change(filled_file, "UPDATE live_money SET wagered = wagered * 2")
    database = open_database(filled_file, now=noon)
    try:
        (told,) = database.contradictions
        assert told.endswith(": wagered and paid")
        assert told in caplog.text
    finally:
        database.close()


def test_an_index_that_does_not_fit_its_table_is_told_at_start(filled_file: Path) -> None:
    # The index alone loses a row: lists would leave the bet out without a word.
    with closing(sqlite3.connect(filled_file)) as connection, connection:
        (root, sql) = connection.execute(
            "SELECT rootpage, sql FROM sqlite_master WHERE name = 'ix_live_bets_stream_id_nonce'"
        ).fetchone()
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = ? WHERE name = 'ix_live_bets_stream_id_nonce'",
            (f"{sql} WHERE nonce <> 3",),
        )
        assert root
    with closing(sqlite3.connect(filled_file)) as connection, connection:
        connection.execute("REINDEX ix_live_bets_stream_id_nonce")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = ? WHERE name = 'ix_live_bets_stream_id_nonce'", (sql,)
        )
    assert check_file(filled_file, whole=False).healthy
    with pytest.raises(
        DamagedDatabaseError, match="the index ix_live_bets_stream_id_nonce does not fit its table"
    ):
        open_database(filled_file, now=noon)
