import json
import math
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.live import Bet, Heartbeat, Message
from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.services.live.messages import parse_message
from pump_desktop.system.redaction import redact

SAMPLES = json.loads((Path(__file__).parents[2] / "data" / "messages.json").read_text("utf-8"))
ACCEPTED = {sample["name"]: sample["body"] for sample in SAMPLES["accepted"]}
FLAT = ACCEPTED["flat bet"]
RAW = ACCEPTED["raw lastBet, live mode"]
SIMULATED = ACCEPTED["raw lastBet, simulation mode: seed instead of hash"]
HEARTBEAT = ACCEPTED["heartbeat"]


def bet(**changes: Any) -> Bet:
    message = parse_message(FLAT | changes)
    assert isinstance(message, Bet)
    return message


def refused(body: object) -> FieldError:
    with pytest.raises(FieldError) as caught:
        parse_message(body)
    return caught.value


@pytest.mark.parametrize("sample", SAMPLES["accepted"], ids=lambda sample: str(sample["name"]))
def test_an_accepted_sample_gives_a_message_of_its_stream(sample: dict[str, Any]) -> None:
    message = parse_message(sample["body"])
    assert message.stream.server_seed_hashed == SAMPLES["server_seed_hashed"]
    assert message.stream.client_seed == SAMPLES["client_seed"]
    assert message.nonce == sample["body"]["nonce"]
    assert isinstance(message, Heartbeat) == (sample["body"].get("type") == "heartbeat")


@pytest.mark.parametrize("sample", SAMPLES["refused"], ids=lambda sample: str(sample["name"]))
def test_a_refused_sample_gives_a_sentence_that_names_the_key(sample: dict[str, Any]) -> None:
    error = refused(sample["body"])
    assert str(error).startswith(error.field)


def test_a_flat_bet_is_read_whole() -> None:
    message = parse_message(FLAT | {"currency": " BTC "})
    assert isinstance(message, Bet)
    assert message.antebot_bet_id == "bet-1"
    assert (message.amount, message.payout, message.currency) == (0.2, 0.326, "btc")
    assert (message.difficulty, message.round_target) == (Difficulty.EXPERT, 1.63)
    assert (message.round_result, message.safe_pumps) == (1.63, 1)
    assert message.date_time == datetime(2025, 9, 8, 20, 31, 11, 123000, tzinfo=UTC)
    assert message.server_seed is None


def test_a_raw_bet_takes_its_multipliers_from_the_state() -> None:
    message = parse_message(RAW)
    assert isinstance(message, Bet)
    # state.roundResult is 0 safe rounds and state.roundTarget the first pump: neither is a multiplier.
    assert (message.round_result, message.safe_pumps, message.round_target) == (1.0, 0, 1.63)
    assert message.currency == "eth"


def test_a_raw_bet_without_its_multiplier_is_refused() -> None:
    state = {key: value for key, value in RAW["state"].items() if key != "roundResultMultiplier"}
    assert refused(RAW | {"state": state}).field == "roundResultMultiplier"


def test_a_state_beside_a_result_of_its_own_means_nothing() -> None:
    message = bet(state={"difficulty": "easy", "roundResultMultiplier": 24.5})
    assert (message.difficulty, message.round_result) == (Difficulty.EXPERT, 1.63)


def test_a_simulated_bet_is_filed_under_the_hash_of_its_seed_and_the_seed_is_hidden() -> None:
    message = parse_message(SIMULATED)
    assert message.server_seed == SAMPLES["server_seed"]
    assert message.stream.server_seed_hashed == seed_sha256(SAMPLES["server_seed"])
    assert redact(f"seed {SAMPLES['server_seed']}") == "seed [seed]"


def test_a_hash_that_is_not_the_seeds_is_refused() -> None:
    hashed = SAMPLES["server_seed_hashed"]
    for agreeing in (hashed.upper(), "", None):
        message = parse_message(SIMULATED | {"serverSeedHashed": agreeing})
        assert message.stream.server_seed_hashed == hashed
    assert refused(SIMULATED | {"serverSeedHashed": "0" * 64}).field == "serverSeedHashed"


def test_a_hash_is_lower_cased_and_other_text_is_not() -> None:
    assert bet(serverSeedHashed="AB" * 32).stream.server_seed_hashed == "ab" * 32
    assert bet(serverSeedHashed="Seed Of The Day").stream.server_seed_hashed == "Seed Of The Day"


WRONG: dict[str, list[object]] = {
    "nonce": [None, True, 1.0, 1.5, "5", 0, -1, 2**53, 10**400, [1], {}],
    "amount": [None, True, "1", -1e-9, math.nan, math.inf, 1.1e15, 10**400],
    "payout": [None, False, [], -5, math.nan, -math.inf, 10**400],
    "roundResult": [True, "1.63", -1, math.nan, math.inf, 1e13, 10**400],
    "roundTarget": [True, "1.63", 0, -1, math.nan, math.inf, 1e13, 10**400],
    "difficulty": [None, "insane", "", 5, ["expert"], "\ud800", "x" * 100_000],
    "id": [
        None,
        "",
        " \t",
        True,
        [],
        {},
        "i" * 257,
        "\ud800",
        "a\0b",
        math.nan,
        math.inf,
        10**256,
        -(10**5000),
    ],
    "clientSeed": [None, "", 5, "c" * 257, "\udfff"],
    "serverSeedHashed": [None, "", 5, "h" * 257, "\udfff", ["h"]],
    "serverSeed": [5, "s" * 257, "\udfff", " ", ["s"]],
    "type": ["tick", "", "BET", 1, True, [], {}],
}


@pytest.mark.parametrize("field", WRONG)
def test_a_wrong_value_is_refused_by_the_name_of_its_key(field: str) -> None:
    for value in WRONG[field]:
        assert refused(FLAT | {field: value}).field == field


@pytest.mark.parametrize(
    "field", ["id", "nonce", "amount", "payout", "difficulty", "roundResult", "clientSeed"]
)
def test_a_missing_key_is_refused_by_name(field: str) -> None:
    assert refused({key: value for key, value in FLAT.items() if key != field}).field == field


@pytest.mark.parametrize("field", ["id", "amount", "payout", "difficulty", "dateTime"])
def test_a_heartbeat_needs_no_word_about_a_bet(field: str) -> None:
    assert field not in HEARTBEAT
    message = parse_message(HEARTBEAT)
    assert isinstance(message, Heartbeat)
    # Without a difficulty there is no table to snap to.
    assert (message.round_result, message.safe_pumps, message.difficulty) == (1.0, None, None)


@pytest.mark.parametrize(
    ("value", "kept"),
    [(9, "9"), (-1, "-1"), (1.5, "1.5"), (2**63, str(2**63)), (10**255, str(10**255)), (" a ", " a ")],
)
def test_an_id_may_be_text_or_a_number(value: object, kept: str) -> None:
    assert bet(id=value).antebot_bet_id == kept


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2025-09-08T20:31:11.5Z", datetime(2025, 9, 8, 20, 31, 11, 500000, UTC)),
        ("2025-09-08T20:31:11", datetime(2025, 9, 8, 20, 31, 11, tzinfo=UTC)),
        ("2025-09-08 20:31", datetime(2025, 9, 8, 20, 31, tzinfo=UTC)),
        ("2025-09-08T15:31:11-05:00", datetime(2025, 9, 8, 20, 31, 11, tzinfo=UTC)),
        ("2025-09-09T02:01:11+05:30", datetime(2025, 9, 8, 20, 31, 11, tzinfo=UTC)),
    ],
)
def test_a_time_is_told_in_utc(value: str, moment: datetime) -> None:
    assert bet(dateTime=value).date_time == moment


def test_a_time_that_cannot_be_read_is_left_out() -> None:
    texts: list[object] = ["", "yesterday", "2025-13-01", "\ud800", "2" * 100_000]
    # Neither moment exists in UTC's calendar.
    edges: list[object] = ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"]
    for value in [*texts, *edges, None, 1757363471, True, [], {}]:
        assert bet(dateTime=value).date_time is None


@pytest.mark.parametrize("value", [None, 7, "", "  ", "\ud800", "x" * 33, "a\0", ["btc"]])
def test_an_unreadable_currency_loses_no_bet(value: object) -> None:
    assert bet(currency=value).currency is None


@pytest.mark.parametrize("difficulty", list(Difficulty))
def test_every_table_entry_keeps_its_k_also_when_rounded_differently(difficulty: Difficulty) -> None:
    for k, entry in enumerate(PAYOUTS[difficulty]):
        for said in (entry, entry * 1.000001, entry * 0.999999):
            message = bet(difficulty=difficulty.value.upper(), roundResult=said)
            assert (message.safe_pumps, message.round_result) == (k, entry)


def test_minus_zero_is_zero() -> None:
    message = bet(amount=-0.0, roundResult=-0.0)
    assert math.copysign(1, message.amount) == math.copysign(1, message.round_result) == 1
    assert message.safe_pumps is None


TEXT = st.text(st.characters(), max_size=20) | st.sampled_from(["expert", "bet", "heartbeat", "f0" * 32])
NUMBERS = st.integers() | st.floats() | st.sampled_from([10**400, -(10**4000), 2**53, 1, 1.63])
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
KEYS = sorted({key for body in ACCEPTED.values() for key in body} | {"serverSeed", "type", "state"})
STATE_KEYS = sorted(RAW["state"])


def check_storable(message: Message) -> None:
    """Assert that SQLite can hold every value of a message."""
    texts = [message.stream.client_seed, message.stream.server_seed_hashed]
    numbers = [message.round_result]
    if isinstance(message, Bet):
        texts += [message.antebot_bet_id, message.currency or ""]
        numbers += [message.amount, message.payout, message.round_target or 0.0]
        assert message.date_time is None or message.date_time.tzinfo is UTC
    for text in texts:
        assert len(text) <= 256
        assert text.encode("utf-8").decode("utf-8") == text
    for number in numbers:
        assert type(number) is float
        assert 0 <= number <= 1e15
    assert type(message.nonce) is int
    assert 1 <= message.nonce < 2**53


def message_or_sentence(body: object) -> None:
    try:
        message = parse_message(body)
    except FieldError as error:
        sentence = str(error)
    else:
        check_storable(message)
        return
    assert sentence


@given(JSON)
def test_any_json_gives_a_message_or_a_sentence(body: object) -> None:
    message_or_sentence(body)


@given(
    st.sampled_from(sorted(ACCEPTED)),
    st.dictionaries(st.sampled_from(KEYS), JSON, min_size=1, max_size=3),
    st.dictionaries(st.sampled_from(STATE_KEYS), JSON, max_size=2),
)
@example("flat bet", {"clientSeed": "a\0b"}, {})
def test_any_value_in_a_good_message_gives_a_message_or_a_sentence(
    name: str, changes: dict[str, object], state: dict[str, object]
) -> None:
    body = ACCEPTED[name] | changes
    if isinstance(body.get("state"), dict):
        body["state"] = body["state"] | state
    message_or_sentence(body)


def test_forty_thousand_messages_a_second_can_be_read() -> None:
    started = time.process_time()
    for _ in range(4000):
        parse_message(FLAT)
    # Four times the tenth of a second it may take: the machine that runs the tests is shared.
    assert time.process_time() - started < 0.4
