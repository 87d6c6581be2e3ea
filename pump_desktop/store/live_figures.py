"""What one piece of work adds to the figures kept with a stream, summed up and written once."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from pump_desktop.domain.live import Bet, Heartbeat, Message, StreamKey, Verdict
from pump_desktop.store.many_rows import insert_many
from pump_desktop.store.tables import TALLY_BUCKET

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
