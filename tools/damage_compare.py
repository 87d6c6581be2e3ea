"""How an answer differs from the right one: which fields do, and whether anything could have told."""

from __future__ import annotations

import json
import math
from typing import Any

_AROUND = 60

# What a person wrote, and when something was: one copy of it is stored, and no other figure follows from it.
WORDS_AND_TIMES = frozenset(
    {
        "name",
        "notes",
        "note",
        "currency",
        "created_at",
        "received_at",
        "date_time",
        "last_seen_at",
        "duration_ms",
    }
)
# What a bet was aimed at changes no other figure. Money is in the sums, which are floats: what is below their
# last digits is not.
TARGET, MONEY = "round_target", frozenset({"amount", "payout"})
LAST_DIGITS = "last digits of money"
_SUMS_HOLD = 1e-6


def fields_apart(shown: str, right: str) -> set[str]:
    """Return the names of the fields in which two answers differ; ``rows`` where one has others."""
    try:
        fields = _apart(json.loads(shown), json.loads(right), "")
    except ValueError:
        fields = _lines_apart(shown.splitlines(), right.splitlines())
    return fields or {LAST_DIGITS}


def cannot_be_told(fields: set[str]) -> bool:
    """Tell whether nothing else that is stored contradicts a change of these fields."""
    return fields <= WORDS_AND_TIMES | {TARGET, LAST_DIGITS}


def around(shown: str, right: str) -> tuple[str, str]:
    """Return both around the first place where they part."""
    pairs = zip(shown, right, strict=False)
    least = min(len(shown), len(right))
    at = next((at for at, (one, other) in enumerate(pairs) if one != other), least)
    place = slice(max(0, at - _AROUND), at + _AROUND)
    return shown[place], right[place]


def _apart(shown: Any, right: Any, name: str) -> set[str]:
    match shown, right:
        case dict(), dict() if shown.keys() == right.keys():
            return {field for key in right for field in _apart(shown[key], right[key], key)}
        case list(), list() if len(shown) == len(right):
            return {
                field for one, other in zip(shown, right, strict=True) for field in _apart(one, other, name)
            }
        case dict(), dict():
            return {name or "rows"}
        case list(), list():
            return {"rows"}
    return set() if _equal(name, shown, right) else {name}


def _lines_apart(shown: list[str], right: list[str]) -> set[str]:
    if len(shown) != len(right) or shown[:1] != right[:1]:
        return {"rows"}
    titles, found = right[0].split(","), set[str]()
    for one, other in zip(shown[1:], right[1:], strict=True):
        cells, others = one.split(","), other.split(",")
        if len(cells) != len(titles) or len(others) != len(titles):
            found |= {"rows"} if one != other else set()
            continue
        for title, cell, wanted in zip(titles, cells, others, strict=True):
            if not _equal(title, cell, wanted):
                found.add(title)
    return found


def _equal(name: str, shown: object, right: object) -> bool:
    if shown == right:
        return True
    if name not in MONEY:
        return False
    try:
        return math.isclose(float(str(shown)), float(str(right)), rel_tol=_SUMS_HOLD)
    except ValueError:
        return False
