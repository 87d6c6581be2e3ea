"""How values look in the file: text that other tools read too.

A value that is no such text comes out as it is stored: one of them must not end the reading of all rows. What
makes a value of a row tells it (see ``readable``).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, Text, TypeDecorator


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
