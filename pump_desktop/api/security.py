"""Who may ask what: Host, Origin, preflight, token, size and rate, before anything else sees a request."""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from urllib.parse import unquote_to_bytes

from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pump_desktop.api.context import Context
from pump_desktop.api.errors import answer_to, internal_error, sentence
from pump_desktop.api.rate import Allowance
from pump_desktop.api.requests import MAX_BODY, TOO_LARGE
from pump_desktop.domain.errors import KnownError

Endpoint = Callable[[Context, Receive, str | None], Awaitable[Response]]

INGEST = "/live/ingest"

_HOST = re.compile(rb"(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)
_OWN_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_PRINTABLE = re.compile(rb"[\x20-\x7e\x80-\xff]{1,2048}")
# Without the token: the state of the program, and the pages that say how to use it.
_OPEN = frozenset({"/healthz", "/docs", "/openapi.json"})
_OPEN_FOLDER = "/docs/"

_RATE_HEADERS = b"X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After"


class Said:
    """The headers that decide, picked in one pass."""

    __slots__ = ("content_length", "content_type", "hosts", "origins", "private_network", "tokens")

    def __init__(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self.hosts: list[bytes] = []
        self.origins: list[bytes] = []
        self.tokens: list[bytes] = []
        self.content_length: bytes | None = None
        self.content_type: str | None = None
        self.private_network = False
        for name, value in headers:
            if name == b"host":
                self.hosts.append(value)
            elif name == b"x-ingest-token":
                self.tokens.append(value)
            elif name == b"origin":
                self.origins.append(value)
            elif name == b"content-length":
                self.content_length = value
            elif name == b"content-type":
                self.content_type = value.decode("latin-1")
            elif name == b"access-control-request-private-network":
                self.private_network = value.strip().lower() == b"true"


class Guard:
    """Lets a request through or answers it; every ingest answer gets its CORS and rate headers here.

    Plain ASGI, and ``direct`` endpoints are called without a way through FastAPI: its middleware, routing
    and dependencies take 0.1 ms, as much as all the rest of a message's way to the writer.
    """

    def __init__(self, app: ASGIApp, context: Context, token: str, direct: Mapping[str, Endpoint]) -> None:
        self._app = app
        self._direct = direct
        self._context = context
        self._token = token.encode()

    def answer_by(self, context: Context, token: str) -> None:
        """Use other settings and another token from the next request on."""
        self._context, self._token = context, token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or let the application do it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Both /runs and /runs/ are meant; a redirect would lose the body in some clients.
        if len(scope["path"]) > 1 and scope["path"].endswith("/"):
            scope["path"] = scope["path"][:-1]
        send = self._context.traffic.watched(scope, send)
        started = finished = False

        async def watched(message: Message) -> None:
            nonlocal started, finished
            started = True
            await send(message)
            finished = message["type"] == "http.response.body" and not message.get("more_body", False)

        try:
            await self._admit(scope, receive, watched)
        except ClientDisconnect:
            return  # nobody is there to be answered
        except Exception as error:
            if finished:
                return  # answered and logged; Starlette raises it again for servers that log
            if started:
                raise  # half an answer is out: the server closes the connection
            await internal_error(error, scope["method"], scope["path"])(scope, receive, send)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Said(scope["headers"])
        path = scope["path"]
        ingest = path == INGEST or path.startswith(f"{INGEST}/")
        if len(request.hosts) != 1 or not _HOST.fullmatch(request.hosts[0]):
            refusal = sentence(403, "Host must be 127.0.0.1, localhost or [::1]")
            # No CORS here, so that a page that rebinds a name reads nothing.
            await refusal(scope, receive, self._told_rate(scope, send) if ingest else send)
            return
        if ingest:
            await self._admit_ingest(scope, receive, send, request)
            return
        if not _is_own(request.origins, scope):
            refusal = sentence(403, "Pages of another origin may only post to /live/ingest")
            await refusal(scope, receive, send)
            return
        if not (path in _OPEN or path.startswith(_OPEN_FOLDER) or self._knows(request.tokens)):
            await sentence(401, "Invalid ingest token")(scope, receive, send)
            return
        await self._pass(scope, receive, send, request)

    async def _admit_ingest(self, scope: Scope, receive: Receive, send: Send, request: Said) -> None:
        if len(request.origins) > 1 or not all(_PRINTABLE.fullmatch(origin) for origin in request.origins):
            refusal = sentence(403, "Origin cannot be read")
            await refusal(scope, receive, self._told_rate(scope, send))
            return
        client = _client(scope)
        rate = self._context.rate
        # Answered before the token check, because browsers never send a token with it.
        if scope["method"] == "OPTIONS":
            extra = [*_cors(request), *_rate(rate.look(client)), *_preflight(request)]
            await Response(status_code=204)(scope, receive, _Adding(send, extra))
            return
        required = self._context.settings.ingest_token_required
        if required and not self._knows(request.tokens):
            # Not counted: a page without the token must not use up what the script may send.
            extra = [*_cors(request), *_rate(rate.look(client))]
            await sentence(401, "Invalid ingest token")(scope, receive, _Adding(send, extra))
            return
        allowance = rate.take(client)
        guarded = _Adding(send, [*_cors(request), *_rate(allowance)])
        if not allowance.allowed:
            await sentence(429, "Rate limit exceeded")(scope, receive, guarded)
            return
        try:
            await self._pass(scope, receive, guarded, request)
        except ClientDisconnect:
            raise
        except Exception as error:
            # Here and not outside, so that a page may read this answer too.
            if guarded.started:
                raise
            await internal_error(error, scope["method"], scope["path"])(scope, receive, guarded)

    async def _pass(self, scope: Scope, receive: Receive, send: Send, request: Said) -> None:
        length = request.content_length
        if length is not None and length.isdigit() and (len(length) > 18 or int(length) > MAX_BODY):
            await sentence(413, TOO_LARGE)(scope, receive, send)
            return
        endpoint = self._direct.get(scope["path"]) if scope["method"] == "POST" else None
        if endpoint is None:
            if not _is_text(scope["query_string"]):
                await sentence(400, "The query is not valid UTF-8")(scope, receive, send)
                return
            await self._app(scope, receive, send)
            return
        try:
            answer = await endpoint(self._context, receive, request.content_type)
        except (KnownError, HTTPException) as error:
            answer = answer_to(error, scope["method"], scope["path"])
        await answer(scope, receive, send)

    def _told_rate(self, scope: Scope, send: Send) -> Send:
        return _Adding(send, _rate(self._context.rate.look(_client(scope))))

    def _knows(self, tokens: list[bytes]) -> bool:
        return len(tokens) == 1 and hmac.compare_digest(tokens[0], self._token)


class _Adding:
    """A ``send`` that adds headers to the answer's start and knows whether it was sent."""

    __slots__ = ("_extra", "_send", "started")

    def __init__(self, send: Send, extra: list[tuple[bytes, bytes]]) -> None:
        self._send = send
        self._extra = extra
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            message["headers"] = [*message.get("headers", ()), *self._extra]
        await self._send(message)


def _client(scope: Scope) -> str:
    client: str = scope["client"][0] if scope.get("client") else "unknown"
    return client


def _is_text(query: bytes) -> bool:
    """Tell whether a query is UTF-8; Starlette would ask for another seed, with U+FFFD where it is not."""
    try:
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_own(origins: list[bytes], scope: Scope) -> bool:
    """Tell whether a request comes from no page, or from a page of this listener."""
    if not origins:
        return True
    port = scope["server"][1] if scope.get("server") else None
    own = {f"http://{host}:{port}".encode() for host in _OWN_HOSTS}
    if port == 80:
        own |= {f"http://{host}".encode() for host in _OWN_HOSTS}
    return len(origins) == 1 and origins[0] in own


def _cors(request: Said) -> list[tuple[bytes, bytes]]:
    if not request.origins:
        return []
    return [
        (b"access-control-allow-origin", request.origins[0]),
        (b"access-control-expose-headers", _RATE_HEADERS),
        (b"vary", b"Origin"),
    ]


def _preflight(request: Said) -> list[tuple[bytes, bytes]]:
    headers = [
        (b"access-control-allow-methods", b"POST, OPTIONS"),
        (b"access-control-allow-headers", b"content-type, x-ingest-token"),
        (b"access-control-max-age", b"600"),
        (b"allow", b"POST, OPTIONS"),
    ]
    if request.private_network:
        headers.append((b"access-control-allow-private-network", b"true"))
    return headers


def _rate(allowance: Allowance) -> list[tuple[bytes, bytes]]:
    headers = [
        (b"x-ratelimit-limit", b"%d" % allowance.limit),
        (b"x-ratelimit-remaining", b"%d" % allowance.remaining),
        (b"x-ratelimit-reset", b"%d" % allowance.reset),
    ]
    if not allowance.allowed:
        headers.append((b"retry-after", b"%d" % allowance.retry_after))
    return headers
