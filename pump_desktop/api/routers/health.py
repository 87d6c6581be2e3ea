"""``GET /healthz``: whether the listener answers and its database does."""

from __future__ import annotations

import time

from fastapi import APIRouter

from pump_desktop import __version__
from pump_desktop.api.context import Ctx
from pump_desktop.api.errors import errors
from pump_desktop.api.schemas.health import HealthBody
from pump_desktop.domain.runs import RunQuery

router = APIRouter(tags=["health"])


@router.get("/healthz", responses=errors(403, 503), openapi_extra={"security": []})
async def healthz(context: Ctx) -> HealthBody:
    """Ask the database for something; needs no token."""
    await context.work.read(context.backend.runs.list, RunQuery(limit=1))
    uptime = round(time.monotonic() - context.started, 3)
    return HealthBody(status="ok", version=__version__, database="ok", uptime_s=uptime)
