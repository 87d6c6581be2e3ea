"""``/runs``: replays, made, listed, asked and written out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import numpy as np
from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from numpy.typing import NDArray
from pydantic import WithJsonSchema
from starlette.exceptions import HTTPException

from pump_desktop.api.context import Ctx
from pump_desktop.api.errors import errors
from pump_desktop.api.params import (
    DifficultyText,
    Limit,
    LongLimit,
    MinMultiplierValue,
    MultiplierValue,
    Offset,
    difficulty_or_none,
    export_filter,
    hit_filter,
)
from pump_desktop.api.requests import CHANGES_BODY, SCAN_BODY, json_object, run_changes, scan_request
from pump_desktop.api.responses import CSV, answered, scanned, streamed, tagged
from pump_desktop.api.schemas.runs import (
    DistancesBody,
    DistributionBody,
    HitList,
    RunDetail,
    RunList,
    distribution_body,
    gap_stats_body,
    hit_list,
    run_detail,
    run_list,
)
from pump_desktop.domain.runs import Match, RunQuery
from pump_desktop.services.runs.export import Export, export_csv
from pump_desktop.services.runs.runs import Runs
from pump_desktop.stats.hits import HitFilter

# Numbers per piece: about 0.5 MB of text.
_PIECE = 1 << 16


def distances_json(runs: Runs, run_id: UUID, wanted: HitFilter) -> Iterator[str]:
    """Yield the JSON of a DistancesBody; raises NotFoundError before the first piece."""
    nonces, distances, stats = runs.distances(runs.get(run_id), wanted.multipliers[0], wanted.match)
    head = {"multiplier": wanted.multipliers[0], "match": wanted.match.value, "count": len(nonces)}
    yield json.dumps(head)[:-1] + ', "nonces": ['
    yield from _numbers(nonces)
    yield '], "distances": ['
    yield from _numbers(distances)
    yield f'], "stats": {json.dumps(gap_stats_body(stats))}}}'


def _numbers(values: NDArray[np.int64]) -> Iterator[str]:
    for at in range(0, len(values), _PIECE):
        text = ",".join(map(str, values[at : at + _PIECE].tolist()))
        yield text if at == 0 else f",{text}"


router = APIRouter(prefix="/runs", tags=["runs"])

_READ = errors(400, 401, 403, 404, 422, 503)


# As text: another file name is an unknown path, not a wrong parameter.
ExportName = Annotated[
    str, Path(), WithJsonSchema({"type": "string", "enum": [kind.value for kind in Export]})
]


class Distances(StrEnum):
    """Which hits a distance runs between: those of the same multiplier, or all of the filter."""

    PER_MULTIPLIER = "per_multiplier"
    FILTERED = "filtered"


@router.post(
    "",
    status_code=201,
    response_model=RunDetail,
    responses=errors(400, 401, 403, 413, 422, 503),
    openapi_extra=SCAN_BODY,
)
async def create_run(context: Ctx, request: Request) -> Response:
    """Scan a range of nonces, store the run, and give it once it is on disk."""
    wanted, name = scan_request(await json_object(request), context.settings.max_nonces)
    run = await scanned(context, request.receive, wanted, name)
    headers = {"Location": f"/runs/{run.id}"}
    return Response(run_detail(run).model_dump_json(), 201, headers, "application/json")


@router.get("", response_model=RunList, responses=errors(400, 401, 403, 422, 503))
async def list_runs(
    context: Ctx,
    *,
    search: Annotated[
        str, Query(description="Part of a client seed or a name; % and _ are themselves.", examples=["zXv1"])
    ] = "",
    difficulty: DifficultyText | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """List runs, newest first."""
    query = RunQuery(search=search, difficulty=difficulty_or_none(difficulty), limit=limit, offset=offset)
    return await answered(context, lambda: run_list(context.backend.runs.list(query)))


@router.get("/{run_id}", response_model=RunDetail, responses={**_READ, 304: {"description": "Unchanged"}})
async def get_run(context: Ctx, request: Request, run_id: UUID) -> Response:
    """Give one run."""
    run = await context.work.read(context.backend.runs.detail, run_id)
    return tagged(request, run_detail(run).model_dump_json())


@router.patch("/{run_id}", responses=errors(400, 401, 403, 404, 422, 503), openapi_extra=CHANGES_BODY)
async def change_run(context: Ctx, request: Request, run_id: UUID) -> RunDetail:
    """Give a run another name, other notes, or both."""
    name, notes = run_changes(await json_object(request))
    return run_detail(await context.work.read(context.backend.runs.change, run_id, name=name, notes=notes))


@router.delete("/{run_id}", status_code=204, responses=_READ)
async def delete_run(context: Ctx, run_id: UUID) -> None:
    """Delete a run with its outcomes."""
    await context.work.read(context.backend.runs.delete, run_id)


@router.get("/{run_id}/hits", response_model=HitList, responses=_READ)
async def list_hits(
    context: Ctx,
    run_id: UUID,
    *,
    multiplier: MultiplierValue | None = None,
    min_multiplier: MinMultiplierValue | None = None,
    include_distance: Annotated[
        Distances | None, Query(description="Add distances to the hit before, and say which hits count.")
    ] = None,
    limit: LongLimit = 100,
    offset: Offset = 0,
) -> Response:
    """List hits in nonce order; without a filter, of the run's targets, exactly."""
    wanted = hit_filter(multiplier, min_multiplier)

    def find() -> HitList:
        run = context.backend.runs.get(run_id)
        hits = context.backend.runs.hits(
            run,
            wanted or HitFilter(run.targets),
            per_multiplier=include_distance is Distances.PER_MULTIPLIER,
        )
        with_distances = include_distance is not None
        return hit_list(hits, run.difficulty, limit=limit, offset=offset, distances=with_distances)

    return await answered(context, find)


@router.get("/{run_id}/distances", response_model=DistancesBody, responses=_READ)
async def list_distances(
    context: Ctx, run_id: UUID, *, multiplier: MultiplierValue, match: Match = Match.EXACT
) -> StreamingResponse:
    """Give all hits of one multiplier with the gaps between them."""
    wanted = HitFilter((multiplier,), match)
    return await streamed(
        context,
        lambda: distances_json(context.backend.runs, run_id, wanted),
        media_type="application/json",
    )


@router.get("/{run_id}/distribution", response_model=DistributionBody, responses=_READ)
async def get_distribution(context: Ctx, run_id: UUID) -> Response:
    """Compare each result's count with what the odds expect."""

    def compute() -> DistributionBody:
        return distribution_body(context.backend.runs.distribution(context.backend.runs.get(run_id)))

    return await answered(context, compute)


@router.get(
    "/{run_id}/export/{kind}.csv",
    response_class=StreamingResponse,
    responses={**_READ, 200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_run(
    context: Ctx,
    run_id: UUID,
    kind: ExportName,
    *,
    multiplier: MultiplierValue | None = None,
    min_multiplier: MinMultiplierValue | None = None,
    match: Annotated[
        Match | None, Query(description="How multiplier is meant; exactly when left out.")
    ] = None,
) -> StreamingResponse:
    """Write hits, all nonces, or distances as CSV, under the filter of the hits list or the distances."""
    if kind not in set(Export):
        raise HTTPException(404)
    wanted = export_filter(multiplier, min_multiplier, match)
    run = await context.work.read(context.backend.runs.get, run_id)
    return await streamed(
        context,
        lambda: export_csv(context.backend.runs, run, Export(kind), wanted),
        media_type=CSV,
        file_name=f"run-{str(run_id)[:8]}-{kind}.csv",
    )
