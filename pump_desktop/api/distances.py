"""The answer of ``/distances`` as text in pieces: a run of 100 million nonces may have as many hits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from pump_desktop.api.schemas.hits import gap_stats_body
from pump_desktop.services.runs.runs import Runs
from pump_desktop.stats.hits import HitFilter

# Numbers per piece: about 0.5 MB of text.
_PIECE = 1 << 16


def distances_json(runs: Runs, run_id: UUID, wanted: HitFilter) -> Iterator[str]:
    """Yield the JSON of a DistancesBody; raises NotFoundError before the first piece."""
    nonces, distances, stats = runs.distances(runs.get(run_id), wanted.multipliers[0], wanted.match)
    head = {"multiplier": wanted.multipliers[0], "match": wanted.match.value, "count": len(nonces)}
    yield json.dumps(head)[:-1] + ', "nonces": ['
    yield from _numbers(nonces)
    yield '], "distances": ['
    yield from _numbers(distances)
    yield f'], "stats": {json.dumps(gap_stats_body(stats))}}}'


def _numbers(values: NDArray[np.int64]) -> Iterator[str]:
    for at in range(0, len(values), _PIECE):
        text = ",".join(map(str, values[at : at + _PIECE].tolist()))
        yield text if at == 0 else f",{text}"
