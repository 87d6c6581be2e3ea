"""The game in a few lines of hashlib: slow, obviously right, and what every kernel is tested against."""

from __future__ import annotations

import hashlib
import hmac

from pump_desktop.domain.game import POSITIONS, Difficulty

WORDS_PER_BLOCK = 8
BLOCKS = 4


def message(client_seed: str, nonce: int, block: int) -> str:
    """Give the text that is hashed for one block of one nonce."""
    return f"{client_seed}:{nonce}:{block}"


def digest(server_seed: str, client_seed: str, nonce: int, block: int) -> bytes:
    """Give the 32-byte HMAC-SHA256 of one block, keyed with the server seed's text."""
    text = message(client_seed, nonce, block)
    return hmac.new(server_seed.encode(), text.encode(), hashlib.sha256).digest()


def words(server_seed: str, client_seed: str, nonce: int, count: int = POSITIONS) -> list[int]:
    """Give the first ``count`` big-endian 32-bit words of a nonce."""
    blocks = -(-count // WORDS_PER_BLOCK)
    stream = b"".join(digest(server_seed, client_seed, nonce, block) for block in range(blocks))
    return [int.from_bytes(stream[4 * i : 4 * i + 4], "big") for i in range(count)]


def picks(word_list: list[int]) -> list[int]:
    """Give the positions 1..25 in the order the selection shuffle takes them, one per word."""
    pool = list(range(1, POSITIONS + 1))
    return [pool.pop((word * len(pool)) >> 32) for word in word_list]


def safe_pumps(difficulty: Difficulty, picked: list[int]) -> int:
    """Give k = min(pop point - 1, 25 - M) from the picks."""
    return min(min(picked[: difficulty.pops]) - 1, difficulty.max_safe)


def replay(server_seed: str, client_seed: str, nonce: int, difficulty: Difficulty) -> int:
    """Give the safe pumps of one nonce."""
    return safe_pumps(difficulty, picks(words(server_seed, client_seed, nonce, difficulty.pops)))
