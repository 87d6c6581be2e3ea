"""The kernel on the CPU's SHA instructions (x86 ``sha``, ARM ``sha2``)."""

from __future__ import annotations

import platform

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pump_desktop.engine.compile_cache import keep_compiled
from pump_desktop.engine.intrinsics import hmac_intrinsic
from pump_desktop.engine.rows import Words, replay_groups
from pump_desktop.engine.sha_ir import ARM_SHA, DIGEST_WORDS, ROW_WORDS, X86_SHA, emit_sha_hmac

STREAMS = 2
_ISA = ARM_SHA if platform.machine().lower() in {"arm64", "aarch64"} else X86_SHA

_hash = hmac_intrinsic("pump.hmac.sha", lambda module, name: emit_sha_hmac(module, name, _ISA, STREAMS))


@njit(inline="always")
def _hash_rows(inner: Words, outer: Words, rows: Words, blocks: int, digests: Words, count: int) -> None:
    for r in range(0, count, STREAMS):
        _hash(inner, outer, rows, r * ROW_WORDS, blocks, digests, r * DIGEST_WORDS)


@njit(nogil=True)
def replay_sha(
    inner: Words, outer: Words, templates: Words, more_templates: Words, blocks: int, word: int, shift: int,
    digit_mask: int, low_ascii: Words, first_low: int, pops: int, out: NDArray[np.uint8],
) -> None:  # fmt: skip
    """Write the safe pumps of consecutive nonces into ``out`` (uint8); see ``rows.replay_groups``."""
    replay_groups(
        _hash_rows, 0, inner, outer, templates, more_templates, blocks, word, shift, digit_mask,
        low_ascii, first_low, pops, out,
    )  # fmt: skip


cache = keep_compiled(replay_sha, "sha")
