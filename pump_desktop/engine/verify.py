"""One bet redone with everything a person needs to redo it by hand."""

from __future__ import annotations

from dataclasses import dataclass

from pump_desktop.domain.game import POSITIONS, Difficulty, multiplier
from pump_desktop.domain.requests import VerifyRequest
from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.engine import reference


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one nonce gives at one difficulty."""

    max_pumps: int
    max_multiplier: float
    pop_point: int


@dataclass(frozen=True, slots=True)
class Block:
    """One HMAC: its message, its digest in hex, and the eight words read from it."""

    message: str
    digest: str
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pick:
    """One step of the selection shuffle: ``index = floor(float * remaining)``, then take that position."""

    word: int
    float: float
    remaining: int
    index: int
    position: int


@dataclass(frozen=True, slots=True)
class Derivation:
    """The whole way from the seeds to the results of all four difficulties."""

    server_seed_sha256: str
    blocks: tuple[Block, ...]
    picks: tuple[Pick, ...]
    results: dict[Difficulty, Outcome]

    def pops(self, difficulty: Difficulty) -> tuple[int, ...]:
        """Give the popping positions in the order they were picked."""
        return tuple(pick.position for pick in self.picks[: difficulty.pops])


def outcome_of(difficulty: Difficulty, picked: list[int]) -> Outcome:
    """Give the result at one difficulty from the picks."""
    k = reference.safe_pumps(difficulty, picked)
    return Outcome(k, multiplier(difficulty, k), min(picked[: difficulty.pops]))


def derive(request: VerifyRequest) -> Derivation:
    """Give every step of one bet, for all 25 positions and all four difficulties."""
    blocks = []
    for number in range(reference.BLOCKS):
        digest = reference.digest(request.server_seed, request.client_seed, request.nonce, number)
        words = tuple(int.from_bytes(digest[at : at + 4], "big") for at in range(0, 32, 4))
        text = reference.message(request.client_seed, request.nonce, number)
        blocks.append(Block(text, digest.hex(), words))
    all_words = [word for block in blocks for word in block.words][:POSITIONS]
    picked = reference.picks(all_words)
    picks = tuple(
        Pick(word, word / 2**32, POSITIONS - i, (word * (POSITIONS - i)) >> 32, picked[i])
        for i, word in enumerate(all_words)
    )
    results = {difficulty: outcome_of(difficulty, picked) for difficulty in Difficulty}
    return Derivation(seed_sha256(request.server_seed), tuple(blocks), picks, results)
