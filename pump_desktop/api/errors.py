"""Every error as one shape, ``{"detail": ...}``, whoever raised it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute, Match

from pump_desktop.domain.errors import (
    CancelledError,
    ConflictError,
    FieldError,
    KnownError,
    NotEnoughMemoryError,
    NotFoundError,
    RangeTooLargeError,
    StoreBusyError,
    StoreClosedError,
    StoreError,
)

_log = logging.getLogger(__name__)

INTERNAL = "Internal server error"

# The first kind that fits counts, so a family stands after its members.
_STATUSES: tuple[tuple[type[KnownError], int], ...] = (
    (RangeTooLargeError, 413),
    (FieldError, 422),
    (NotFoundError, 404),
    (ConflictError, 409),
    (StoreError, 503),
    (NotEnoughMemoryError, 503),
    (CancelledError, 503),
)


class FieldFault(BaseModel):
    """One field that is wrong: where it is, and why."""

    type: str
    loc: list[str | int]
    msg: str


class ErrorBody(BaseModel):
    """What every error answers: a sentence, or a list of fields."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"detail": "Invalid ingest token"}]})

    detail: str | list[FieldFault]


_MEANINGS = {
    400: "The body cannot be read as JSON",
    401: "The token is missing or wrong",
    403: "A foreign Host or Origin",
    404: "Not there",
    405: "Not a method of this path",
    409: "It contradicts what is stored",
    413: "Too many nonces, or a body over 1 MiB",
    422: "An input is wrong",
    429: "Too many requests in a minute",
    503: (
        "The disk or the memory is full, what is asked for is damaged, the data is being restored or moved, "
        "or the program is closing"
    ),
}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Give the documented error answers of an endpoint."""
    return {status: {"model": ErrorBody, "description": _MEANINGS[status]} for status in sorted(statuses)}


def status_of(error: KnownError) -> int:
    """Give the status a known error answers with."""
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)


def sentence(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """Give an error answer with one sentence."""
    return JSONResponse({"detail": detail}, status, headers)


def internal_error(error: BaseException, method: str, path: str) -> JSONResponse:
    """Log a bug with its traceback and give an answer that says nothing of it; too little memory is none."""
    if isinstance(error, MemoryError):
        return answer_to(NotEnoughMemoryError(), method, path)
    _log.error("%s %s failed", method, path, exc_info=error)
    return sentence(500, INTERNAL)


def plain_faults(faults: Sequence[Any]) -> list[dict[str, Any]]:
    """Give FastAPI's list without the inputs: they may hold seeds, and nan, which no JSON can say."""
    return [
        {
            "type": str(fault.get("type", "")),
            "loc": [part if isinstance(part, int) else str(part) for part in fault.get("loc", ())],
            "msg": str(fault.get("msg", "")),
        }
        for fault in faults
    ]


def answer_to(error: KnownError | HTTPException, method: str, path: str) -> JSONResponse:
    """Give the answer an error means."""
    if isinstance(error, HTTPException):
        headers = None if error.headers is None else dict(error.headers)
        return sentence(error.status_code, str(error.detail), headers)
    status = status_of(error)
    if status == 500:
        return internal_error(error, method, path)
    if status == 503:
        # Who asks while the program closes, or looks after its data, is no news.
        level = logging.INFO if isinstance(error, StoreClosedError | StoreBusyError) else logging.WARNING
        _log.log(level, "%s %s was refused: %s", method, path, error)
    return sentence(status, str(error))


async def _told(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, KnownError | HTTPException):
        raise error
    answer = answer_to(error, request.method, request.url.path)
    if answer.status_code == 405:
        answer.headers["Allow"] = ", ".join(_allowed(request))
    return answer


def _allowed(request: Request) -> list[str]:
    """Give all methods of a path; Starlette names those of the first route that has it."""
    routes: Sequence[BaseRoute] = request.app.router.routes
    return [
        method
        for method in ("DELETE", "GET", "PATCH", "POST", "PUT")
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    ]


async def _gone(_request: Request, _error: Exception) -> JSONResponse:
    return sentence(400, "The client went away")  # nobody reads it, but an answer there must be


async def _broken(request: Request, error: Exception) -> JSONResponse:
    return internal_error(error, request.method, request.url.path)


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    return JSONResponse({"detail": plain_faults(error.errors())}, 422)


def add_error_handlers(app: FastAPI) -> None:
    """Answer every error of the application in the one shape."""
    app.add_exception_handler(KnownError, _told)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _told)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _broken)
