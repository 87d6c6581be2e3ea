"""Long answers in pieces: produced in a thread, one piece at a time, so that memory stays constant."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator

from fastapi.responses import StreamingResponse

from pump_desktop.api.context import Context
from pump_desktop.api.work import next_piece

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
