"""A stream's figures, put together from what the store answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import RoundRow
from pump_desktop.domain.runs import Match
from pump_desktop.domain.targets_and_pins import Pin
from pump_desktop.services.live.inputs import parse_bucket_size, parse_multipliers
from pump_desktop.stats.streams import (
    Coverage,
    DensityBucket,
    MultiplierMetrics,
    Nonces,
    bucket_count,
    coverage,
    density,
    multiplier_metrics,
    stream_difficulty,
)
from pump_desktop.store.live.board import BoardReader
from pump_desktop.store.live.streams import StreamsStore

# A strip of more buckets is wider than any screen, and an answer of megabytes.
MAX_BUCKETS = 100_000


@dataclass(frozen=True, slots=True)
class StreamMetrics:
    """Figures of one stream; the chances are those of ``difficulty``, the one most bets were made at.

    When ``mixed`` is true there were rounds at other difficulties too, and the chances hold for the rounds
    of the named one only. ``match`` says how all multipliers are matched.
    """

    match: Match
    difficulty: Difficulty | None
    mixed: bool
    coverage: Coverage
    multipliers: tuple[MultiplierMetrics, ...]
    bucket_size: int
    density: tuple[DensityBucket, ...]
    top: tuple[RoundRow, ...]

    @property
    def truncated(self) -> bool:
        """Whether the stream leaves out rounds, so that rates and streak chances are off."""
        return self.coverage.truncated

    @property
    def reason(self) -> str | None:
        """The sentence that says why, when it is truncated."""
        return self.coverage.reason


def stream_metrics(
    store: StreamsStore,
    stream_id: UUID,
    multipliers: Sequence[object],
    bucket_size: object,
    top: int,
    match: Match,
) -> StreamMetrics:
    """Give the figures for some multipliers; raises NotFoundError, and FieldError for a wrong question."""
    wanted = parse_multipliers(multipliers)
    size = parse_bucket_size(bucket_size)
    with store.board(stream_id) as reader:
        detail = reader.detail()
        difficulty, mixed = stream_difficulty(detail, reader.rounds_by_difficulty())
        nonces = reader.nonces()
        if bucket_count(nonces, size) > MAX_BUCKETS:
            raise FieldError(
                "bucket_size", f"bucket_size is too small: there would be over {MAX_BUCKETS} buckets"
            )
        hits = reader.hits(wanted, match)
        others = dict.fromkeys(wanted, 0)
        if mixed and difficulty is not None:
            others = {value: _others_since(reader, found, difficulty) for value, found in hits.items()}
        highest = reader.top_rounds(top)
    covered = coverage(nonces, detail.heartbeats, detail.lowest_multiplier)
    # What is at least the highest of them is at least the lowest, too.
    shown = list(hits.values()) if match is Match.EXACT else [hits[value] for value in wanted[:1]]
    return StreamMetrics(
        match=match,
        difficulty=difficulty,
        mixed=mixed,
        coverage=covered,
        multipliers=tuple(
            multiplier_metrics(
                value,
                hits[value],
                nonces,
                covered,
                None if difficulty is None else Pin(value, match).probability(difficulty),
                others[value],
            )
            for value in wanted
        ),
        bucket_size=size,
        density=density(nonces, shown, size),
        top=highest,
    )


def _others_since(reader: BoardReader, hits: Nonces, difficulty: Difficulty) -> int:
    """Count the rounds behind the last hit that say another difficulty."""
    behind = reader.rounds_behind(int(hits[-1]) if len(hits) else 0)
    return sum(rounds for name, rounds in behind.items() if name and name != difficulty)
