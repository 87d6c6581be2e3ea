"""Messages into the file, each once: one call is one piece of work of the writer.

Statements go straight to the driver, one by one: each row is known or new at its turn, which holds for
repeats within the batch too, and 1,000 bets still take 35 ms. The transaction holds the write lock since it
began, so nobody comes between a look and an insert.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection

from pump_desktop.domain.live import Accepted, Bet, Heartbeat, Message, MessageKind, StreamKey, Verdict
from pump_desktop.store.column_types import utc_text
from pump_desktop.store.connections import driver_of
from pump_desktop.store.live_figures import Figures

_FIND_STREAM = """
    SELECT id, server_seed IS NOT NULL FROM live_streams WHERE server_seed_hashed = ? AND client_seed = ?
"""
_ADD_STREAM = """
    INSERT INTO live_streams (id, server_seed_hashed, client_seed, created_at, last_seen_at)
    VALUES (?, ?, ?, ?, ?)
"""
_REVEAL = "UPDATE live_streams SET server_seed = ?, revealed_at = ? WHERE id = ?"
_ADD_BET = """
    INSERT INTO live_bets (stream_id, antebot_bet_id, received_at, date_time, nonce, amount, payout, currency,
        difficulty, round_target, round_result, safe_pumps, verdict)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_FIND_BETS = """
    SELECT antebot_bet_id, id FROM live_bets
    WHERE stream_id = ? AND antebot_bet_id IN (SELECT value FROM json_each(?))
"""
_SAME_NONCE = "SELECT count(*) FROM (SELECT 1 FROM live_bets WHERE stream_id = ? AND nonce = ? LIMIT 3)"
_ADD_ROUND = """
    INSERT INTO live_rounds (stream_id, nonce, round_result, difficulty, received_at, safe_pumps, by_bet,
        verdict)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (stream_id, nonce) DO NOTHING
"""
# A heartbeat's round that a bet now tells the same way.
_CLAIM_ROUND = """
    UPDATE live_rounds SET by_bet = 1
    WHERE stream_id = ? AND nonce = ? AND by_bet = 0 AND round_result = ?
        AND (difficulty IS NULL OR difficulty = ?)
"""
_ROUND_VERDICT = "SELECT verdict FROM live_rounds WHERE stream_id = ? AND nonce = ?"


def ingest(
    connection: Connection,
    messages: Sequence[Message],
    received_at: datetime,
    verdicts: Sequence[Verdict | None] | None,
) -> list[Accepted]:
    """Store what is new of the messages and give what became of each, in order."""
    work = _Ingest(driver_of(connection), utc_text(received_at), _bet_ids(messages))
    if verdicts is None:
        verdicts = [None] * len(messages)
    answers = [work.take(message, verdict) for message, verdict in zip(messages, verdicts, strict=True)]
    work.finish()
    return answers


def _bet_ids(messages: Sequence[Message]) -> dict[StreamKey, list[str]]:
    ids: dict[StreamKey, list[str]] = {}
    for message in messages:
        if isinstance(message, Bet):
            ids.setdefault(message.stream, []).append(message.antebot_bet_id)
    return ids


class _Ingest:
    """One piece of work: rows go in at once, figures at the end.

    Bets that are stored already are looked up once per stream, with one statement for all of the batch.
    """

    def __init__(
        self, driver: sqlite3.Connection, received_at: str, bet_ids: dict[StreamKey, list[str]]
    ) -> None:
        self._driver = driver
        self._cursor = driver.cursor()
        self._received_at = received_at
        self._bet_ids = bet_ids
        self._figures: dict[StreamKey, Figures] = {}
        self._known: dict[tuple[str, str], int] = {}

    def take(self, message: Message, verdict: Verdict | None) -> Accepted:
        """Store one message, unless it was there before."""
        figures = self._figures.get(message.stream)
        new_stream = False
        if figures is None:
            figures = self._figures[message.stream] = self._stream(message.stream)
            new_stream = figures.new
            if not new_stream:
                self._look_up(figures.text, self._bet_ids.get(message.stream, []))
        if message.server_seed is not None and not figures.revealed:
            self._cursor.execute(_REVEAL, (message.server_seed, self._received_at, figures.text))
            figures.revealed = True
        if isinstance(message, Bet):
            return self._bet(figures, message, verdict, new_stream=new_stream)
        return self._heartbeat(figures, message, verdict, new_stream=new_stream)

    def finish(self) -> None:
        """Bring the figures of every stream up to date."""
        for figures in self._figures.values():
            figures.store(self._driver, self._received_at)

    def _stream(self, key: StreamKey) -> Figures:
        found = self._cursor.execute(_FIND_STREAM, (key.server_seed_hashed, key.client_seed)).fetchone()
        if found is not None:
            return Figures(UUID(found[0]), new=False, revealed=bool(found[1]))
        figures = Figures(uuid4(), new=True, revealed=False)
        self._cursor.execute(
            _ADD_STREAM,
            (figures.text, key.server_seed_hashed, key.client_seed, self._received_at, self._received_at),
        )
        return figures

    def _look_up(self, stream: str, bet_ids: list[str]) -> None:
        found = self._cursor.execute(_FIND_BETS, (stream, json.dumps(bet_ids)))
        self._known.update(((stream, antebot_bet_id), bet_id) for antebot_bet_id, bet_id in found)

    def _bet(self, figures: Figures, bet: Bet, verdict: Verdict | None, *, new_stream: bool) -> Accepted:
        cursor = self._cursor
        # Known first: an insert that then does nothing uses up an id all the same.
        name = (figures.text, bet.antebot_bet_id)
        known = self._known.get(name)
        if known is not None:
            return Accepted(figures.id, accepted=False, kind=MessageKind.BET, bet_id=known)
        cursor.execute(
            _ADD_BET,
            (
                figures.text,
                bet.antebot_bet_id,
                self._received_at,
                None if bet.date_time is None else utc_text(bet.date_time),
                bet.nonce,
                bet.amount,
                bet.payout,
                bet.currency,
                bet.difficulty.value,
                bet.round_target,
                bet.round_result,
                bet.safe_pumps,
                verdict,
            ),
        )
        bet_id = self._known[name] = cursor.lastrowid or 0
        figures.add_bet(bet_id, bet, verdict)
        if self._add_round(figures, bet, verdict, by_bet=True):
            figures.add_round(bet)
        else:
            self._meet_round(figures, bet)
        return Accepted(figures.id, accepted=True, kind=MessageKind.BET, bet_id=bet_id, new_stream=new_stream)

    def _heartbeat(
        self, figures: Figures, heartbeat: Heartbeat, verdict: Verdict | None, *, new_stream: bool
    ) -> Accepted:
        new = self._add_round(figures, heartbeat, verdict, by_bet=False)
        if new:
            figures.add_heartbeat(heartbeat, verdict)
        return Accepted(figures.id, accepted=new, kind=MessageKind.HEARTBEAT, new_stream=new_stream)

    def _add_round(
        self, figures: Figures, message: Message, verdict: Verdict | None, *, by_bet: bool
    ) -> bool:
        """Store the round of a message; False when its nonce was observed before."""
        self._cursor.execute(
            _ADD_ROUND,
            (
                figures.text,
                message.nonce,
                message.round_result,
                None if message.difficulty is None else message.difficulty.value,
                self._received_at,
                message.safe_pumps,
                by_bet,
                verdict,
            ),
        )
        return bool(self._cursor.rowcount)

    def _meet_round(self, figures: Figures, bet: Bet) -> None:
        """Count a bet whose nonce was observed before: by a heartbeat, or by another bet."""
        cursor = self._cursor
        (same,) = cursor.execute(_SAME_NONCE, (figures.text, bet.nonce)).fetchone()
        # A third bet of one nonce makes no further doubled nonce.
        figures.duplicates += same == 2
        cursor.execute(_CLAIM_ROUND, (figures.text, bet.nonce, bet.round_result, bet.difficulty))
        if cursor.rowcount:
            (verdict,) = cursor.execute(_ROUND_VERDICT, (figures.text, bet.nonce)).fetchone()
            figures.take_back(verdict)
