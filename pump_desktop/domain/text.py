"""Text from outside, as far as it can be kept."""

from __future__ import annotations

import re

from pump_desktop.domain.errors import FieldError

# What a terminal or an editor acts on, and what it shows as nothing or in another order: C0, DEL and C1, line
# ends, marks and overrides of the reading direction, blanks without width, tags, and halves of a character.
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    r"""Return ``text`` on one line, with what cannot be seen spelled out: ``\x1b``, ``\u202e``."""
    return UNSEEN.sub(lambda found: ascii(found[0])[1:-1], text)


def parse_text(field: str, value: object) -> str:
    """Give ``value`` when it is text that UTF-8 can hold; raises FieldError on ``field``."""
    if not isinstance(value, str):
        raise FieldError(field, f"{field} must be text")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise FieldError(field, f"{field} holds a character that is not valid text") from None
    return value
