"""Text from outside, as far as it can be kept."""

from __future__ import annotations

from pump_desktop.domain.errors import FieldError


def parse_text(field: str, value: object) -> str:
    """Give ``value`` when it is text that UTF-8 can hold; raises FieldError on ``field``."""
    if not isinstance(value, str):
        raise FieldError(field, f"{field} must be text")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise FieldError(field, f"{field} holds a character that is not valid text") from None
    return value
