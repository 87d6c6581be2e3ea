"""What a comparison reads of a stream or a snapshot, all of it at one moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pump_desktop.domain.game import EXACT_TOLERANCE, Difficulty
from pump_desktop.domain.live import StreamDetail
from pump_desktop.domain.requests import MAX_NONCE
from pump_desktop.store.db.readable import LARGEST, Columns, amount, kept, whole
from pump_desktop.store.live.reads import stream_detail
from pump_desktop.store.live.rows import DIFFICULTY_OF

_BETS = """(
    SELECT nonce, round_result, difficulty FROM live_bets INDEXED BY ix_live_bets_stream_id_nonce
    WHERE stream_id = :stream_id AND id <= :up_to_id
)"""
# A round is known by its nonce; of several bets on one nonce the first counts. Ten times as slow.
_FIRST_BETS = """(
    SELECT nonce, round_result, difficulty, min(id)
    FROM live_bets INDEXED BY ix_live_bets_stream_id_nonce
    WHERE stream_id = :stream_id AND id <= :up_to_id GROUP BY nonce
)"""


@dataclass(frozen=True, slots=True)
class Part:
    """Which rounds of a stream: all, or those of bets up to an id with at least some result."""

    up_to_id: int | None = None
    least: float | None = None


@dataclass(frozen=True, slots=True)
class Extent:
    """First and last nonce of some rounds, how many there are, and the lowest result among them."""

    first: int | None
    last: int | None
    rounds: int
    lowest: float | None


_RESULT = Columns(
    "live_tallies",
    difficulty=lambda value: value == "" or value in DIFFICULTY_OF,
    round_result=amount,
    rounds=whole(),
)


class SideReader:
    """Reads of one stream for a comparison, within one transaction."""

    def __init__(self, driver: sqlite3.Connection, stream_id: UUID) -> None:
        self._driver = driver
        self._id = stream_id

    def detail(self) -> StreamDetail:
        """Give the stream with its figures."""
        return stream_detail(self._driver, self._id)

    def extent(self, part: Part) -> Extent:
        """Give where the rounds of a snapshot begin and end, whatever their difficulty and result."""
        row = self._driver.execute(
            f"""
            SELECT min(nonce), max(nonce), count(*), min(round_result) FROM {self._rounds(part)}
            WHERE nonce BETWEEN 1 AND {MAX_NONCE} AND round_result BETWEEN 0 AND {LARGEST}
            """,  # noqa: S608 - constants
            self._values(part),
        ).fetchone()
        return Extent(*row)

    def results(self, part: Part) -> dict[str, dict[float, int]]:
        """Count rounds by difficulty ('' for none) and result; a whole stream's come from its tallies."""
        rows = (
            self._driver.execute(
                """
                SELECT difficulty, round_result, sum(rounds) FROM live_tallies
                WHERE stream_id = ? AND axis = 'nonce' GROUP BY difficulty, round_result
                HAVING sum(rounds) > 0
                """,
                (str(self._id),),
            )
            if part.up_to_id is None
            else self._driver.execute(
                f"""
                SELECT difficulty, round_result, count(*) FROM {self._rounds(part)}
                WHERE :least IS NULL OR round_result >= :least GROUP BY difficulty, round_result
                """,  # noqa: S608 - constants
                self._values(part),
            )
        )
        counts: dict[str, dict[float, int]] = {}
        for difficulty, result, rounds in kept(self._driver, rows, _RESULT.read):
            counts.setdefault(difficulty, {})[result] = rounds
        return counts

    def rounds_between(self, part: Part, difficulty: Difficulty, first: int, last: int) -> int:
        """Count the rounds at a difficulty from one nonce to another."""
        (count,) = self._driver.execute(
            f"""
            SELECT count(*) FROM {self._rounds(part)} WHERE difficulty = :difficulty
            AND nonce BETWEEN :first AND :last AND (:least IS NULL OR round_result >= :least)
            """,  # noqa: S608 - constants
            {**self._values(part), "difficulty": difficulty.value, "first": first, "last": last},
        ).fetchone()
        return int(count)

    def hits(
        self, part: Part, difficulty: Difficulty, entries: Sequence[float], first: int, last: int
    ) -> list[tuple[int, float]]:
        """Give nonce and result of rounds with one of these table entries, ascending."""
        if not entries:
            return []
        named = {f"entry{number}": entry for number, entry in enumerate(entries)}
        places = ", ".join(f":{name}" for name in named)
        return self._driver.execute(
            f"""
            SELECT nonce, round_result FROM {self._rounds(part)} WHERE difficulty = :difficulty
            AND nonce BETWEEN :first AND :last AND (:least IS NULL OR round_result >= :least)
            AND round_result IN ({places}) ORDER BY nonce
            """,  # noqa: S608 - constants
            {**self._values(part), **named, "difficulty": difficulty.value, "first": first, "last": last},
        ).fetchall()

    def _rounds(self, part: Part) -> str:
        if part.up_to_id is None:
            return "(SELECT nonce, round_result, difficulty FROM live_rounds WHERE stream_id = :stream_id)"
        (doubled,) = self._driver.execute(
            "SELECT duplicate_nonces FROM live_streams WHERE id = ?", (str(self._id),)
        ).fetchone()
        return _FIRST_BETS if doubled else _BETS

    def _values(self, part: Part) -> dict[str, object]:
        least = None if part.least is None else part.least - EXACT_TOLERANCE
        return {"stream_id": str(self._id), "up_to_id": part.up_to_id, "least": least}
