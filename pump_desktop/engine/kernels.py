"""Which kernels there are, which one this CPU gets, and how a stretch of nonces is handed to it."""

from __future__ import annotations

import importlib
import os
import platform
from collections.abc import Callable
from enum import StrEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.game import Difficulty
from pump_desktop.engine import reference
from pump_desktop.engine.midstate import BLOCK_BYTES, Midstate

if TYPE_CHECKING:
    from pump_desktop.engine.compile_cache import KernelCache

KERNEL_VARIABLE = "PUMP_KERNEL"

Outcomes = NDArray[np.uint8]


class Kernel(StrEnum):
    """The ways to replay; all give the same bytes."""

    SHA = "sha"
    LANES = "lanes"
    REFERENCE = "reference"


def cpu_has_sha() -> bool:
    """Tell whether the host CPU has SHA-256 instructions that the compiler may use."""
    import llvmlite.binding as llvm  # noqa: PLC0415 - the reference path must work without a compiler

    features = llvm.get_host_cpu_features()
    arm = platform.machine().lower() in {"arm64", "aarch64"}
    return bool(features.get("sha2") or features.get("crypto")) if arm else bool(features.get("sha"))


def choose_kernel() -> Kernel:
    """Give the kernel PUMP_KERNEL forces, or else the fastest one of this CPU."""
    forced = os.environ.get(KERNEL_VARIABLE, "").strip().lower()
    if forced:
        try:
            kernel = Kernel(forced)
        except ValueError:
            names = ", ".join(Kernel)
            raise KnownError(f"{KERNEL_VARIABLE} must be one of: {names} (it is '{forced}').") from None
        if kernel is Kernel.SHA and not cpu_has_sha():
            raise KnownError(f"{KERNEL_VARIABLE} is 'sha', but this CPU has no SHA instructions.")
        return kernel
    return Kernel.SHA if cpu_has_sha() else Kernel.LANES


def _module(kernel: Kernel) -> Any:
    return importlib.import_module(f"pump_desktop.engine.kernel_{kernel}")


@cache
def _compiled(kernel: Kernel) -> Any:
    """Give numba's dispatcher, which it has no type for."""
    return getattr(_module(kernel), f"replay_{kernel}")


# Every chunk of a scan asks again; the plain-Python compressions behind it hold the GIL for 0.3 ms.
_midstate = lru_cache(maxsize=16)(Midstate.of)


_warm: set[Kernel] = {Kernel.REFERENCE}


def is_warm(kernel: Kernel) -> bool:
    """Tell whether the kernel already ran in this process; otherwise it compiles first (about 2 s)."""
    return kernel in _warm


def warm_up(kernel: Kernel) -> None:
    """Compile the kernel, or load it from the disk cache, so that the next scan starts at once."""
    replay(kernel, "seed", "seed", 1, 1, Difficulty.EXPERT)
    _warm.add(kernel)


def cache_of(kernel: Kernel) -> KernelCache | None:
    """Return where the compiled kernel is kept for the next start; None when there is nothing to compile."""
    if kernel is Kernel.REFERENCE:
        return None
    kept: KernelCache = _module(kernel).cache
    return kept


def _padded(text: bytes, absorbed: int, blocks: int) -> bytes:
    length = (absorbed + len(text)) * 8
    return (text + b"\x80").ljust(blocks * BLOCK_BYTES - 8, b"\0") + length.to_bytes(8, "big")


def _replay_equal_digits(
    replay_groups: Callable[..., None], middle: Midstate, start: int, pops: int, out: Outcomes
) -> None:
    from pump_desktop.engine.rows import LOW_ASCII, LOW_DIGITS  # noqa: PLC0415 - brings numba
    from pump_desktop.engine.sha_ir import ROW_WORDS  # noqa: PLC0415 - brings llvmlite

    digits = len(str(start))
    low_digits = min(digits, LOW_DIGITS)
    low_count = 10**low_digits
    message_bytes = len(middle.tail) + digits + 2
    blocks = 1 if message_bytes + 9 <= BLOCK_BYTES else 2
    highs = range(start // low_count, (start + len(out) - 1) // low_count + 1)
    gap = b"\0" * low_digits

    def templates(block: bytes) -> NDArray[np.uint32]:
        texts = (
            middle.tail + (str(high).encode() if digits > low_digits else b"") + gap + b":" + block
            for high in highs
        )
        padded = b"".join(
            _padded(text, middle.absorbed, blocks).ljust(ROW_WORDS * 4, b"\0") for text in texts
        )
        return np.frombuffer(padded, ">u4").astype(np.uint32).reshape(-1, ROW_WORDS)

    last_digit = len(middle.tail) + digits - 1
    replay_groups(
        np.array(middle.inner, np.uint32),
        np.array(middle.outer, np.uint32),
        templates(b"0"),
        templates(b"1"),
        blocks,
        last_digit >> 2,
        8 * (3 - (last_digit & 3)),
        np.uint32((1 << 8 * low_digits) - 1),
        LOW_ASCII,
        start % low_count,
        pops,
        out,
    )


def replay(
    kernel: Kernel, server_seed: str, client_seed: str, start: int, count: int, difficulty: Difficulty
) -> Outcomes:
    """Give k of ``count`` nonces from ``start``, one byte each; a top-level function any executor can run."""
    out = np.empty(count, np.uint8)
    if kernel is Kernel.REFERENCE:
        for i in range(count):
            out[i] = reference.replay(server_seed, client_seed, start + i, difficulty)
        return out
    middle = _midstate(server_seed, client_seed)
    done = 0
    while done < count:
        nonce = start + done
        stretch = min(count - done, 10 ** len(str(nonce)) - nonce)
        _replay_equal_digits(_compiled(kernel), middle, nonce, difficulty.pops, out[done : done + stretch])
        done += stretch
    return out
