"""Runs, streams and snapshots side by side: their figures, what they share, and whether they differ."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from pump_desktop.domain.errors import FieldError, NotFoundError
from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.runs import Run, RunSummary
from pump_desktop.domain.sides import SideKey, SideKind
from pump_desktop.services.compare.streams import StreamHits, StreamSource, read_source, stream_hits
from pump_desktop.services.live.live import Live
from pump_desktop.services.runs.runs import Runs
from pump_desktop.stats.compare import Homogeneity, Side, TailPoint, homogeneity, named, pairwise, tail
from pump_desktop.stats.distribution import Distribution, distribution
from pump_desktop.stats.hits import HitFilter, Hits, summarise

LABELS = "ABCDEF"
MAX_SIDES = len(LABELS)

Source = Run | StreamSource


@dataclass(frozen=True, slots=True)
class ComparedSide:
    """One side with its figures, and where it comes from.

    ``summary`` is None without a round. A side with a ``reason`` has counts alone: no ratio, no share, no
    test, and ``tail`` is empty.
    """

    key: SideKey
    counted: Side
    source: Source
    distribution: Distribution
    tail: tuple[TailPoint, ...]
    summary: RunSummary | None
    reason: str = ""
    note: str = ""

    @property
    def label(self) -> str:
        """Its letter, wherever it is drawn or named."""
        return self.counted.label

    @property
    def name(self) -> str:
        """What it goes by."""
        return self.source.name or self.source.client_seed

    @property
    def difficulties(self) -> tuple[Difficulty, ...]:
        """The difficulties it can be compared at."""
        return self.source.played if isinstance(self.source, StreamSource) else (self.source.difficulty,)

    @property
    def stream_id(self) -> UUID | None:
        """The stream it is of; None for a run."""
        return self.source.stream_id if isinstance(self.source, StreamSource) else None


@dataclass(frozen=True, slots=True)
class Overlap:
    """Nonces ``first`` to ``last`` in which two sides of one seed pair share ``count``."""

    labels: tuple[str, str]
    first: int
    last: int
    count: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two to six sides; ``pairs`` is empty for two, and ``gone`` holds what is not stored any more."""

    sides: tuple[ComparedSide, ...]
    together: Homogeneity
    pairs: tuple[Homogeneity, ...]
    overlaps: tuple[Overlap, ...]
    gone: tuple[UUID, ...]

    @property
    def difficulty(self) -> Difficulty | None:
        """The difficulty all sides share, or None."""
        found = {side.source.difficulty for side in self.sides}
        return found.pop() if len(found) == 1 else None

    @property
    def rated(self) -> tuple[ComparedSide, ...]:
        """The sides that can be held against the odds."""
        return tuple(side for side in self.sides if not side.reason)


@dataclass(frozen=True, slots=True)
class SideHits:
    """The hits of a side and how many the odds expect; None where rounds are missing."""

    hits: Hits
    expected: float | None
    read: StreamHits | None = None


def compare_runs(runs: Runs, run_ids: Sequence[UUID]) -> Comparison:
    """Compare stored runs, in this order; raises FieldError for more than six.

    A run that is gone, and all but the first mention of one, are left out.
    """
    wanted = tuple(dict.fromkeys(run_ids))
    if len(wanted) > MAX_SIDES:
        raise FieldError("run_ids", f"run_ids can hold at most {MAX_SIDES} runs")
    return _compare(runs, None, [SideKey(SideKind.RUN, run_id) for run_id in wanted])


def compare_sides(
    runs: Runs,
    live: Live,
    keys: Sequence[SideKey],
    before: Comparison | None = None,
    changed: Collection[UUID] = (),
) -> Comparison:
    """Compare these, in this order; raises FieldError for more than six.

    What is gone, and all but the first mention of a side, are left out. With an earlier comparison only the
    streams that ``changed`` since are read again: a snapshot and a run stay as they are.
    """
    wanted = tuple(dict.fromkeys(keys))
    if len(wanted) > MAX_SIDES:
        raise FieldError("sides", f"sides can hold at most {MAX_SIDES}")
    sides = () if before is None else before.sides
    known = {
        side.key: side
        for side in sides
        if side.key.kind is not SideKind.STREAM or side.stream_id not in changed
    }
    return _compare(runs, live, wanted, known)


def side_hits(
    runs: Runs, live: Live, source: Source, wanted: HitFilter, before: SideHits | None = None
) -> SideHits:
    """Give the hits of a side, of a stream those that were observed; raises NotFoundError."""
    chance = float(wanted.probability(source.difficulty))
    if isinstance(source, Run):
        first, last = wanted.span(source.nonce_start, source.nonce_end)
        return SideHits(runs.hits(source, wanted), (last - first + 1) * chance)
    read = stream_hits(live, source, wanted, None if before is None else before.read)
    return SideHits(read.hits, None if source.reason else read.rounds * chance, read)


def shared_sentence(overlaps: Sequence[Overlap]) -> str:
    """Say which sides share nonces, and what follows from it."""
    first, *more = overlaps
    if not more:
        what = "1 nonce" if first.count == 1 else f"{first.count:,} nonces"
        where = f"{first.first:,}" if first.first == first.last else f"{first.first:,} to {first.last:,}"
        return (
            f"{named(first.labels)} share {what} of one seed pair ({where}). "
            "They are not independent, so no test of them is made."
        )
    pairs = "; ".join(named(overlap.labels) for overlap in overlaps)
    return f"These share nonces of one seed pair, so they are not independent and not tested: {pairs}."


def _compare(
    runs: Runs,
    live: Live | None,
    keys: Sequence[SideKey],
    known: dict[SideKey, ComparedSide] | None = None,
) -> Comparison:
    found: list[ComparedSide] = []
    gone: dict[UUID, None] = {}
    for key in keys:
        # A side that is gone leaves its letter to the next.
        label = LABELS[len(found)]
        side = (known or {}).get(key)
        if side is not None and side.label == label:
            found.append(side)
            continue
        try:
            found.append(
                _run_side(runs, key, label)
                if live is None or key.kind is SideKind.RUN
                else _stream_side(live, key, label)
            )
        except NotFoundError:
            gone[key.id] = None
    return _compared(live, found, tuple(gone))


def _run_side(runs: Runs, key: SideKey, label: str) -> ComparedSide:
    run = runs.get(key.id)
    spread = runs.distribution(run)
    counted = Side(label, run.difficulty, tuple(row.observed for row in spread.rows))
    return ComparedSide(key, counted, run, spread, tail(counted), run.summary)


def _stream_side(live: Live, key: SideKey, label: str) -> ComparedSide:
    source = read_source(live, key)
    counted = Side(label, source.difficulty, source.counts)
    return ComparedSide(
        key,
        counted,
        source,
        distribution(source.difficulty, source.counts),
        () if source.reason else tail(counted),
        summarise(source.difficulty, source.counts, (), ()) if source.count else None,
        source.reason,
        source.note,
    )


def _compared(live: Live | None, sides: Sequence[ComparedSide], gone: tuple[UUID, ...]) -> Comparison:
    counted = [side.counted for side in sides]
    overlaps = _overlaps(live, sides)
    apart = [(*overlap.labels, shared_sentence([overlap])) for overlap in overlaps]
    reasons = {side.label: f"{side.label} is not tested: {side.reason}" for side in sides if side.reason}
    # Said last, so that it is what a pair with both tells.
    for one, other in combinations([side.label for side in sides], 2):
        untested = [reasons[label] for label in (one, other) if label in reasons]
        if untested:
            apart.append((one, other, " ".join(untested)))
    together = homogeneity(counted)
    why = [*reasons.values(), *([shared_sentence(overlaps)] if overlaps else [])]
    if why:
        together = Homogeneity(together.labels, reason=" ".join(why))
    pairs = pairwise(counted, apart) if len(counted) > 2 else ()
    return Comparison(tuple(sides), together, pairs, overlaps, gone)


def _overlaps(live: Live | None, sides: Sequence[ComparedSide]) -> tuple[Overlap, ...]:
    found = []
    for one, other in combinations(sides, 2):
        a, b = one.source, other.source
        first, last = max(a.nonce_start, b.nonce_start), min(a.nonce_end, b.nonce_end)
        if _seed_pair(a) == _seed_pair(b) and first <= last:
            count = _shared(live, a, b, first, last)
            if count:
                found.append(Overlap((one.label, other.label), first, last, count))
    return tuple(found)


def _shared(live: Live | None, one: Source, other: Source, first: int, last: int) -> int:
    streams = [source for source in (one, other) if isinstance(source, StreamSource)]
    if live is None or not streams:
        return last - first + 1
    if len(streams) == 1:
        (stream,) = streams
        with live.side(stream.stream_id) as reader:
            return reader.rounds_between(stream.part, stream.difficulty, first, last)
    if one.difficulty is not other.difficulty:
        # A nonce was played at one difficulty.
        return 0
    # Two parts of one stream: what the earlier one holds, as far as it passes the filter of the other.
    earlier = min(streams, key=_reach)
    least = max((stream.part.least or 0.0) for stream in streams)
    table = PAYOUTS[earlier.difficulty]
    return sum(count for entry, count in zip(table, earlier.counts, strict=True) if entry >= least)


def _reach(source: StreamSource) -> float:
    return float("inf") if source.part.up_to_id is None else source.part.up_to_id


def _seed_pair(source: Source) -> tuple[str, str]:
    return source.server_seed_sha256, source.client_seed
