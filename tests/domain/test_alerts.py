from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any
from uuid import UUID

import pytest

from pump_desktop.domain.alert_notices import QuietHours
from pump_desktop.domain.alerts import AlertKind, RuleDraft, parse_condition
from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.targets_and_pins import duration

GOOD: dict[str, dict[str, object]] = {
    "threshold": {"at_least": 400.02},
    "gap": {"target": 34.68, "match": "at_least", "percentile": 99.9},
    "cluster": {"target": 34.68, "match": "exact", "count": 3, "nonces": 100},
    "mismatch": {},
    "missing": {"missing": 5, "nonces": 1000},
    "silent": {"seconds": 60},
}
TIMED = {"target": 34.68, "match": "exact", "count": 3, "seconds": 90}


@pytest.mark.parametrize(("kind", "values"), [*GOOD.items(), ("cluster", TIMED)])
def test_a_condition_is_read_back_from_its_values(kind: str, values: dict[str, object]) -> None:
    condition = parse_condition(kind, values)
    assert condition.kind == AlertKind(kind)
    assert condition.values() == values
    assert parse_condition(kind, condition.values()) == condition


def test_every_kind_says_what_it_tells_of() -> None:
    assert [parse_condition(kind, values).words for kind, values in [*GOOD.items(), ("cluster", TIMED)]] == [
        "A result of 400.02x or more",
        "A stretch without 34.68x or more of a length that 1 of 1,000 stretches reaches",
        "3 results of exactly 34.68x within 100 nonces",
        "A reported result that the server seed does not give",
        "5 or more of the newest 1,000 nonces missing",
        "No message for 1 minute",
        "3 results of exactly 34.68x within 90 seconds",
    ]


def test_numbers_are_read_from_what_a_person_types() -> None:
    condition = parse_condition("gap", {"target": " 34.68x ", "match": "exact", "percentile": "99 %"})
    assert condition.values() == {"target": 34.68, "match": "exact", "percentile": 99}
    assert parse_condition("silent", {"seconds": " 60 "}).values() == {"seconds": 60}


HIGHEST = "3,203,384.80x, the highest result there is"


@pytest.mark.parametrize(
    ("kind", "changes", "field", "sentence"),
    [
        ("threshold", {"at_least": 3203384.81}, "at_least", f"at_least must be at most {HIGHEST}"),
        (
            "threshold",
            {"at_least": 1},
            "at_least",
            "at_least must be above 1.00: every result is 1.00x or more",
        ),
        ("threshold", {"at_least": "many"}, "at_least", "at_least must be a number"),
        ("threshold", {"at_least": True}, "at_least", "at_least must be a number"),
        ("threshold", {"at_least": None}, "at_least", "at_least must be a number"),
        ("threshold", {"at_least": "nan"}, "at_least", "at_least must be a finite number above zero"),
        ("threshold", {"at_least": 10**400}, "at_least", "at_least must be a finite number above zero"),
        (
            "gap",
            {"target": 2.43, "match": "exact"},
            "target",
            "target 2.43x is on no table; the nearest entries: 2.33x and 2.45x",
        ),
        ("gap", {"target": 4e6}, "target", f"target must be at most {HIGHEST}"),
        ("gap", {"target": 1}, "target", "target must be above 1.00: every result is 1.00x or more"),
        ("gap", {"match": "about"}, "match", "match must be one of: exact, at_least"),
        (
            "gap",
            {"percentile": 100},
            "percentile",
            "percentile must be below 100, which no stretch ever reaches",
        ),
        ("gap", {"percentile": 49.9}, "percentile", "percentile must be between 50 and 99.9999"),
        ("cluster", {"count": 1}, "count", "count must be a whole number between 2 and 1000"),
        ("cluster", {"count": 2.5}, "count", "count must be a whole number between 2 and 1000"),
        (
            "cluster",
            {"count": 5, "nonces": 4},
            "count",
            "count must be at most 4: 4 nonces hold no more hits",
        ),
        ("cluster", {"seconds": 5}, "nonces", "nonces or seconds must be given, and not both"),
        ("cluster", {"nonces": None}, "nonces", "nonces or seconds must be given, and not both"),
        (
            "cluster",
            {"nonces": None, "seconds": 0},
            "seconds",
            "seconds must be a whole number between 1 and 86400",
        ),
        ("missing", {"missing": 0}, "missing", "missing must be a whole number between 1 and 10000"),
        (
            "missing",
            {"missing": 1000},
            "missing",
            "missing must be below 1000: the newest nonce itself is never missing",
        ),
        ("missing", {"nonces": "9" * 999}, "nonces", "nonces must be a whole number between 2 and 10000"),
        ("silent", {"seconds": 4}, "seconds", "seconds must be a whole number between 5 and 86400"),
    ],
)
def test_a_rule_that_can_never_speak_is_refused_with_a_sentence(
    kind: str, changes: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(FieldError) as refused:
        parse_condition(kind, GOOD[kind] | changes)
    assert (refused.value.field, str(refused.value)) == (field, sentence)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (" \n", "name cannot be empty"),
        (5, "name must be text"),
        ("x" * 81, "name must be at most 80 characters"),
        ("a\udc80", "name holds a character that cannot be shown"),
    ],
)
def test_a_rule_needs_a_name(name: object, sentence: str) -> None:
    with pytest.raises(FieldError) as refused:
        RuleDraft.parse(name=name, kind="mismatch", values={})
    assert (refused.value.field, str(refused.value)) == ("name", sentence)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(FieldError, match="kind must be one of: threshold, gap"):
        RuleDraft.parse(name="x", kind="hunch", values={})


def test_a_rule_watches_its_stream_or_all_while_it_is_on() -> None:
    one, other = UUID(int=1), UUID(int=2)
    everywhere = RuleDraft.parse(name=" high \n one ", kind="threshold", values=GOOD["threshold"])
    assert everywhere.name == "high one"
    assert everywhere.applies_to(one)
    assert replace(everywhere, stream_id=one).applies_to(one)
    assert not replace(everywhere, stream_id=one).applies_to(other)
    assert not replace(everywhere, enabled=False).applies_to(one)


@pytest.mark.parametrize(
    ("start", "end", "within", "outside"),
    [
        ("22:00", "7:30", ("22:00", "00:00", "07:29"), ("07:30", "21:59")),
        ("9:00", "10:00", ("9:30",), ("8:59",)),
    ],
)
def test_quiet_hours_may_pass_midnight(
    start: str, end: str, within: tuple[str, ...], outside: tuple[str, ...]
) -> None:
    hours = QuietHours.parse(start=start, end=end)
    assert all(hours.covers(time.fromisoformat(moment.zfill(5))) for moment in within)
    assert not any(hours.covers(time.fromisoformat(moment.zfill(5))) for moment in outside)


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        ("24:00", "7:00", "quiet_from"),
        ("22", "7:00", "quiet_from"),
        ("7:00", None, "quiet_to"),
        ("7:00", "07:00", "quiet_to"),
    ],
)
def test_quiet_hours_that_are_no_hours_are_refused(start: object, end: object, field: str) -> None:
    with pytest.raises(FieldError) as refused:
        QuietHours.parse(start=start, end=end)
    assert refused.value.field == field


def test_times_are_said_in_the_largest_unit() -> None:
    assert [duration(seconds) for seconds in (1, 90, 60, 7200, 5400)] == [
        "1 second",
        "90 seconds",
        "1 minute",
        "2 hours",
        "90 minutes",
    ]
