"""Query parameters that several endpoints share."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import WithJsonSchema

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import MAX_NONCE
from pump_desktop.domain.runs import Match
from pump_desktop.stats.hits import HitFilter

# Below what SQLite can count to, so that past the end is an empty page and never an error.
MAX_OFFSET = 10**18
# The largest number SQLite can hold.
MAX_ID = 2**63 - 1

Limit = Annotated[int, Query(ge=1, le=100, description="At most so many items.", examples=[50])]
Offset = Annotated[int, Query(ge=0, le=MAX_OFFSET, description="Items to leave out first.", examples=[0])]
LongLimit = Annotated[int, Query(ge=1, le=10_000, description="At most so many items.", examples=[100])]
BetLimit = Annotated[int, Query(ge=1, le=1_000, description="At most so many bets.", examples=[100])]

MultiplierValue = Annotated[
    float, Query(gt=0, allow_inf_nan=False, description="Exactly this multiplier.", examples=[11200.65])
]
MinMultiplierValue = Annotated[
    float, Query(gt=0, allow_inf_nan=False, description="At least this multiplier.", examples=[1066.73])
]

LeastMultiplier = Annotated[
    float, Query(ge=0, allow_inf_nan=False, description="At least this multiplier.", examples=[400.02])
]

# As text, because the domain has the sentence for what is wrong with it.
DifficultyText = Annotated[
    str,
    Query(description="easy, medium, hard or expert; any letter case."),
    WithJsonSchema({"type": "string", "enum": [one.value for one in Difficulty], "examples": ["expert"]}),
]
NonceText = Annotated[
    str,
    Query(description="The bet's number under its seed pair."),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAX_NONCE, "examples": [5663]}),
]


def difficulty_or_none(text: str | None) -> Difficulty | None:
    """Give the difficulty a list is limited to; raises FieldError."""
    return None if text is None else Difficulty.parse(text)


def hit_filter(multiplier: float | None, min_multiplier: float | None) -> HitFilter | None:
    """Give the filter two parameters mean, None when neither is there; raises FieldError for both."""
    if multiplier is not None and min_multiplier is not None:
        raise FieldError("multiplier", "multiplier and min_multiplier cannot be given together")
    if multiplier is not None:
        return HitFilter((multiplier,), Match.EXACT)
    return None if min_multiplier is None else HitFilter((min_multiplier,), Match.AT_LEAST)


def export_filter(
    multiplier: float | None, min_multiplier: float | None, match: Match | None
) -> HitFilter | None:
    """Give the filter of an export, where ``match`` says how ``multiplier`` is meant; raises FieldError."""
    wanted = hit_filter(multiplier, min_multiplier)
    if match is None:
        return wanted
    if multiplier is None:
        raise FieldError("match", "match says how multiplier is meant; give both or neither")
    return HitFilter((multiplier,), match)


def multiplier_texts(values: list[str]) -> list[str]:
    """Give the multipliers of ``?multipliers=1.63,2.8&multipliers=4.95``, one by one."""
    return [part for value in values for part in value.split(",") if part.strip()]
