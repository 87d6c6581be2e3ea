"""What an audit finds, as frozen values: how far it is, what bets paid, what their seeds' hashes prove."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import Audit, Verdict


class AuditedBet(NamedTuple):
    """What an audit reads of a bet: a million of them pass by, so no more than that."""

    id: int
    antebot_bet_id: str
    nonce: int
    amount: float
    payout: float
    currency: str | None
    round_target: float | None
    round_result: float
    safe_pumps: int | None
    difficulty: Difficulty
    verdict: Verdict | None


class AuditedRound(NamedTuple):
    """What an audit reads of a round."""

    nonce: int
    round_result: float
    safe_pumps: int | None
    difficulty: Difficulty | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class AuditProgress:
    """A moment of an audit: how many rows of how many were looked at, and the seconds the rest may take."""

    done: int
    total: int
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class PayoutFault:
    """A bet whose payout is not what its own result and target pay."""

    nonce: int
    antebot_bet_id: str
    amount: float
    currency: str | None
    round_target: float
    round_result: float
    payout: float
    expected: float


@dataclass(frozen=True, slots=True)
class PayoutCheck:
    """The payout arithmetic of a stream's bets; those without a target cannot be checked."""

    checked: int
    wrong: int
    without_target: int
    faults: tuple[PayoutFault, ...]


@dataclass(frozen=True, slots=True)
class StreamAudit:
    """A whole audit of one stream: verdicts of bets and rounds, and payouts.

    Read from stored verdicts it has no time and no payouts: those are checked in passing, and not stored.
    """

    stream_id: UUID
    audit: Audit
    made_at: datetime | None = None
    payouts: PayoutCheck | None = None

    @property
    def mismatches(self) -> int:
        """How many results do not match; only the first of them are named."""
        return self.audit.wrong


class RevealedBy(StrEnum):
    """How a server seed became known."""

    PASTE = "paste"
    SIMULATION = "simulation"


@dataclass(frozen=True, slots=True)
class StreamMoments:
    """When a stream's hash, bets and seed came here; its first and last bet are those by nonce."""

    stream_id: UUID
    server_seed_hashed: str
    seen_at: datetime
    first_nonce: int | None
    last_nonce: int | None
    bets: int
    first_received_at: datetime | None
    last_received_at: datetime | None
    first_made_at: datetime | None
    last_made_at: datetime | None
    revealed_at: datetime | None
    revealed_by: RevealedBy | None


@dataclass(frozen=True, slots=True)
class Commitment:
    """One stream of a chain that shares its client seed, and in one sentence what its hash proves.

    ``kept`` is true when the hash was here before the bets that count and the seed came after all of them,
    false when the order of things proves nothing, and None while the seed is unknown.
    """

    moments: StreamMoments
    kept: bool | None
    reading: str
