"""The HTTP application: guard, routers, error shape and its description, around one open backend."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from pump_desktop import __version__
from pump_desktop.api import openapi as docs
from pump_desktop.api.batcher import Batcher
from pump_desktop.api.context import Context
from pump_desktop.api.errors import add_error_handlers
from pump_desktop.api.events import Watchers
from pump_desktop.api.rate import RateLimit
from pump_desktop.api.routers import health, live_ingest, live_marks, live_streams, runs, verify
from pump_desktop.api.security import Guard
from pump_desktop.api.traffic import TrafficCounter
from pump_desktop.api.work import Closing, Work
from pump_desktop.services.backend import Backend
from pump_desktop.system.clock import utc_now
from pump_desktop.system.settings import Settings

if TYPE_CHECKING:
    from fastapi.telemetry import TelemetryConfig  # not there in older versions

_DESCRIPTION = """Replays, single bets and live streams of this machine's Pump Desktop.

Every endpoint except `/healthz` wants the token in `X-Ingest-Token`. Errors are always `{"detail": ...}`,
also the 431 for a request line and headers above 64 KiB.
Every ingest answer says what may be posted: `X-RateLimit-Limit`, `-Remaining`, `-Reset` (Unix seconds)."""

_TAGS = [
    {"name": "live ingest", "description": "What scripts post."},
    {"name": "live streams", "description": "What was posted, by seed pair."},
    {"name": "runs", "description": "Stored replays of a nonce range."},
    {"name": "verify", "description": "One bet, redone."},
    {"name": "health", "description": "Whether all is well."},
]

# Nothing leaves the machine, whatever the environment says.
_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


class GuardedApi(FastAPI):
    """FastAPI behind a guard that sees every request before anything of FastAPI's does."""

    guard: Guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self.guard(scope, receive, send)

    async def unguarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that was let through."""
        await super().__call__(scope, receive, send)


def create_app(
    backend: Backend, *, settings: Settings, token: str, now: Callable[[], datetime] = utc_now
) -> GuardedApi:
    """Build the application; its threads end with its lifespan."""
    context = Context(
        backend=backend,
        settings=settings,
        now=now,
        started=time.monotonic(),
        work=Work(),
        closing=Closing(),
        rate=RateLimit(settings.ingest_rate_limit, time.time),
        batcher=Batcher(backend.live),
        traffic=TrafficCounter(now=now, timer=time.monotonic),
        batch_turn=asyncio.Lock(),
        watchers=Watchers(),
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        context.closing.say()
        context.work.close()

    app = GuardedApi(
        title="Pump Desktop",
        version=__version__,
        description=_DESCRIPTION,
        openapi_tags=_TAGS,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        telemetry=_NO_TELEMETRY,
    )
    app.state.context = context
    for feature in (live_ingest, live_streams, live_marks, runs, verify, health, docs):
        app.include_router(feature.router)
    add_error_handlers(app)
    docs.add_openapi(app)
    app.guard = Guard(app.unguarded, context, token, live_ingest.DIRECT)
    return app


def with_settings(app: GuardedApi, context: Context, settings: Settings, token: str) -> Context:
    """Answer the next requests by other settings and another token; give what they are answered with.

    May be called from any thread: each request takes the context and the token once.
    """
    rate = context.rate
    if settings.ingest_rate_limit != context.settings.ingest_rate_limit:
        rate = RateLimit(settings.ingest_rate_limit, time.time)
    changed = replace(context, settings=settings, rate=rate)
    app.state.context = changed
    app.guard.answer_by(changed, token)
    return changed
