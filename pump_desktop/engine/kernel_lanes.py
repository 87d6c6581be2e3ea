"""The kernel for every CPU: vector lanes, one message a lane."""

from __future__ import annotations

import llvmlite.binding as llvm
import numpy as np
from numba import njit
from numpy.typing import NDArray

from pump_desktop.engine.compile_cache import keep_compiled
from pump_desktop.engine.intrinsics import hmac_intrinsic
from pump_desktop.engine.rows import Words, replay_groups
from pump_desktop.engine.sha_ir import DIGEST_WORDS, ROW_WORDS, emit_lane_hmac

# 16 lanes fill one AVX-512 register; elsewhere 8 are one AVX2 register, or two of SSE2 and NEON.
LANE_BITS = 4 if llvm.get_host_cpu_features().get("avx512f") else 3
LANES = 1 << LANE_BITS

_hash = hmac_intrinsic("pump.hmac.lanes", lambda module, name: emit_lane_hmac(module, name, LANES))


@njit(inline="always")
def _hash_rows(inner: Words, outer: Words, rows: Words, blocks: int, digests: Words, count: int) -> None:
    for r in range(0, count, LANES):
        _hash(inner, outer, rows, r * ROW_WORDS, blocks, digests, r * DIGEST_WORDS)


@njit(nogil=True)
def replay_lanes(
    inner: Words, outer: Words, templates: Words, more_templates: Words, blocks: int, word: int, shift: int,
    digit_mask: int, low_ascii: Words, first_low: int, pops: int, out: NDArray[np.uint8],
) -> None:  # fmt: skip
    """Write the safe pumps of consecutive nonces into ``out`` (uint8); see ``rows.replay_groups``."""
    replay_groups(
        _hash_rows, LANE_BITS, inner, outer, templates, more_templates, blocks, word, shift, digit_mask,
        low_ascii, first_low, pops, out,
    )  # fmt: skip


cache = keep_compiled(replay_lanes, "lanes")
