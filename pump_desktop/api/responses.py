"""Long answers in pieces: produced in a thread, one piece at a time, so that memory stays constant."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.types import Receive

from pump_desktop.api.context import Context
from pump_desktop.api.work import next_piece
from pump_desktop.domain.errors import CancelledError, StoreClosedError
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import Run


async def answered(context: Context, make: Callable[[], BaseModel]) -> Response:
    """Answer with the body that ``make`` gives."""
    text = await context.work.read(lambda: make().model_dump_json())
    return Response(text, media_type="application/json")


def tagged(request: Request, body: str) -> Response:
    """Answer with the body and its ETag, or with 304 when the request names that very tag."""
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = [one.strip() for one in request.headers.get("if-none-match", "").split(",")]
    if "*" in known or any(one.removeprefix("W/") == tag for one in known):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


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


CSV = "text/csv; charset=utf-8"
"""The media type of every export."""


async def streamed(
    context: Context, make: Callable[[], Iterable[str]], *, media_type: str, file_name: str | None = None
) -> StreamingResponse:
    """Answer with the pieces ``make`` gives; with a file name browsers save them.

    The first two pieces (a heading and the first of the data) are made before the answer begins, so that
    an error in them still is an error answer.
    """

    def begin() -> tuple[Iterator[str], list[str]]:
        pieces = iter(make())
        return pieces, [next_piece(pieces), next_piece(pieces)]

    pieces, first = await context.work.read(begin)

    async def rest() -> AsyncIterator[str]:
        for piece in first:
            yield piece
        while more := await context.work.read(next_piece, pieces):
            yield more

    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'} if file_name else None
    return StreamingResponse(rest(), media_type=media_type, headers=headers)
