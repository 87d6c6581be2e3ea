"""The derivation as text: a person with any HMAC tool gets the same result from it."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from typing import Any

import pytest

from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.requests import MAX_NONCE, VerifyRequest
from pump_desktop.services.verify import derivation_of, derivation_text, sample_bet
from pump_desktop.system.redaction import redact

POPS = {"easy": 1, "medium": 3, "hard": 5, "expert": 10}


def text_of(request: VerifyRequest) -> str:
    return derivation_text(request, derivation_of(request))


def said(text: str, label: str) -> str:
    """Give what stands behind a label; a JSON string is read as one."""
    (found,) = re.findall(rf"^ *{label} {{2,}}(.*)$", text, re.MULTILINE)
    value: Any = json.loads(found) if found.startswith('"') else found
    return str(value)


def redo(text: str) -> dict[str, tuple[int, int, str]]:
    """Redo the bet a text tells of by its own words alone, and check each step against it.

    Gives pop point, safe pumps and multiplier by difficulty, as the text has them.
    """
    server, client, nonce = (said(text, label) for label in ("Server seed", "Client seed", "Nonce"))
    assert said(text, "Its SHA-256") == hashlib.sha256(server.encode()).hexdigest()
    stream = b""
    for block in range(4):
        message = said(text, f"message {block}")
        assert message == f"{client}:{nonce}:{block}"
        digest = hmac.new(server.encode(), message.encode(), hashlib.sha256).digest()
        assert said(text, f"digest {block}") == digest.hex()
        stream += digest
    words = [int.from_bytes(stream[4 * i : 4 * i + 4], "big") for i in range(25)]
    line = re.compile(r"^ +(\d+)  ([0-9a-f]{8}) +(\d+)  (0\.\d{10})$", re.MULTILINE)
    assert [(int(n), part, int(word)) for n, part, word, _ in line.findall(text)] == [
        (i + 1, f"{word:08x}", word) for i, word in enumerate(words)
    ]
    pool, picks = list(range(1, 26)), []
    rows = re.findall(r"^ +(\d+) +(\d+) +(0\.\d{10}) +(\d+) +(\d+) +(\d+)(  pops)?$", text, re.MULTILINE)
    assert len(rows) == 25
    for word, (number, its_word, its_float, remaining, index, position, _) in zip(words, rows, strict=True):
        assert (int(its_word), int(remaining)) == (word, len(pool))
        assert float(its_float) == pytest.approx(word / 2**32, abs=1e-10)
        assert int(index) == word * len(pool) // 2**32
        picks.append(pool.pop(int(index)))
        assert (int(number), int(position)) == (len(picks), picks[-1])
    difficulty = said(text, "Difficulty").split(":")[0]
    assert [bool(row[6]) for row in rows] == [i < POPS[difficulty] for i in range(25)]
    result = re.compile(
        r"^  (\w+) +(\d+) pops? +pop point +(\d+) +safe pumps +(\d+) +multiplier ([\d.]+)x(  <- this bet)?$",
        re.MULTILINE,
    )
    told = {}
    for name, pops, pop_point, safe_pumps, multiplier, chosen in result.findall(text):
        first = min(picks[: POPS[name]])
        assert (int(pops), int(pop_point)) == (POPS[name], first)
        assert int(safe_pumps) == min(first - 1, 25 - POPS[name])
        assert bool(chosen) == (name == difficulty)
        told[name] = (int(pop_point), int(safe_pumps), multiplier)
    assert list(told) == list(POPS)
    return told


def test_the_text_of_the_known_bet_can_be_redone_by_hand() -> None:
    assert redo(text_of(sample_bet())) == {
        "easy": (16, 15, "2.45"),
        "medium": (16, 15, "18.78"),
        "hard": (13, 12, "40.46"),
        "expert": (13, 12, "11200.65"),
    }


@pytest.mark.parametrize("difficulty", list(Difficulty))
@pytest.mark.parametrize(
    ("server", "client", "nonce"),
    [
        ("s", "c", 1),
        ("seed with blanks at its end  ", " client", 10),
        ("Ünïcode 🎈", "種:7:0", 9999),
        ("two\nlines", '"quoted"', 2),
        ("s" * 256, "c" * 256, MAX_NONCE),
    ],
)
def test_the_text_of_any_bet_can_be_redone_by_hand(
    server: str, client: str, nonce: int, difficulty: Difficulty
) -> None:
    request = VerifyRequest(server, client, nonce, difficulty)
    told = redo(text_of(request))
    results = derivation_of(request).results
    assert told[difficulty.value][1] == results[difficulty].max_pumps
    for name, (_, safe_pumps, multiplier) in told.items():
        assert float(multiplier) == PAYOUTS[Difficulty(name)][safe_pumps]


def test_a_derived_bet_keeps_its_seeds_out_of_the_log() -> None:
    request = VerifyRequest("a secret server seed", "a client seed", 1, Difficulty.EASY)
    derivation_of(request)
    assert redact("a secret server seed and a client seed") == "[seed] and [seed]"
