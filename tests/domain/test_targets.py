from __future__ import annotations

import pytest

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import usual_target
from pump_desktop.domain.runs import Match


@pytest.mark.parametrize(
    ("difficulty", "targets", "wanted"),
    [
        (Difficulty.EXPERT, (34.68, 164.72), (34.68, Match.EXACT)),
        (Difficulty.EXPERT, (30.0, 164.72, 400.02), (164.72, Match.EXACT)),
        (Difficulty.EASY, (30.0, 20.0), (20.0, Match.AT_LEAST)),
        (Difficulty.EASY, (99.0,), (99.0, Match.AT_LEAST)),
    ],
)
def test_the_usual_target_is_the_one_that_can_be_hit_most_often(
    difficulty: Difficulty, targets: tuple[float, ...], wanted: tuple[float, Match]
) -> None:
    assert usual_target(difficulty, targets) == wanted
