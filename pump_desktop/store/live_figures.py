"""What one piece of work adds to the figures kept with a stream, summed up and written once."""

from __future__ import annotations

import sqlite3
from collections import Counter
from uuid import UUID

from pump_desktop.domain.live import Bet, Heartbeat, Message, Verdict
from pump_desktop.store.tables import TALLY_BUCKET

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
_ADD_TALLY = """
    INSERT INTO live_tallies (stream_id, axis, bucket, difficulty, round_result, bets, rounds)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET bets = bets + excluded.bets, rounds = rounds + excluded.rounds
"""
_Kind = tuple[int, str, float]
"""Bucket, difficulty and result: what a row of live_tallies counts."""

_ADD_MONEY = """
    INSERT INTO live_money (stream_id, currency, bets, wagered, paid) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
        bets = bets + excluded.bets, wagered = wagered + excluded.wagered, paid = paid + excluded.paid
"""


class Figures:
    """What is new of one stream in one piece of work, and the sums it makes."""

    __slots__ = (
        "_bets",
        "_heartbeats",
        "_rounds",
        "_verdicts",
        "duplicates",
        "id",
        "new",
        "revealed",
        "text",
    )

    def __init__(self, stream_id: UUID, *, new: bool, revealed: bool) -> None:
        self.id = stream_id
        self.text = str(stream_id)
        self.new = new
        self.revealed = revealed
        self.duplicates = 0
        self._bets: list[tuple[int, str, Bet]] = []
        self._rounds: list[tuple[str, Message]] = []
        self._heartbeats = 0
        self._verdicts: Counter[str] = Counter()

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

    def store(self, driver: sqlite3.Connection, seen_at: str) -> None:
        """Add the sums to what the file holds; nothing when nothing was new."""
        bets, rounds = self._bets, self._rounds
        if not bets and not rounds:
            return
        nonces = [bet.nonce for _, _, bet in bets] + [one.nonce for _, one in rounds]
        results = [one.round_result for _, one in rounds]
        driver.execute(
            _UPDATE_STREAM,
            {
                "id": self.text,
                "seen_at": seen_at,
                "first_nonce": min(nonces),
                "last_nonce": max(nonces),
                "bets": len(bets),
                "rounds": len(rounds),
                "heartbeats": self._heartbeats,
                "duplicates": self.duplicates,
                "off_table": sum(bet.safe_pumps is None for _, _, bet in bets),
                "lowest": min(results, default=None),
                "highest": max(results, default=None),
                "total": sum(results),
                "matches": self._verdicts[Verdict.MATCH],
                "mismatches": self._verdicts[Verdict.MISMATCH],
            },
        )
        rounds_by_nonce = Counter(
            [(one.nonce // TALLY_BUCKET, word, one.round_result) for word, one in rounds]
        )
        bets_by_nonce = Counter(
            [(bet.nonce // TALLY_BUCKET, word, bet.round_result) for _, word, bet in bets]
        )
        bets_by_id = Counter([(bet_id // TALLY_BUCKET, word, bet.round_result) for bet_id, word, bet in bets])
        self._add_tallies(driver, "nonce", bets_by_nonce, rounds_by_nonce)
        self._add_tallies(driver, "id", bets_by_id, Counter())
        money: dict[str, tuple[int, float, float]] = {}
        for _, _, bet in bets:
            currency = bet.currency or ""
            count, wagered, paid = money.get(currency, (0, 0.0, 0.0))
            money[currency] = (count + 1, wagered + bet.amount, paid + bet.payout)
        driver.executemany(_ADD_MONEY, ((self.text, currency, *sums) for currency, sums in money.items()))

    def _add_tallies(
        self, driver: sqlite3.Connection, axis: str, bets: Counter[_Kind], rounds: Counter[_Kind]
    ) -> None:
        rows = ((self.text, axis, *kind, bets[kind], rounds[kind]) for kind in bets.keys() | rounds.keys())
        driver.executemany(_ADD_TALLY, rows)
