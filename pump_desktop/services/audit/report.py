"""What an audit found, to keep and to show: a table for spreadsheets, and one HTML file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pump_desktop import __version__
from pump_desktop.domain.audits import RevealedBy, StreamAudit
from pump_desktop.domain.errors import ConflictError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import BetOrder, BetQuery, StreamDetail
from pump_desktop.domain.requests import VerifyRequest
from pump_desktop.domain.seeds import short_seed
from pump_desktop.engine import ENGINE_VERSION
from pump_desktop.services.audit.commitments import commitment_chain
from pump_desktop.services.imports.files import csv_lines, plain_cell
from pump_desktop.services.live.live import Live
from pump_desktop.services.report.page import Recipe, moment_text, page, recipe_of, without_seeds

_HEADER = (
    "what",
    "nonce",
    "antebot_bet_id",
    "difficulty",
    "amount",
    "currency",
    "round_target",
    "round_result",
    "reported",
    "true",
)
_BY = {RevealedBy.PASTE: "by hand", RevealedBy.SIMULATION: "in a bet, by a simulation"}


def audit_csv(audit: StreamAudit) -> Iterator[str]:
    """Yield a heading, then each wrong result and each wrong payout that is named, reported beside true."""
    payouts = audit.payouts
    rows: list[tuple[object, ...]] = [
        (
            "result",
            one.nonce,
            plain_cell(one.antebot_bet_id or ""),
            "" if one.difficulty is None else one.difficulty.value,
            *("",) * 4,
            one.reported,
            one.actual,
        )
        for one in audit.audit.mismatches
    ]
    rows += [
        (
            "payout",
            fault.nonce,
            plain_cell(fault.antebot_bet_id),
            "",
            fault.amount,
            plain_cell(fault.currency or ""),
            fault.round_target,
            fault.round_result,
            fault.payout,
            fault.expected,
        )
        for fault in ([] if payouts is None else payouts.faults)
    ]
    yield csv_lines([_HEADER, *rows])


def audit_report(live: Live, audit: StreamAudit, *, with_seeds: bool, now: datetime) -> Iterator[str]:
    """Give the report in pieces; all figures are read before the first one.

    Seeds are in it only when asked for: notes and bet ids lose them too. Raises NotFoundError, and
    ConflictError before the reveal.
    """
    detail = live.stream(audit.stream_id)
    if detail.server_seed is None or detail.revealed_at is None:
        raise ConflictError("The server seed of this stream is not revealed yet.")
    seeds = (detail.server_seed, detail.row.client_seed)
    commitment = next(
        one for one in commitment_chain(live, audit.stream_id) if one.moments.stream_id == audit.stream_id
    )
    by = commitment.moments.revealed_by
    values: dict[str, Any] = {
        "title": f"Stream {short_seed(detail.row.server_seed_hashed)}",
        "detail": detail,
        "row": detail.row,
        "audit": audit.audit,
        "mismatches": audit.mismatches,
        "payouts": audit.payouts,
        "seeds": seeds if with_seeds else None,
        "shown": (lambda text: text) if with_seeds else (lambda text: without_seeds(text, seeds)),
        "client_seed_sha256": hashlib.sha256(detail.row.client_seed.encode()).hexdigest(),
        "seen_at": moment_text(detail.row.created_at),
        "last_at": moment_text(detail.row.last_seen_at),
        "revealed_at": moment_text(detail.revealed_at),
        "revealed_by": _BY[by or RevealedBy.PASTE],
        "checked_at": None if audit.made_at is None else moment_text(audit.made_at),
        "made_at": moment_text(now),
        "version": __version__,
        "engine": ENGINE_VERSION,
        "commitment": commitment,
        "recipe": _recipe(live, audit, detail, seeds, with_seeds=with_seeds),
    }
    return page("audit.html", values)


def _recipe(
    live: Live, audit: StreamAudit, detail: StreamDetail, seeds: tuple[str, str], *, with_seeds: bool
) -> Recipe | None:
    """Redo the first wrong result, or the first bet where none is; None for a stream of bare rounds."""
    wrong = ((one.nonce, one.difficulty) for one in audit.audit.mismatches if one.difficulty is not None)
    found = next(wrong, None) or _first_bet(live, detail)
    if found is None:
        return None
    nonce, difficulty = found
    return recipe_of(VerifyRequest(*seeds, nonce, difficulty), with_seeds=with_seeds)


def _first_bet(live: Live, detail: StreamDetail) -> tuple[int, Difficulty] | None:
    bets = live.bets(detail.row.id, BetQuery(limit=1, order=BetOrder.NONCE_ASC)).items
    return (bets[0].nonce, bets[0].difficulty) if bets else None
