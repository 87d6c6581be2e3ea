"""Stored runs side by side: their figures, what they share, and whether they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from pump_desktop.domain.difficulty import Difficulty
from pump_desktop.domain.errors import FieldError, NotFoundError
from pump_desktop.domain.runs import Run
from pump_desktop.services.runs import Runs
from pump_desktop.stats.compare import Homogeneity, Side, TailPoint, homogeneity, named, pairwise, tail
from pump_desktop.stats.distribution import Distribution

LABELS = "ABCDEF"
MAX_SIDES = len(LABELS)


@dataclass(frozen=True, slots=True)
class ComparedSide:
    """One side with its figures, and the run it comes from."""

    counted: Side
    source: Run
    distribution: Distribution
    tail: tuple[TailPoint, ...]

    @property
    def label(self) -> str:
        """Its letter, wherever it is drawn or named."""
        return self.counted.label


@dataclass(frozen=True, slots=True)
class Overlap:
    """Nonces that two sides share, because both replay one seed pair."""

    labels: tuple[str, str]
    first: int
    last: int

    @property
    def count(self) -> int:
        """Number of shared nonces."""
        return self.last - self.first + 1


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


def compare_runs(runs: Runs, run_ids: Sequence[UUID]) -> Comparison:
    """Compare stored runs, in this order; raises FieldError for more than six.

    A run that is gone, and all but the first mention of one, are left out.
    """
    wanted = tuple(dict.fromkeys(run_ids))
    if len(wanted) > MAX_SIDES:
        raise FieldError("run_ids", f"run_ids can hold at most {MAX_SIDES} runs")
    found, gone = [], []
    for run_id in wanted:
        try:
            found.append(runs.get(run_id))
        except NotFoundError:
            gone.append(run_id)
    sides = [_side(runs, label, run) for label, run in zip(LABELS, found, strict=False)]
    return _compared(sides, gone)


def shared_sentence(overlaps: Sequence[Overlap]) -> str:
    """Say which sides share nonces, and what follows from it."""
    first, *more = overlaps
    if not more:
        what = "1 nonce" if first.count == 1 else f"{first.count:,} nonces"
        where = f"{first.first:,}" if first.count == 1 else f"{first.first:,} to {first.last:,}"
        return (
            f"{named(first.labels)} share {what} of one seed pair ({where}). "
            "They are not independent, so no test of them is made."
        )
    pairs = "; ".join(named(overlap.labels) for overlap in overlaps)
    return f"These share nonces of one seed pair, so they are not independent and not tested: {pairs}."


def _side(runs: Runs, label: str, run: Run) -> ComparedSide:
    distribution = runs.distribution(run)
    counted = Side(label, run.difficulty, tuple(row.observed for row in distribution.rows))
    return ComparedSide(counted, run, distribution, tail(counted))


def _compared(sides: Sequence[ComparedSide], gone: Sequence[UUID]) -> Comparison:
    counted = [side.counted for side in sides]
    overlaps = _overlaps(sides)
    together = homogeneity(counted)
    if overlaps:
        together = Homogeneity(together.labels, reason=shared_sentence(overlaps))
    apart = [(*overlap.labels, shared_sentence([overlap])) for overlap in overlaps]
    pairs = pairwise(counted, apart) if len(counted) > 2 else ()
    return Comparison(tuple(sides), together, pairs, overlaps, tuple(gone))


def _overlaps(sides: Sequence[ComparedSide]) -> tuple[Overlap, ...]:
    found = []
    for one, other in combinations(sides, 2):
        a, b = one.source, other.source
        first, last = max(a.nonce_start, b.nonce_start), min(a.nonce_end, b.nonce_end)
        if _seed_pair(a) == _seed_pair(b) and first <= last:
            found.append(Overlap((one.label, other.label), first, last))
    return tuple(found)


def _seed_pair(run: Run) -> tuple[str, str]:
    return run.server_seed, run.client_seed
