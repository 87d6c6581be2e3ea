"""Live bets as frozen values: what a message says, what a stream holds, what a list asks for.

What is made for every message is a named tuple: frozen dataclasses take four times as long to make, hash and
compare.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from pump_desktop.domain.alert_notices import AlertRaised
from pump_desktop.domain.game import Difficulty

MAX_STREAM_NOTES = 1000


class Verdict(StrEnum):
    """What a verification says of a reported result."""

    MATCH = "match"
    MISMATCH = "mismatch"


class MessageKind(StrEnum):
    """The two kinds of messages."""

    BET = "bet"
    HEARTBEAT = "heartbeat"


class StreamKey(NamedTuple):
    """The seed pair a stream belongs to, as far as it is known before rotation."""

    server_seed_hashed: str
    client_seed: str


class Bet(NamedTuple):
    """One bet as reported: ``round_result`` is the table's entry when ``safe_pumps`` is known.

    ``safe_pumps`` is None when the reported multiplier is off the table; it is then kept as reported.
    ``server_seed`` is there in simulation mode only, and hashes to the stream's hash.
    """

    stream: StreamKey
    antebot_bet_id: str
    nonce: int
    amount: float
    payout: float
    currency: str | None
    difficulty: Difficulty
    round_target: float | None
    round_result: float
    safe_pumps: int | None
    date_time: datetime | None
    server_seed: str | None = None


class Heartbeat(NamedTuple):
    """One observed round without a bet; without a difficulty its multiplier cannot be snapped."""

    stream: StreamKey
    nonce: int
    round_result: float
    difficulty: Difficulty | None
    safe_pumps: int | None
    server_seed: str | None = None


Message = Bet | Heartbeat


class Accepted(NamedTuple):
    """What became of one message: ``accepted`` is false when it was there before.

    ``new_round`` says that its nonce had not been observed until then, ``revealed`` that the file holds the
    seed of its stream.
    """

    stream_id: UUID
    accepted: bool
    kind: MessageKind
    bet_id: int | None = None
    new_stream: bool = False
    new_round: bool = False
    revealed: bool = False


@dataclass(frozen=True, slots=True)
class StreamRow:
    """A stream as a list shows it; times are aware and in UTC."""

    id: UUID
    server_seed_hashed: str
    client_seed: str
    created_at: datetime
    last_seen_at: datetime
    last_nonce: int | None
    total_bets: int
    total_rounds: int
    highest_multiplier: float | None
    notes: str
    revealed: bool


@dataclass(frozen=True, slots=True)
class BetRow:
    """One stored bet; ``distance`` is the nonce distance to the bet before with the same multiplier."""

    id: int
    stream_id: UUID
    antebot_bet_id: str
    received_at: datetime
    date_time: datetime | None
    nonce: int
    amount: float
    payout: float
    currency: str | None
    difficulty: Difficulty
    round_target: float | None
    round_result: float
    safe_pumps: int | None
    verdict: Verdict | None
    duplicate_nonce: bool
    distance: int | None = None


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One observed nonce of a stream, from a bet or a heartbeat."""

    nonce: int
    round_result: float
    safe_pumps: int | None
    difficulty: Difficulty | None
    received_at: datetime
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class AuditTotals:
    """Verdicts of a stream: how many bets and rounds were checked, and how they came out."""

    checked: int
    matches: int
    mismatches: int


@dataclass(frozen=True, slots=True)
class StreamDetail:
    """A stream with its figures; sums are over bets, per currency where money is meant."""

    row: StreamRow
    server_seed: str | None
    revealed_at: datetime | None
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
    recent_bets: tuple[BetRow, ...]
    audit: AuditTotals


class BetOrder(StrEnum):
    """Orders of a bets list."""

    NONCE_ASC = "nonce_asc"
    NONCE_DESC = "nonce_desc"
    ID_DESC = "id_desc"


@dataclass(frozen=True, slots=True)
class BetQuery:
    """A page of a stream's bets; ``up_to_id`` is a snapshot's checkpoint."""

    limit: int = 100
    offset: int = 0
    min_multiplier: float | None = None
    difficulty: Difficulty | None = None
    order: BetOrder = BetOrder.NONCE_ASC
    include_distance: bool = False
    up_to_id: int | None = None


@dataclass(frozen=True, slots=True)
class BetPage:
    """One page of bets and the total it is a page of; ``left_out`` rows of the page cannot be read."""

    items: tuple[BetRow, ...]
    total: int
    limit: int
    offset: int
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class BetTail:
    """Bets after an id, ascending by id; ``last_id`` echoes the asked one when nothing is new."""

    bets: tuple[BetRow, ...]
    last_id: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class StreamQuery:
    """A page of streams, last seen first."""

    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class StreamPage:
    """One page of streams and the total it is a page of; ``left_out`` rows of the page cannot be read."""

    items: tuple[StreamRow, ...]
    total: int
    limit: int
    offset: int
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class RoundPage:
    """One page of rounds, nonce descending."""

    items: tuple[RoundRow, ...]
    total: int
    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A note at a bet; it belongs to the bet's stream."""

    id: UUID
    bet_id: int
    note: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A stream as of a bet, under a filter (a JSON object of the bets list's parameters)."""

    id: UUID
    name: str
    filter: dict[str, object]
    last_bet_id: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RejectedMessage:
    """A message that was refused, and why; the last 1000 are kept."""

    id: int
    received_at: datetime
    reason: str
    body: str


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A reported result that the revealed seed does not give."""

    nonce: int
    antebot_bet_id: str | None
    difficulty: Difficulty | None
    reported: float
    actual: float


@dataclass(frozen=True, slots=True)
class Audit:
    """The outcome of checking every bet and round of a revealed stream; the first mismatches are named."""

    checked: int
    matches: int
    mismatches: tuple[Mismatch, ...]

    @property
    def wrong(self) -> int:
        """How many results do not match, named or not."""
        return self.checked - self.matches


# Events of the hub; they are published after the commit, on the writer's thread. AlertRaised comes from the
# watcher's thread.


@dataclass(frozen=True, slots=True)
class BetsLanded:
    """New rows of one stream, once per commit."""

    stream_id: UUID
    last_bet_id: int
    bets: int
    rounds: int
    new_stream: bool


@dataclass(frozen=True, slots=True)
class StreamChanged:
    """Notes, bookmarks, snapshots, reveal or verdicts of a stream changed, or it was deleted."""

    stream_id: UUID
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class MessageRejected:
    """A message was refused."""

    reason: str


@dataclass(frozen=True, slots=True)
class RowsLeftOut:
    """Rows of the data file cannot be read, and were left out of an answer; told on the asker's thread."""

    sentence: str


Event = BetsLanded | StreamChanged | MessageRejected | AlertRaised | RowsLeftOut


SnapshotFilter = Mapping[str, object]
"""A snapshot's filter: a JSON object of the bets list's parameters, and whatever else a page remembers."""

MAX_SNAPSHOT_NAME = 120


@dataclass(frozen=True, slots=True)
class BookmarkedBet:
    """A bookmark with what there is to say of its bet."""

    bookmark: Bookmark
    nonce: int
    difficulty: Difficulty
    round_result: float
    safe_pumps: int | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class MomentFigures:
    """A stream at one moment: its rounds, and what bets pass a filter, in all and per multiplier."""

    bets: int
    rounds: int
    highest: float | None
    bets_by_multiplier: Mapping[float, int]


@dataclass(frozen=True, slots=True)
class SnapshotComparison:
    """A snapshot's figures as of its checkpoint, and those of the same filter now."""

    snapshot: Snapshot
    then: MomentFigures
    now: MomentFigures
