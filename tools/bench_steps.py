"""Where a nonce's time goes on one core: digits and memory, selection, hashing, and what hands chunks over.

    .venv/bin/python -m tools.bench_steps

The SHA kernel's own loop runs with a hash that does nothing: with no picks that leaves writing the digits and
the memory that is read and written, with picks the selection comes on top. The hash is measured alone. What
the CPU does at the same time makes the sum larger than the whole: *other* is then below zero.
"""

from __future__ import annotations

import argparse
import sys
from time import perf_counter
from typing import Any

import numpy as np
from numba import njit

from pump_desktop.domain.game import Difficulty
from pump_desktop.engine.kernels import Kernel, _replay_equal_digits, choose_kernel, replay, warm_up
from pump_desktop.engine.midstate import Midstate
from pump_desktop.engine.rows import replay_groups
from pump_desktop.engine.sha_ir import DIGEST_WORDS, ROW_WORDS
from pump_desktop.services.sample import sample_request
from tools.bench_hash import hash_compressions
from tools.bench_kernels import compressions_per_nonce

FIRST, COUNT = 1_000_000, 4_000_000
REPETITIONS = 5
NANO = 1e9


@njit(inline="always")
def _no_hash(_inner: Any, _outer: Any, rows: Any, _blocks: int, digests: Any, count: int) -> None:
    # One word a row follows from the message, so that nothing around it can be left out.
    for r in range(count):
        digests[r * DIGEST_WORDS] ^= rows[r * ROW_WORDS]


@njit(nogil=True)
def _around(
    inner: Any, outer: Any, templates: Any, more_templates: Any, blocks: int, word: int, shift: int,
    digit_mask: int, low_ascii: Any, first_low: int, pops: int, out: Any,
) -> None:  # fmt: skip
    replay_groups(
        _no_hash, 0, inner, outer, templates, more_templates, blocks, word, shift, digit_mask,
        low_ascii, first_low, pops, out,
    )  # fmt: skip


def around(pops: int) -> float:
    """Give nanoseconds per nonce of everything but the hash, the best of several runs."""
    seeds = sample_request()
    middle = Midstate.of(seeds.server_seed, seeds.client_seed)
    out = np.empty(COUNT, np.uint8)
    _replay_equal_digits(_around, middle, FIRST, pops, out[:1000])
    return min(
        _seconds(lambda: _replay_equal_digits(_around, middle, FIRST, pops, out)) for _ in range(REPETITIONS)
    )


def whole(difficulty: Difficulty) -> float:
    """Give nanoseconds per nonce of the kernel, the best of several runs."""
    seeds = sample_request()
    return min(
        _seconds(lambda: replay(Kernel.SHA, seeds.server_seed, seeds.client_seed, FIRST, COUNT, difficulty))
        for _ in range(REPETITIONS)
    )


def _seconds(work: Any) -> float:
    started = perf_counter()
    work()
    return (perf_counter() - started) / COUNT * NANO


def main() -> int:
    """Print the account of each difficulty that one HMAC settles, and of expert."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    if choose_kernel() is not Kernel.SHA:
        print("This CPU has no SHA instructions, and the account is about them.", file=sys.stderr)
        return 1
    warm_up(Kernel.SHA)
    one = NANO / hash_compressions(Kernel.SHA, REPETITIONS)
    memory = around(0)
    titles = ("digits, memory", "selection", "hash", "other", "all")
    print(f"{'ns a nonce, one core':<24}" + "".join(f"{title:>16}" for title in titles))
    for difficulty in Difficulty:
        hashing = compressions_per_nonce(difficulty) * one
        picks = around(difficulty.pops) - memory
        total = whole(difficulty)
        rest = total - memory - picks - hashing
        steps = (memory, picks, hashing, rest, total)
        steps = (memory, picks, hashing, rest, total)
        print(f"{difficulty:<24}" + "".join(f"{step:>16.1f}" for step in steps))
    return 0


if __name__ == "__main__":
    sys.exit(main())
