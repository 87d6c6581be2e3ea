from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale

from pump_desktop.domain.game import Difficulty, p_at_least
from pump_desktop.qt.text import numbers as n
from pump_desktop.qt.text.times import relative_time

US, DE, FR, IN = QLocale("en_US"), QLocale("de_DE"), QLocale("fr_FR"), QLocale("en_IN")
S, T = n.NBSP, n.THIN_SPACE


@pytest.mark.parametrize(
    ("value", "locale", "text"),
    [
        (0, US, "0"),
        (1_000_000, US, "1,000,000"),
        (2**53 - 1, US, "9,007,199,254,740,991"),
        (2**70, US, "1,180,591,620,717,411,303,424"),
        (-1234, US, "-1,234"),
        (1_000_000, DE, "1.000.000"),
        (1_000_000, FR, f"1{T}000{T}000"),
        (1_000_000, QLocale.c(), "1,000,000"),
    ],
)
def test_integers_are_grouped_as_the_locale_does(value: int, locale: QLocale, text: str) -> None:
    assert n.grouped(value, locale) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(1234.5, "1,234"), (99.97, "100"), (99.9, "99.9"), (0.996, "1.0"), (0.97, "0.97"), (0.0, "0.00")],
)
def test_expected_counts_have_as_many_decimals_as_they_deserve(count: float, text: str) -> None:
    assert n.count_text(count) == text


def test_one_thing_has_no_s() -> None:
    assert [n.counted(number, "row") for number in (0, 1, 1200)] == ["0 rows", "1 row", "1,200 rows"]


def test_multipliers_keep_their_two_decimals() -> None:
    assert n.multiplier_text(11200.65, US) == "11,200.65x"
    assert n.multiplier_text(1.0, US) == "1.00x"
    assert n.multiplier_text(11200.65, DE) == "11.200,65x"


@pytest.mark.parametrize(
    ("chance", "text"),
    [
        (0, "never"),
        (Fraction(0), "never"),
        (1, "1 in 1"),
        (0.98, "1 in 1.02"),
        (0.4, "1 in 2.5"),
        (Fraction(1, 2), "1 in 2"),
        (Fraction(2, 19), "1 in 10"),
        (Fraction(1, 11429), "1 in 11,429"),
        (p_at_least(Difficulty.EXPERT, 15), "1 in 3,268,760"),
    ],
)
def test_odds_read_as_one_in_so_many(chance: Fraction | float, text: str) -> None:
    assert n.odds_text(chance, US) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0"), (1, "100"), (0.61, "61"), (0.1234, "12.3"), (0.0123, "1.2"), (0.00123, "0.12"),
        (0.0000123, "0.0012"), (1e-9, "< 0.0001"), (0.99999, "> 99.9"), (1.5, "150"),
    ],
)  # fmt: skip
def test_shares_have_the_digits_that_are_known(share: float, text: str) -> None:
    assert n.percent_text(share, US) == f"{text}{S}%"


def test_percent_in_a_column_keeps_its_decimals() -> None:
    assert n.percent_text(0.5, US, decimals=2) == f"50.00{S}%"


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.34, "p = 0.34"), (0.0004, "p < 0.001"), (0.0041, "p = 0.004"), (0.05, "p = 0.050"),
        (0.0999, "p = 0.10"), (1.0, "p > 0.99"), (float("nan"), "p unknown"),
    ],
)  # fmt: skip
def test_p_values_have_no_more_digits_than_they_know(p: float, text: str) -> None:
    assert n.p_value_text(p, US) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"), (-3, "0 s"), (0.01, "0.1 s"), (0.4, "0.4 s"), (0.97, "1 s"),
        (4.2, "4 s"), (12, "12 s"), (59.6, "1 min"),
        (200, "3 min 20 s"), (7500, "2 h 5 min"), (90_000, "1 d 1 h"),
    ],
)  # fmt: skip
def test_durations_are_rounded_to_what_matters(seconds: float, text: str) -> None:
    assert n.duration_text(seconds, US).replace(S, " ") == text


def test_fine_durations_keep_tenths_and_milliseconds() -> None:
    assert n.duration_text(4.24, US, fine=True) == f"4.2{S}s"
    assert n.duration_text(0.042, US, fine=True) == f"42{S}ms"


@pytest.mark.parametrize(
    ("rate", "text"),
    [(11.2e6, "11.2 M/s"), (950, "950 /s"), (999_960, "1.0 M/s"), (12_340, "12.3 k/s"), (3.21, "3.2 /s")],
)
def test_rates_are_shortened(rate: float, text: str) -> None:
    assert n.rate_text(rate, US).replace(S, " ") == text


def test_sizes_and_short_counts() -> None:
    assert n.bytes_text(4_600_000, US).replace(S, " ") == "4.6 MB"
    assert [n.short_count(v, US) for v in (999, 10_000, 1_500_000, 10_000_000)] == [
        "999",
        "10K",
        "1.5M",
        "10M",
    ]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("1000000", "1000000"), ("1,000,000", "1000000"), ("1 000 000", "1000000"), ("1_000_000", "1000000"),
        (f"1{T}000{T}000", "1000000"), ("1\u2009000", "1000"), ("1'000'000", "1000000"),
        ("1.000.000", "1000000"), ("10M", "10000000"), ("500k", "500000"), (" 2 K ", "2000"),
        ("1.5M", "1500000"),
        ("1,5m", "1500000"), ("12,34,567", "1234567"), ("1,000k", "1000000"), ("007", "007"),
        # Left for the field to refuse.
        ("", ""), ("abc", "abc"), ("1.5", "1.5"), ("12 34", "12 34"), ("-5", "-5"), ("1e6", "1e6"),
        ("1,00", "1,00"),
        ("1.2345k", "1.2345k"), ("1,000 000", "1,000 000"), ("1.500", "1.500"), ("٣", "٣"),
    ],
)  # fmt: skip
def test_grouped_and_shortened_integers_are_read(text: str, plain: str) -> None:
    assert n.parse_grouped(text, US) == plain


def test_one_group_behind_the_decimal_mark_is_no_group() -> None:
    assert n.parse_grouped("1.500", DE) == "1500"
    assert n.parse_grouped("1,500", DE) == "1,500"
    assert n.parse_grouped("1,500", US) == "1500"


@given(st.integers(min_value=0, max_value=2**53 - 1), st.sampled_from([US, DE, FR, IN]))
def test_what_is_grouped_can_be_read_back(value: int, locale: QLocale) -> None:
    assert n.parse_grouped(n.grouped(value, locale), locale) == str(value)


NOW = datetime(2025, 3, 14, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=2), "just now"),
        (timedelta(seconds=-20), "just now"),
        (timedelta(seconds=12), "12 s ago"),
        (timedelta(minutes=2, seconds=59), "2 min ago"),
        (timedelta(hours=2), "today 13:00"),
        (timedelta(days=1, minutes=55), "yesterday 14:05"),
        (timedelta(days=11), "3 Mar 15:00"),
        (timedelta(days=400), "8 Feb 2024"),
        (timedelta(days=-1), "15 Mar 15:00"),
    ],
)
def test_the_past_is_told_as_a_person_would(ago: timedelta, text: str) -> None:
    assert relative_time(NOW - ago, NOW, UTC).replace(S, " ") == text
