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
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Connection

from pump_desktop.domain.errors import UnreadableRowError
from pump_desktop.domain.live import Accepted, Bet, Heartbeat, Message, MessageKind, StreamKey, Verdict
from pump_desktop.store.db.connections import driver_of
from pump_desktop.store.db.many_rows import find_many, insert_many
from pump_desktop.store.db.readable import identity
from pump_desktop.store.db.tables import TALLY_BUCKET, utc_text

_ADD_STREAMS = """
    INSERT INTO live_streams (id, server_seed_hashed, client_seed, created_at, last_seen_at, server_seed,
        revealed_at, first_nonce, last_nonce, total_bets, total_rounds, heartbeats, duplicate_nonces,
        off_table, lowest_multiplier, highest_multiplier, multiplier_sum, matches, mismatches)
    VALUES """

_UPDATE_STREAM = """
    UPDATE live_streams SET
        last_seen_at = :seen_at,
        first_nonce = min(coalesce(first_nonce, :first_nonce), :first_nonce),
        last_nonce = max(coalesce(last_nonce, :last_nonce), :last_nonce),
        total_bets = total_bets + :bets,
        total_rounds = total_rounds + :rounds,
        heartbeats = heartbeats + :heartbeats,
        duplicate_nonces = duplicate_nonces + :duplicates,
        off_table = off_table + :off_table,
        lowest_multiplier = coalesce(min(lowest_multiplier, :lowest), lowest_multiplier, :lowest),
        highest_multiplier = coalesce(max(highest_multiplier, :highest), highest_multiplier, :highest),
        multiplier_sum = multiplier_sum + :total,
        matches = matches + :matches,
        mismatches = mismatches + :mismatches
    WHERE id = :id
"""
_ADD_TALLIES = """
    INSERT INTO live_tallies (stream_id, axis, bucket, difficulty, round_result, bets, rounds) VALUES """
_MORE_OF_TALLY = """
    ON CONFLICT DO UPDATE SET bets = bets + excluded.bets, rounds = rounds + excluded.rounds
"""
_Kind = tuple[int, str, float]
"""Bucket, difficulty and result: what a row of live_tallies counts."""

_ADD_MONEY = "INSERT INTO live_money (stream_id, currency, bets, wagered, paid) VALUES "
_MORE_OF_MONEY = """
    ON CONFLICT DO UPDATE SET
        bets = bets + excluded.bets, wagered = wagered + excluded.wagered, paid = paid + excluded.paid
"""


class _Sums(NamedTuple):
    """What a stream's row gains, in the order of _ADD_STREAMS."""

    first_nonce: int
    last_nonce: int
    bets: int
    rounds: int
    heartbeats: int
    duplicates: int
    off_table: int
    lowest: float | None
    highest: float | None
    total: float
    matches: int
    mismatches: int


class Figures:
    """What is new of one stream in one piece of work, and the sums it makes.

    ``server_seed`` is what a message said of a new stream.
    """

    __slots__ = (
        "_bets",
        "_heartbeats",
        "_rounds",
        "_verdicts",
        "duplicates",
        "id",
        "key",
        "new",
        "revealed",
        "server_seed",
        "text",
    )

    def __init__(self, key: StreamKey, stream_id: UUID, *, new: bool, revealed: bool) -> None:
        self.key = key
        self.id = stream_id
        self.text = str(stream_id)
        self.new = new
        self.revealed = revealed
        self.server_seed: str | None = None
        self.duplicates = 0
        self._bets: list[tuple[int, str, Bet]] = []
        self._rounds: list[tuple[str, Message]] = []
        self._heartbeats = 0
        self._verdicts: Counter[str] = Counter()

    @property
    def empty(self) -> bool:
        """Whether nothing was new."""
        return not self._bets and not self._rounds

    def add_bet(self, bet_id: int, difficulty: str, bet: Bet, verdict: Verdict | None) -> None:
        """Count a bet that is new."""
        self._bets.append((bet_id, difficulty, bet))
        if verdict is not None:
            self._verdicts[verdict] += 1

    def add_heartbeat(self, difficulty: str | None, heartbeat: Heartbeat, verdict: Verdict | None) -> None:
        """Count a heartbeat whose nonce was not observed before."""
        self._heartbeats += 1
        self.add_round(difficulty, heartbeat)
        if verdict is not None:
            self._verdicts[verdict] += 1

    def add_round(self, difficulty: str | None, message: Message) -> None:
        """Count the round of a message whose nonce was not observed before."""
        # No difficulty is '': a key that is NULL never meets itself.
        self._rounds.append((difficulty or "", message))

    def take_back(self, verdict: str | None) -> None:
        """Forget the verdict of a round that is no observation of its own any more."""
        if verdict is not None:
            self._verdicts[verdict] -= 1

    def sums(self) -> _Sums:
        """Return what the stream's row gains."""
        bets, rounds = self._bets, self._rounds
        nonces = [bet.nonce for _, _, bet in bets] + [one.nonce for _, one in rounds]
        results = [one.round_result for _, one in rounds]
        return _Sums(
            first_nonce=min(nonces),
            last_nonce=max(nonces),
            bets=len(bets),
            rounds=len(rounds),
            heartbeats=self._heartbeats,
            duplicates=self.duplicates,
            off_table=sum(bet.safe_pumps is None for _, _, bet in bets),
            lowest=min(results, default=None),
            highest=max(results, default=None),
            total=sum(results),
            matches=self._verdicts[Verdict.MATCH],
            mismatches=self._verdicts[Verdict.MISMATCH],
        )

    def tallies(self) -> Iterator[tuple[object, ...]]:
        """Yield the rows that live_tallies gains."""
        bets, rounds = self._bets, self._rounds
        rounds_by_nonce = Counter(
            [(one.nonce // TALLY_BUCKET, word, one.round_result) for word, one in rounds]
        )
        bets_by_nonce = Counter(
            [(bet.nonce // TALLY_BUCKET, word, bet.round_result) for _, word, bet in bets]
        )
        bets_by_id = Counter([(bet_id // TALLY_BUCKET, word, bet.round_result) for bet_id, word, bet in bets])
        yield from self._tallies("nonce", bets_by_nonce, rounds_by_nonce)
        yield from self._tallies("id", bets_by_id, Counter())

    def money(self) -> Iterator[tuple[object, ...]]:
        """Yield the rows that live_money gains."""
        money: dict[str, tuple[int, float, float]] = {}
        for _, _, bet in self._bets:
            currency = bet.currency or ""
            count, wagered, paid = money.get(currency, (0, 0.0, 0.0))
            money[currency] = (count + 1, wagered + bet.amount, paid + bet.payout)
        return ((self.text, currency, *sums) for currency, sums in money.items())

    def _tallies(
        self, axis: str, bets: Counter[_Kind], rounds: Counter[_Kind]
    ) -> Iterator[tuple[object, ...]]:
        return ((self.text, axis, *kind, bets[kind], rounds[kind]) for kind in bets.keys() | rounds.keys())


def add_streams(driver: sqlite3.Connection, streams: Sequence[Figures], seen_at: str) -> None:
    """Insert the new ones of some streams, with their figures."""
    rows = [
        (
            one.text,
            *one.key,
            seen_at,
            seen_at,
            one.server_seed,
            None if one.server_seed is None else seen_at,
            *one.sums(),
        )
        for one in streams
        if one.new
    ]
    insert_many(driver, _ADD_STREAMS, rows)


def store_figures(driver: sqlite3.Connection, streams: Sequence[Figures], seen_at: str) -> None:
    """Add what is new of some streams to what the file holds; nothing for those with no news."""
    changed = [one for one in streams if not one.empty]
    updates = [one.sums()._asdict() | {"id": one.text, "seen_at": seen_at} for one in changed if not one.new]
    driver.executemany(_UPDATE_STREAM, updates)
    tallies = [row for one in changed for row in one.tallies()]
    insert_many(driver, _ADD_TALLIES, tallies, _MORE_OF_TALLY)
    insert_many(driver, _ADD_MONEY, [row for one in changed for row in one.money()], _MORE_OF_MONEY)


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
