"""Which of a run's targets stands for all of them where only one can be looked at."""

from __future__ import annotations

from collections.abc import Sequence

from pump_desktop.domain.difficulty import Difficulty
from pump_desktop.domain.odds import target_p_exact
from pump_desktop.domain.runs import Match


def usual_target(difficulty: Difficulty, targets: Sequence[float]) -> tuple[float, Match]:
    """Give the smallest target of the table, exactly; when none is on it, the smallest one, at least."""
    met = [target for target in targets if target_p_exact(difficulty, target)]
    return (min(met), Match.EXACT) if met else (min(targets), Match.AT_LEAST)
