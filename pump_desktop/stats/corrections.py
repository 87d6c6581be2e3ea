"""What a p-value says in words, and what is left of it when many tests were made at once."""

from __future__ import annotations

from collections.abc import Sequence

UNUSUAL = 0.05

# Words go no further than this: no sample here knows a smaller chance well.
_RAREST = 1_000_000


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Give Holm's adjusted p-values in the order of the given ones.

    Whatever the tests have to do with each other, a fair run has an adjusted value of a or less with a
    chance of at most a.
    """
    adjusted = [0.0] * len(p_values)
    least = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        least = max(least, min((len(p_values) - rank) * p_values[index], 1.0))
        adjusted[index] = least
    return tuple(adjusted)


def fair_runs(p_value: float) -> str:
    """Give how many fair runs a p-value stands for: ``About 34 of 100 fair runs``."""
    if p_value >= 0.995:
        return "Nearly all fair runs"
    if p_value >= 0.02:
        return f"About {round(100 * p_value)} of 100 fair runs"
    if p_value >= 0.001:
        return f"About 1 in {_one_digit(1 / p_value):,} fair runs"
    one_in = 1000
    while one_in < _RAREST and p_value < 0.1 / one_in:
        one_in *= 10
    return f"Fewer than 1 in {one_in:,} fair runs"


def about(expected: float) -> str:
    """Give an expected count with no more digits than matter: ``1,204.3``, ``0.03``."""
    return f"{expected:,.1f}" if expected >= 1 else f"{expected:.1g}"


def _one_digit(number: float) -> int:
    return int(float(f"{number:.0e}"))


def verdict_of(made: int, adjusted: Sequence[float]) -> str:
    """Give the sentence over all tests of a run."""
    if not made:
        return "No test could be made: the run is too short for this target."
    unusual = sum(value < UNUSUAL for value in adjusted)
    if not unusual:
        if made == 1:
            return "The only test that could be made is not unusual: this run looks as fair seeds do."
        return (
            f"None of the {made} tests is unusual after Holm's correction: this run looks as fair seeds do."
        )
    lowest = min(adjusted)
    share = "about one" if lowest >= 0.01 else "fewer than one"
    among = 20 if lowest >= 0.01 else 100 if lowest >= 0.001 else 1000
    verb = "is" if unusual == 1 else "are"
    found = (
        f"{unusual} of {made} tests {verb} unusual after Holm's correction."
        if made > 1
        else "The only test that could be made is unusual."
    )
    return f"{found} Among {among:,} fair runs {share} shows this."
