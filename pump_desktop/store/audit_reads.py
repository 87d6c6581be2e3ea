"""What audits read: pages of bets and rounds as columns, stored mismatches, and when things came."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from pump_desktop.domain.audits import AuditedBet, AuditedRound, RevealedBy, StreamMoments
from pump_desktop.domain.difficulty import Difficulty
from pump_desktop.store.live_rows import DIFFICULTY_OF, VERDICT_OF

# One page of an audit; its stop takes no longer, and neither do bets wait that land between two pages.
PAGE_ROWS = 2_500
# Streams of one chain; whoever rotates more often has had enough of them.
MOST_IN_CHAIN = 200

# In the order of the fields of AuditedBet and AuditedRound.
_BET = """
    id, antebot_bet_id, nonce, amount, payout, currency, round_target, round_result, safe_pumps, difficulty,
    verdict
"""
_ROUND = "nonce, round_result, safe_pumps, difficulty, verdict"

DIFFICULTIES = tuple(Difficulty)
"""What a difficulty's number in a page stands for; none is -1."""
UNKNOWN = -1
"""The number of safe pumps off the table, and of a difficulty or target that was not told."""

_CASES = " ".join(f"WHEN '{difficulty}' THEN {number}" for number, difficulty in enumerate(DIFFICULTIES))
# As text that SQLite joins: row by row, a million of them would keep the interpreter from other threads.
_COLUMNS = f"""
    group_concat(nonce), group_concat(CASE difficulty {_CASES} ELSE {UNKNOWN} END),
    group_concat(coalesce(safe_pumps, {UNKNOWN})), group_concat(round_result),
    group_concat(CASE verdict WHEN 'match' THEN 1 WHEN 'mismatch' THEN 0 ELSE {UNKNOWN} END)
"""

Numbers = NDArray[np.int64]
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RoundsPage:
    """Rounds in the order of their nonces, column by column; ``stored`` is 1 for a match, 0 for none."""

    nonces: Numbers
    difficulties: Numbers
    safe_pumps: Numbers
    results: Reals
    stored: Numbers
    by_bet: NDArray[np.bool_]

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.nonces)


@dataclass(frozen=True, slots=True)
class BetsPage:
    """Bets in the order of nonce and id, column by column; ``stored`` is 1 for a match, 0 for none."""

    nonces: Numbers
    difficulties: Numbers
    safe_pumps: Numbers
    results: Reals
    stored: Numbers
    ids: Numbers
    amounts: Reals
    payouts: Reals
    targets: Reals

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.nonces)


def bets_page(driver: sqlite3.Connection, stream_id: UUID, nonce: int, bet_id: int) -> BetsPage:
    """Give the next page of bets in the order of nonce and id."""
    sql = f"""
        SELECT {_COLUMNS}, group_concat(id), group_concat(amount), group_concat(payout),
            group_concat(coalesce(round_target, {UNKNOWN}))
        FROM (
            SELECT * FROM live_bets INDEXED BY ix_live_bets_stream_id_nonce
            WHERE stream_id = ? AND (nonce, id) > (?, ?) ORDER BY nonce, id LIMIT ?
        )
    """  # noqa: S608 - constants
    row = driver.execute(sql, (str(stream_id), nonce, bet_id, PAGE_ROWS)).fetchone()
    nonces, difficulties, safe_pumps, results, stored, ids, amounts, payouts, targets = row
    return BetsPage(
        _whole(nonces),
        _whole(difficulties),
        _whole(safe_pumps),
        _real(results),
        _whole(stored),
        _whole(ids),
        _real(amounts),
        _real(payouts),
        _real(targets),
    )


def rounds_page(driver: sqlite3.Connection, stream_id: UUID, nonce: int) -> RoundsPage:
    """Give the next page of rounds in the order of nonces."""
    sql = f"""
        SELECT {_COLUMNS}, group_concat(by_bet) FROM (
            SELECT * FROM live_rounds WHERE stream_id = ? AND nonce > ? ORDER BY nonce LIMIT ?
        )
    """  # noqa: S608 - constants
    row = driver.execute(sql, (str(stream_id), nonce, PAGE_ROWS)).fetchone()
    nonces, difficulties, safe_pumps, results, stored, by_bet = row
    return RoundsPage(
        _whole(nonces),
        _whole(difficulties),
        _whole(safe_pumps),
        _real(results),
        _whole(stored),
        _whole(by_bet).astype(np.bool_),
    )


def _whole(text: str | None) -> Numbers:
    return np.fromstring(text or "", np.int64, sep=",")


def _real(text: str | None) -> Reals:
    return np.fromstring(text or "", np.float64, sep=",")


def bets_by_id(driver: sqlite3.Connection, stream_id: UUID, ids: Sequence[int]) -> list[AuditedBet]:
    """Give some bets of a stream in the order of nonce and id."""
    sql = f"""
        SELECT {_BET} FROM live_bets WHERE stream_id = ? AND id IN (SELECT value FROM json_each(?))
        ORDER BY nonce, id
    """  # noqa: S608 - constants
    return _bets(driver.execute(sql, (str(stream_id), json.dumps(ids))))


def rounds_by_nonce(driver: sqlite3.Connection, stream_id: UUID, nonces: Sequence[int]) -> list[AuditedRound]:
    """Give some rounds of a stream in the order of nonces."""
    sql = f"""
        SELECT {_ROUND} FROM live_rounds WHERE stream_id = ? AND nonce IN (SELECT value FROM json_each(?))
        ORDER BY nonce
    """  # noqa: S608 - constants
    return _rounds(driver.execute(sql, (str(stream_id), json.dumps(nonces))))


def mismatched_bets(driver: sqlite3.Connection, stream_id: UUID, limit: int) -> list[AuditedBet]:
    """Give the first bets by nonce that were found not to match; a million bets take half a second."""
    sql = f"""
        SELECT {_BET} FROM live_bets INDEXED BY ix_live_bets_stream_id_nonce
        WHERE stream_id = ? AND verdict = 'mismatch' ORDER BY nonce, id LIMIT ?
    """  # noqa: S608 - constants
    return _bets(driver.execute(sql, (str(stream_id), limit)))


def mismatched_rounds(driver: sqlite3.Connection, stream_id: UUID, limit: int) -> list[AuditedRound]:
    """Give the first rounds by nonce that no bet tells and that were found not to match."""
    sql = f"""
        SELECT {_ROUND} FROM live_rounds
        WHERE stream_id = ? AND verdict = 'mismatch' AND by_bet = 0 ORDER BY nonce LIMIT ?
    """  # noqa: S608 - constants
    return _rounds(driver.execute(sql, (str(stream_id), limit)))


def _bets(rows: Iterable[Sequence[Any]]) -> list[AuditedBet]:
    return [
        AuditedBet._make((*said, DIFFICULTY_OF[word], VERDICT_OF.get(verdict)))
        for *said, word, verdict in rows
    ]


def _rounds(rows: Iterable[Sequence[Any]]) -> list[AuditedRound]:
    return [
        AuditedRound(nonce, result, k, DIFFICULTY_OF.get(word), VERDICT_OF.get(verdict))
        for nonce, result, k, word, verdict in rows
    ]


def chain_moments(driver: sqlite3.Connection, stream_id: UUID, client_seed: str) -> list[StreamMoments]:
    """Give a stream and those that share its client seed: of many, the latest."""
    found = driver.execute(
        """
        SELECT id, server_seed_hashed, created_at, first_nonce, last_nonce, total_bets, revealed_at
        FROM live_streams WHERE client_seed = ? AND deleted = 0
        ORDER BY id = ? DESC, created_at DESC LIMIT ?
        """,
        (client_seed, str(stream_id), MOST_IN_CHAIN),
    ).fetchall()
    return [_moments(driver, row) for row in found]


def _moments(driver: sqlite3.Connection, row: Sequence[Any]) -> StreamMoments:
    text, hashed, created_at, first_nonce, last_nonce, bets, revealed_at = row
    first_received, first_made = _bet_times(driver, text, "nonce, id")
    last_received, last_made = _bet_times(driver, text, "nonce DESC, id DESC")
    by: RevealedBy | None = None
    if revealed_at is not None:
        in_message = revealed_at <= created_at or _bet_came_at(driver, text, revealed_at)
        by = RevealedBy.SIMULATION if in_message else RevealedBy.PASTE
    return StreamMoments(
        stream_id=UUID(text),
        server_seed_hashed=hashed,
        seen_at=datetime.fromisoformat(created_at),
        first_nonce=first_nonce,
        last_nonce=last_nonce,
        bets=bets,
        first_received_at=first_received,
        last_received_at=last_received,
        first_made_at=first_made,
        last_made_at=last_made,
        revealed_at=None if revealed_at is None else datetime.fromisoformat(revealed_at),
        revealed_by=by,
    )


def _bet_times(driver: sqlite3.Connection, text: str, order: str) -> tuple[datetime | None, datetime | None]:
    """Give when the first bet in an order was received, and when it says it was made."""
    row = driver.execute(
        f"SELECT received_at, date_time FROM live_bets WHERE stream_id = ? ORDER BY {order} LIMIT 1",  # noqa: S608 - constants
        (text,),
    ).fetchone()
    received, made = row or (None, None)
    return (
        None if received is None else datetime.fromisoformat(received),
        None if made is None else datetime.fromisoformat(made),
    )


def _bet_came_at(driver: sqlite3.Connection, text: str, moment: str) -> bool:
    """Tell whether a bet came at exactly this moment: a seed that a message says is stored with it.

    Ids and arrivals rise together, so twenty looks find it among a million.
    """
    low, high = driver.execute(
        "SELECT min(id), max(id) FROM live_bets WHERE stream_id = ?", (text,)
    ).fetchone()
    while low is not None and low <= high:
        middle = (low + high) // 2
        bet_id, received = driver.execute(
            "SELECT id, received_at FROM live_bets WHERE stream_id = ? AND id >= ? ORDER BY id LIMIT 1",
            (text, middle),
        ).fetchone()
        if received == moment:
            return True
        if received < moment:
            low = bet_id + 1
        else:
            high = middle - 1
    return False
