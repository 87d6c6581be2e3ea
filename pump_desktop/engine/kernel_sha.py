"""The kernel on the CPU's SHA instructions (x86 ``sha``, ARM ``sha2``)."""

from __future__ import annotations

import platform
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from pump_desktop.engine.compile_cache import use_compile_cache
from pump_desktop.engine.intrinsics import array_pointer
from pump_desktop.engine.rows import Words, replay_groups
from pump_desktop.engine.sha_ir import ARM_SHA, DIGEST_WORDS, ROW_WORDS, X86_SHA, emit_sha_hmac

use_compile_cache()

STREAMS = 2
_ISA = ARM_SHA if platform.machine().lower() in {"arm64", "aarch64"} else X86_SHA


def _hmac_rows(
    _context: Any, inner: Any, outer: Any, rows: Any, row_at: Any, blocks: Any, digests: Any, digest_at: Any
) -> Any:
    signature = types.void(inner, outer, rows, row_at, blocks, digests, digest_at)

    def codegen(context: Any, builder: ir.IRBuilder, sig: Any, args: Any) -> Any:
        name = "pump.hmac.sha"
        function = builder.module.globals.get(name) or emit_sha_hmac(builder.module, name, _ISA, STREAMS)
        pointers = array_pointer(context, builder, sig, args)
        builder.call(function, [pointers(0), pointers(1), pointers(2, 3), args[4], pointers(5, 6)])
        return context.get_dummy_value()

    return signature, codegen


# Any: the intrinsic's own type still counts the typing context as an argument.
_hash: Any = intrinsic(_hmac_rows)


@njit(inline="always")
def _hash_rows(inner: Words, outer: Words, rows: Words, blocks: int, digests: Words, count: int) -> None:
    for r in range(0, count, STREAMS):
        _hash(inner, outer, rows, r * ROW_WORDS, blocks, digests, r * DIGEST_WORDS)


@njit(nogil=True, cache=True)
def replay_sha(
    inner: Words, outer: Words, templates: Words, more_templates: Words, blocks: int, word: int, shift: int,
    digit_mask: int, low_ascii: Words, first_low: int, pops: int, out: NDArray[np.uint8],
) -> None:  # fmt: skip
    """Write the safe pumps of consecutive nonces into ``out`` (uint8); see ``rows.replay_groups``."""
    replay_groups(
        _hash_rows, 0, inner, outer, templates, more_templates, blocks, word, shift, digit_mask,
        low_ascii, first_low, pops, out,
    )  # fmt: skip
