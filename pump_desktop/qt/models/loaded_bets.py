"""Consecutive bets of a stream, counted by age from the newest one, cheap to grow at both ends."""

from __future__ import annotations

from pump_desktop.qt.models.bet_columns import BetColumns


class LoadedBets:
    """Age 0 is the newest bet."""

    def __init__(self) -> None:
        # Two stacks, both appended to at their end: bets that came since the stream was opened, rising, and
        # bets from before, falling.
        self._newer = BetColumns()
        self._older = BetColumns()

    def __len__(self) -> int:
        return len(self._newer) + len(self._older)

    @property
    def newest_id(self) -> int | None:
        """The id of the newest bet."""
        if self._newer:
            return self._newer.ids[-1]
        return self._older.ids[0] if self._older else None

    @property
    def oldest_id(self) -> int | None:
        """The id of the oldest bet."""
        if self._older:
            return self._older.ids[-1]
        return self._newer.ids[0] if self._newer else None

    def start(self, falling: BetColumns) -> None:
        """Start over with some bets, newest first."""
        self._newer, self._older = BetColumns(), falling

    def add_newer(self, rising: BetColumns) -> None:
        """Put bets before the newest one, given oldest first."""
        self._newer.extend(rising)

    def add_older(self, falling: BetColumns) -> None:
        """Put bets behind the oldest one, given newest first."""
        self._older.extend(falling)

    def drop_oldest(self, count: int) -> None:
        """Take the oldest bets out."""
        from_older = min(count, len(self._older))
        self._older.drop(slice(len(self._older) - from_older, None))
        self._newer.drop(slice(0, count - from_older))

    def at(self, age: int) -> tuple[BetColumns, int]:
        """Give the columns in which a bet stands, and its place in them."""
        fresh = len(self._newer)
        return (self._newer, fresh - 1 - age) if age < fresh else (self._older, age - fresh)

    def age_of(self, bet_id: int) -> int | None:
        """Give the age of a bet, when it is here."""
        if self._newer and bet_id >= self._newer.ids[0]:
            ids, fresh = self._newer.ids, len(self._newer)
            return fresh - 1 - ids.index(bet_id) if bet_id in ids else None
        ids = self._older.ids
        return len(self._newer) + ids.index(bet_id) if bet_id in ids else None

    def id_of_nonce(self, nonce: int) -> int | None:
        """Give a bet of a nonce, of several one that came since the stream was opened."""
        for bets in (self._newer, self._older):
            if nonce in bets.nonces:
                return bets.ids[bets.nonces.index(nonce)]
        return None
