"""The filter of a bets list in SQL; live_bets and live_tallies both understand it."""

from __future__ import annotations

from pump_desktop.domain.game import EXACT_TOLERANCE
from pump_desktop.domain.live import BetQuery

ANY_ID = 2**63 - 1
"""No bet has a higher id."""


def passing(query: BetQuery) -> tuple[str, dict[str, object]]:
    """Give the conditions of a query's filter, each behind an AND, and the values bound in them."""
    conditions, values = "", dict[str, object]()
    if query.min_multiplier is not None:
        conditions += " AND round_result >= :least"
        values["least"] = query.min_multiplier - EXACT_TOLERANCE
    if query.difficulty is not None:
        conditions += " AND difficulty = :difficulty"
        values["difficulty"] = query.difficulty.value
    return conditions, values
