"""A pasted bet: all that the listener takes is read, everything else is one sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.services.audit.reveal import reveal
from pump_desktop.services.backend import Backend
from pump_desktop.services.imports.paste import MAX_TEXT, PastedBet, paste_bet, read_bet
from pump_desktop.system.redaction import redact
from tests.services.samples import CLIENT, MESSAGES, SEED, bet, send

HASH = MESSAGES["server_seed_hashed"]
FLAT: dict[str, Any] = {
    "id": "bet-1",
    "nonce": 5663,
    "amount": 0.2,
    "payout": 0,
    "difficulty": "Expert",
    "roundResult": 11200.6,
    "clientSeed": "sample-client",
    "serverSeedHashed": HASH,
}
STATE = {
    "difficulty": "hard",
    "roundTarget": 1,
    "roundTargetMultiplier": 1.23,
    "roundResult": 12,
    "roundResultMultiplier": 40.46,
}


def without(*keys: str, **more: Any) -> dict[str, Any]:
    return {key: value for key, value in FLAT.items() if key not in keys} | more


def test_a_flat_bet_is_read_with_its_multiplier_as_the_table_has_it() -> None:
    assert read_bet(json.dumps(FLAT)) == PastedBet("sample-client", 5663, Difficulty.EXPERT, 11200.65, HASH)


def test_a_raw_last_bet_gives_the_multiplier_and_not_the_number_of_rounds() -> None:
    found = read_bet(json.dumps(without("difficulty", "roundResult", state=STATE)))
    assert (found.difficulty, found.reported) == (Difficulty.HARD, 40.46)


def test_a_simulation_bet_carries_its_server_seed() -> None:
    found = read_bet(json.dumps(without("serverSeedHashed", serverSeed="simulated seed")))
    assert found.server_seed == "simulated seed"
    assert found.server_seed_hashed == seed_sha256("simulated seed")
    assert redact("simulated seed of sample-client") == "[seed] of [seed]"


def test_a_heartbeat_may_leave_its_difficulty_out() -> None:
    body = {"type": "heartbeat", "nonce": 7, "roundResult": 2.8, "clientSeed": "c", "serverSeedHashed": HASH}
    assert read_bet(json.dumps(body)) == PastedBet("c", 7, None, 2.8, HASH)


@pytest.mark.parametrize("message", MESSAGES["accepted"], ids=lambda message: message["name"])
def test_whatever_the_listener_takes_can_be_pasted(message: dict[str, Any]) -> None:
    body = message["body"]
    found = read_bet(json.dumps(body, indent=2))
    assert (found.nonce, found.client_seed) == (body["nonce"], body["clientSeed"])


@pytest.mark.parametrize("message", MESSAGES["refused"], ids=lambda message: message["name"])
def test_whatever_the_listener_refuses_is_refused_in_one_sentence(message: dict[str, Any]) -> None:
    with pytest.raises(FieldError) as caught:
        read_bet(json.dumps(message["body"]))
    assert caught.value.field == "bet"
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Paste a bet first."),
        (" \n ", "Paste a bet first."),
        (
            "{nonce: 1}",
            "This is not valid JSON: Expecting property name",
        ),
        ('{"nonce": 1', "This is not valid JSON: Expecting ',' delimiter at line 1, column 12."),
        ("[1]", "Paste one bet: a JSON object in braces."),
        ("null", "Paste one bet: a JSON object in braces."),
        ("9" * 5000, "This is not the JSON of a bet."),
        ("[" * 100_000, "This is not the JSON of a bet."),
        ("{}" + " " * MAX_TEXT + "{}", "This is too long for one bet."),
        (json.dumps(without("nonce")), "This bet cannot be used: nonce is missing."),
        (json.dumps(without(nonce=float("nan"))), "This bet cannot be used: nonce must be a whole number."),
        (json.dumps(without("clientSeed")), "This bet cannot be used: clientSeed must be text."),
    ],
)
def test_what_is_no_bet_is_said_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(FieldError) as caught:
        read_bet(text)
    assert (caught.value.field, str(caught.value)[: len(sentence)]) == ("bet", sentence)


def test_a_mark_at_the_start_of_a_file_is_no_matter() -> None:
    assert read_bet(f"\ufeff{json.dumps(FLAT)}\n").nonce == 5663


def test_a_seed_is_found_by_its_hash_in_a_stored_run(backend: Backend) -> None:
    text = json.dumps(without(serverSeedHashed=seed_sha256("a run's seed").upper()))
    assert paste_bet(backend.runs, backend.live, text).server_seed is None
    backend.runs.create(ScanRequest("a run's seed", "another client", 1, 10, Difficulty.EASY, (1.02,)))
    assert paste_bet(backend.runs, backend.live, text).server_seed == "a run's seed"


def test_a_seed_is_found_by_its_hash_in_a_revealed_stream(backend: Backend) -> None:
    (accepted,) = send(backend.live, [bet(1)])
    text = json.dumps(without(clientSeed="of another stream", serverSeedHashed=seed_sha256(SEED)))
    assert paste_bet(backend.runs, backend.live, text).server_seed is None
    reveal(backend.live, accepted.stream_id, SEED)
    assert paste_bet(backend.runs, backend.live, text).server_seed == SEED
    same = json.dumps(without(clientSeed=CLIENT, serverSeedHashed=seed_sha256(SEED)))
    assert paste_bet(backend.runs, backend.live, same).server_seed == SEED


def test_a_seed_the_bet_says_itself_needs_no_store(backend: Backend) -> None:
    text = json.dumps(without("serverSeedHashed", serverSeed="simulated"))
    assert paste_bet(backend.runs, backend.live, text).server_seed == "simulated"


@pytest.mark.parametrize(
    ("difficulty", "reported", "safe_pumps", "agrees"),
    [
        (Difficulty.EXPERT, 11200.65, 12, True),
        (Difficulty.EXPERT, 11200.65, 11, False),
        (Difficulty.EXPERT, 5.55, 3, False),  # off the table
        (Difficulty.EXPERT, 5.01, 3, True),  # within 1.5 % of 4.95
        (Difficulty.EXPERT, 5.03, 3, False),  # beyond it
    ],
)
def test_a_reported_multiplier_agrees_when_it_is_nearest_to_the_derived_one(
    difficulty: Difficulty, reported: float, safe_pumps: int, *, agrees: bool
) -> None:
    found = PastedBet("c", 1, difficulty, reported, HASH)
    assert found.agrees(difficulty, safe_pumps) is agrees
