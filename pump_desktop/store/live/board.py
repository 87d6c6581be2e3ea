"""What the figures of an open stream are made from, read in one transaction, a few rows at a time."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from pump_desktop.domain.game import EXACT_TOLERANCE
from pump_desktop.domain.live import RoundRow, StreamDetail
from pump_desktop.domain.requests import MAX_NONCE
from pump_desktop.domain.runs import Match
from pump_desktop.store.db.joined import Joined, read_joined
from pump_desktop.store.db.readable import LARGEST, Columns, amount, kept, maybe, one_of, text, whole
from pump_desktop.store.db.tables import TALLY_BUCKET
from pump_desktop.store.live.pages import bets_up_to
from pump_desktop.store.live.reads import OBSERVED, round_nonces, stream_detail, top_rounds
from pump_desktop.store.live.rows import DIFFICULTY_OF, MOST_PUMPS

RoundTuple = tuple[int, float, str | None, int | None]
"""Nonce, result, difficulty and safe pumps of a round."""

StakeTuple = tuple[str, int, int, float, float, float, float, float, float, int]
"""Currency and sums over its bets, in the order of ``stats.returns.Stakes``."""

# Up to here it is quicker to sort all hits than to look for the last ones among all rounds.
WORTH_SORTING = 20_000
MOST_LISTED = 1_000
_ROUND = "nonce, round_result, difficulty, safe_pumps"
_GOOD_STAKE = f"""
    amount BETWEEN 0 AND {LARGEST} AND payout BETWEEN 0 AND {LARGEST}
    AND (round_target IS NULL OR round_target BETWEEN 0 AND {LARGEST})
"""
_MATCHING = "stream_id = :stream_id AND round_result BETWEEN :least AND :most"


_TUPLE = Columns(
    "live_rounds",
    nonce=whole(1, MAX_NONCE),
    round_result=amount,
    difficulty=maybe(one_of(DIFFICULTY_OF)),
    safe_pumps=maybe(whole(0, MOST_PUMPS)),
)
_STAKE = Columns(
    "live_bets",
    id=whole(1),
    currency=maybe(text),
    amount=amount,
    payout=amount,
    round_target=maybe(amount),
)


class BoardReader:
    """Reads of one stream that all see it at the same moment."""

    def __init__(self, driver: sqlite3.Connection, stream_id: UUID) -> None:
        self._driver = driver
        self._id = stream_id
        self._text = str(stream_id)

    def detail(self) -> StreamDetail:
        """Give the stream with its figures."""
        return stream_detail(self._driver, self._id)

    def rounds_by_difficulty(self) -> dict[str, int]:
        """Give how many rounds were played at each difficulty, '' where no message says it."""
        rows = self._driver.execute(
            """
            SELECT difficulty, sum(rounds) FROM live_tallies
            WHERE stream_id = ? AND axis = 'nonce' GROUP BY difficulty HAVING sum(rounds) > 0
            """,
            (self._text,),
        )
        return _known(rows)

    def rounds_from(self, nonce: int) -> list[RoundTuple]:
        """Give the rounds from a nonce on, ascending."""
        sql = f"SELECT {_ROUND} FROM live_rounds WHERE stream_id = ? AND nonce >= ? ORDER BY nonce"  # noqa: S608 - constants
        return self._tuples(sql, nonce)

    def last_rounds(self, count: int) -> list[RoundTuple]:
        """Give the rounds with the highest nonces, ascending."""
        sql = f"SELECT {_ROUND} FROM live_rounds WHERE stream_id = ? ORDER BY nonce DESC LIMIT ?"  # noqa: S608 - constants
        return self._tuples(sql, count)[::-1]

    def peaks(self, count: int) -> list[RoundTuple]:
        """Give the rounds with the highest results, highest first, then the lowest nonce."""
        sql = f"""
            SELECT {_ROUND} FROM live_rounds WHERE stream_id = ? ORDER BY round_result DESC, nonce LIMIT ?
        """  # noqa: S608 - constants
        return self._tuples(sql, count)

    def hit_count(self, least: float, most: float) -> int:
        """Give how many rounds have a result from ``least`` to ``most``."""
        (count,) = self._driver.execute(
            f"SELECT coalesce(sum(rounds), 0) FROM live_tallies WHERE {_MATCHING} AND axis = 'nonce'",  # noqa: S608 - constants
            self._bounds(least, most),
        ).fetchone()
        return int(count)

    def last_hits(self, least: float, most: float, hits: int, count: int) -> list[int]:
        """Give the highest nonces with such a result, ascending, of a pin that has ``hits``."""
        # Many hits are met soon on the way back from the last round; few are sorted.
        # The plus sign keeps SQLite from the index of results.
        matching = _MATCHING if hits <= WORTH_SORTING else _MATCHING.replace("round_", "+round_")
        sql = f"SELECT nonce FROM live_rounds WHERE {matching} ORDER BY nonce DESC LIMIT :count"  # noqa: S608 - constants
        rows = self._driver.execute(sql, {**self._bounds(least, most), "count": count})
        return [nonce for (nonce,) in kept(self._driver, rows, OBSERVED.read)][::-1]

    def rounds_behind(self, nonce: int) -> dict[str, int]:
        """Give how many rounds there are behind a nonce, by difficulty ('' for none)."""
        first = (nonce + 1) // TALLY_BUCKET + 1
        rows = self._driver.execute(
            """
            SELECT difficulty, sum(rounds) FROM (
                SELECT coalesce(difficulty, '') AS difficulty, 1 AS rounds FROM live_rounds
                WHERE stream_id = :stream_id AND nonce > :nonce AND nonce < :edge
                UNION ALL
                SELECT difficulty, rounds FROM live_tallies
                WHERE stream_id = :stream_id AND axis = 'nonce' AND bucket >= :first
            ) GROUP BY difficulty HAVING sum(rounds) > 0
            """,
            {"stream_id": self._text, "nonce": nonce, "edge": first * TALLY_BUCKET, "first": first},
        )
        return _known(rows)

    def hit_nonces(self, least: float, most: float) -> NDArray[np.int64]:
        """Give all nonces with a result from ``least`` to ``most``, in no order."""
        rows = f"""
            SELECT nonce FROM live_rounds INDEXED BY ix_live_rounds_stream_id_round_result WHERE {_MATCHING}
        """  # noqa: S608 - constants
        wanted = (Joined("nonce", least=1),)
        (nonces,) = read_joined(self._driver, OBSERVED, wanted, rows, self._bounds(least, most)).arrays
        return nonces

    def hits(self, multipliers: Sequence[float], match: Match) -> dict[float, NDArray[np.int64]]:
        """Return the nonces of each of some ascending multipliers, ascending; each round is read once."""
        hits: dict[float, NDArray[np.int64]] = {}
        higher, most = np.empty(0, np.int64), math.inf
        for multiplier in reversed(multipliers):
            least = multiplier - EXACT_TOLERANCE
            if match is Match.EXACT:
                hits[multiplier] = np.sort(
                    self.hit_nonces(least, multiplier + EXACT_TOLERANCE), kind="stable"
                )
                continue
            # Those of each result are in order, and a stable sort makes use of that.
            higher = np.sort(np.concatenate([higher, self.hit_nonces(least, most)]), kind="stable")
            hits[multiplier], most = higher, math.nextafter(least, -math.inf)
        return hits

    def top_rounds(self, count: int) -> tuple[RoundRow, ...]:
        """Return the rounds with the highest results, highest first, then the lowest nonce."""
        return top_rounds(self._driver, self._id, count)

    def nonces(self) -> NDArray[np.int64]:
        """Give every observed nonce, ascending."""
        return round_nonces(self._driver, self._id)

    def stakes(self, after_id: int, limit: int) -> tuple[list[StakeTuple], int | None]:
        """Sum up the next bets behind an id, and give the last of them; None when there are no more."""
        bets = """
            SELECT id, currency, amount, payout, round_target FROM live_bets
            INDEXED BY ix_live_bets_stream_id_id WHERE stream_id = ? AND id > ? ORDER BY id LIMIT ?
        """
        values = (self._text, after_id, limit)
        rows: list[Any] = self._driver.execute(
            f"""
            SELECT coalesce(currency, ''), count(*), sum(payout > 0), total(amount), total(payout),
                total(amount * amount), total(amount * payout), total(payout * payout),
                max(max(payout, amount * coalesce(round_target, 0))),
                sum(round_target IS NULL AND payout = 0)
            FROM ({bets}) WHERE {_GOOD_STAKE} GROUP BY coalesce(currency, '')
            """,  # noqa: S608 - constants
            values,
        ).fetchall()
        last, count = self._driver.execute(f"SELECT max(id), count(*) FROM ({bets})", values).fetchone()  # noqa: S608 - constants
        sums = [row for row in rows if isinstance(row[0], str)]
        if sum(row[1] for row in sums) < count:
            kept(self._driver, self._driver.execute(bets, values), _STAKE.read)
        return sums, last

    def bets_up_to(self, bet_id: int) -> int:
        """Count the bets up to an id."""
        return bets_up_to(self._driver, self._id, bet_id)

    def doubled_nonces(self) -> list[tuple[int, int]]:
        """Give nonces that have more than one bet, and how many they have, the latest nonces first."""
        return self._driver.execute(
            f"""
            SELECT nonce, count(*) FROM live_bets INDEXED BY ix_live_bets_stream_id_nonce
            WHERE stream_id = ? AND nonce <= {MAX_NONCE} GROUP BY nonce HAVING count(*) > 1
            ORDER BY nonce DESC LIMIT {MOST_LISTED}
            """,  # noqa: S608 - constants
            (self._text,),
        ).fetchall()

    def _tuples(self, sql: str, value: int) -> list[RoundTuple]:
        return kept(self._driver, self._driver.execute(sql, (self._text, value)), _TUPLE.read)

    def _bounds(self, least: float, most: float) -> dict[str, object]:
        return {"stream_id": self._text, "least": least, "most": most}


def _known(rows: Iterable[tuple[object, Any]]) -> dict[str, int]:
    """Return rounds by difficulty; other words are damage, which is told where their rounds are."""
    return {str(word): int(rounds) for word, rounds in rows if word == "" or word in DIFFICULTY_OF}
