"""Runs as text for other programs: CSV written piece by piece, in constant memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

import numpy as np

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.runs import Run
from pump_desktop.engine.kernels import Outcomes
from pump_desktop.services.runs.runs import Runs
from pump_desktop.stats.hits import HitFilter, Hits
from pump_desktop.system.files import whole_file

# Lines per piece: about 1.5 MB of text.
PIECE = 1 << 16


class Export(StrEnum):
    """The files a run can be written as."""

    HITS = "hits"
    FULL = "full"
    DISTANCES = "distances"


HEADERS = {
    Export.HITS: "nonce,max_multiplier\n",
    Export.FULL: "nonce,max_pumps,max_multiplier,pop_point\n",
    Export.DISTANCES: "from_nonce,distance\n",
}


def _full_endings(difficulty: Difficulty) -> list[str]:
    # The pop point is the first position that is not safe: k + 1, also at the end of the table.
    return [f",{k},{entry},{k + 1}\n" for k, entry in enumerate(PAYOUTS[difficulty])]


def full_csv(run: Run, outcomes: Outcomes) -> Iterator[str]:
    """Yield every nonce of a run with its result."""
    yield HEADERS[Export.FULL]
    endings = _full_endings(run.difficulty)
    for at in range(0, len(outcomes), PIECE):
        first = run.nonce_start + at
        piece = outcomes[at : at + PIECE].tolist()
        yield "".join([f"{nonce}{endings[k]}" for nonce, k in enumerate(piece, first)])


def hits_csv(run: Run, hits: Hits) -> Iterator[str]:
    """Yield the hits of a filter with their multipliers."""
    yield HEADERS[Export.HITS]
    endings = [f",{entry}\n" for entry in PAYOUTS[run.difficulty]]
    for at in range(0, len(hits), PIECE):
        nonces = hits.nonces[at : at + PIECE].tolist()
        safe_pumps = hits.safe_pumps[at : at + PIECE].tolist()
        yield "".join([f"{nonce}{endings[k]}" for nonce, k in zip(nonces, safe_pumps, strict=True)])


def distances_csv(hits: Hits) -> Iterator[str]:
    """Yield each gap with the nonce it starts from."""
    yield HEADERS[Export.DISTANCES]
    gaps = np.diff(hits.nonces)
    for at in range(0, len(gaps), PIECE):
        nonces = hits.nonces[at : at + PIECE].tolist()
        distances = gaps[at : at + PIECE].tolist()
        yield "".join([f"{nonce},{gap}\n" for nonce, gap in zip(nonces, distances, strict=False)])


def export_csv(runs: Runs, run: Run, kind: Export, wanted: HitFilter | None = None) -> Iterator[str]:
    """Yield one of the exports of a run; without a filter, hits are the run's targets, exactly.

    Raises DamagedRunError here, not at the first piece.
    """
    if kind is Export.FULL:
        return full_csv(run, runs.outcomes_of(run))
    hits = runs.hits(run, wanted or HitFilter(run.targets))
    return hits_csv(run, hits) if kind is Export.HITS else distances_csv(hits)


def write_text(path: Path, pieces: Iterable[str]) -> None:
    """Write pieces to a file that appears only when it is whole; raises KnownError."""
    try:
        with whole_file(path) as file:
            file.writelines(pieces)
    except OSError as error:
        raise KnownError(f"{path} cannot be written: {error.strerror or error}.") from error
