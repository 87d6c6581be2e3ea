"""The fuzzer itself: the same inputs for the same seed, and a fault in a reader is found and told."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from tools import fuzz_targets
from tools.fuzz import fuzz
from tools.fuzz_targets import Inputs, pick, targets


def test_everything_that_reads_from_outside_gives_an_answer_or_a_sentence(tmp_path: Path) -> None:
    fuzzed = fuzz(3_000, 20261126, tmp_path)
    assert fuzzed.failures == []
    assert sum(one.inputs for one in fuzzed.outcomes.values()) == 3_000
    answers = sum(one.answers for one in fuzzed.outcomes.values())
    refusals = sum(one.refusals for one in fuzzed.outcomes.values())
    # Inputs that are all refused, or all taken, would try only a part of each reader.
    assert answers + refusals == 3_000
    assert min(answers, refusals) > 300


def test_one_seed_gives_the_same_inputs(tmp_path: Path) -> None:
    def some(seed: int) -> list[tuple[str, bytes]]:
        with ExitStack() as stack:
            inputs = Inputs(seed, tmp_path)
            picked = pick(inputs, targets(inputs, stack), 50)
            return [(target.name, inputs.body()) for target in picked]

    assert some(1) == some(1)
    assert some(1) != some(2)


def test_a_reader_that_breaks_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_body: object) -> None:
        raise KeyError("nonce")

    monkeypatch.setattr(fuzz_targets, "parse_message", broken)
    fuzzed = fuzz(200, 1, tmp_path)
    assert not fuzzed.good
    assert any("KeyError" in kind for kind in fuzzed.kinds)
    assert fuzzed.failures
