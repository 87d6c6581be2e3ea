"""Whether what is counted of live streams fits their rows.

Every figure of a stream is kept beside its rows, in sums that each commit brings up to date, and most results
are stored twice: as a bet and as a round. A byte that a disk has bent in one of them is whole to SQLite, but
it contradicts the others. What one copy alone says (words, times, targets, the last digits of a stake) cannot
be checked.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.store.db.tables import TALLY_BUCKET

# Sums of floats depend on the order they are made in, and old rounds are taken off them again.
_SUMS_HOLD = 1e-9

_FIGURES = (
    "first nonce", "last nonce", "bets", "rounds", "results off the table", "doubled nonces",
    "lowest multiplier", "highest multiplier", "sum of multipliers", "matches", "mismatches",
)  # fmt: skip
_NO_ROUNDS = (None, None, 0, None, None, 0.0, 0, 0)

_STREAMS = """
    SELECT id, server_seed_hashed, server_seed, first_nonce, last_nonce, total_bets, total_rounds, off_table,
        duplicate_nonces, lowest_multiplier, highest_multiplier, multiplier_sum, matches, mismatches
    FROM live_streams WHERE deleted = 0
"""
_BETS = """
    SELECT stream_id, count(*), sum(safe_pumps IS NULL), sum(verdict IS 'match'), sum(verdict IS 'mismatch')
    FROM live_bets GROUP BY stream_id
"""
_DOUBLED = """
    SELECT stream_id, count(*) FROM (
        SELECT stream_id FROM live_bets GROUP BY stream_id, nonce HAVING count(*) > 1
    ) GROUP BY 1
"""
_ROUNDS = """
    SELECT stream_id, min(nonce), max(nonce), count(*), min(round_result), max(round_result),
        total(round_result), sum(by_bet = 0 AND verdict IS 'match'), sum(by_bet = 0 AND verdict IS 'mismatch')
    FROM live_rounds GROUP BY stream_id
"""
_MONEY = """
    SELECT stream_id, coalesce(currency, ''), count(*), total(amount), total(payout)
    FROM live_bets GROUP BY 1, 2
"""
_KEPT_MONEY = "SELECT stream_id, currency, bets, wagered, paid FROM live_money"
_APART = f"""
    SELECT DISTINCT stream_id FROM (
        SELECT stream_id, sum(n) AS n FROM (
            SELECT stream_id, 0 AS axis, nonce / {TALLY_BUCKET} AS bucket, difficulty, round_result,
                count(*) AS n
            FROM live_bets GROUP BY 1, 3, 4, 5
            UNION ALL
            SELECT stream_id, 1, id / {TALLY_BUCKET}, difficulty, round_result, count(*)
            FROM live_bets GROUP BY 1, 3, 4, 5
            UNION ALL
            SELECT stream_id, 2, nonce / {TALLY_BUCKET}, coalesce(difficulty, ''), round_result, count(*)
            FROM live_rounds GROUP BY 1, 3, 4, 5
            UNION ALL
            SELECT stream_id, axis = 'id', bucket, difficulty, round_result, -bets FROM live_tallies
            UNION ALL
            SELECT stream_id, 2, bucket, difficulty, round_result, -rounds FROM live_tallies
            WHERE axis = 'nonce'
        ) GROUP BY stream_id, axis, bucket, difficulty, round_result HAVING sum(n) <> 0
    )
"""  # noqa: S608 - a constant
# A round that a bet tells says what one of its bets says; every bet is a round, whatever that says.
_ALONE = """
    SELECT DISTINCT stream_id FROM live_rounds AS r WHERE by_bet <> 0 AND NOT EXISTS (
        SELECT 1 FROM live_bets AS b WHERE b.stream_id = r.stream_id AND b.nonce = r.nonce
            AND b.round_result = r.round_result AND (r.difficulty IS NULL OR b.difficulty = r.difficulty)
    )
    UNION
    SELECT DISTINCT stream_id FROM live_bets AS b WHERE NOT EXISTS (
        SELECT 1 FROM live_rounds AS r WHERE r.stream_id = b.stream_id AND r.nonce = b.nonce
    )
"""


def contradictions(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield a sentence for each stream whose figures do not fit its rows; 25 MB take 0.16 s."""
    bets = _by_stream(connection, _BETS)
    doubled = _by_stream(connection, _DOUBLED)
    rounds = _by_stream(connection, _ROUNDS)
    money, kept_money = _by_currency(connection, _MONEY), _by_currency(connection, _KEPT_MONEY)
    apart, alone = _by_stream(connection, _APART), _by_stream(connection, _ALONE)
    for text, hashed, seed, *kept in connection.execute(_STREAMS):
        bet_count, off_table, bet_matches, bet_mismatches = bets.get(text, (0, 0, 0, 0))
        first, last, round_count, lowest, highest, total, matches, mismatches = rounds.get(text, _NO_ROUNDS)
        counted = (
            first, last, bet_count, round_count, off_table, *doubled.get(text, (0,)), lowest, highest, total,
            bet_matches + matches, bet_mismatches + mismatches,
        )  # fmt: skip
        wrong = [
            name for name, one, other in zip(_FIGURES, kept, counted, strict=True) if not _same(one, other)
        ]
        if not _same_money(money.get(text, {}), kept_money.get(text, {})):
            wrong.append("wagered and paid")
        if text in apart:
            wrong.append("counts of results")
        if text in alone:
            wrong.append("results of bets and of their rounds")
        if seed is not None and not (isinstance(seed, str) and seed_sha256(seed) == hashed):
            wrong.append("server seed and its hash")
        if wrong:
            # Without its client seed: this is for the log as well.
            yield (
                f"live stream {text} was damaged or changed, its figures and rows contradict each other: "
                f"{', '.join(wrong)}"
            )


def _by_stream(connection: sqlite3.Connection, sql: str) -> dict[str, Sequence[Any]]:
    return {text: figures for text, *figures in connection.execute(sql)}


def _by_currency(connection: sqlite3.Connection, sql: str) -> dict[str, dict[str, Sequence[Any]]]:
    found: dict[str, dict[str, Sequence[Any]]] = {}
    for text, currency, *sums in connection.execute(sql):
        found.setdefault(text, {})[currency] = sums
    return found


def _same_money(counted: dict[str, Sequence[Any]], kept: dict[str, Sequence[Any]]) -> bool:
    return counted.keys() == kept.keys() and all(
        all(map(_same, counted[currency], kept[currency])) for currency in kept
    )


def _same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=_SUMS_HOLD, abs_tol=_SUMS_HOLD)
    return one == other
