"""``GET /verify``: one bet redone, with its whole derivation when asked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from pump_desktop.api.context import Ctx
from pump_desktop.api.errors import errors
from pump_desktop.api.openapi import SEED
from pump_desktop.api.params import DifficultyText, NonceText
from pump_desktop.api.schemas.verify import OutcomeBody, TracedOutcomeBody, outcome_body, traced_body
from pump_desktop.domain.requests import VerifyRequest
from pump_desktop.services.verify import derivation_of

router = APIRouter(prefix="/verify", tags=["verify"])


@router.get("", response_model=TracedOutcomeBody | OutcomeBody, responses=errors(400, 401, 403, 422))
async def verify(
    context: Ctx,
    server_seed: Annotated[str, Query(description="The server seed as text.", examples=[SEED])],
    client_seed: Annotated[str, Query(description="The client seed as text.", examples=["zXv1upuFns"])],
    nonce: NonceText,
    difficulty: DifficultyText,
    *,
    trace: Annotated[bool, Query(description="Add every step, to redo it by hand.")] = False,
) -> OutcomeBody:
    """Give the result of one bet."""
    request = VerifyRequest.parse(
        server_seed=server_seed, client_seed=client_seed, nonce=nonce, difficulty=difficulty
    )
    derivation = await context.work.read(derivation_of, request)
    return traced_body(request, derivation) if trace else outcome_body(request, derivation)
