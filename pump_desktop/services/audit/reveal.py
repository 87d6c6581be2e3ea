"""The seed of a stream revealed, and what its stored verdicts say."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from pump_desktop.domain.audits import AuditedBet, AuditedRound, AuditProgress, StreamAudit
from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.live import Audit
from pump_desktop.domain.seeds import parse_seed, seed_sha256
from pump_desktop.engine.kernels import Kernel, choose_kernel, is_warm
from pump_desktop.services.audit import audit
from pump_desktop.services.audit.audit import PayoutCount, name_mismatches, not_revealed
from pump_desktop.services.audit.verdicts import SeedPair
from pump_desktop.services.live.live import Live
from pump_desktop.system.redaction import hide_seed


def reveal(live: Live, stream_id: UUID, server_seed: object) -> Audit:
    """Store the revealed seed of a stream and return what it says of every bet and round.

    Raises NotFoundError, and FieldError on ``server_seed`` when its SHA-256 is not the stream's hash.
    """
    file_revealed(live, stream_id, server_seed)
    return live.audit(stream_id)


def file_revealed(live: Live, stream_id: UUID, server_seed: object) -> None:
    """Store the revealed seed of a stream without an audit; raises as reveal() does."""
    key = live.key_of(stream_id)
    seed = parse_seed("server_seed", server_seed)
    if seed.lower() == key.server_seed_hashed:
        raise FieldError("server_seed", "server_seed is the hash itself; paste the revealed seed")
    if seed_sha256(seed) != key.server_seed_hashed:
        raise FieldError(
            "server_seed",
            "server_seed is not the seed of this stream: its SHA-256 is not the stream's server_seed_hashed",
        )
    hide_seed(seed)
    live.file_seed(stream_id, key, seed)


def whole_audit(
    live: Live,
    stream_id: UUID,
    server_seed: object = None,
    *,
    tell: Callable[[AuditProgress], None] = lambda _progress: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> StreamAudit:
    """Reveal a stream when a seed is given, then check its verdicts and its payouts in one pass.

    Raises as reveal() does, ConflictError while no seed is known, and CancelledError.
    """
    if server_seed is not None:
        file_revealed(live, stream_id, server_seed)
    payouts = PayoutCount()
    found = live.audit(stream_id, tell=tell, see=payouts.take, cancelled=cancelled)
    checked = payouts.result(partial(live.bets_by_id, stream_id))
    return StreamAudit(stream_id, found, live.now(), checked)


def stored_audit(live: Live, stream_id: UUID) -> StreamAudit:
    """Return what the stored verdicts say, with the first mismatches named, without checking anything again.

    Raises NotFoundError, and ConflictError before the reveal.
    """
    detail = live.stream(stream_id)
    if detail.server_seed is None:
        raise not_revealed()
    if not detail.audit.mismatches:
        return StreamAudit(stream_id, Audit(detail.audit.checked, detail.audit.matches, ()))
    seeds = SeedPair(detail.server_seed, detail.row.client_seed)
    rows: list[AuditedBet | AuditedRound] = [
        row for part in live.mismatched(stream_id, audit.MAX_MISMATCHES) for row in part
    ]
    kernel = choose_kernel()
    mismatches = name_mismatches(seeds, rows, kernel if is_warm(kernel) else Kernel.REFERENCE)
    return StreamAudit(stream_id, Audit(detail.audit.checked, detail.audit.matches, mismatches))
