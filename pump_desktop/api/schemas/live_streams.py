"""Body of a stream's metrics."""

from __future__ import annotations

from uuid import UUID

from pydantic import ConfigDict

from pump_desktop.api.schemas.runs import Body, GapStatsBody, UtcTime, examples
from pump_desktop.domain.live import (
    Audit,
    BetPage,
    BetRow,
    BetTail,
    RoundPage,
    StreamDetail,
    StreamPage,
    StreamRow,
)
from pump_desktop.domain.runs import Match
from pump_desktop.services.live.metrics import StreamMetrics

_STREAM = {
    "id": "5a51876c-39ff-4890-9e6f-786cf154fb42",
    "server_seed_hashed": "f09d12a373d2c7fc425ae2bec17dd7b2d0e80cb6813aeff9b890dc76ff6dbbb2",
    "client_seed": "sample-client",
    "created_at": "2026-05-09T12:00:00.123Z",
    "last_seen_at": "2026-05-09T12:30:00.456Z",
    "last_nonce": 19,
    "total_bets": 17,
    "total_rounds": 19,
    "highest_multiplier": 1066.73,
    "notes": "",
    "revealed": False,
}
_BET = {
    "id": 1,
    "stream_id": _STREAM["id"],
    "antebot_bet_id": "bet-1",
    "received_at": "2026-05-09T12:00:00.123Z",
    "date_time": "2025-09-08T20:31:11.123Z",
    "nonce": 1,
    "amount": 0.2,
    "payout": 0.326,
    "currency": "btc",
    "difficulty": "expert",
    "round_target": 1.63,
    "round_result": 1.63,
    "safe_pumps": 1,
    "off_table": False,
    "duplicate_nonce": False,
    "verdict": None,
    "distance_prev": None,
}
_ROUND = {
    "nonce": 16,
    "round_result": 1.0,
    "safe_pumps": 0,
    "difficulty": "expert",
    "received_at": "2026-05-09T12:00:00.123Z",
    "verdict": None,
}
_MISMATCH = {
    "nonce": 14,
    "antebot_bet_id": "bet-14",
    "difficulty": "expert",
    "reported": 5.55,
    "actual": 1.0,
}


class StreamItem(Body):
    """A stream in a list."""

    model_config = examples(_STREAM)

    id: UUID
    server_seed_hashed: str
    client_seed: str
    created_at: UtcTime
    last_seen_at: UtcTime
    last_nonce: int | None
    total_bets: int
    total_rounds: int
    highest_multiplier: float | None
    notes: str
    revealed: bool


class StreamList(Body):
    """A page of streams."""

    items: list[StreamItem]
    total: int
    limit: int
    offset: int


class BetBody(Body):
    """One bet; ``distance_prev`` is there when distances were asked for, null for a first hit."""

    model_config = examples(_BET)

    id: int
    stream_id: UUID
    antebot_bet_id: str
    received_at: UtcTime
    date_time: UtcTime | None
    nonce: int
    amount: float
    payout: float
    currency: str | None
    difficulty: str
    round_target: float | None
    round_result: float
    safe_pumps: int | None
    off_table: bool
    duplicate_nonce: bool
    verdict: str | None
    distance_prev: int | None


class BetList(Body):
    """A page of bets."""

    items: list[BetBody]
    total: int
    limit: int
    offset: int


class TailBody(Body):
    """Bets after an id; ``last_id`` is where to go on."""

    bets: list[BetBody]
    last_id: int
    has_more: bool


class RoundBody(Body):
    """One observed nonce, from a bet or a heartbeat."""

    model_config = examples(_ROUND)

    nonce: int
    round_result: float
    safe_pumps: int | None
    difficulty: str | None
    received_at: UtcTime
    verdict: str | None


class RoundList(Body):
    """A page of rounds."""

    items: list[RoundBody]
    total: int
    limit: int
    offset: int


class AuditTotalsBody(Body):
    """How many bets and rounds were checked, and how they came out."""

    checked: int
    matches: int
    mismatches: int


class StreamDetailBody(StreamItem):
    """A stream with its figures; sums of money are per currency where there are several."""

    model_config = ConfigDict(json_schema_extra=None)

    server_seed: str | None
    revealed_at: UtcTime | None
    lowest_multiplier: float | None
    average_multiplier: float | None
    wagered: float
    paid: float
    wagered_by_currency: dict[str, float]
    paid_by_currency: dict[str, float]
    bets_by_difficulty: dict[str, int]
    first_nonce: int | None
    missing_nonces: int
    duplicate_nonces: int
    off_table: int
    heartbeats: int
    recent_bets: list[BetBody]
    audit: AuditTotalsBody


class MismatchBody(Body):
    """A reported result that the seeds do not give; without a bet id it is a heartbeat's."""

    model_config = examples(_MISMATCH)

    nonce: int
    antebot_bet_id: str | None
    difficulty: str | None
    reported: float
    actual: float


class AuditBody(Body):
    """What the revealed seed says of every bet and round; the first 1,000 mismatches are named."""

    checked: int
    matches: int
    mismatches: list[MismatchBody]


def bet_body(bet: BetRow) -> BetBody:
    """Give the body of one bet."""
    return BetBody(
        id=bet.id,
        stream_id=bet.stream_id,
        antebot_bet_id=bet.antebot_bet_id,
        received_at=bet.received_at,
        date_time=bet.date_time,
        nonce=bet.nonce,
        amount=bet.amount,
        payout=bet.payout,
        currency=bet.currency,
        difficulty=bet.difficulty.value,
        round_target=bet.round_target,
        round_result=bet.round_result,
        safe_pumps=bet.safe_pumps,
        off_table=bet.safe_pumps is None,
        duplicate_nonce=bet.duplicate_nonce,
        verdict=None if bet.verdict is None else bet.verdict.value,
        distance_prev=bet.distance,
    )


def stream_item(row: StreamRow) -> StreamItem:
    """Give a stream as lists show it."""
    return StreamItem.model_validate(row)


def stream_list(page: StreamPage) -> StreamList:
    """Give the body of a page of streams."""
    return StreamList.model_validate(page)


def bet_list(page: BetPage) -> BetList:
    """Give the body of a page of bets."""
    items = [bet_body(bet) for bet in page.items]
    return BetList(items=items, total=page.total, limit=page.limit, offset=page.offset)


def tail_body(tail: BetTail) -> TailBody:
    """Give the body of a tail."""
    bets = [bet_body(bet) for bet in tail.bets]
    return TailBody(bets=bets, last_id=tail.last_id, has_more=tail.has_more)


def round_list(page: RoundPage) -> RoundList:
    """Give the body of a page of rounds."""
    return RoundList.model_validate(page)


def audit_body(audit: Audit) -> AuditBody:
    """Give the body of an audit."""
    return AuditBody.model_validate(audit)


def stream_detail(detail: StreamDetail) -> StreamDetailBody:
    """Give the body of one stream."""
    return StreamDetailBody(
        **stream_item(detail.row).model_dump(),
        server_seed=detail.server_seed,
        revealed_at=detail.revealed_at,
        lowest_multiplier=detail.lowest_multiplier,
        average_multiplier=detail.average_multiplier,
        wagered=detail.wagered,
        paid=detail.paid,
        wagered_by_currency=detail.wagered_by_currency,
        paid_by_currency=detail.paid_by_currency,
        bets_by_difficulty=detail.bets_by_difficulty,
        first_nonce=detail.first_nonce,
        missing_nonces=detail.missing_nonces,
        duplicate_nonces=detail.duplicate_nonces,
        off_table=detail.off_table,
        heartbeats=detail.heartbeats,
        recent_bets=[bet_body(bet) for bet in detail.recent_bets],
        audit=AuditTotalsBody.model_validate(detail.audit),
    )


class CoverageBody(Body):
    """Which nonces were observed."""

    first_nonce: int | None
    last_nonce: int | None
    observed: int
    missing: int


class MultiplierBody(Body):
    """One multiplier; what cannot be told truly is null and ``reason`` says why."""

    multiplier: float
    count: int
    last_nonce: int | None
    gaps: GapStatsBody | None
    streak: int | None
    probability: float | None
    streak_probability: float | None
    rate: float | None
    waiting: list[int] | None
    chances: list[float] | None
    reason: str | None


class DensityBody(Body):
    """How many nonces of a bucket were observed, and how many of those were hits."""

    start: int
    end: int
    rounds: int
    hits: int


class MetricsBody(Body):
    """Figures of one stream; the chances are those of ``difficulty`` under ``match``."""

    match: Match
    difficulty: str | None
    mixed: bool
    truncated: bool
    reason: str | None
    coverage: CoverageBody
    multipliers: list[MultiplierBody]
    bucket_size: int
    density: list[DensityBody]
    top: list[RoundBody]


def metrics_body(metrics: StreamMetrics) -> MetricsBody:
    """Give the body of a stream's metrics."""
    return MetricsBody.model_validate(metrics)
