"""Ids as a person copies them from a list."""

from __future__ import annotations

from uuid import UUID

from pump_desktop.domain.errors import FieldError


def parse_id(text: str, source: str) -> UUID:
    """Give the id; raises FieldError naming the command that prints ids."""
    try:
        return UUID(text)
    except ValueError:
        raise FieldError("id", f"id must be an id as '{source}' prints it (it is '{text}')") from None
