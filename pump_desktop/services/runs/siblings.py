"""The same nonces at another difficulty: the run that holds them already, or the scan that would."""

from __future__ import annotations

from collections.abc import Collection
from math import log
from uuid import UUID

from pump_desktop.domain.game import PAYOUTS, Difficulty, exact_safe_pumps, p_at_least, target_p_at_least
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import Run
from pump_desktop.services.runs.runs import Runs


def find_sibling(
    runs: Runs, run: Run, difficulty: Difficulty, *, without: Collection[UUID] = ()
) -> Run | None:
    """Give the newest stored run of the same seeds and range at a difficulty; not those of ``without``."""
    found = runs.same_nonces(run, difficulty)
    return next((other for other in found if other.id not in without), None)


def sibling_request(run: Run, difficulty: Difficulty) -> ScanRequest:
    """Give the scan of the same nonces at a difficulty, with targets that can be hit there."""
    return ScanRequest(
        run.server_seed,
        run.client_seed,
        run.nonce_start,
        run.nonce_end,
        difficulty,
        sibling_targets(run, difficulty),
    )


def sibling_targets(run: Run, difficulty: Difficulty) -> tuple[float, ...]:
    """Give the run's targets, or entries as rare as they are when the other table holds none of them."""
    if any(exact_safe_pumps(difficulty, target) is not None for target in run.targets):
        return run.targets
    return tuple(sorted({_as_rare(run.difficulty, target, difficulty) for target in run.targets}))


def _as_rare(difficulty: Difficulty, target: float, other: Difficulty) -> float:
    """Give the entry of another table whose chance of at least it is nearest, in ratio, to a target's."""
    chance = target_p_at_least(difficulty, target)
    table = PAYOUTS[other]
    if not chance:
        return table[-1]
    return min(enumerate(table), key=lambda entry: abs(log(p_at_least(other, entry[0])) - log(chance)))[1]
