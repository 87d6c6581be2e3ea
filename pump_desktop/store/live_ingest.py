"""Messages into the file, each once: one call is one piece of work of the writer.

The streams of a batch are looked up together, and what it meets in each (bets that are stored already,
nonces that were observed before) once per stream; each message is then settled in memory, and all rows go in
at the end, many to a statement. 1,000 bets take 25 ms that way, and the interpreter is free for other threads
in most of them. A thread may have to wait for the interpreter behind every statement, so a new stream costs
rows and no statement of its own. The transaction holds the write lock since it began, so nobody comes between
a look and an insert.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection

from pump_desktop.domain.errors import UnreadableRowError
from pump_desktop.domain.live import Accepted, Bet, Heartbeat, Message, MessageKind, StreamKey, Verdict
from pump_desktop.store.column_types import utc_text
from pump_desktop.store.connections import driver_of
from pump_desktop.store.live_figures import Figures, add_streams, store_figures
from pump_desktop.store.many_rows import find_many, insert_many
from pump_desktop.store.readable import identity

_FIND_STREAMS = """
    SELECT wanted.column1, wanted.column2, s.id, s.server_seed IS NOT NULL
    FROM ({wanted}) AS wanted CROSS JOIN live_streams AS s
    ON s.server_seed_hashed = wanted.column1 AND s.client_seed = wanted.column2
"""
_REVEAL = "UPDATE live_streams SET server_seed = ?, revealed_at = ? WHERE id = ?"
_FIND_BETS = """
    SELECT antebot_bet_id, id FROM live_bets
    WHERE stream_id = ? AND antebot_bet_id IN (SELECT value FROM json_each(?))
"""
_FIND_ROUNDS = """
    SELECT nonce, round_result, difficulty, by_bet, verdict,
        (SELECT count(*) FROM live_bets WHERE live_bets.stream_id = live_rounds.stream_id
            AND live_bets.nonce = live_rounds.nonce)
    FROM live_rounds WHERE stream_id = ? AND nonce IN (SELECT value FROM json_each(?))
"""
# Never below an id that was given once, also when its bet was deleted.
_LAST_BET_ID = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'live_bets'"
_ADD_BETS = """
    INSERT INTO live_bets (id, stream_id, antebot_bet_id, received_at, date_time, nonce, amount, payout,
        currency, difficulty, round_target, round_result, safe_pumps, verdict)
    VALUES """
_ADD_ROUNDS = """
    INSERT INTO live_rounds (stream_id, nonce, round_result, difficulty, received_at, safe_pumps, by_bet,
        verdict)
    VALUES """
# A heartbeat's round that a bet now tells the same way.
_CLAIM_ROUND = "UPDATE live_rounds SET by_bet = 1 WHERE stream_id = ? AND nonce = ?"

_Row = tuple[object, ...]


def ingest(
    connection: Connection,
    messages: Sequence[Message],
    received_at: datetime,
    verdicts: Sequence[Verdict | None] | None,
) -> list[Accepted]:
    """Store what is new of the messages and give what became of each, in order."""
    work = _Ingest(driver_of(connection), utc_text(received_at), messages)
    if verdicts is None:
        verdicts = [None] * len(messages)
    answers = [work.take(message, verdict) for message, verdict in zip(messages, verdicts, strict=True)]
    work.finish()
    return answers


class _Round:
    """One observed nonce, as it is stored or will be, and how many bets it has."""

    __slots__ = ("bets", "by_bet", "difficulty", "result", "verdict")

    def __init__(
        self, result: float, difficulty: str | None, by_bet: int, verdict: str | None, bets: int
    ) -> None:
        self.result = result
        self.difficulty = difficulty
        self.by_bet = by_bet
        self.verdict = verdict
        self.bets = bets


class _Stream:
    """What the batch meets of one stream: its figures, its stored bets by name, its observed nonces."""

    __slots__ = ("bet_ids", "figures", "rounds")

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self.bet_ids: dict[str, int] = {}
        self.rounds: dict[int, _Round] = {}


class _Ingest:
    """One piece of work: messages are settled one after the other, rows and figures go in at the end."""

    def __init__(self, driver: sqlite3.Connection, received_at: str, messages: Sequence[Message]) -> None:
        self._driver = driver
        self._received_at = received_at
        self._own: dict[StreamKey, list[Message]] = {}
        for message in messages:
            self._own.setdefault(message.stream, []).append(message)
        self._stored = {
            StreamKey(hashed, client): (stream_id, bool(revealed))
            for hashed, client, stream_id, revealed in find_many(driver, _FIND_STREAMS, list(self._own))
        }
        # In order, because rows of neighbouring streams share their pages: at random, a thousand new streams
        # among many visit each page again and again.
        self._new_ids = iter(sorted(uuid4() for _ in range(len(self._own) - len(self._stored))))
        self._streams: dict[StreamKey, _Stream] = {}
        self._telling_seed = frozenset(one.stream for one in messages if one.server_seed is not None)
        (self._last_bet_id,) = driver.execute(_LAST_BET_ID).fetchone()
        self._bets: list[_Row] = []
        self._rounds: list[_Row] = []
        self._claims: list[_Row] = []

    def take(self, message: Message, verdict: Verdict | None) -> Accepted:
        """Settle one message: it is new, or was there before."""
        stream = self._streams.get(message.stream)
        new_stream = False
        if stream is None:
            stream = self._streams[message.stream] = self._meet(message.stream)
            new_stream = stream.figures.new
        figures = stream.figures
        if message.server_seed is not None and not figures.revealed:
            if figures.new:
                figures.server_seed = message.server_seed
            else:
                self._driver.execute(_REVEAL, (message.server_seed, self._received_at, figures.text))
            figures.revealed = True
        if not figures.revealed and message.stream not in self._telling_seed:
            # Judged by a remembered seed: another program has deleted the stream, and with it the seed.
            verdict = None
        if isinstance(message, Bet):
            return self._bet(stream, message, verdict, new_stream=new_stream)
        return self._heartbeat(stream, message, verdict, new_stream=new_stream)

    def finish(self) -> None:
        """Write the rows, and bring the figures of every stream up to date."""
        figures = [stream.figures for stream in self._streams.values()]
        # First, because rows of a stream that is not there are refused.
        add_streams(self._driver, figures, self._received_at)
        insert_many(self._driver, _ADD_BETS, self._bets)
        insert_many(self._driver, _ADD_ROUNDS, self._rounds)
        self._driver.executemany(_CLAIM_ROUND, self._claims)
        store_figures(self._driver, figures, self._received_at)

    def _meet(self, key: StreamKey) -> _Stream:
        """Return a stream, new when it is not there, with what is stored of the batch's bets and nonces."""
        found = self._stored.get(key)
        if found is None:
            return _Stream(Figures(key, next(self._new_ids), new=True, revealed=False))
        text, revealed = found
        if not identity(text):
            # Nothing can be filed under it.
            raise UnreadableRowError("live_streams", text, "id")
        stream = _Stream(Figures(key, UUID(text), new=False, revealed=revealed))
        own = self._own[key]
        names = json.dumps([message.antebot_bet_id for message in own if isinstance(message, Bet)])
        stream.bet_ids.update(self._driver.execute(_FIND_BETS, (text, names)))
        nonces = json.dumps([message.nonce for message in own])
        for nonce, *told in self._driver.execute(_FIND_ROUNDS, (text, nonces)):
            stream.rounds[nonce] = _Round(*told)
        return stream

    def _bet(self, stream: _Stream, bet: Bet, verdict: Verdict | None, *, new_stream: bool) -> Accepted:
        figures = stream.figures
        known = stream.bet_ids.get(bet.antebot_bet_id)
        if known is not None:
            return Accepted(figures.id, accepted=False, kind=MessageKind.BET, bet_id=known)
        bet_id = stream.bet_ids[bet.antebot_bet_id] = self._last_bet_id = self._last_bet_id + 1
        difficulty = bet.difficulty.value
        self._bets.append(
            (
                bet_id,
                figures.text,
                bet.antebot_bet_id,
                self._received_at,
                None if bet.date_time is None else utc_text(bet.date_time),
                bet.nonce,
                bet.amount,
                bet.payout,
                bet.currency,
                difficulty,
                bet.round_target,
                bet.round_result,
                bet.safe_pumps,
                verdict,
            )
        )
        figures.add_bet(bet_id, difficulty, bet, verdict)
        met = stream.rounds.get(bet.nonce)
        if met is None:
            self._add_round(stream, difficulty, bet, verdict, by_bet=True)
            figures.add_round(difficulty, bet)
        else:
            self._meet_round(figures, met, difficulty, bet)
        return Accepted(
            figures.id,
            accepted=True,
            kind=MessageKind.BET,
            bet_id=bet_id,
            new_stream=new_stream,
            new_round=met is None,
            revealed=figures.revealed,
        )

    def _heartbeat(
        self, stream: _Stream, heartbeat: Heartbeat, verdict: Verdict | None, *, new_stream: bool
    ) -> Accepted:
        new = heartbeat.nonce not in stream.rounds
        if new:
            difficulty = None if heartbeat.difficulty is None else heartbeat.difficulty.value
            self._add_round(stream, difficulty, heartbeat, verdict, by_bet=False)
            stream.figures.add_heartbeat(difficulty, heartbeat, verdict)
        return Accepted(
            stream.figures.id,
            accepted=new,
            kind=MessageKind.HEARTBEAT,
            new_stream=new_stream,
            new_round=new,
            revealed=stream.figures.revealed,
        )

    def _add_round(
        self,
        stream: _Stream,
        difficulty: str | None,
        message: Message,
        verdict: Verdict | None,
        *,
        by_bet: bool,
    ) -> None:
        result = message.round_result
        stream.rounds[message.nonce] = _Round(result, difficulty, by_bet, verdict, int(by_bet))
        self._rounds.append(
            (
                stream.figures.text,
                message.nonce,
                result,
                difficulty,
                self._received_at,
                message.safe_pumps,
                by_bet,
                verdict,
            )
        )

    def _meet_round(self, figures: Figures, met: _Round, difficulty: str, bet: Bet) -> None:
        """Count a bet whose nonce was observed before: by a heartbeat, or by another bet."""
        met.bets += 1
        # A third bet of one nonce makes no further doubled nonce.
        figures.duplicates += met.bets == 2
        same = met.result == bet.round_result and met.difficulty in {None, difficulty}
        if same and not met.by_bet:
            met.by_bet = 1
            self._claims.append((figures.text, bet.nonce))
            figures.take_back(met.verdict)
