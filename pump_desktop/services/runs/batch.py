"""A batch of scanned pairs as one question: how often each hit a target, against how often it should."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pump_desktop.domain.batch import CheckedPair, PairDefaults, PairList, QueuedPair, ScannedPair, read_pairs
from pump_desktop.domain.errors import KnownError
from pump_desktop.services.imports.files import csv_lines, plain_cell
from pump_desktop.services.runs.runs import HASH_WARNING, Runs
from pump_desktop.stats.distribution import MIN_EXPECTED
from pump_desktop.stats.funnel import Counted, Funnel, funnel, two_sided
from pump_desktop.stats.hits import HitFilter
from pump_desktop.system.files import open_regular

HEADER = (
    "number,server_seed_sha256,client_seed,start,end,difficulty,state,problem,"
    "highest,hits,expected,p_value,run_id\n"
)
# Lines per piece.
_PIECE = 1000


@dataclass(frozen=True, slots=True)
class PairFigures:
    """Hits of one pair; p is exact, two-sided and for this pair alone, None under 5 expected hits."""

    hits: int
    expected: float
    p_value: float | None


@dataclass(frozen=True, slots=True)
class BatchFigures:
    """Figures by pair number, and the funnel of the pairs that can be judged together.

    Left out of the funnel are pairs whose table cannot hit the target (``unreachable``) and pairs that share
    nonces with another one (``repeated``): those are not independent of it.
    """

    pairs: Mapping[int, PairFigures]
    funnel: Funnel | None
    unreachable: tuple[int, ...]
    repeated: tuple[int, ...]


def batch_figures(pairs: Sequence[ScannedPair], wanted: HitFilter) -> BatchFigures:
    """Give the figures of scanned pairs for one filter."""
    counted = [_counted(pair, wanted) for pair in pairs]
    repeated = _repeated(pairs)
    together = [run for run in counted if run.probability and run.number not in repeated]
    return BatchFigures(
        pairs=_each(counted),
        funnel=funnel(together) if together else None,
        unreachable=tuple(run.number for run in counted if not run.probability),
        repeated=tuple(run.number for run in counted if run.number in repeated and run.probability),
    )


def batch_csv(pairs: Sequence[QueuedPair], figures: Mapping[int, PairFigures]) -> Iterator[str]:
    """Yield the lines of a queue with their figures, without server seeds; missing values are empty cells."""
    yield HEADER
    for at in range(0, len(pairs), _PIECE):
        yield csv_lines(_cells(pair, figures.get(pair.number)) for pair in pairs[at : at + _PIECE])


def _counted(pair: ScannedPair, wanted: HitFilter) -> Counted:
    chance = float(wanted.probability(pair.difficulty))
    hits = sum(pair.counts[k] for k in wanted.safe_pumps(pair.difficulty))
    return Counted(pair.number, pair.nonces, chance, hits)


def _each(counted: Sequence[Counted]) -> dict[int, PairFigures]:
    nonces = np.array([run.nonces for run in counted], np.int64)
    chances = np.array([run.probability for run in counted], np.float64)
    hits = np.array([run.hits for run in counted], np.int64)
    tested = nonces * chances >= MIN_EXPECTED
    p_values = np.full(len(counted), np.nan)
    p_values[tested] = two_sided(hits[tested], nonces[tested], chances[tested])
    return {
        run.number: PairFigures(run.hits, run.nonces * run.probability, None if np.isnan(p) else float(p))
        for run, p in zip(counted, p_values, strict=True)
    }


def _repeated(pairs: Sequence[ScannedPair]) -> set[int]:
    """Give the numbers of pairs that share nonces with one that is kept; difficulties share them too."""
    repeated = set()
    # Where the last range that is kept ends, by seed pair.
    kept: dict[tuple[str, str], int] = {}
    for pair in sorted(pairs, key=lambda pair: (pair.start, pair.number)):
        seeds = (pair.server_seed_sha256, pair.client_seed)
        if pair.start <= kept.get(seeds, 0):
            repeated.add(pair.number)
        else:
            kept[seeds] = pair.end
    return repeated


def _cells(pair: QueuedPair, figures: PairFigures | None) -> tuple[object, ...]:
    request, scanned = pair.request, pair.scanned
    tested = figures is not None and figures.p_value is not None
    return (
        pair.number,
        pair.server_seed_sha256,
        plain_cell(request.client_seed),
        request.start,
        request.end,
        request.difficulty.value,
        pair.state.value,
        plain_cell(pair.problem),
        "" if scanned is None else scanned.highest,
        "" if figures is None else figures.hits,
        "" if figures is None else f"{figures.expected:.10g}",
        f"{figures.p_value:.6g}" if tested and figures is not None else "",
        "" if scanned is None else scanned.run_id,
    )


MAX_BYTES = 4 * 1024 * 1024
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_pair_file(path: Path) -> str:
    """Give the text of a list saved as CSV; raises KnownError with a sentence when it is none."""
    try:
        with open_regular(path) as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise KnownError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    if len(data) > MAX_BYTES:
        raise KnownError(
            f"{path.name} is larger than {MAX_BYTES // 1024**2} MB. Split it into smaller files."
        )
    try:
        text = data.decode("utf-16" if data.startswith(_UTF16) else "utf-8-sig")
    except UnicodeDecodeError:
        raise KnownError(
            f"{path.name} is not UTF-8 text. Save it as “CSV UTF-8” and load it again."
        ) from None
    if "\0" in text:
        raise KnownError(f"{path.name} is not a text file.")
    return text


def check_pairs(runs: Runs, text: str, defaults: PairDefaults, max_nonces: int) -> PairList:
    """Give every line with its scan, problem or warning; raises FieldError on ``pairs`` past a limit."""
    read = read_pairs(text, defaults, max_nonces)
    known = runs.known_hashes() if read.ready else frozenset()
    return replace(read, pairs=tuple(_warned(pair, known) for pair in read.pairs))


def _warned(pair: CheckedPair, known: frozenset[str]) -> CheckedPair:
    if pair.request is None or pair.request.server_seed.lower() not in known:
        return pair
    return replace(pair, warning=HASH_WARNING)
