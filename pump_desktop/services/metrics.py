"""A stream's figures, put together from what the store answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pump_desktop.domain.difficulty import Difficulty
from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.live import RoundRow, StreamDetail
from pump_desktop.domain.odds import target_p_exact
from pump_desktop.services.stream_inputs import parse_bucket_size, parse_multipliers
from pump_desktop.stats.streams import (
    Coverage,
    DensityBucket,
    MultiplierMetrics,
    among,
    bucket_count,
    coverage,
    density,
    multiplier_metrics,
)
from pump_desktop.store.streams import StreamsStore

# A strip of more buckets is wider than any screen, and an answer of megabytes.
MAX_BUCKETS = 100_000
# Heartbeats without bets: the difficulty is read off this many of the highest rounds.
ROUNDS_ASKED = 100


@dataclass(frozen=True, slots=True)
class StreamMetrics:
    """Figures of one stream; the chances are those of ``difficulty``, the one most bets were made at.

    When ``mixed`` is true there were bets at other difficulties too, and the chances hold for the rounds
    of the named one only.
    """

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
    store: StreamsStore, stream_id: UUID, multipliers: Sequence[object], bucket_size: object, top: int
) -> StreamMetrics:
    """Give the figures for some multipliers; raises NotFoundError, and FieldError for a wrong question."""
    wanted = parse_multipliers(multipliers)
    size = parse_bucket_size(bucket_size)
    detail = store.stream(stream_id)
    nonces = store.round_nonces(stream_id)
    if bucket_count(nonces, size) > MAX_BUCKETS:
        raise FieldError(
            "bucket_size", f"bucket_size is too small: there would be over {MAX_BUCKETS} buckets"
        )
    peaks = store.top_rounds(stream_id, max(top, ROUNDS_ASKED))
    difficulty, mixed = _difficulty(detail, peaks)
    # Each read sees the stream a little later than the one before: what landed in between waits its turn.
    found = {value: among(hits, nonces) for value, hits in store.multiplier_nonces(stream_id, wanted).items()}
    covered = coverage(nonces, detail.heartbeats, detail.lowest_multiplier)
    return StreamMetrics(
        difficulty=difficulty,
        mixed=mixed,
        coverage=covered,
        multipliers=tuple(
            multiplier_metrics(
                value,
                found[value],
                nonces,
                covered,
                None if difficulty is None else target_p_exact(difficulty, value),
            )
            for value in wanted
        ),
        bucket_size=size,
        density=density(nonces, list(found.values()), size),
        top=peaks[:top],
    )


def _difficulty(detail: StreamDetail, peaks: Sequence[RoundRow]) -> tuple[Difficulty | None, bool]:
    """Give the difficulty of most bets and whether there are others; without bets the heartbeats say it."""
    counts = {name: count for name, count in detail.bets_by_difficulty.items() if count}
    if not counts:
        for row in peaks:
            if row.difficulty is not None:
                counts[row.difficulty.value] = counts.get(row.difficulty.value, 0) + 1
    if not counts:
        return None, False
    most = max(counts, key=lambda name: (counts[name], name))
    return Difficulty(most), len(counts) > 1
