"""Outcome bytes on their way into and out of the file: one byte k per nonce, compressed chunk by chunk."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pump_desktop.domain.errors import DamagedRunError
from pump_desktop.domain.runs import Run

# Outcomes are independent, so there are no repeats worth a search: Huffman coding alone packs 2^20 expert
# outcomes in 10 ms to 0.30 bytes each. Level 1 takes 14 ms for 0.40, level 6 146 ms for 0.36.
_LEVEL = 1
_STRATEGY = zlib.Z_HUFFMAN_ONLY


@dataclass(frozen=True, slots=True)
class OutcomeChunk:
    """The outcomes of ``count`` nonces from ``first_nonce`` on; ``data`` is what compress() gave."""

    first_nonce: int
    count: int
    data: bytes


def compress(k: memoryview | bytes | NDArray[np.uint8]) -> bytes:
    """Give the zlib stream to store for outcomes, one byte k per nonce."""
    deflate = zlib.compressobj(_LEVEL, strategy=_STRATEGY)
    return deflate.compress(k.data if isinstance(k, np.ndarray) else k) + deflate.flush()


def check_cover(run: Run, chunks: Sequence[OutcomeChunk], nonce: int) -> None:
    """Raise ValueError unless the chunks, in order, cover the run from ``nonce`` to its end without a gap."""
    for chunk in chunks:
        if chunk.first_nonce != nonce or chunk.count < 1:
            raise ValueError(f"the chunk at nonce {chunk.first_nonce} does not continue at nonce {nonce}")
        nonce += chunk.count
    if nonce != run.nonce_end + 1:
        raise ValueError(f"the chunks end before nonce {nonce}, the run ends with {run.nonce_end}")


def unpack(run: Run, chunk: OutcomeChunk, nonce: int) -> NDArray[np.uint8]:
    """Return the outcomes of a stored chunk that must begin at ``nonce``; raises DamagedRunError."""
    inflate = zlib.decompressobj()
    try:
        if chunk.first_nonce != nonce or not 1 <= chunk.count <= run.nonce_end - nonce + 1:
            raise damaged(run, nonce)
        # One byte more than wanted shows a chunk that is too long without unpacking all of it.
        data = inflate.decompress(chunk.data, chunk.count + 1)
    except (TypeError, zlib.error) as error:
        # A row that holds text where a number or bytes belong is a TypeError.
        raise damaged(run, nonce) from error
    if len(data) != chunk.count or not inflate.eof or inflate.unused_data:
        raise damaged(run, nonce)
    k = np.frombuffer(data, dtype=np.uint8)
    if int(k.max()) > run.difficulty.max_safe:
        raise damaged(run, nonce)
    return k


def damaged(run: Run, nonce: int) -> DamagedRunError:
    """Give the error for stored outcomes that are missing or wrong from ``nonce`` on."""
    return DamagedRunError(
        f"The stored outcomes of run {run.id} are damaged from nonce {nonce} on. "
        "Scan its range again with the same seeds; the other runs are not affected."
    )
