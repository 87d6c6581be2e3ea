import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pump_desktop.domain.errors import FieldError, RangeTooLargeError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import MAX_NONCE, ScanRequest, VerifyRequest, parse_nonce
from pump_desktop.domain.seeds import clean_pasted, looks_like_hash, seed_sha256, short_seed

GOOD: dict[str, Any] = {
    "server_seed": "server",
    "client_seed": "client",
    "start": 1,
    "end": 10,
    "difficulty": "expert",
    "targets": [400.02],
}


def refused(**changes: object) -> FieldError:
    with pytest.raises(FieldError) as caught:
        ScanRequest.parse(**(GOOD | changes))
    return caught.value


def test_a_good_request_keeps_its_values_and_sorts_targets_without_repeats() -> None:
    request = ScanRequest.parse(**(GOOD | {"targets": [1066.73, 400.02, "400.02x"], "end": "20"}))
    assert request == ScanRequest("server", "client", 1, 20, Difficulty.EXPERT, (400.02, 1066.73))
    assert request.count == 20


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("server_seed", "", "server_seed cannot be empty"),
        ("server_seed", " \t\n", "server_seed cannot be empty"),
        ("server_seed", None, "server_seed must be text"),
        ("client_seed", "x" * 257, "client_seed must be at most 256 characters (this one has 257)"),
        ("client_seed", "\ud800", "client_seed holds a character that is not valid text"),
        ("start", 0, f"start must be between 1 and {MAX_NONCE}"),
        ("start", -5, f"start must be between 1 and {MAX_NONCE}"),
        ("start", "+-5", "start must be a whole number"),
        ("start", 1.5, "start must be a whole number"),
        ("start", True, "start must be a whole number"),
        ("end", MAX_NONCE + 1, f"end must be between 1 and {MAX_NONCE}"),
        ("end", "9" * 100_000, f"end must be between 1 and {MAX_NONCE}"),
        ("end", "many", "end must be a whole number"),
        ("end", "٣", "end must be a whole number"),
        ("difficulty", "insane", "difficulty must be one of: easy, medium, hard, expert"),
        ("targets", [], "targets cannot be empty"),
        ("targets", "400", "targets must be a list of numbers"),
        ("targets", [0], "all targets must be positive"),
        ("targets", [-1], "all targets must be positive"),
        ("targets", [math.nan], "all targets must be finite numbers"),
        ("targets", [math.inf], "all targets must be finite numbers"),
        ("targets", ["1e999"], "all targets must be finite numbers"),
        ("targets", [10**400], "all targets must be finite numbers"),
        ("targets", ["abc"], "all targets must be numbers"),
        ("targets", [True], "all targets must be numbers"),
        ("targets", list(range(1, 102)), "targets cannot hold more than 100 numbers"),
    ],
)
def test_each_bad_value_gets_one_sentence_naming_its_field(field: str, value: object, sentence: str) -> None:
    error = refused(**{field: value})
    assert (error.field, str(error)) == (field, sentence)


def test_end_before_start_is_refused() -> None:
    assert str(refused(start=11)) == "end must be >= start"


def test_exactly_the_maximum_passes_and_one_more_does_not() -> None:
    assert ScanRequest.parse(**GOOD, max_nonces=10).count == 10
    with pytest.raises(RangeTooLargeError, match=r"^Nonce range 10 exceeds maximum of 9$"):
        ScanRequest.parse(**GOOD, max_nonces=9)


def test_seeds_are_never_trimmed() -> None:
    assert ScanRequest.parse(**(GOOD | {"client_seed": " a "})).client_seed == " a "


def test_verify_requests_name_the_nonce() -> None:
    with pytest.raises(FieldError, match=r"^nonce must be between 1 and 9007199254740991$"):
        VerifyRequest.parse(server_seed="a", client_seed="b", nonce=0, difficulty="easy")


@given(st.integers(1, MAX_NONCE))
def test_every_allowed_nonce_reads_back_from_its_text(nonce: int) -> None:
    assert parse_nonce("nonce", str(nonce)) == parse_nonce("nonce", nonce) == nonce


@pytest.mark.parametrize(
    ("pasted", "cleaned"),
    [
        ("  abc \n", "abc"),
        ('"abc"', "abc"),
        ("“abc”", "abc"),
        ("\u200babc\ufeff", "abc"),
        ("a b", "a b"),
        ("ab\ncd", "ab cd"),
        ("'", "'"),
    ],
)
def test_paste_cleaning_takes_off_what_copying_adds(pasted: str, cleaned: str) -> None:
    assert clean_pasted(pasted) == cleaned


@given(st.text())
def test_paste_cleaning_is_done_after_one_pass_over_lines(text: str) -> None:
    once = clean_pasted(text)
    assert "\n" not in once
    assert "\r" not in once
    assert once == once.strip()


def test_a_hash_is_told_from_a_seed_and_long_ones_are_shortened() -> None:
    assert looks_like_hash(seed_sha256("x"))
    assert not looks_like_hash("x" * 64)
    assert short_seed("0123456789abcdef") == "012345…abcdef"
    assert short_seed("short") == "short"
