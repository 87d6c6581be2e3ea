"""A run made longer: what is stored of it is checked and kept, and only what is missing is scanned."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace

from pump_desktop.domain.errors import CancelledError, StoreError
from pump_desktop.domain.requests import ScanRequest, missing_after, missing_before
from pump_desktop.domain.runs import Run
from pump_desktop.engine.kernels import Kernel, Outcomes
from pump_desktop.engine.scan import scan
from pump_desktop.services.runs.collector import STORED_NONCES, Intake, ProgressReport, intake
from pump_desktop.store.runs import RunsStore


def extend_run(
    store: RunsStore,
    run: Run,
    request: ScanRequest,
    *,
    report: ProgressReport,
    timer: Callable[[], float],
    cancelled: Callable[[], bool],
    kernel: Kernel,
    executor: Executor | None,
) -> tuple[Run, Outcomes]:
    """Give the run over the range of ``request``, and its outcomes, once both are on disk."""
    started = timer()

    def scan_part(taken: Intake, part: ScanRequest | None) -> None:
        if part is None:
            return
        for chunk in scan(part, cancelled=cancelled, kernel=kernel, executor=executor):
            taken.take(chunk)
            report.counted(taken)
        if taken.through < part.end:
            raise CancelledError

    with intake(request, keep=True) as taken:
        stored_pieces = _put_known(store, run, taken, cancelled)
        # Pieces are cut from the first nonce on: with another first nonce none of them fits.
        same_start = request.start == run.nonce_start
        if same_start:
            taken.leave_packed(stored_pieces)
        report.start(run.count)
        scan_part(taken, missing_before(run, request))
        taken.settle(run.nonce_end)
        scan_part(taken, missing_after(run, request))
        outcomes, pieces = taken.outcomes, taken.pieces()
    extended = replace(
        run,
        nonce_start=request.start,
        nonce_end=request.end,
        duration_ms=run.duration_ms + round((timer() - started) * 1000),
        outcome_digest=taken.digest,
        summary=taken.summary(),
    )
    kept_pieces = stored_pieces if same_start else 0
    return store.extend(run, extended, pieces, kept_pieces=kept_pieces).result(), outcomes


def _put_known(store: RunsStore, run: Run, taken: Intake, cancelled: Callable[[], bool]) -> int:
    """Put what is stored of a run into its place and give how many full pieces it begins with.

    Raises StoreError unless all of it gives the run's digest: one wrong byte would go into the new digest.
    """
    digest = hashlib.sha256()
    full, all_full = 0, True
    # Piece by piece: a second copy of a long run would take 100 MB.
    for first_nonce, outcomes in store.outcome_chunks(run.id):
        if cancelled():
            raise CancelledError
        digest.update(outcomes.data)
        taken.put(first_nonce, outcomes)
        all_full = all_full and len(outcomes) == STORED_NONCES
        full += all_full
    if digest.hexdigest() != run.outcome_digest:
        raise StoreError(
            f"The stored outcomes of run {run.id} do not give its digest, so they were not built upon. "
            "Scan the larger range as a new run."
        )
    return full
