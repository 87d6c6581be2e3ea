"""A few typed letters against names and seeds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pump_desktop.domain.fuzzy import fuzzy_score


@pytest.mark.parametrize(
    ("typed", "better", "worse"),
    [
        ("ver", "Verify", "Never mind"),
        ("mowa", "Morning walk", "Some other word already"),
        ("rp", "graph, run page", "graph"),
        ("run", "Runs", "Return"),
        ("new scan", "New scan", "Next window of some scans"),
    ],
)
def test_the_better_fit_scores_higher(typed: str, better: str, worse: str) -> None:
    good, poor = fuzzy_score(typed, better), fuzzy_score(typed, worse)
    assert good is not None
    assert poor is None or good > poor


def test_all_letters_must_be_there_in_order() -> None:
    assert fuzzy_score("ab", "ba") is None
    assert fuzzy_score("aa", "a") is None
    assert fuzzy_score("", "anything") == 0
    assert fuzzy_score("  ", "anything") == 0
    assert fuzzy_score("ÄB", "x äb") is not None


@given(st.text(max_size=40), st.data())
def test_letters_taken_from_a_text_always_fit_it(text: str, data: st.DataObject) -> None:
    letters = list(text.casefold())
    places = data.draw(st.lists(st.integers(0, max(0, len(letters) - 1)), unique=True, max_size=6))
    typed = "".join(letters[place] for place in sorted(places) if letters)
    assert fuzzy_score(typed, text.casefold()) is not None
