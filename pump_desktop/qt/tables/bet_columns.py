"""Bets as columns of plain numbers: 71 bytes a bet instead of 600, and appended a block at a time."""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import BetRow, Verdict

DIFFICULTIES = tuple(Difficulty)
_NUMBER_OF = {difficulty: number for number, difficulty in enumerate(DIFFICULTIES)}
_VERDICTS: tuple[Verdict | None, ...] = (None, Verdict.MATCH, Verdict.MISMATCH)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OFF_TABLE = 255
_NO_DISTANCE = -1


class BetColumns:
    """Some bets of one stream, in one order; a cell is read by its place."""

    __slots__ = (
        "_amounts",
        "_currencies",
        "_difficulties",
        "_distances",
        "_payouts",
        "_results",
        "_safe_pumps",
        "_targets",
        "_times",
        "_twice",
        "_verdicts",
        "ids",
        "nonces",
    )

    def __init__(self, bets: Iterable[BetRow] = ()) -> None:
        self.ids = array("q")
        self.nonces = array("q")
        self._distances = array("q")
        self._times = array("d")
        self._results = array("d")
        self._targets = array("d")
        self._amounts = array("d")
        self._payouts = array("d")
        self._difficulties = array("B")
        self._safe_pumps = array("B")
        self._verdicts = array("B")
        self._twice = array("B")
        self._currencies: list[str] = []
        for bet in bets:
            self._append(bet)

    def __len__(self) -> int:
        return len(self.ids)

    def extend(self, more: BetColumns) -> None:
        """Put these bets behind those."""
        for mine, others in zip(self._arrays(), more._arrays(), strict=True):
            mine.extend(others)
        self._currencies.extend(more._currencies)

    def drop(self, places: slice) -> None:
        """Take bets out."""
        for column in self._arrays():
            del column[places]
        del self._currencies[places]

    def check_again(self, place: int, fresh: BetColumns, at: int) -> None:
        """Take over from a bet read later what may have changed: its verdict, another bet of its nonce."""
        self._verdicts[place] = fresh._verdicts[at]
        self._twice[place] = fresh._twice[at]

    def time(self, place: int) -> datetime:
        """Give when a bet was made, in local time; when it came, where the bet does not say."""
        moment = _EPOCH + timedelta(seconds=self._times[place])
        try:
            return moment.astimezone()
        except (OverflowError, ValueError):
            # The first and last day a date can hold have no local time everywhere.
            return moment

    def result(self, place: int) -> float:
        """Give the multiplier a round came to."""
        return self._results[place]

    def safe_pumps(self, place: int) -> int | None:
        """Give k, or None for a result off the table."""
        k = self._safe_pumps[place]
        return None if k == _OFF_TABLE else k

    def difficulty(self, place: int) -> Difficulty:
        """Give the difficulty a bet was made at."""
        return DIFFICULTIES[self._difficulties[place]]

    def target(self, place: int) -> float | None:
        """Give the multiplier a bet aimed at, where it says."""
        target = self._targets[place]
        return None if math.isnan(target) else target

    def amount(self, place: int) -> float:
        """Give what was staked."""
        return self._amounts[place]

    def payout(self, place: int) -> float:
        """Give what was paid."""
        return self._payouts[place]

    def currency(self, place: int) -> str:
        """Give the currency of both, or nothing where it is not known."""
        return self._currencies[place]

    def verdict(self, place: int) -> Verdict | None:
        """Give what the revealed seed says of a bet."""
        return _VERDICTS[self._verdicts[place]]

    def nonce_twice(self, place: int) -> bool:
        """Tell whether another bet of the stream has the same nonce."""
        return bool(self._twice[place])

    def distance(self, place: int) -> int | None:
        """Give the nonces since the bet before with the same multiplier."""
        distance = self._distances[place]
        return None if distance == _NO_DISTANCE else distance

    def _arrays(self) -> tuple[array[Any], ...]:
        return (
            self.ids,
            self.nonces,
            self._distances,
            self._times,
            self._results,
            self._targets,
            self._amounts,
            self._payouts,
            self._difficulties,
            self._safe_pumps,
            self._verdicts,
            self._twice,
        )

    def _append(self, bet: BetRow) -> None:
        self.ids.append(bet.id)
        self.nonces.append(bet.nonce)
        self._distances.append(_NO_DISTANCE if bet.distance is None else bet.distance)
        self._times.append((bet.date_time or bet.received_at).timestamp())
        self._results.append(bet.round_result)
        self._targets.append(math.nan if bet.round_target is None else bet.round_target)
        self._amounts.append(bet.amount)
        self._payouts.append(bet.payout)
        self._difficulties.append(_NUMBER_OF[bet.difficulty])
        self._safe_pumps.append(_OFF_TABLE if bet.safe_pumps is None else bet.safe_pumps)
        self._verdicts.append(_VERDICTS.index(bet.verdict))
        self._twice.append(bet.duplicate_nonce)
        self._currencies.append(sys.intern(bet.currency or ""))
