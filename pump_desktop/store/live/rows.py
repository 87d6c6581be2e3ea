"""Rows of the live tables as frozen values, and the columns they are made from, in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from math import inf
from typing import Any
from uuid import UUID

from pump_desktop.domain.game import EXACT_TOLERANCE, Difficulty
from pump_desktop.domain.live import BetQuery, BetRow, RoundRow, StreamRow, Verdict
from pump_desktop.domain.requests import MAX_NONCE
from pump_desktop.store.db.readable import Columns, amount, identity, maybe, moment, one_of, text, whole

ANY_ID = 2**63 - 1
"""No bet has a higher id."""


def passing(query: BetQuery) -> tuple[str, dict[str, object]]:
    """Give the conditions of a query's filter, each behind an AND, and the values bound in them."""
    conditions, values = "", dict[str, object]()
    if query.min_multiplier is not None:
        conditions += " AND round_result >= :least"
        values["least"] = query.min_multiplier - EXACT_TOLERANCE
    if query.difficulty is not None:
        conditions += " AND difficulty = :difficulty"
        values["difficulty"] = query.difficulty.value
    return conditions, values


MOST_PUMPS = max(difficulty.max_safe for difficulty in Difficulty)

# By their words in the file, found quicker than an enum finds its members. Other words are damage.
DIFFICULTY_OF: dict[str, Difficulty] = {difficulty.value: difficulty for difficulty in Difficulty}
MAYBE_DIFFICULTY_OF: dict[str | None, Difficulty | None] = {None: None}
MAYBE_DIFFICULTY_OF.update(DIFFICULTY_OF)
VERDICT_OF: dict[str | None, Verdict | None] = {None: None}
VERDICT_OF.update((verdict.value, verdict) for verdict in Verdict)

DIFFICULTIES = tuple(Difficulty)
"""What a number of DIFFICULTY_NUMBER stands for; none is -1, another word -2."""
UNKNOWN = -1
"""The number of safe pumps off the table, and of a difficulty or target that was not told."""
_CASES = " ".join(f"WHEN '{difficulty}' THEN {number}" for number, difficulty in enumerate(DIFFICULTIES))
DIFFICULTY_NUMBER = (
    f"CASE difficulty {_CASES} ELSE CASE WHEN difficulty IS NULL THEN {UNKNOWN} ELSE {UNKNOWN - 1} END END"
)

STREAM_COLUMNS = """
    s.id, s.server_seed_hashed, s.client_seed, s.created_at, s.last_seen_at, s.last_nonce, s.total_bets,
    s.total_rounds, s.highest_multiplier, s.notes, s.server_seed IS NOT NULL
"""

BET_VALUES = """
    b.id, b.antebot_bet_id, b.received_at, b.date_time, b.nonce, b.amount, b.payout, b.currency, b.difficulty,
    b.round_target, b.round_result, b.safe_pumps, b.verdict
"""
# Bound: :stream_id. Few streams have doubled nonces; the others are spared a look per row.
BET_COLUMNS = f"""
    {BET_VALUES},
    CASE WHEN (SELECT duplicate_nonces FROM live_streams WHERE id = :stream_id) > 0 THEN EXISTS (
        SELECT 1 FROM live_bets AS twin
        WHERE twin.stream_id = b.stream_id AND twin.nonce = b.nonce AND twin.id <> b.id
    ) ELSE 0 END
"""  # noqa: S608 - constants

ROUND_COLUMNS = "nonce, round_result, safe_pumps, difficulty, received_at, verdict"


_NONCE = whole(1, MAX_NONCE)

_STREAM = Columns(
    "live_streams",
    id=identity,
    server_seed_hashed=text,
    client_seed=text,
    created_at=moment,
    last_seen_at=moment,
    last_nonce=maybe(_NONCE),
    total_bets=whole(),
    total_rounds=whole(),
    highest_multiplier=maybe(amount),
    notes=text,
)
_BET = Columns(
    "live_bets",
    id=whole(1),
    antebot_bet_id=text,
    received_at=moment,
    date_time=maybe(moment),
    nonce=_NONCE,
    amount=amount,
    payout=amount,
    currency=maybe(text),
    difficulty=one_of(DIFFICULTY_OF),
    round_target=maybe(lambda value: amount(value) and value > 0),
    round_result=amount,
    safe_pumps=maybe(whole(0, MOST_PUMPS)),
    verdict=maybe(one_of(Verdict)),
)
_ROUND = Columns(
    "live_rounds",
    nonce=_NONCE,
    round_result=amount,
    safe_pumps=maybe(whole(0, MOST_PUMPS)),
    difficulty=maybe(one_of(DIFFICULTY_OF)),
    received_at=moment,
    verdict=maybe(one_of(Verdict)),
)


def stream_of(row: Sequence[Any]) -> StreamRow:
    """Return the stream of a row of STREAM_COLUMNS; raises UnreadableRowError."""
    _STREAM.check(row)
    return StreamRow(
        id=UUID(row[0]),
        server_seed_hashed=row[1],
        client_seed=row[2],
        created_at=datetime.fromisoformat(row[3]),
        last_seen_at=datetime.fromisoformat(row[4]),
        last_nonce=row[5],
        total_bets=row[6],
        total_rounds=row[7],
        highest_multiplier=row[8],
        notes=row[9],
        revealed=bool(row[10]),
    )


def bet_of(stream_id: UUID, row: Sequence[Any]) -> BetRow:
    """Return the bet of a row of BET_COLUMNS, with its distance where the row goes on with one.

    Raises UnreadableRowError.
    """
    # In one expression, because there may be a million: _BET, which says the same, takes four times as long.
    try:
        received_at = datetime.fromisoformat(row[2])
        date_time = None if row[3] is None else datetime.fromisoformat(row[3])
        if not (
            type(row[1]) is str
            and received_at.tzinfo is UTC
            and (date_time is None or date_time.tzinfo is UTC)
            and type(row[4]) is int
            and 0 < row[4] <= MAX_NONCE
            and 0 <= row[5] < inf
            and 0 <= row[6] < inf
            and (row[7] is None or type(row[7]) is str)
            and (row[9] is None or 0 < row[9] < inf)
            and 0 <= row[10] < inf
            and (row[11] is None or (type(row[11]) is int and 0 <= row[11] <= MOST_PUMPS))
            and (len(row) < 15 or row[14] is None or type(row[14]) is int)
        ):
            raise _BET.error(row)
        return BetRow(
            id=row[0],
            stream_id=stream_id,
            antebot_bet_id=row[1],
            received_at=received_at,
            date_time=date_time,
            nonce=row[4],
            amount=row[5],
            payout=row[6],
            currency=row[7],
            difficulty=DIFFICULTY_OF[row[8]],
            round_target=row[9],
            round_result=row[10],
            safe_pumps=row[11],
            verdict=VERDICT_OF[row[12]],
            duplicate_nonce=bool(row[13]),
            distance=row[14] if len(row) > 14 else None,
        )
    except (TypeError, ValueError, KeyError) as error:
        raise _BET.error(row) from error


def round_of(row: Sequence[Any]) -> RoundRow:
    """Return the round of a row of ROUND_COLUMNS; raises UnreadableRowError."""
    # As bet_of() does it.
    try:
        received_at = datetime.fromisoformat(row[4])
        if not (
            type(row[0]) is int
            and 0 < row[0] <= MAX_NONCE
            and 0 <= row[1] < inf
            and (row[2] is None or (type(row[2]) is int and 0 <= row[2] <= MOST_PUMPS))
            and received_at.tzinfo is UTC
        ):
            raise _ROUND.error(row)
        return RoundRow(
            nonce=row[0],
            round_result=row[1],
            safe_pumps=row[2],
            difficulty=MAYBE_DIFFICULTY_OF[row[3]],
            received_at=received_at,
            verdict=VERDICT_OF[row[5]],
        )
    except (TypeError, ValueError, KeyError) as error:
        raise _ROUND.error(row) from error
