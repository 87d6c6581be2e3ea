"""The tables as they are today; names and text forms are a contract for people with other tools.

Migrations never import this module: they keep the SQL of their own day. A test holds the two together.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    REAL,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

# A value that is no such text comes out as it is stored: one of them must not end the reading of all rows.
# What makes a value of a row tells it (see ``readable``).


def utc_text(value: datetime) -> str:
    """Give the fixed-width text of an aware time; a time without a zone is a bug."""
    if value.tzinfo is None:
        raise ValueError("a time without a zone cannot be stored")
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return value.isoformat(timespec="microseconds")[:26] + "Z"


def loaded(text: Any | None) -> Any | None:
    """Return the value of a JSON text, and what is none as it is."""
    try:
        return None if text is None else json.loads(text)
    except (TypeError, ValueError):
        return text


class UuidText(TypeDecorator[UUID]):
    """A UUID as its 36 characters with dashes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the text to store."""
        return None if value is None else str(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> UUID | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the UUID that was stored."""
        try:
            return None if value is None else UUID(value)
        except (AttributeError, TypeError, ValueError):
            return value


class UtcText(TypeDecorator[datetime]):
    """An aware time as ``2026-05-09T07:35:25.123456Z``.

    The fixed width makes text order time order, and SQLite's own ``datetime()`` reads it.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the text to store; a time without a zone is a bug."""
        return None if value is None else utc_text(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the time that was stored, in UTC."""
        try:
            return None if value is None else datetime.fromisoformat(value)
        except (TypeError, ValueError):
            return value


class JsonText(TypeDecorator[Any]):
    """A value as compact JSON that ``json_extract`` reads; inf and nan are refused, they are not JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the text to store."""
        if value is None:
            return None
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the value that was stored."""
        return loaded(value)


metadata = MetaData()

runs = Table(
    "runs",
    metadata,
    Column("id", UuidText, primary_key=True),
    Column("created_at", UtcText, nullable=False),
    Column("name", Text, nullable=False, server_default=""),
    Column("notes", Text, nullable=False, server_default=""),
    Column("server_seed", Text, nullable=False),
    Column("server_seed_sha256", Text, nullable=False),
    Column("client_seed", Text, nullable=False),
    Column("nonce_start", Integer, nullable=False),
    Column("nonce_end", Integer, nullable=False),
    Column("difficulty", Text, nullable=False),
    Column("targets", JsonText, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("engine_version", Text, nullable=False),
    Column("outcome_digest", Text, nullable=False),
    Column("summary", JsonText, nullable=False),
    CheckConstraint("length(id) = 36", name="ck_runs_id"),
    CheckConstraint("length(server_seed_sha256) = 64", name="ck_runs_server_seed_sha256"),
    CheckConstraint("length(outcome_digest) = 64", name="ck_runs_outcome_digest"),
    CheckConstraint("nonce_start >= 1", name="ck_runs_nonce_start"),
    CheckConstraint("nonce_end BETWEEN nonce_start AND 9007199254740991", name="ck_runs_nonce_end"),
    CheckConstraint("difficulty IN ('easy', 'medium', 'hard', 'expert')", name="ck_runs_difficulty"),
    CheckConstraint("duration_ms >= 0", name="ck_runs_duration_ms"),
    CheckConstraint("json_valid(targets)", name="ck_runs_targets"),
    CheckConstraint("json_valid(summary)", name="ck_runs_summary"),
    Index("ix_runs_created_at", "created_at"),
    Index("ix_runs_difficulty", "difficulty"),
    Index("ix_runs_server_seed_sha256", "server_seed_sha256"),
    Index("ix_runs_client_seed", "client_seed"),
)

run_outcomes = Table(
    "run_outcomes",
    metadata,
    Column("run_id", UuidText, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("chunk_index", Integer, primary_key=True),
    Column("first_nonce", Integer, nullable=False),
    Column("count", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
    CheckConstraint("chunk_index >= 0", name="ck_run_outcomes_chunk_index"),
    CheckConstraint("first_nonce >= 1", name="ck_run_outcomes_first_nonce"),
    CheckConstraint('"count" >= 1', name="ck_run_outcomes_count"),
)


def _owner() -> Column[object]:
    """Give the column of a table whose rows go when their stream goes."""
    return Column("stream_id", UuidText, ForeignKey("live_streams.id", ondelete="CASCADE"), nullable=False)


live_streams = Table(
    "live_streams",
    metadata,
    Column("id", UuidText, primary_key=True),
    Column("server_seed_hashed", Text, nullable=False),
    Column("client_seed", Text, nullable=False),
    Column("created_at", UtcText, nullable=False),
    Column("last_seen_at", UtcText, nullable=False),
    Column("first_nonce", Integer),
    Column("last_nonce", Integer),
    Column("notes", Text, nullable=False, server_default=""),
    Column("server_seed", Text),
    Column("revealed_at", UtcText),
    # Kept up to date by every ingest, in its transaction: counting a million bets takes 100 ms.
    Column("total_bets", Integer, nullable=False, server_default=text("0")),
    Column("total_rounds", Integer, nullable=False, server_default=text("0")),
    Column("heartbeats", Integer, nullable=False, server_default=text("0")),
    Column("duplicate_nonces", Integer, nullable=False, server_default=text("0")),
    Column("off_table", Integer, nullable=False, server_default=text("0")),
    # Multipliers are those of the rounds; every bet is one.
    Column("lowest_multiplier", REAL),
    Column("highest_multiplier", REAL),
    Column("multiplier_sum", REAL, nullable=False, server_default=text("0")),
    # Verdicts of all bets, and of the rounds that no bet tells.
    Column("matches", Integer, nullable=False, server_default=text("0")),
    Column("mismatches", Integer, nullable=False, server_default=text("0")),
    # 1 while the rows of a large deleted stream are taken away piece by piece; nobody sees it any more.
    Column("deleted", Integer, nullable=False, server_default=text("0")),
    UniqueConstraint("server_seed_hashed", "client_seed", name="uq_live_streams_seeds"),
    CheckConstraint("length(id) = 36", name="ck_live_streams_id"),
    CheckConstraint("(server_seed IS NULL) = (revealed_at IS NULL)", name="ck_live_streams_revealed"),
    CheckConstraint("deleted IN (0, 1)", name="ck_live_streams_deleted"),
    Index("ix_live_streams_last_seen_at", "last_seen_at"),
)

live_bets = Table(
    "live_bets",
    metadata,
    Column("id", Integer, primary_key=True),
    _owner(),
    Column("antebot_bet_id", Text, nullable=False),
    Column("received_at", UtcText, nullable=False),
    Column("date_time", UtcText),
    Column("nonce", Integer, nullable=False),
    Column("amount", REAL, nullable=False),
    Column("payout", REAL, nullable=False),
    Column("currency", Text),
    Column("difficulty", Text, nullable=False),
    Column("round_target", REAL),
    Column("round_result", REAL, nullable=False),
    Column("safe_pumps", Integer),
    Column("verdict", Text),
    UniqueConstraint("stream_id", "antebot_bet_id", name="uq_live_bets_antebot_bet_id"),
    CheckConstraint("nonce BETWEEN 1 AND 9007199254740991", name="ck_live_bets_nonce"),
    CheckConstraint("amount >= 0", name="ck_live_bets_amount"),
    CheckConstraint("payout >= 0", name="ck_live_bets_payout"),
    CheckConstraint("difficulty IN ('easy', 'medium', 'hard', 'expert')", name="ck_live_bets_difficulty"),
    CheckConstraint("round_target IS NULL OR round_target > 0", name="ck_live_bets_round_target"),
    CheckConstraint("round_result >= 0", name="ck_live_bets_round_result"),
    CheckConstraint("safe_pumps IS NULL OR safe_pumps BETWEEN 0 AND 24", name="ck_live_bets_safe_pumps"),
    CheckConstraint("verdict IS NULL OR verdict IN ('match', 'mismatch')", name="ck_live_bets_verdict"),
    # These two hold what the filters of a page ask: stepping over rows never touches the table.
    Index("ix_live_bets_stream_id_id", "stream_id", "id", "round_result", "difficulty"),
    Index("ix_live_bets_stream_id_nonce", "stream_id", "nonce", "id", "round_result", "difficulty"),
    Index("ix_live_bets_stream_id_round_result", "stream_id", "round_result", "nonce"),
    # An id is never given twice: a reader that asks for what came after one must not miss a bet.
    sqlite_autoincrement=True,
)

live_rounds = Table(
    "live_rounds",
    metadata,
    Column("stream_id", UuidText, ForeignKey("live_streams.id", ondelete="CASCADE"), primary_key=True),
    Column("nonce", Integer, primary_key=True),
    Column("round_result", REAL, nullable=False),
    Column("difficulty", Text),
    Column("received_at", UtcText, nullable=False),
    Column("safe_pumps", Integer),
    # 0 while heartbeats alone tell this result: it is then an observation of its own.
    Column("by_bet", Integer, nullable=False),
    Column("verdict", Text),
    CheckConstraint("nonce BETWEEN 1 AND 9007199254740991", name="ck_live_rounds_nonce"),
    CheckConstraint("round_result >= 0", name="ck_live_rounds_round_result"),
    CheckConstraint(
        "difficulty IS NULL OR difficulty IN ('easy', 'medium', 'hard', 'expert')",
        name="ck_live_rounds_difficulty",
    ),
    CheckConstraint("safe_pumps IS NULL OR safe_pumps BETWEEN 0 AND 24", name="ck_live_rounds_safe_pumps"),
    CheckConstraint("by_bet IN (0, 1)", name="ck_live_rounds_by_bet"),
    CheckConstraint("verdict IS NULL OR verdict IN ('match', 'mismatch')", name="ck_live_rounds_verdict"),
    Index("ix_live_rounds_stream_id_round_result", "stream_id", "round_result", "nonce"),
    sqlite_with_rowid=False,
)

TALLY_BUCKET = 10_000
"""How many nonces or ids a row of live_tallies covers: ``bucket`` is one divided by this, rounded down."""

# How many bets and rounds of each kind every ten thousand nonces hold, and how many bets every ten thousand
# ids: totals of filtered lists and the way to a far page come from here, some 16 rows a bucket instead of
# 10,000. No difficulty is ''.
live_tallies = Table(
    "live_tallies",
    metadata,
    Column("stream_id", UuidText, ForeignKey("live_streams.id", ondelete="CASCADE"), primary_key=True),
    Column("axis", Text, primary_key=True),
    Column("bucket", Integer, primary_key=True),
    Column("difficulty", Text, primary_key=True),
    Column("round_result", REAL, primary_key=True),
    Column("bets", Integer, nullable=False),
    Column("rounds", Integer, nullable=False),
    CheckConstraint("axis IN ('nonce', 'id')", name="ck_live_tallies_axis"),
    sqlite_with_rowid=False,
)

live_money = Table(
    "live_money",
    metadata,
    Column("stream_id", UuidText, ForeignKey("live_streams.id", ondelete="CASCADE"), primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("bets", Integer, nullable=False),
    Column("wagered", REAL, nullable=False),
    Column("paid", REAL, nullable=False),
    sqlite_with_rowid=False,
)

live_bookmarks = Table(
    "live_bookmarks",
    metadata,
    Column("id", UuidText, primary_key=True),
    Column("bet_id", Integer, ForeignKey("live_bets.id", ondelete="CASCADE"), nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("created_at", UtcText, nullable=False),
    UniqueConstraint("bet_id", name="uq_live_bookmarks_bet_id"),
)

live_snapshots = Table(
    "live_snapshots",
    metadata,
    Column("id", UuidText, primary_key=True),
    _owner(),
    Column("name", Text, nullable=False),
    Column("filter", JsonText, nullable=False),
    Column("last_bet_id", Integer, nullable=False),
    Column("created_at", UtcText, nullable=False),
    CheckConstraint("json_valid(filter)", name="ck_live_snapshots_filter"),
    Index("ix_live_snapshots_stream_id", "stream_id"),
)

alert_rules = Table(
    "alert_rules",
    metadata,
    Column("id", UuidText, primary_key=True),
    # None means every stream.
    Column("stream_id", UuidText, ForeignKey("live_streams.id", ondelete="CASCADE")),
    Column("created_at", UtcText, nullable=False),
    Column("kind", Text, nullable=False),
    Column("parameters", JsonText, nullable=False),
    Column("enabled", Integer, nullable=False, server_default=text("1")),
    CheckConstraint("json_valid(parameters)", name="ck_alert_rules_parameters"),
    CheckConstraint("enabled IN (0, 1)", name="ck_alert_rules_enabled"),
    Index("ix_alert_rules_stream_id", "stream_id"),
)

rejected_messages = Table(
    "rejected_messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("received_at", UtcText, nullable=False),
    Column("reason", Text, nullable=False),
    Column("body", Text, nullable=False),
    sqlite_autoincrement=True,
)
