"""Multipliers as people type and paste them."""

from __future__ import annotations

import re

_GROUPED = re.compile(
    r"[0-9]{1,3}(?P<mark>[,. '’\u00a0\u2009\u202f])[0-9]{3}(?:(?P=mark)[0-9]{3})*(?P<part>[.,][0-9]+)?"
)
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]+")


def without_groups(text: str) -> str:
    """Give ``11200.65`` for ``11,200.65x``, ``11 200,65`` or ``11.200,65``, and ``400.02`` for ``400,02``."""
    plain = text.strip().rstrip("xX×").rstrip()
    if found := _GROUPED.fullmatch(plain):
        mark, part = found["mark"], found["part"] or ""
        # A lone 1.500 is one and a half here, as everywhere a point is typed.
        if mark != part[:1] and (mark != "." or part):
            whole = plain.removesuffix(part).replace(mark, "")
            return whole + part.replace(",", ".")
    return plain.replace(",", ".") if _DECIMAL_COMMA.fullmatch(plain) else plain
