"""What every request is answered with: the services, the threads to work on, and the counters."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from pump_desktop.api.batcher import Batcher
from pump_desktop.api.events import Watchers
from pump_desktop.api.rate import RateLimit
from pump_desktop.api.traffic import TrafficCounter
from pump_desktop.api.work import Closing, Work
from pump_desktop.services.backend import Backend
from pump_desktop.system.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """The parts a request works with."""

    backend: Backend
    settings: Settings
    now: Callable[[], datetime]
    started: float
    work: Work
    closing: Closing
    rate: RateLimit
    batcher: Batcher
    traffic: TrafficCounter
    batch_turn: asyncio.Lock
    watchers: Watchers


async def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


Ctx = Annotated[Context, Depends(_context)]
