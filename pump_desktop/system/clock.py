"""The present moment, for whoever is given no other clock."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Give the present moment, aware and in UTC."""
    return datetime.now(UTC)
