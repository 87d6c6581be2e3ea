"""How fast the kernels' hash is with nothing around it: what the rest of a kernel is measured against."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from pump_desktop.engine.kernels import Kernel
from tools.bench_figures import median_seconds

COMPRESSIONS_PER_HMAC = 2
# Of 128 messages each: about 0.1 s.
_BATCHES = 20_000


def hash_compressions(kernel: Kernel, repetitions: int) -> float:
    """Give the compressions per second on one CPU of a kernel's HMAC over messages that lie ready."""
    from numba import njit  # noqa: PLC0415 - not before the bench has named its cache folder

    from pump_desktop.engine.rows import ROWS  # noqa: PLC0415 - as above
    from pump_desktop.engine.sha_ir import DIGEST_WORDS, ROW_WORDS  # noqa: PLC0415 - as above

    hash_rows = importlib.import_module(f"pump_desktop.engine.kernel_{kernel}")._hash_rows

    @njit(nogil=True)
    def run(inner: Any, outer: Any, rows: Any, digests: Any, batches: int) -> None:
        for _ in range(batches):
            hash_rows(inner, outer, rows, 1, digests, ROWS)
            # Each batch depends on the one before, so that none is optimised away.
            rows[0] ^= digests[0]

    state = np.arange(8, dtype=np.uint32)
    rows = np.zeros(ROWS * ROW_WORDS, np.uint32)
    digests = np.zeros(ROWS * DIGEST_WORDS, np.uint32)
    run(state, state, rows, digests, 1)
    seconds = median_seconds(lambda: run(state, state, rows, digests, _BATCHES), repetitions)
    return COMPRESSIONS_PER_HMAC * ROWS * _BATCHES / seconds
