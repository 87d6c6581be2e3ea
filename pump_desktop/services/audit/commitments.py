"""What hashed server seeds prove: when each was first seen here, when its bets came, when it was revealed.

A hash binds the casino only for bets that were made after it was known and before the seed was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from pump_desktop.domain.audits import Commitment, RevealedBy, StreamMoments

if TYPE_CHECKING:
    from pump_desktop.services.live.live import Live

_SIMULATED = (
    "The server seed came with the first bet: this is a simulation, and a simulation proves nothing about "
    "commitment."
)
_REVEALED_FIRST = "The server seed was revealed before the first bet, so its hash commits to nothing."
_NO_BETS = "No bet has come under this hash."
_SEEN_LAST = (
    "All bets were made before this hash was first seen here, as an import's are: whether the hash came "
    "before them cannot be told from here."
)
_NOT_REVEALED = "The hash is on record since the first bet; what it proves is known when the seed is."
_REVEALED_BETWEEN = (
    "The server seed was revealed while bets still came in: the hash commits to those before the reveal only."
)
_KEPT = (
    "The hash was on record since the first bet and the seed was revealed after the last: it was fixed "
    "before every bet but the first."
)


def commitment_chain(live: Live, stream_id: UUID) -> tuple[Commitment, ...]:
    """Give the streams that share a stream's client seed in the order of their first bets.

    Raises NotFoundError.
    """
    return in_order(live.chain_moments(stream_id))


def in_order(moments: Sequence[StreamMoments]) -> tuple[Commitment, ...]:
    """Give what each stream's hash proves, the one whose bets began first coming first."""
    return tuple(commitment_of(one) for one in sorted(moments, key=_began))


def commitment_of(moments: StreamMoments) -> Commitment:
    """Say what one hash proves."""
    kept, reading = _read(moments)
    return Commitment(moments, kept, reading)


def _began(moments: StreamMoments) -> float:
    began = moments.first_made_at or moments.first_received_at or moments.seen_at
    return began.timestamp()


def _read(moments: StreamMoments) -> tuple[bool | None, str]:
    revealed, last = moments.revealed_at, moments.last_received_at
    if revealed is not None and revealed <= (moments.first_received_at or moments.seen_at):
        return False, _SIMULATED if moments.revealed_by is RevealedBy.SIMULATION else _REVEALED_FIRST
    if last is None:
        return None if revealed is None else False, _NO_BETS
    made = moments.last_made_at or last
    if last <= moments.seen_at or made < moments.seen_at:
        return False, _SEEN_LAST
    if revealed is None:
        return None, _NOT_REVEALED
    return (False, _REVEALED_BETWEEN) if made > revealed else (True, _KEPT)
