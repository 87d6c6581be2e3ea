"""A scan for somebody on the wire: it ends when they hang up or the listener closes."""

from __future__ import annotations

import asyncio
import threading

from starlette.types import Receive

from pump_desktop.api.context import Context
from pump_desktop.domain.errors import CancelledError, StoreClosedError
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import Run


async def scanned(context: Context, receive: Receive, request: ScanRequest, name: str) -> Run:
    """Scan, store and give the run; nothing is stored when the client is gone before the end."""
    gone = threading.Event()

    def cancelled() -> bool:
        return gone.is_set() or context.closing.is_set()

    watch = asyncio.create_task(_watch(receive, gone))
    try:
        replay = await context.work.scan(context.backend.runs.create, request, name=name, cancelled=cancelled)
    except CancelledError as error:
        raise StoreClosedError("The scan was stopped before its end; nothing was stored.") from error
    finally:
        gone.set()
        watch.cancel()
    return replay.run


async def _watch(receive: Receive, gone: threading.Event) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    gone.set()
