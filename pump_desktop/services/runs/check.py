"""What is wrong with the rows and runs of a data file whose pages are whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from pump_desktop.domain.errors import CancelledError, DamagedRunError
from pump_desktop.domain.game import PAYOUTS
from pump_desktop.domain.runs import Run
from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.engine import ENGINE_VERSION
from pump_desktop.engine.kernels import Kernel, Outcomes, replay
from pump_desktop.stats.hits import TOP_MAX, count_outcomes, summarise
from pump_desktop.store.care.content import pieces_of, readable_runs, reading_content, unreadable_rows
from pump_desktop.store.runs import RunsStore

_PIECE = 1 << 20
# Scanned again by the reference, in 2 ms: other seeds would give the same 64 results once in 10^30.
_SCANNED_AGAIN = 64


def check_figures(run: Run) -> None:
    """Raise DamagedRunError when what a run says of itself contradicts itself; takes 0.1 ms."""
    if seed_sha256(run.server_seed) != run.server_seed_sha256:
        raise _damaged(run, "its server seed does not give its hash")
    counted = run.summary.counts_by_multiplier
    counts = [counted.get(str(entry), 0) for entry in PAYOUTS[run.difficulty]]
    if sum(counts) != run.count or summarise(run.difficulty, counts, run.targets, run.summary.top_max) != (
        run.summary
    ):
        raise _damaged(run, "its figures contradict each other")


def check_outcomes(run: Run, outcomes: Outcomes) -> None:
    """Raise DamagedRunError unless these outcomes give a run's digest, its figures, and come of its seeds."""
    _check(run, (outcomes[at : at + _PIECE] for at in range(0, len(outcomes), _PIECE)))


def check_pieces(run: Run, pieces: Iterable[Outcomes]) -> None:
    """Raise DamagedRunError unless all pieces of a run's outcomes together are what was scanned."""
    _check(run, pieces)


def check_stored(store: RunsStore, run: Run, cancelled: Callable[[], bool] = lambda: False) -> None:
    """Check what is stored of a run, a piece at a time: none of it is kept in memory.

    Raises DamagedRunError, NotFoundError or ConflictError when it was changed meanwhile, and CancelledError.
    """

    def pieces() -> Iterable[Outcomes]:
        for _, piece in store.outcome_chunks(run.id):
            if cancelled():
                raise CancelledError
            yield piece

    _check(run, pieces())


def _check(run: Run, pieces: Iterable[Outcomes]) -> None:
    check_figures(run)
    digest = hashlib.sha256()
    counts = np.zeros(run.difficulty.max_safe + 1, np.int64)
    first = np.empty(0, np.uint8)
    highest, maxima, nonce = -1, list[int](), run.nonce_start
    for piece in pieces:
        digest.update(piece.data)
        counts += count_outcomes(piece, run.difficulty)
        if len(first) < _SCANNED_AGAIN:
            first = np.concatenate([first, piece[: _SCANNED_AGAIN - len(first)]])
        top = int(piece.max())
        if top > highest:
            highest, maxima = top, []
        if top == highest and len(maxima) < TOP_MAX:
            maxima += (nonce + np.flatnonzero(piece == top)[: TOP_MAX - len(maxima)]).tolist()
        nonce += len(piece)
    if digest.hexdigest() != run.outcome_digest:
        raise _damaged(run, "its outcomes do not give its digest")
    if summarise(run.difficulty, counts.tolist(), run.targets, maxima) != run.summary:
        raise _damaged(run, "its figures do not fit its outcomes")
    if run.engine_version == ENGINE_VERSION:
        again = replay(
            Kernel.REFERENCE, run.server_seed, run.client_seed, run.nonce_start, len(first), run.difficulty
        )
        if not np.array_equal(first, again):
            raise _damaged(run, "its outcomes do not come of its seeds")


def _damaged(run: Run, what: str) -> DamagedRunError:
    return DamagedRunError(
        f"Run {run.id} was damaged or changed since it was scanned: {what}. "
        "Scan its range again with the same seeds; the other runs are not affected."
    )


def check_content(path: Path, cancelled: Callable[[], bool] = lambda: False) -> tuple[str, ...]:
    """Return a sentence for each row that cannot be read, and each run that is not what was scanned.

    Raises CancelledError. A file of another version is not looked at.
    """

    def stoppable(pieces: Iterator[Outcomes]) -> Iterator[Outcomes]:
        for piece in pieces:
            if cancelled():
                raise CancelledError
            yield piece

    with reading_content(path) as driver:
        if driver is None:
            return ()
        found = [_within(str(error)) for error in unreadable_rows(driver, cancelled)]
        for run in readable_runs(driver):
            try:
                check_pieces(run, stoppable(pieces_of(driver, run)))
            except DamagedRunError as error:
                found.append(_within(str(error)))
    return tuple(found)


def _within(sentence: str) -> str:
    """Return a sentence to go on with."""
    return sentence[0].lower() + sentence[1:]
