"""Chunks of a scan taken in as they come: the whole vector, its counts, its digest, its stored pieces."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np

from pump_desktop.domain.requests import ScanRequest
from pump_desktop.engine.kernels import Outcomes
from pump_desktop.engine.scan import Chunk
from pump_desktop.store.runs import OutcomeChunk, compress

# Stored in pieces of 1,048,576 nonces: a piece unpacks in 3 ms, so any part of a long run is near.
STORED_NONCES = 1 << 20


class Intake:
    """The outcomes of one scan so far; with ``keep`` also compressed for the store, piece by piece."""

    def __init__(self, request: ScanRequest, beside: ThreadPoolExecutor, *, keep: bool) -> None:
        self._request = request
        self._beside = beside
        self._keep = keep
        self._digest = hashlib.sha256()
        self._counts = np.zeros(request.difficulty.max_safe + 1, np.int64)
        self._pieces: list[Future[OutcomeChunk]] = []
        self.outcomes: Outcomes = np.empty(request.count, np.uint8)
        self.done = 0

    @property
    def counts(self) -> tuple[int, ...]:
        """How many nonces had exactly k safe pumps so far, for each k."""
        return tuple(self._counts.tolist())

    @property
    def complete(self) -> bool:
        """Whether the last nonce of the range is in."""
        return self.done == self._request.count

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the outcomes so far."""
        return self._digest.hexdigest()

    def take(self, chunk: Chunk) -> None:
        """Add the next chunk of the range."""
        fresh = chunk.outcomes
        self.outcomes[self.done : self.done + len(fresh)] = fresh
        self.done += len(fresh)
        self._digest.update(fresh.data)
        self._counts += np.bincount(fresh, minlength=len(self._counts))
        if self._keep:
            self._compress_full_pieces()

    def pieces(self) -> list[OutcomeChunk]:
        """Give the compressed pieces of a complete scan, waiting for the last."""
        return [piece.result() for piece in self._pieces]

    def _compress_full_pieces(self) -> None:
        while (first := len(self._pieces) * STORED_NONCES) < self.done:
            part = self.outcomes[first : min(first + STORED_NONCES, self.done)]
            if len(part) < STORED_NONCES and not self.complete:
                return
            self._pieces.append(self._beside.submit(_stored_piece, self._request.start + first, part))


@contextmanager
def intake(request: ScanRequest, *, keep: bool) -> Iterator[Intake]:
    """Open an intake; its compression thread ends with it.

    Compression takes a tenth of the scan's time; beside the scan it costs the person next to nothing.
    """
    beside = ThreadPoolExecutor(1, thread_name_prefix="compress")
    try:
        yield Intake(request, beside, keep=keep)
    finally:
        beside.shutdown(wait=True, cancel_futures=True)


def _stored_piece(first_nonce: int, outcomes: Outcomes) -> OutcomeChunk:
    return OutcomeChunk(first_nonce, len(outcomes), compress(outcomes))
