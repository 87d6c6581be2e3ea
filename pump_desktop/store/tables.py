"""The tables as they are today; names and text forms are a contract for people with other tools.

Migrations never import this module: they keep the SQL of their own day. A test holds the two together.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
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
)


class UuidText(TypeDecorator[UUID]):
    """A UUID as its 36 characters with dashes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the text to store."""
        return None if value is None else str(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> UUID | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the UUID that was stored."""
        return None if value is None else UUID(value)


class UtcText(TypeDecorator[datetime]):
    """An aware time as ``2026-05-09T07:35:25.123456Z``.

    The fixed width makes text order time order, and SQLite's own ``datetime()`` reads it.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the text to store; a time without a zone is a bug."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the time that was stored, in UTC."""
        return None if value is None else datetime.fromisoformat(value)


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
        return None if value is None else json.loads(value)


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
