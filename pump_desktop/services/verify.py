"""One bet redone by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pump_desktop.domain.game import POSITIONS, Difficulty
from pump_desktop.domain.requests import VerifyRequest
from pump_desktop.engine import ENGINE_VERSION
from pump_desktop.engine.verify import Derivation, derive
from pump_desktop.services.sample import sample_request
from pump_desktop.system.redaction import hide_seed

# A nonce of the sample pair with a rare result that has been published: 12 safe pumps on expert.
SAMPLE_NONCE = 5663


def sample_bet() -> VerifyRequest:
    """Give a bet of the sample seed pair whose answer is known."""
    seeds = sample_request()
    return VerifyRequest(seeds.server_seed, seeds.client_seed, SAMPLE_NONCE, Difficulty.EXPERT)


def derivation_of(request: VerifyRequest) -> Derivation:
    """Give every step of one bet, for all four difficulties."""
    hide_seed(request.server_seed)
    hide_seed(request.client_seed)
    return derive(request)


def derivation_text(request: VerifyRequest, derivation: Derivation) -> str:
    """Give the whole derivation as plain text, from which the bet can be redone without this program."""
    return "\n".join([*_bet_lines(request, derivation), *_step_lines(request, derivation), ""])


def _bet_lines(request: VerifyRequest, derivation: Derivation) -> Iterator[str]:
    yield f"One Stake Pump bet redone by hand ({ENGINE_VERSION})"
    yield ""
    yield f"Server seed   {_seed_text(request.server_seed)}"
    yield f"Its SHA-256   {derivation.server_seed_sha256}"
    yield f"Client seed   {_seed_text(request.client_seed)}"
    yield f"Nonce         {request.nonce}"
    yield f"Difficulty    {request.difficulty.value}: {_pops_text(request.difficulty)}"
    yield ""


def _step_lines(request: VerifyRequest, derivation: Derivation) -> Iterator[str]:
    yield "1. Messages and digests"
    yield "HMAC-SHA256 with the server seed's text as key. Message: client seed:nonce:block, blocks 0 to 3."
    for number, block in enumerate(derivation.blocks):
        yield f"  message {number}   {_seed_text(block.message)}"
        yield f"  digest {number}    {block.digest}"
    yield ""
    yield "2. Words and floats"
    yield "Each digest is eight words of four bytes, the highest byte first; 25 words are used."
    yield "Float = word / 2^32."
    yield f"  {'#':>2}  {'bytes':<8}  {'word':>10}  {'float':>12}"
    for number, pick in enumerate(derivation.picks, 1):
        yield f"  {number:>2}  {pick.word:08x}  {pick.word:>10}  {pick.float:>12.10f}"
    yield ""
    yield "3. Picks"
    yield "The pool is 1 to 25, counted from index 0. Index = floor(word * remaining / 2^32), which is"
    yield "floor(float * remaining); the position at that index is taken out of the pool."
    yield f"At {request.difficulty.value} the first {_picks_text(request.difficulty)}."
    yield f"  {'#':>2}  {'word':>10}  {'float':>12}  {'remaining':>9}  {'index':>5}  {'position':>8}"
    for number, pick in enumerate(derivation.picks, 1):
        pops = "  pops" if number <= request.difficulty.pops else ""
        yield (
            f"  {number:>2}  {pick.word:>10}  {pick.float:>12.10f}  {pick.remaining:>9}  {pick.index:>5}"
            f"  {pick.position:>8}{pops}"
        )
    yield ""
    yield "4. Result"
    yield f"Pop point = smallest popping position. Safe pumps = min(pop point - 1, {POSITIONS} - pops)."
    for difficulty, outcome in derivation.results.items():
        chosen = "  <- this bet" if difficulty is request.difficulty else ""
        yield (
            f"  {difficulty.value:<7} {difficulty.pops:>2} pops   pop point {outcome.pop_point:>2}"
            f"   safe pumps {outcome.max_pumps:>2}   multiplier {outcome.max_multiplier:.2f}x{chosen}"
        )


def _pops_text(difficulty: Difficulty) -> str:
    pops = "1 position pops" if difficulty.pops == 1 else f"{difficulty.pops} positions pop"
    return f"{pops} of {POSITIONS}"


def _picks_text(difficulty: Difficulty) -> str:
    return "pick pops" if difficulty.pops == 1 else f"{difficulty.pops} picks pop"


def _seed_text(text: str) -> str:
    """Give a seed as it is, or as a JSON string where a reader could not tell what is in it."""
    plain = text.isprintable() and text == text.strip() and not text.startswith('"')
    return text if plain else json.dumps(text)
