from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import (
    PAYOUTS,
    RETURN_TO_PLAYER,
    Difficulty,
    exact_safe_pumps,
    least_safe_pumps,
    nearest_entries,
    p_at_least,
    p_exact,
    snap,
    target_p_at_least,
    target_p_exact,
)

ENTRIES = [
    (difficulty, k, entry) for difficulty, table in PAYOUTS.items() for k, entry in enumerate(table) if k
]


@pytest.mark.parametrize(("difficulty", "k", "entry"), ENTRIES)
def test_every_published_entry_is_the_formula_within_half_a_cent(
    difficulty: Difficulty, k: int, entry: float
) -> None:
    assert abs(RETURN_TO_PLAYER / p_at_least(difficulty, k) - Fraction(str(entry))) <= Fraction(1, 200)


@pytest.mark.parametrize("difficulty", Difficulty)
def test_tables_start_at_one_rise_and_end_at_25_minus_m(difficulty: Difficulty) -> None:
    table = PAYOUTS[difficulty]
    assert table[0] == 1.0
    assert len(table) == 26 - difficulty.pops
    assert list(table) == sorted(set(table))


@pytest.mark.parametrize(
    ("difficulty", "wrong", "right"),
    [(Difficulty.EASY, 2.43, 2.45), (Difficulty.MEDIUM, 38.76, 40.25), (Difficulty.HARD, 17.0, 17.34)],
)
def test_wrong_entries_of_older_tools_are_not_in_the_tables(
    difficulty: Difficulty, wrong: float, right: float
) -> None:
    assert exact_safe_pumps(difficulty, wrong) is None
    assert exact_safe_pumps(difficulty, right) is not None


@pytest.mark.parametrize("difficulty", Difficulty)
def test_chances_sum_to_one_and_agree_with_each_other(difficulty: Difficulty) -> None:
    ks = range(difficulty.max_safe + 1)
    assert sum(p_exact(difficulty, k) for k in ks) == 1
    assert p_at_least(difficulty, 0) == 1
    for k in ks:
        assert p_at_least(difficulty, k) == sum(p_exact(difficulty, i) for i in ks if i >= k)


def test_chance_of_the_highest_expert_result_is_one_arrangement() -> None:
    assert p_at_least(Difficulty.EXPERT, 15) == Fraction(1, comb(25, 10))


@pytest.mark.parametrize(("difficulty", "k", "entry"), ENTRIES)
def test_entries_are_found_exactly_and_snapped_within_one_and_a_half_percent(
    difficulty: Difficulty, k: int, entry: float
) -> None:
    assert exact_safe_pumps(difficulty, entry) == k
    assert least_safe_pumps(difficulty, entry) == k
    assert snap(difficulty, entry * 1.0005) == k


def test_multipliers_far_from_any_entry_are_off_table() -> None:
    assert snap(Difficulty.EXPERT, 25.0) is None
    assert exact_safe_pumps(Difficulty.EXPERT, 11200.66) is None


def test_targets_off_the_table_have_no_exact_chance_but_one_for_at_least() -> None:
    assert target_p_exact(Difficulty.EXPERT, 35.0) == 0
    assert target_p_at_least(Difficulty.EXPERT, 35.0) == p_at_least(Difficulty.EXPERT, 7)
    assert target_p_at_least(Difficulty.EXPERT, 1e9) == 0


@pytest.mark.parametrize(
    ("value", "entries"),
    [(35.0, (34.68, 73.21)), (0.5, (1.0,)), (9e9, (3203384.8,)), (400.02, (400.02, 1066.73))],
)
def test_nearest_entries_stand_on_both_sides(value: float, entries: tuple[float, ...]) -> None:
    assert nearest_entries(Difficulty.EXPERT, value) == entries


@given(st.sampled_from(["EXPERT", " expert ", "Expert"]))
def test_difficulties_are_read_in_any_case(text: str) -> None:
    assert Difficulty.parse(text) is Difficulty.EXPERT


@pytest.mark.parametrize("value", ["", "insane", None, 3, True])
def test_unknown_difficulties_are_refused_by_name(value: object) -> None:
    with pytest.raises(
        FieldError, match=r"^difficulty must be one of: easy, medium, hard, expert$"
    ) as caught:
        Difficulty.parse(value)
    assert caught.value.field == "difficulty"
