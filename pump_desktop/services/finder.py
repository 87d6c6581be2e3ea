"""Runs and streams found by a few letters: of a name, of the start of a seed or of a hash."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from pump_desktop.domain.fuzzy import fuzzy_score
from pump_desktop.domain.live import StreamQuery, StreamRow
from pump_desktop.domain.runs import RunQuery, RunRow
from pump_desktop.services.backend import Backend

MOST_FOUND = 20
# Fuzzy matching reads so many of the newest; what is spelled out is found among all.
_NEWEST = 300
_STREAM_PAGE, _STREAM_PAGES = 100, 10
_LEAST_OF_HASH = 3
# The start of a seed or hash, typed out, stands above everything that merely looks like it.
_SURE = 1_000.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """The best fits, best first."""

    runs: tuple[RunRow, ...]
    streams: tuple[StreamRow, ...]


def find_things(backend: Backend, typed: str, limit: int = MOST_FOUND) -> Found:
    """Give the runs and streams that fit what was typed; without a letter, the newest ones."""
    text = typed.strip()
    if not text:
        newest = backend.runs.list(RunQuery(limit=limit)).items
        return Found(newest, backend.live.streams(StreamQuery(limit=limit)).items)
    by_seed = backend.runs.list(RunQuery(server_seed=text, limit=limit)).items
    by_text = backend.runs.list(RunQuery(search=text, limit=limit)).items
    runs = {run.id: run for run in backend.runs.list(RunQuery(limit=_NEWEST)).items}
    runs |= {run.id: run for run in (*by_text, *by_seed)}
    sure = {run.id for run in by_seed}
    fits = [
        (_SURE if run.id in sure else _score(text, (run.name, run.client_seed), run.server_seed_sha256), run)
        for run in runs.values()
    ]
    streams = [
        (_score(text, (row.client_seed, row.notes), row.server_seed_hashed), row) for row in _streams(backend)
    ]
    return Found(_best(fits, limit), _best(streams, limit))


def _streams(backend: Backend) -> Iterator[StreamRow]:
    for page in range(_STREAM_PAGES):
        found = backend.live.streams(StreamQuery(limit=_STREAM_PAGE, offset=page * _STREAM_PAGE))
        yield from found.items
        if len(found.items) + found.left_out < _STREAM_PAGE:
            return


def _score(text: str, words: Iterable[str], sha256: str) -> float | None:
    # A hash is 64 letters of 16: nearly every short text is in it somewhere, so only its start counts.
    if len(text) >= _LEAST_OF_HASH and sha256.startswith(text.casefold()):
        return _SURE
    scores = [score for word in words if (score := fuzzy_score(text, word)) is not None]
    return max(scores, default=None)


def _best(fits: Iterable[tuple[float | None, T]], limit: int) -> tuple[T, ...]:
    # sorted() keeps the order of equals, which is the newest first.
    scored = [(score, one) for score, one in fits if score is not None]
    return tuple(one for _, one in sorted(scored, key=lambda fit: -fit[0])[:limit])
