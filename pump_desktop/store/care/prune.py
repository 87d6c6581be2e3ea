"""Old rounds of live streams taken away, with everything that is counted from them kept true.

A nonce goes with its round and all of its bets, or stays with all of them when one is bookmarked.
"""

from __future__ import annotations

import json
import sqlite3
from functools import partial
from uuid import UUID

from sqlalchemy import Connection

from pump_desktop.domain.storage import Pruning, StreamPruning
from pump_desktop.store.db.connections import driver_of
from pump_desktop.store.db.database import Database
from pump_desktop.store.db.readable import Columns, identity, kept, text, whole
from pump_desktop.store.db.tables import TALLY_BUCKET

# A nonce with its bet takes 25 us to delete and to count back in a small file, and five times that in one of
# a gigabyte, where every index page is another one: the size of a piece follows from what the last one took.
FEWEST_AT_ONCE, MOST_AT_ONCE = 20, 1000
NONCES_AT_FIRST = 100
PIECE_S = 0.025

# CROSS JOIN fixes the order of the loops. A plan asks for all bookmarks of a stream, which are few among its
# bets; a piece asks which of its own bets have one, so that its cost follows from its size alone.
_BOOKMARKED = """
    SELECT DISTINCT b.nonce FROM live_bookmarks AS m CROSS JOIN live_bets AS b ON b.id = m.bet_id
    WHERE b.stream_id = :id AND b.nonce < :first_kept
"""
_BOOKMARKED_IN_PIECE = """
    SELECT DISTINCT b.nonce FROM live_bets AS b CROSS JOIN live_bookmarks AS m ON m.bet_id = b.id
    WHERE b.stream_id = :id AND b.nonce BETWEEN :first AND :last
"""
_LONG_STREAMS = """
    SELECT id, client_seed, server_seed_hashed, total_rounds FROM live_streams
    WHERE deleted = 0 AND total_rounds > ? ORDER BY last_seen_at DESC, id
"""
_GOING = f"WHERE stream_id = :id AND nonce < :first_kept AND nonce NOT IN ({_BOOKMARKED})"
_COUNT_ROUNDS = f"SELECT count(*) FROM live_rounds {_GOING}"  # noqa: S608 - constants
_COUNT_BETS = f"SELECT count(*) FROM live_bets {_GOING}"  # noqa: S608 - constants
_COUNT_BOOKMARKED = f"SELECT count(*) FROM ({_BOOKMARKED})"  # noqa: S608 - constants
_OLDEST = """
    SELECT nonce FROM live_rounds WHERE stream_id = :id AND nonce > :after AND nonce < :first_kept
    ORDER BY nonce LIMIT :limit
"""
_FIRST_KEPT = "SELECT nonce FROM live_rounds WHERE stream_id = ? ORDER BY nonce DESC LIMIT 1 OFFSET ?"
_OF_PIECE = "stream_id = :id AND nonce IN (SELECT value FROM json_each(:nonces))"


_LONG = Columns("live_streams", id=identity, client_seed=text, server_seed_hashed=text, total_rounds=whole())


def plan(database: Database, keep: int) -> Pruning:
    """Give what goes when only the newest ``keep`` rounds of each stream stay."""
    with database.at_one_moment() as driver:
        rows = driver.execute(_LONG_STREAMS, (keep,)).fetchall()
        found = kept(driver, rows, partial(_plan_of, driver, keep))
    return Pruning(keep, tuple(stream for stream in found if stream.rounds))


def prune_piece(
    connection: Connection, stream: StreamPruning, after: int, limit: int
) -> tuple[int, int, int]:
    """Delete some nonces of a stream behind ``after``; give rounds, bets, and the last nonce looked at.

    That is 0 when nothing is left. What arrived since the plan below its limit goes too: it is as old.
    """
    driver = driver_of(connection)
    text = str(stream.stream_id)
    span = {"id": text, "after": after, "first_kept": stream.first_kept, "limit": limit}
    nonces = [nonce for (nonce,) in driver.execute(_OLDEST, span)]
    if not nonces:
        return 0, 0, 0
    piece: dict[str, object] = {"id": text, "first": nonces[0], "last": nonces[-1]}
    marked = {nonce for (nonce,) in driver.execute(_BOOKMARKED_IN_PIECE, piece)}
    going = [nonce for nonce in nonces if nonce not in marked]
    if not going:
        return 0, 0, nonces[-1]
    piece["nonces"] = json.dumps(going)
    changes = _take_out_bets(driver, piece)
    bets = int(changes["bets"])
    rounds = _take_out_rounds(driver, piece, changes)
    _count_back(driver, text, changes)
    return rounds, bets, nonces[-1]


def next_limit(limit: int, took_s: float) -> int:
    """Give how many nonces the next piece may have, so that it takes about PIECE_S."""
    wanted = int(limit * PIECE_S / max(took_s, 1e-4))
    return max(FEWEST_AT_ONCE, min(MOST_AT_ONCE, 2 * limit, wanted))


def _plan_of(driver: sqlite3.Connection, keep: int, row: tuple[str, str, str, int]) -> StreamPruning:
    _LONG.check(row)
    of, client_seed, hashed, total = row
    first_kept = _first_kept(driver, of, keep)
    at = {"id": of, "first_kept": first_kept}
    (rounds,) = driver.execute(_COUNT_ROUNDS, at).fetchone()
    (bets,) = driver.execute(_COUNT_BETS, at).fetchone()
    (bookmarked,) = driver.execute(_COUNT_BOOKMARKED, at).fetchone()
    kept = total - rounds
    return StreamPruning(UUID(of), client_seed, hashed, rounds, bets, kept, bookmarked, first_kept)


def _first_kept(driver: sqlite3.Connection, text: str, keep: int) -> int:
    row = driver.execute(_FIRST_KEPT, (text, keep - 1)).fetchone()
    return 0 if row is None else int(row[0])


def _take_out_bets(driver: sqlite3.Connection, piece: dict[str, object]) -> dict[str, float]:
    """Delete the bets of a piece, and give what the stream's figures lose by that."""
    bets, off_table, matches, mismatches, nonces_with_two = driver.execute(
        f"""
        SELECT coalesce(sum(n), 0), coalesce(sum(off), 0), coalesce(sum(good), 0), coalesce(sum(bad), 0),
            coalesce(sum(n > 1), 0)
        FROM (
            SELECT count(*) AS n, sum(safe_pumps IS NULL) AS off, total(verdict = 'match') AS good,
                total(verdict = 'mismatch') AS bad
            FROM live_bets WHERE {_OF_PIECE} GROUP BY nonce
        )
        """,  # noqa: S608 - constants
        piece,
    ).fetchone()
    for axis, key in (("nonce", "nonce"), ("id", "id")):
        driver.execute(
            f"""
            UPDATE live_tallies AS t SET bets = t.bets - gone.n FROM (
                SELECT {key} / {TALLY_BUCKET} AS bucket, difficulty, round_result, count(*) AS n
                FROM live_bets WHERE {_OF_PIECE} GROUP BY 1, 2, 3
            ) AS gone
            WHERE t.stream_id = :id AND t.axis = '{axis}' AND t.bucket = gone.bucket
                AND t.difficulty = gone.difficulty AND t.round_result = gone.round_result
            """,  # noqa: S608 - constants
            piece,
        )
    driver.execute(
        f"""
        UPDATE live_money AS m SET bets = m.bets - gone.n, wagered = m.wagered - gone.wagered,
            paid = m.paid - gone.paid
        FROM (
            SELECT coalesce(currency, '') AS currency, count(*) AS n, total(amount) AS wagered,
                total(payout) AS paid
            FROM live_bets WHERE {_OF_PIECE} GROUP BY 1
        ) AS gone
        WHERE m.stream_id = :id AND m.currency = gone.currency
        """,  # noqa: S608 - constants
        piece,
    )
    driver.execute("DELETE FROM live_money WHERE stream_id = :id AND bets <= 0", piece)
    # Buckets of this piece only: looking through all of the stream's would take longer the longer it is.
    driver.execute(
        f"""
        DELETE FROM live_tallies WHERE stream_id = :id AND axis = 'id' AND bets <= 0
            AND bucket IN (SELECT id / {TALLY_BUCKET} FROM live_bets WHERE {_OF_PIECE})
        """,  # noqa: S608 - constants
        piece,
    )
    driver.execute(f"DELETE FROM live_bets WHERE {_OF_PIECE}", piece)  # noqa: S608 - constants
    return {
        "bets": bets,
        "off_table": off_table,
        "matches": matches,
        "mismatches": mismatches,
        "duplicates": nonces_with_two,
    }


def _take_out_rounds(driver: sqlite3.Connection, piece: dict[str, object], changes: dict[str, float]) -> int:
    """Delete the rounds of a piece, and add to what the stream's figures lose; give how many."""
    rounds, heartbeats, total, matches, mismatches = driver.execute(
        f"""
        SELECT count(*), coalesce(sum(by_bet = 0), 0), total(round_result),
            coalesce(sum(by_bet = 0 AND verdict = 'match'), 0),
            coalesce(sum(by_bet = 0 AND verdict = 'mismatch'), 0)
        FROM live_rounds WHERE {_OF_PIECE}
        """,  # noqa: S608 - constants
        piece,
    ).fetchone()
    driver.execute(
        f"""
        UPDATE live_tallies AS t SET rounds = t.rounds - gone.n FROM (
            SELECT nonce / {TALLY_BUCKET} AS bucket, coalesce(difficulty, '') AS difficulty, round_result,
                count(*) AS n
            FROM live_rounds WHERE {_OF_PIECE} GROUP BY 1, 2, 3
        ) AS gone
        WHERE t.stream_id = :id AND t.axis = 'nonce' AND t.bucket = gone.bucket
            AND t.difficulty = gone.difficulty AND t.round_result = gone.round_result
        """,  # noqa: S608 - constants
        piece,
    )
    driver.execute(
        f"""
        DELETE FROM live_tallies WHERE stream_id = :id AND axis = 'nonce' AND bets <= 0 AND rounds <= 0
            AND bucket BETWEEN :first / {TALLY_BUCKET} AND :last / {TALLY_BUCKET}
        """,  # noqa: S608 - constants
        piece,
    )
    driver.execute(f"DELETE FROM live_rounds WHERE {_OF_PIECE}", piece)  # noqa: S608 - constants
    changes["rounds"], changes["heartbeats"], changes["total"] = rounds, heartbeats, total
    changes["matches"] += matches
    changes["mismatches"] += mismatches
    return int(rounds)


def _count_back(driver: sqlite3.Connection, text: str, changes: dict[str, float]) -> None:
    driver.execute(
        """
        UPDATE live_streams SET
            total_bets = total_bets - :bets,
            total_rounds = total_rounds - :rounds,
            heartbeats = max(0, heartbeats - :heartbeats),
            duplicate_nonces = max(0, duplicate_nonces - :duplicates),
            off_table = off_table - :off_table,
            matches = matches - :matches,
            mismatches = mismatches - :mismatches,
            multiplier_sum = multiplier_sum - :total,
            first_nonce = (SELECT min(nonce) FROM live_rounds WHERE stream_id = :id),
            lowest_multiplier = (SELECT min(round_result) FROM live_rounds WHERE stream_id = :id),
            highest_multiplier = (SELECT max(round_result) FROM live_rounds WHERE stream_id = :id)
        WHERE id = :id
        """,
        {"id": text, **changes},
    )
