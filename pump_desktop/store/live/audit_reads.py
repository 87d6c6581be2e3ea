"""What audits read: pages of bets and rounds as columns, stored mismatches, and when things came."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from pump_desktop.domain.audits import AuditedBet, AuditedRound, RevealedBy, StreamMoments
from pump_desktop.domain.live import Verdict
from pump_desktop.domain.requests import MAX_NONCE
from pump_desktop.store.db.joined import Joined, read_joined
from pump_desktop.store.db.readable import Columns, amount, identity, kept, maybe, moment, one_of, text, whole
from pump_desktop.store.live.rows import (
    DIFFICULTIES,
    DIFFICULTY_NUMBER,
    DIFFICULTY_OF,
    MAYBE_DIFFICULTY_OF,
    MOST_PUMPS,
    UNKNOWN,
    VERDICT_OF,
)

__all__ = ["DIFFICULTIES", "UNKNOWN", "BetsPage", "RoundsPage"]

# One page of an audit; its stop takes no longer, and neither do bets wait that land between two pages.
PAGE_ROWS = 2_500
# Streams of one chain; whoever rotates more often has had enough of them.
MOST_IN_CHAIN = 200

# In the order of the fields of AuditedBet and AuditedRound.
_BET = Columns(
    "live_bets",
    id=whole(1),
    antebot_bet_id=text,
    nonce=whole(1, MAX_NONCE),
    amount=amount,
    payout=amount,
    currency=maybe(text),
    round_target=maybe(amount),
    round_result=amount,
    safe_pumps=maybe(whole(0, MOST_PUMPS)),
    difficulty=one_of(DIFFICULTY_OF),
    verdict=maybe(one_of(Verdict)),
)
_ROUND = Columns(
    "live_rounds",
    nonce=whole(1, MAX_NONCE),
    round_result=amount,
    safe_pumps=maybe(whole(0, MOST_PUMPS)),
    difficulty=maybe(one_of(DIFFICULTY_OF)),
    verdict=maybe(one_of(Verdict)),
    by_bet=whole(0, 1),
)
_CHAINED = Columns(
    "live_streams",
    id=identity,
    server_seed_hashed=text,
    created_at=moment,
    first_nonce=maybe(whole(1, MAX_NONCE)),
    last_nonce=maybe(whole(1, MAX_NONCE)),
    total_bets=whole(),
    revealed_at=maybe(moment),
)
_TIMES = Columns("live_bets", id=whole(1), received_at=moment, date_time=maybe(moment))

# What is below the least that a column may be was no word of it.
_STORED = f"""
    CASE verdict WHEN 'match' THEN 1 WHEN 'mismatch' THEN 0
        ELSE CASE WHEN verdict IS NULL THEN {UNKNOWN} ELSE {UNKNOWN - 1} END END
"""
_RESULTS = (
    Joined("nonce", least=1),
    Joined(DIFFICULTY_NUMBER, least=UNKNOWN),
    Joined(f"coalesce(safe_pumps, {UNKNOWN})", least=UNKNOWN),
    Joined("round_result", np.float64),
    Joined(_STORED, least=UNKNOWN),
)
_OF_BETS = (
    *_RESULTS,
    Joined("id", least=1),
    Joined("amount", np.float64),
    Joined("payout", np.float64),
    Joined(f"coalesce(round_target, {UNKNOWN})", np.float64, UNKNOWN),
)
_OF_ROUNDS = (*_RESULTS, Joined("by_bet"))

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


def bets_page(
    driver: sqlite3.Connection, stream_id: UUID, after: tuple[Any, int]
) -> tuple[BetsPage, tuple[Any, int] | None]:
    """Return the next page of bets in the order of nonce and id, and what the one behind it comes after."""
    rows = f"""
        SELECT * FROM live_bets INDEXED BY ix_live_bets_stream_id_nonce
        WHERE stream_id = :stream_id AND (nonce, id) > (:nonce, :bet_id) ORDER BY nonce, id LIMIT {PAGE_ROWS}
    """  # noqa: S608 - constants
    values = {"stream_id": str(stream_id), "nonce": after[0], "bet_id": after[1]}
    found = read_joined(driver, _BET, _OF_BETS, rows, values)
    page = BetsPage(*found.arrays)
    if found.count < PAGE_ROWS:
        return page, None
    if found.last is not None:
        return page, (found.last["nonce"], found.last["id"])
    return page, (int(page.nonces[-1]), int(page.ids[-1]))


def rounds_page(driver: sqlite3.Connection, stream_id: UUID, nonce: Any) -> tuple[RoundsPage, Any]:
    """Return the next page of rounds by nonce, and the last nonce; None behind the last page."""
    rows = f"""
        SELECT * FROM live_rounds WHERE stream_id = :stream_id AND nonce > :nonce
        ORDER BY nonce LIMIT {PAGE_ROWS}
    """  # noqa: S608 - constants
    found = read_joined(driver, _ROUND, _OF_ROUNDS, rows, {"stream_id": str(stream_id), "nonce": nonce})
    nonces, difficulties, safe_pumps, results, stored, by_bet = found.arrays
    page = RoundsPage(nonces, difficulties, safe_pumps, results, stored, by_bet.astype(np.bool_))
    if found.count < PAGE_ROWS:
        return page, None
    return page, int(page.nonces[-1]) if found.last is None else found.last["nonce"]


def bets_by_id(driver: sqlite3.Connection, stream_id: UUID, ids: Sequence[int]) -> list[AuditedBet]:
    """Give some bets of a stream in the order of nonce and id."""
    sql = f"""
        SELECT {_BET.names} FROM live_bets WHERE stream_id = ? AND id IN (SELECT value FROM json_each(?))
        ORDER BY nonce, id
    """  # noqa: S608 - constants
    return _bets(driver, driver.execute(sql, (str(stream_id), json.dumps(ids))))


def rounds_by_nonce(driver: sqlite3.Connection, stream_id: UUID, nonces: Sequence[int]) -> list[AuditedRound]:
    """Give some rounds of a stream in the order of nonces."""
    sql = f"""
        SELECT {_ROUND.names} FROM live_rounds
        WHERE stream_id = ? AND nonce IN (SELECT value FROM json_each(?)) ORDER BY nonce
    """  # noqa: S608 - constants
    return _rounds(driver, driver.execute(sql, (str(stream_id), json.dumps(nonces))))


def mismatched_bets(driver: sqlite3.Connection, stream_id: UUID, limit: int) -> list[AuditedBet]:
    """Give the first bets by nonce that were found not to match; a million bets take half a second."""
    sql = f"""
        SELECT {_BET.names} FROM live_bets INDEXED BY ix_live_bets_stream_id_nonce
        WHERE stream_id = ? AND verdict = 'mismatch' ORDER BY nonce, id LIMIT ?
    """  # noqa: S608 - constants
    return _bets(driver, driver.execute(sql, (str(stream_id), limit)))


def mismatched_rounds(driver: sqlite3.Connection, stream_id: UUID, limit: int) -> list[AuditedRound]:
    """Give the first rounds by nonce that no bet tells and that were found not to match."""
    sql = f"""
        SELECT {_ROUND.names} FROM live_rounds
        WHERE stream_id = ? AND verdict = 'mismatch' AND by_bet = 0 ORDER BY nonce LIMIT ?
    """  # noqa: S608 - constants
    return _rounds(driver, driver.execute(sql, (str(stream_id), limit)))


def _bets(driver: sqlite3.Connection, rows: Iterable[Sequence[Any]]) -> list[AuditedBet]:
    def bet(row: Sequence[Any]) -> AuditedBet:
        _BET.check(row)
        *said, word, verdict = row
        return AuditedBet._make((*said, DIFFICULTY_OF[word], VERDICT_OF[verdict]))

    return kept(driver, rows, bet)


def _rounds(driver: sqlite3.Connection, rows: Iterable[Sequence[Any]]) -> list[AuditedRound]:
    def of(row: Sequence[Any]) -> AuditedRound:
        _ROUND.check(row)
        nonce, result, k, word, verdict, _ = row
        return AuditedRound(nonce, result, k, MAYBE_DIFFICULTY_OF[word], VERDICT_OF[verdict])

    return kept(driver, rows, of)


def chain_moments(driver: sqlite3.Connection, stream_id: UUID, client_seed: str) -> list[StreamMoments]:
    """Give a stream and those that share its client seed: of many, the latest."""
    found = driver.execute(
        f"""
        SELECT {_CHAINED.names} FROM live_streams WHERE client_seed = ? AND deleted = 0
        ORDER BY id = ? DESC, created_at DESC LIMIT ?
        """,  # noqa: S608 - constants
        (client_seed, str(stream_id), MOST_IN_CHAIN),
    ).fetchall()
    return kept(driver, found, partial(_moments, driver))


def _moments(driver: sqlite3.Connection, row: Sequence[Any]) -> StreamMoments:
    _CHAINED.check(row)
    of, hashed, created_at, first_nonce, last_nonce, bets, revealed_at = row
    first_received, first_made = _bet_times(driver, of, "nonce, id")
    last_received, last_made = _bet_times(driver, of, "nonce DESC, id DESC")
    by: RevealedBy | None = None
    if revealed_at is not None:
        in_message = revealed_at <= created_at or _bet_came_at(driver, of, revealed_at)
        by = RevealedBy.SIMULATION if in_message else RevealedBy.PASTE
    return StreamMoments(
        stream_id=UUID(of),
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


def _bet_times(driver: sqlite3.Connection, of: str, order: str) -> tuple[datetime | None, datetime | None]:
    """Give when the first bet in an order was received, and when it says it was made."""
    first = f"SELECT {_TIMES.names} FROM live_bets WHERE stream_id = ? ORDER BY {order} LIMIT 1"  # noqa: S608 - constants
    for _, received, made in kept(driver, driver.execute(first, (of,)), _TIMES.read):
        return datetime.fromisoformat(received), None if made is None else datetime.fromisoformat(made)
    return None, None


def _bet_came_at(driver: sqlite3.Connection, of: str, at: str) -> bool:
    """Tell whether a bet came at exactly this moment: a seed that a message says is stored with it.

    Ids and arrivals rise together, so twenty looks find it among a million.
    """
    low, high = driver.execute("SELECT min(id), max(id) FROM live_bets WHERE stream_id = ?", (of,)).fetchone()
    while low is not None and low <= high:
        middle = (low + high) // 2
        bet_id, received = driver.execute(
            "SELECT id, received_at FROM live_bets WHERE stream_id = ? AND id >= ? ORDER BY id LIMIT 1",
            (of, middle),
        ).fetchone()
        if received == at:
            return True
        if not isinstance(received, str) or received < at:
            low = bet_id + 1
        else:
            high = middle - 1
    return False
