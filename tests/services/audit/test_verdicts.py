from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pump_desktop.domain.game import PAYOUTS, Difficulty, multiplier
from pump_desktop.domain.live import Verdict
from pump_desktop.engine import reference
from pump_desktop.engine.kernels import Kernel, choose_kernel
from pump_desktop.services.audit.verdicts import Judged, SeedPair, judge

SEEDS = SeedPair("server", "client")
KERNELS = [Kernel.REFERENCE, choose_kernel()]


@dataclass(frozen=True)
class Said:
    nonce: int
    difficulty: Difficulty | None
    safe_pumps: int | None
    round_result: float


def true_of(nonce: int, difficulty: Difficulty = Difficulty.EXPERT) -> Said:
    k = reference.replay("server", "client", nonce, difficulty)
    return Said(nonce, difficulty, k, multiplier(difficulty, k))


def verdicts(reported: list[Said], kernel: Kernel) -> list[Verdict]:
    return [one.verdict for one in judge(SEEDS, reported, kernel)]


@pytest.mark.parametrize("kernel", KERNELS)
def test_only_exactly_this_k_matches(kernel: Kernel) -> None:
    for difficulty in Difficulty:
        for nonce in range(95, 105):
            true = true_of(nonce, difficulty)
            for k, entry in enumerate(PAYOUTS[difficulty]):
                (one,) = judge(SEEDS, [Said(nonce, difficulty, k, entry)], kernel)
                assert one.verdict == (Verdict.MATCH if k == true.safe_pumps else Verdict.MISMATCH)
                assert one.actual == true.round_result


@pytest.mark.parametrize("kernel", KERNELS)
def test_what_is_off_the_table_is_a_mismatch(kernel: Kernel) -> None:
    true = true_of(7)
    off = replace(true, safe_pumps=None, round_result=5.55)
    assert judge(SEEDS, [off], kernel) == [Judged(Verdict.MISMATCH, true.round_result)]


@pytest.mark.parametrize("kernel", KERNELS)
def test_without_a_difficulty_any_of_the_four_may_match(kernel: Kernel) -> None:
    for nonce in (1, 2, 3, 500):
        entries = [true_of(nonce, difficulty).round_result for difficulty in Difficulty]
        for entry in entries:
            bare = Said(nonce, None, None, entry * 1.0001)
            assert judge(SEEDS, [bare, bare], kernel) == [Judged(Verdict.MATCH, entry)] * 2
        wrong = Said(nonce, None, None, 1e12)
        assert judge(SEEDS, [wrong], kernel) == [Judged(Verdict.MISMATCH, max(entries))]


@given(
    st.lists(
        st.tuples(
            st.integers(1, 400) | st.integers(1, 2**53 - 1),
            st.sampled_from([None, *Difficulty]),
            st.booleans(),
        ),
        max_size=40,
    )
)
def test_kernel_and_reference_agree_in_any_order(rows: list[tuple[int, Difficulty | None, bool]]) -> None:
    reported = []
    for nonce, difficulty, honest in rows:
        true = true_of(nonce, difficulty or Difficulty.HARD)
        said = true if honest else replace(true, safe_pumps=None, round_result=5.55)
        reported.append(said if difficulty else replace(said, difficulty=None, safe_pumps=None))
    by_kernel = judge(SEEDS, reported, choose_kernel())
    assert by_kernel == judge(SEEDS, reported, Kernel.REFERENCE)
    for one, (_, difficulty, honest) in zip(by_kernel, rows, strict=True):
        if difficulty or honest:
            assert one.verdict == (Verdict.MATCH if honest else Verdict.MISMATCH)


def test_the_last_nonces_of_all_can_be_judged() -> None:
    last = 2**53 - 1
    assert verdicts([true_of(last - at) for at in range(5)], choose_kernel()) == [Verdict.MATCH] * 5


def test_a_million_holes_are_not_replayed() -> None:
    far = [true_of(int(nonce)) for nonce in np.linspace(1, 2**50, 20)]
    assert verdicts(far, choose_kernel()) == [Verdict.MATCH] * 20
    assert verdicts([], choose_kernel()) == []
