"""How far a scan is, told at most 20 times a second."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import RunSummary
from pump_desktop.engine.kernels import Outcomes
from pump_desktop.engine.scan import Chunk
from pump_desktop.stats.hits import TOP_MAX, positions_of, summarise
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
        self._packed = 0
        self._settled = 0
        self.outcomes: Outcomes = np.empty(request.count, np.uint8)
        self.done = 0

    @property
    def counts(self) -> tuple[int, ...]:
        """How many nonces had exactly k safe pumps so far, for each k."""
        return tuple(self._counts.tolist())

    @property
    def through(self) -> int:
        """The nonce up to which everything is in; one before the range at first."""
        return self._request.start + self._settled - 1

    @property
    def complete(self) -> bool:
        """Whether every nonce of the range is in."""
        return self._settled == self._request.count

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the outcomes so far."""
        return self._digest.hexdigest()

    def take(self, chunk: Chunk) -> None:
        """Add the next chunk of the range."""
        self.put(chunk.first_nonce, chunk.outcomes)
        self.settle(chunk.first_nonce + len(chunk.outcomes) - 1)

    def put(self, first_nonce: int, outcomes: Outcomes) -> None:
        """Put outcomes that are known already into their place, ahead of those still to be scanned."""
        at = first_nonce - self._request.start
        self.outcomes[at : at + len(outcomes)] = outcomes
        self._counts += np.bincount(outcomes, minlength=len(self._counts))
        self.done += len(outcomes)

    def settle(self, through: int) -> None:
        """Digest and pack what was put, up to a nonce before which nothing is missing."""
        end = through - self._request.start + 1
        self._digest.update(self.outcomes[self._settled : end].data)
        self._settled = end
        if self._keep:
            self._compress_full_pieces()

    def leave_packed(self, pieces: int) -> None:
        """Leave the first full pieces of the range out: the store has them as they would be packed here."""
        self._packed = pieces * STORED_NONCES

    def pieces(self) -> list[OutcomeChunk]:
        """Give the compressed pieces of a complete scan, waiting for the last."""
        return [piece.result() for piece in self._pieces]

    def summary(self) -> RunSummary:
        """Give what a complete scan says at a glance."""
        counts = self.counts
        highest = max(k for k, count in enumerate(counts) if count)
        first = positions_of(self.outcomes, (highest,))[:TOP_MAX]
        maxima = [self._request.start + int(index) for index in first]
        return summarise(self._request.difficulty, counts, self._request.targets, maxima)

    def _compress_full_pieces(self) -> None:
        while self._packed < self._settled:
            part = self.outcomes[self._packed : min(self._packed + STORED_NONCES, self._settled)]
            if len(part) < STORED_NONCES and not self.complete:
                return
            first_nonce = self._request.start + self._packed
            self._pieces.append(self._beside.submit(_stored_piece, first_nonce, part))
            self._packed += len(part)


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


LEAST_INTERVAL_S = 0.05


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """A moment of a scan: ``counts`` holds the outcomes so far per k, ``rate`` is in nonces per second.

    While the kernel is compiled (once per machine, a second or two) ``preparing`` is true and nothing is
    counted yet.
    """

    done: int
    total: int
    rate: float
    seconds_left: float | None
    counts: tuple[int, ...]
    preparing: bool = False


class ProgressReport:
    """Turns counts into ScanProgress values and leaves out those that come too soon after the last."""

    def __init__(self, total: int, tell: Callable[[ScanProgress], None], timer: Callable[[], float]) -> None:
        self._total = total
        self._tell = tell
        self._timer = timer
        self._started = timer()
        self._known = 0
        self._told = float("-inf")

    def preparing(self) -> None:
        """Tell that the kernel is being compiled."""
        self._tell(ScanProgress(0, self._total, 0.0, None, (), preparing=True))

    def start(self, known: int = 0) -> None:
        """Count time from here: compiling does not belong to the rate, and neither does what is known."""
        self._started = self._timer()
        self._known = known

    def counted(self, taken: Intake) -> None:
        """Tell how far the scan is, unless the last word was less than 50 ms ago and this is not the end."""
        now, done = self._timer(), taken.done
        if now - self._told < LEAST_INTERVAL_S and done < self._total:
            return
        self._told = now
        elapsed = max(now - self._started, 1e-9)
        rate = max(done - self._known, 1) / elapsed
        self._tell(ScanProgress(done, self._total, rate, (self._total - done) / rate, taken.counts))
