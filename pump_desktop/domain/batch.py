"""Seed pairs on their way through the scan queue, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from pump_desktop.domain.difficulty import Difficulty
from pump_desktop.domain.payouts import PAYOUTS
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import Run


class PairState(StrEnum):
    """Where a queued pair stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ScannedPair:
    """A seed pair that has been scanned: its run, and how many nonces ended at each k."""

    number: int
    run_id: UUID
    server_seed_sha256: str
    client_seed: str
    start: int
    end: int
    difficulty: Difficulty
    counts: tuple[int, ...]

    @classmethod
    def of(cls, number: int, run: Run) -> ScannedPair:
        """Give the pair of a run that has just been made."""
        counted = run.summary.counts_by_multiplier
        return cls(
            number=number,
            run_id=run.id,
            server_seed_sha256=run.server_seed_sha256,
            client_seed=run.client_seed,
            start=run.nonce_start,
            end=run.nonce_end,
            difficulty=run.difficulty,
            counts=tuple(counted.get(str(entry), 0) for entry in PAYOUTS[run.difficulty]),
        )

    @property
    def nonces(self) -> int:
        """Number of nonces."""
        return self.end - self.start + 1

    @property
    def highest(self) -> float:
        """The highest multiplier that came."""
        return max(entry for entry, count in zip(PAYOUTS[self.difficulty], self.counts, strict=True) if count)


@dataclass(frozen=True, slots=True)
class QueuedPair:
    """A line of the queue: what is to be scanned and how far that is; ``number`` stays when others go."""

    number: int
    name: str
    request: ScanRequest
    server_seed_sha256: str
    state: PairState = PairState.WAITING
    done: int = 0
    rate: float = 0.0
    scanned: ScannedPair | None = None
    problem: str = ""
