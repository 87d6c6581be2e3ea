import json
import threading
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pump_desktop.system.redaction import Redaction


def test_a_hidden_seed_is_gone_wherever_it_stands() -> None:
    redaction = Redaction()
    redaction.hide("zXv1upuFns")
    assert redaction.redact("zXv1upuFns:5663:0 and zXv1upuFns") == "[seed]:5663:0 and [seed]"
    assert redaction.redact("nothing to hide") == "nothing to hide"


def test_a_seed_within_a_seed_does_not_leave_a_rest() -> None:
    redaction = Redaction()
    redaction.hide("abcd")
    redaction.hide("abcdefgh")
    assert redaction.redact("abcdefgh abcd") == "[seed] [seed]"


@pytest.mark.parametrize("short", ["", "a", "abc"])
def test_a_very_short_seed_is_left(short: str) -> None:
    redaction = Redaction()
    redaction.hide(short)
    assert redaction.redact("abc a") == "abc a"


@given(st.text(min_size=4, max_size=40))
def test_a_seed_is_found_in_a_repr_in_json_and_in_a_url(seed: str) -> None:
    redaction = Redaction()
    redaction.hide(seed)
    assert redaction.redact(f"<{seed}>") == "<[seed]>"
    assert redaction.redact(f"<{json.dumps(seed)}>") == '<"[seed]">'
    assert "[seed]" in redaction.redact(f"<{seed!r}>")
    assert redaction.redact("?" + urlencode({"=": seed})) == "?%3D=[seed]"


def test_a_flood_of_seeds_is_bounded_and_the_ones_seen_last_stay_hidden() -> None:
    redaction = Redaction(max_characters=1_000)
    redaction.hide("the seed in use")
    for number in range(1_000):
        redaction.hide(f"seed-{number:04}")
        redaction.hide("the seed in use")
    assert redaction._characters <= 1_000
    assert redaction.redact("the seed in use, seed-0999, seed-0000") == "[seed], [seed], seed-0000"


def test_seeds_may_come_from_many_threads() -> None:
    redaction = Redaction()
    seeds = [f"seed-{number:04}" for number in range(400)]

    def hide(part: list[str]) -> None:
        for seed in part:
            redaction.hide(seed)

    threads = [threading.Thread(target=hide, args=(part,)) for part in (seeds[:200], seeds[200:])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert redaction.redact(" ".join(seeds)) == " ".join(["[seed]"] * 400)
