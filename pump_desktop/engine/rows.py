"""Messages in, safe pumps out: what surrounds the hash, shared by every kernel.

A call works on nonces with one number of digits. They fall into groups that share all digits but the last
four; the padded message of a group, zeros where the low digits go, is made in Python (one per 10,000
nonces), and the compiled part only writes the low digits, hashes and settles.

A batch of rows is written in one pass, hashed in the next and settled in the third: a vector load right
after two narrow stores to the same bytes would wait for them (about 13 cycles), a pass later it does not.

Word ``w`` of row ``r`` lies at ``(((r >> bits) * words + w) << bits) + (r & mask)``: with ``bits`` = 0 that
is row-major (SHA instructions), with ``bits`` = 3 or 4 word-major in groups of 8 or 16 lanes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pump_desktop.engine.sha_ir import DIGEST_WORDS, ROW_WORDS

# 128 rows of 32 words are 16 KiB: messages of both blocks and digests stay in a 48 KiB first-level cache.
ROWS = 128
LOW_DIGITS = 4
LOW_COUNT = 10**LOW_DIGITS
FIRST_BLOCK_PICKS = 8

_POSITIONS = 25
_HALF = np.uint64(32)
_LOW_HALF = np.uint64(0xFFFFFFFF)

Words = NDArray[np.uint32]


def _ascii_of_low_digits() -> Words:
    n = np.arange(LOW_COUNT, dtype=np.uint32)
    thousands, hundreds, tens, ones = ((n // 10**power) % 10 + ord("0") for power in (3, 2, 1, 0))
    word: Words = thousands << 24 | hundreds << 16 | tens << 8 | ones
    return word


# 0000..9999 as four ASCII digits in one big-endian word.
LOW_ASCII = _ascii_of_low_digits()


@njit(inline="always")
def _base(r: int, words: int, bits: int) -> int:
    return (((r >> bits) * words) << bits) + (r & ((1 << bits) - 1))


@njit(inline="always")
def _write_low_digits(
    rows: Words, r: int, bits: int, template: Words, word: int, shift: int, ascii_digits: int
) -> None:
    base = _base(r, ROW_WORDS, bits)
    digits = np.uint64(ascii_digits) << np.uint64(shift)
    rows[base + (word << bits)] = template[word] | np.uint32(digits & _LOW_HALF)
    # The digits may straddle two words; where no word stands before, they do not.
    if word > 0:
        rows[base + ((word - 1) << bits)] = template[word - 1] | np.uint32(digits >> _HALF)


@njit(inline="always")
def _least_pick(digests: Words, r: int, bits: int, first_pick: int, count: int, least: Any) -> Any:
    # Positions below the smallest pick so far are all still in the pool, each at its own index: a pick
    # below it is its index, one above it cannot be smaller. So the minimum of the indices
    # (word * remaining) >> 32 is the minimum of the picks, and no pool is needed.
    base = _base(r, DIGEST_WORDS, bits)
    for i in range(count):
        remaining = np.uint64(_POSITIONS - first_pick - i)
        least = min(least, (np.uint64(digests[base + (i << bits)]) * remaining) >> _HALF)
    return least


@njit(inline="always")
def replay_groups(
    hash_rows: Any, bits: int, inner: Words, outer: Words, templates: Words, more_templates: Words,
    blocks: int, word: int, shift: int, digit_mask: int, low_ascii: Words, first_low: int, pops: int,
    out: NDArray[np.uint8],
) -> None:  # fmt: skip
    """Write the safe pumps of consecutive nonces into ``out``; ``hash_rows`` is the kernel's HMAC.

    ``templates`` and ``more_templates`` hold the messages of block 0 and block 1 of each group; the low
    digits end in word ``word``, ``shift`` bits above its low end.
    """
    rows = np.zeros(ROWS * ROW_WORDS, np.uint32)
    more_rows = np.zeros(ROWS * ROW_WORDS, np.uint32)
    digests = np.zeros(ROWS * DIGEST_WORDS, np.uint32)
    unsettled = np.zeros(ROWS, np.int64)
    first_picks = min(pops, FIRST_BLOCK_PICKS)
    more_picks = pops - first_picks

    low = first_low
    done = 0
    for group in range(templates.shape[0]):
        template = templates[group]
        more_template = more_templates[group]
        for r in range(ROWS):
            base = _base(r, ROW_WORDS, bits)
            for w in range(ROW_WORDS):
                rows[base + (w << bits)] = template[w]
                more_rows[base + (w << bits)] = more_template[w]
        size = min(len(out) - done, LOW_COUNT - low)
        for at in range(0, size, ROWS):
            batch = min(ROWS, size - at)
            for r in range(batch):
                digits = low_ascii[low + at + r] & digit_mask
                _write_low_digits(rows, r, bits, template, word, shift, digits)
            hash_rows(inner, outer, rows, blocks, digests, batch)
            waiting = 0
            for r in range(batch):
                least = _least_pick(digests, r, bits, 0, first_picks, np.uint64(_POSITIONS))
                out[done + at + r] = least
                if more_picks > 0 and least > 0:
                    unsettled[waiting] = r
                    waiting += 1
            if waiting > 0:
                for r in range(waiting):
                    digits = low_ascii[low + at + unsettled[r]] & digit_mask
                    _write_low_digits(more_rows, r, bits, more_template, word, shift, digits)
                hash_rows(inner, outer, more_rows, blocks, digests, waiting)
                for r in range(waiting):
                    index = done + at + unsettled[r]
                    least = np.uint64(out[index])
                    out[index] = _least_pick(digests, r, bits, FIRST_BLOCK_PICKS, more_picks, least)
        done += size
        low = 0
