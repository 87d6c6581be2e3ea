"""What all nonces of a seed pair share, hashed once: HMAC midstates and the rest of the message prefix.

hashlib does not show its inner state, so the compression function of FIPS 180-4 stands here in plain
Python. It runs at most 18 times per scan (two key blocks, up to 16 blocks of a long client seed).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from math import isqrt

BLOCK_BYTES = 64
MASK = 0xFFFFFFFF


def _primes(count: int) -> list[int]:
    found: list[int] = []
    candidate = 2
    while len(found) < count:
        if all(candidate % prime for prime in found):
            found.append(candidate)
        candidate += 1
    return found


def _cube_root_fraction(prime: int) -> int:
    """First 32 bits of the fractional part of the cube root."""
    scaled = prime << 96
    low, high = 0, 1 << 40
    while high - low > 1:
        middle = (low + high) // 2
        if middle**3 <= scaled:
            low = middle
        else:
            high = middle
    return low & MASK


ROUND_CONSTANTS = tuple(_cube_root_fraction(prime) for prime in _primes(64))
INITIAL_STATE = tuple(isqrt(prime << 64) & MASK for prime in _primes(8))


def _rotate_right(value: int, by: int) -> int:
    return ((value >> by) | (value << (32 - by))) & MASK


def compress(state: tuple[int, ...], block: bytes) -> tuple[int, ...]:
    """Give the SHA-256 state after one 64-byte block."""
    w = [int.from_bytes(block[i : i + 4], "big") for i in range(0, BLOCK_BYTES, 4)]
    for t in range(16, 64):
        s0 = _rotate_right(w[t - 15], 7) ^ _rotate_right(w[t - 15], 18) ^ (w[t - 15] >> 3)
        s1 = _rotate_right(w[t - 2], 17) ^ _rotate_right(w[t - 2], 19) ^ (w[t - 2] >> 10)
        w.append((w[t - 16] + s0 + w[t - 7] + s1) & MASK)
    a, b, c, d, e, f, g, h = state
    for t in range(64):
        s1 = _rotate_right(e, 6) ^ _rotate_right(e, 11) ^ _rotate_right(e, 25)
        t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUND_CONSTANTS[t] + w[t]) & MASK
        s0 = _rotate_right(a, 2) ^ _rotate_right(a, 13) ^ _rotate_right(a, 22)
        t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) & MASK
        h, g, f, e, d, c, b, a = g, f, e, (d + t1) & MASK, c, b, a, (t1 + t2) & MASK
    return tuple((x + y) & MASK for x, y in zip(state, (a, b, c, d, e, f, g, h), strict=True))


@dataclass(frozen=True, slots=True)
class Midstate:
    """A seed pair made ready: states after the key pads, and the prefix bytes not yet absorbed.

    ``tail`` is what is left of ``"{client_seed}:"`` after whole blocks (under 64 bytes); ``absorbed``
    counts all bytes hashed into ``inner`` so far, the key block included.
    """

    inner: tuple[int, ...]
    outer: tuple[int, ...]
    tail: bytes
    absorbed: int

    @classmethod
    def of(cls, server_seed: str, client_seed: str) -> Midstate:
        """Give the midstate of a seed pair."""
        key = server_seed.encode()
        if len(key) > BLOCK_BYTES:
            key = hashlib.sha256(key).digest()
        key = key.ljust(BLOCK_BYTES, b"\0")
        inner = compress(INITIAL_STATE, bytes(byte ^ 0x36 for byte in key))
        outer = compress(INITIAL_STATE, bytes(byte ^ 0x5C for byte in key))
        prefix = f"{client_seed}:".encode()
        whole = len(prefix) - len(prefix) % BLOCK_BYTES
        for at in range(0, whole, BLOCK_BYTES):
            inner = compress(inner, prefix[at : at + BLOCK_BYTES])
        return cls(inner, outer, prefix[whole:], BLOCK_BYTES + whole)
