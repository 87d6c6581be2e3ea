import hashlib
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import MAX_NONCE, VerifyRequest
from pump_desktop.domain.seeds import MAX_SEED_LENGTH
from pump_desktop.engine import compile_cache, reference
from pump_desktop.engine.kernels import KERNEL_VARIABLE, Kernel, choose_kernel, cpu_has_sha, replay
from pump_desktop.engine.midstate import INITIAL_STATE, compress
from pump_desktop.engine.verify import derive

KNOWN: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "vectors.json").read_text())
FAST = [kernel for kernel in (Kernel.SHA, Kernel.LANES) if kernel is not Kernel.SHA or cpu_has_sha()]

seeds = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=MAX_SEED_LENGTH).filter(
    str.strip
)
nonces = st.one_of(
    st.integers(1, MAX_NONCE - 64),
    st.integers(1, 15).map(lambda power: 10**power - 20),
    st.integers(1, 12_000),
).filter(lambda nonce: nonce >= 1)


@pytest.mark.parametrize("kernel", FAST)
@pytest.mark.parametrize("known", KNOWN["scans"], ids=lambda known: known["difficulty"])
def test_known_scans_hold_with_counts_and_digest(kernel: Kernel, known: dict[str, Any]) -> None:
    difficulty = Difficulty(known["difficulty"])
    count = known["end"] - known["start"] + 1
    outcomes = replay(kernel, known["server_seed"], known["client_seed"], known["start"], count, difficulty)
    assert np.bincount(outcomes, minlength=len(known["counts"])).tolist() == known["counts"]
    assert hashlib.sha256(outcomes.tobytes()).hexdigest() == known["sha256"]


@pytest.mark.parametrize("kernel", Kernel)
def test_known_bets_hold_in_every_kernel(kernel: Kernel) -> None:
    if kernel is Kernel.SHA and not cpu_has_sha():
        pytest.skip("this CPU has no SHA instructions")
    for known in KNOWN["vectors"]:
        for name, result in known["results"].items():
            outcomes = replay(
                kernel, known["server_seed"], known["client_seed"], known["nonce"], 1, Difficulty(name)
            )
            assert outcomes.tolist() == [result["max_pumps"]]


def test_known_bets_are_derived_with_all_their_picks_and_results() -> None:
    for known in KNOWN["vectors"]:
        request = VerifyRequest(known["server_seed"], known["client_seed"], known["nonce"], Difficulty.EXPERT)
        derivation = derive(request)
        assert [pick.position for pick in derivation.picks] == known["picks"]
        for name, result in known["results"].items():
            outcome = derivation.results[Difficulty(name)]
            assert (outcome.max_pumps, outcome.max_multiplier, outcome.pop_point) == (
                result["max_pumps"],
                result["max_multiplier"],
                result["pop_point"],
            )


@pytest.mark.parametrize("kernel", FAST)
@settings(max_examples=150, deadline=None)
@given(server=seeds, client=seeds, start=nonces, difficulty=st.sampled_from(Difficulty))
def test_kernels_equal_the_reference_on_any_seeds_and_nonces(
    kernel: Kernel, server: str, client: str, start: int, difficulty: Difficulty
) -> None:
    count = 40
    assert replay(kernel, server, client, start, count, difficulty).tolist() == [
        reference.replay(server, client, start + i, difficulty) for i in range(count)
    ]


@pytest.mark.parametrize("kernel", FAST)
@pytest.mark.parametrize(
    "length", [1, 2, 3, 4, 36, 37, 38, 39, 40, 47, 52, 53, 54, 62, 63, 64, 65, 127, 128, 256]
)
def test_every_place_of_the_digits_in_a_block_is_right(kernel: Kernel, length: int) -> None:
    client = "c" * length
    for start in (1, 95, 995, 9_990, 99_995, 999_999_990, 9_999_999_999_995, MAX_NONCE - 19):
        assert replay(kernel, "s" * 65, client, start, 20, Difficulty.EXPERT).tolist() == [
            reference.replay("s" * 65, client, start + i, Difficulty.EXPERT) for i in range(20)
        ]


@pytest.mark.parametrize("difficulty", Difficulty)
def test_kernels_equal_each_other_over_many_batches(difficulty: Difficulty) -> None:
    replays = [replay(kernel, "server", "client", 9_500, 50_123, difficulty) for kernel in FAST]
    for other in replays[1:]:
        assert np.array_equal(replays[0], other)


def test_the_plain_python_compression_is_sha256() -> None:
    block = b"abc\x80".ljust(56, b"\0") + (24).to_bytes(8, "big")
    state = compress(INITIAL_STATE, block)
    assert b"".join(word.to_bytes(4, "big") for word in state) == hashlib.sha256(b"abc").digest()


def test_one_expert_nonce_settles_the_other_difficulties() -> None:
    picked = reference.picks(reference.words("s", "c", 77))
    for difficulty in Difficulty:
        assert reference.safe_pumps(difficulty, picked) == reference.replay("s", "c", 77, difficulty)


def test_a_kernel_can_be_forced_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KERNEL_VARIABLE, "lanes")
    assert choose_kernel() is Kernel.LANES
    monkeypatch.setenv(KERNEL_VARIABLE, "gpu")
    with pytest.raises(KnownError, match="PUMP_KERNEL must be one of: sha, lanes, reference"):
        choose_kernel()


def test_an_edit_of_any_module_that_goes_into_a_kernel_names_another_cache() -> None:
    package = Path(compile_cache.__file__).parent
    found, waiting = set[str](), ["kernel_sha.py", "kernel_lanes.py"]
    while waiting:
        found.add(name := waiting.pop())
        text = (package / name).read_text("utf-8")
        imported = re.findall(r"^from pump_desktop\.engine\.(\w+) import", text, re.MULTILINE)
        waiting += {f"{module}.py" for module in imported} - found - {"compile_cache.py"}
    assert found == set(compile_cache._INGREDIENTS)
