"""Bodies of a single-bet verification, with and without the whole derivation."""

from __future__ import annotations

from pydantic import ConfigDict

from pump_desktop.api.schemas.runs import Body, examples
from pump_desktop.domain.requests import VerifyRequest
from pump_desktop.engine.verify import Derivation


class OutcomeBody(Body):
    """The result of one bet."""

    model_config = examples({"max_pumps": 12, "max_multiplier": 11200.65, "pop_point": 13})

    max_pumps: int
    max_multiplier: float
    pop_point: int


class BlockBody(Body):
    """One HMAC: its message, its digest in hex, and the eight words read from it."""

    message: str
    digest: str
    words: list[int]


class PickBody(Body):
    """One step of the selection shuffle: ``index = floor(float * remaining)``."""

    word: int
    float: float
    remaining: int
    index: int
    position: int


class TracedOutcomeBody(OutcomeBody):
    """The result with everything needed to redo it by hand, and the results of all difficulties."""

    model_config = ConfigDict(json_schema_extra=None)

    server_seed: str
    server_seed_sha256: str
    client_seed: str
    nonce: int
    difficulty: str
    messages: list[str]
    digests: list[str]
    words: list[int]
    floats: list[float]
    picks: list[int]
    pops: list[int]
    blocks: list[BlockBody]
    steps: list[PickBody]
    results: dict[str, OutcomeBody]


def outcome_body(request: VerifyRequest, derivation: Derivation) -> OutcomeBody:
    """Give the short body."""
    return OutcomeBody.model_validate(derivation.results[request.difficulty])


def traced_body(request: VerifyRequest, derivation: Derivation) -> TracedOutcomeBody:
    """Give the body with the whole derivation."""
    result = derivation.results[request.difficulty]
    return TracedOutcomeBody(
        max_pumps=result.max_pumps,
        max_multiplier=result.max_multiplier,
        pop_point=result.pop_point,
        server_seed=request.server_seed,
        server_seed_sha256=derivation.server_seed_sha256,
        client_seed=request.client_seed,
        nonce=request.nonce,
        difficulty=request.difficulty.value,
        messages=[block.message for block in derivation.blocks],
        digests=[block.digest for block in derivation.blocks],
        words=[pick.word for pick in derivation.picks],
        floats=[pick.float for pick in derivation.picks],
        picks=[pick.position for pick in derivation.picks],
        pops=list(derivation.pops(request.difficulty)),
        blocks=[BlockBody.model_validate(block) for block in derivation.blocks],
        steps=[PickBody.model_validate(pick) for pick in derivation.picks],
        results={
            difficulty.value: OutcomeBody.model_validate(outcome)
            for difficulty, outcome in derivation.results.items()
        },
    )
