"""Rows of the live tables as frozen values, and the columns they are made from, in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pump_desktop.domain.difficulty import Difficulty
from pump_desktop.domain.live import BetRow, RoundRow, StreamRow, Verdict

# By their words in the file, found quicker than an enum finds its members.
DIFFICULTY_OF: dict[str | None, Difficulty] = {difficulty.value: difficulty for difficulty in Difficulty}
VERDICT_OF: dict[str | None, Verdict] = {verdict.value: verdict for verdict in Verdict}

STREAM_COLUMNS = """
    s.id, s.server_seed_hashed, s.client_seed, s.created_at, s.last_seen_at, s.last_nonce, s.total_bets,
    s.total_rounds, s.highest_multiplier, s.notes, s.server_seed IS NOT NULL
"""

# Bound: :stream_id. Few streams have doubled nonces; the others are spared a look per row.
BET_COLUMNS = """
    b.id, b.antebot_bet_id, b.received_at, b.date_time, b.nonce, b.amount, b.payout, b.currency, b.difficulty,
    b.round_target, b.round_result, b.safe_pumps, b.verdict,
    CASE WHEN (SELECT duplicate_nonces FROM live_streams WHERE id = :stream_id) > 0 THEN EXISTS (
        SELECT 1 FROM live_bets AS twin
        WHERE twin.stream_id = b.stream_id AND twin.nonce = b.nonce AND twin.id <> b.id
    ) ELSE 0 END
"""

ROUND_COLUMNS = "nonce, round_result, safe_pumps, difficulty, received_at, verdict"


def stream_of(row: Sequence[Any]) -> StreamRow:
    """Give the stream of a row of STREAM_COLUMNS."""
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
    """Give the bet of a row of BET_COLUMNS, with its distance where the row goes on with one."""
    return BetRow(
        id=row[0],
        stream_id=stream_id,
        antebot_bet_id=row[1],
        received_at=datetime.fromisoformat(row[2]),
        date_time=None if row[3] is None else datetime.fromisoformat(row[3]),
        nonce=row[4],
        amount=row[5],
        payout=row[6],
        currency=row[7],
        difficulty=DIFFICULTY_OF[row[8]],
        round_target=row[9],
        round_result=row[10],
        safe_pumps=row[11],
        verdict=VERDICT_OF.get(row[12]),
        duplicate_nonce=bool(row[13]),
        distance=row[14] if len(row) > 14 else None,
    )


def round_of(row: Sequence[Any]) -> RoundRow:
    """Give the round of a row of ROUND_COLUMNS."""
    return RoundRow(
        nonce=row[0],
        round_result=row[1],
        safe_pumps=row[2],
        difficulty=DIFFICULTY_OF.get(row[3]),
        received_at=datetime.fromisoformat(row[4]),
        verdict=VERDICT_OF.get(row[5]),
    )
