"""Connections as the listener keeps them: few enough for the system, none for ever, none that fills it up."""

from __future__ import annotations

import asyncio
import json
import sys
from itertools import count

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# More than every script, tab and event stream of one person together, and less than half of the 1,024 files
# a program may usually have open: with all of them taken the database could not be read.
MAX_CONNECTIONS = 400
# A request's head comes in one piece; who takes longer is not sending one.
HEAD_S = 30.0

# Request line and headers, in bytes and in number; also what may stand between the pieces of a body, and
# behind it. Before, 224 MB of address took 314 MB, and as many small headers 5.4 GB.
MAX_HEAD = 64 * 1024
MAX_HEADERS = 256
# A client that is still sending when it is answered gets this long: closed at once, unread input makes the
# system take back the answer.
LINGER_S = 2.0

# In the order of things: many connections come within one tick of the loop's clock.
_moments = count()

TOO_MANY = "Too many connections are open"
_TOO_LARGE = (
    "431 Request Header Fields Too Large",
    f"The request line and headers exceed the maximum of {MAX_HEAD} bytes and {MAX_HEADERS} headers",
)
_NO_HTTP = ("400 Bad Request", "Invalid HTTP request received.")


def most_connections() -> int:
    """Give how many connections are kept; fewer where the system grants a program few open files."""
    if sys.platform == "win32":
        return MAX_CONNECTIONS
    import resource  # noqa: PLC0415 - there is none on Windows

    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MAX_CONNECTIONS if allowed == resource.RLIM_INFINITY else min(MAX_CONNECTIONS, allowed // 2)


class _HeadTooLargeError(Exception):
    """A head is larger than any program's."""


class Connection(HttpToolsProtocol):
    """uvicorn's HTTP, with this contract's error shape, a bound on idle connections and a quick end."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Take a connection in; past the limit the one that has been idle longest has to go."""
        super().connection_made(transport)
        self._head_open = False
        self._deaf = False
        # Bytes since a head or a piece of a body was whole: the parser keeps them and tells nothing.
        self._unseen = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._rest_timer: asyncio.TimerHandle | None = None
        self._quiet_since = next(_moments)
        self._wait_for_head()
        if len(self.connections) > most_connections():
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of everything."""
        self._head_has_come()
        self._rest_has_come()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; a head that stays half is waited for only so long, and one too large is refused.

        In place of uvicorn's own, which logs a warning for every request that is none.
        """
        if self._deaf:
            return
        self._unset_keepalive_if_required()
        self._unseen += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # Answered as if it had not asked for another protocol; nothing behind it can be read.
            self.cycle.keep_alive = False
            self._deaf = True
        except httptools.HttpParserError as error:
            too_large = isinstance(error.__context__, _HeadTooLargeError)
            self._refuse(*(_TOO_LARGE if too_large else _NO_HTTP))
            return
        if self._unseen > MAX_HEAD:
            self._refuse(*_TOO_LARGE)
        elif not self._head_open:
            self._head_has_come()
        elif self._head_timer is None:
            self._wait_for_head()

    def on_message_begin(self) -> None:
        """Note that a head has begun."""
        self._head_open = True
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; one behind the body is nobody's."""
        if self._head_open:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Note that it is whole, and refuse one that is too large."""
        # Most heads come in one piece that is smaller as a whole.
        if (self._unseen > MAX_HEAD and self._head_size() > MAX_HEAD) or len(self.headers) > MAX_HEADERS:
            raise _HeadTooLargeError
        self._head_open = False
        self._unseen = 0
        super().on_headers_complete()

    def on_chunk_header(self) -> None:
        """Note that a piece of a body begins."""
        self._unseen = 0

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body."""
        self._unseen = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that a request has come whole."""
        self._unseen = 0
        self._rest_has_come()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Note when it fell idle; the rest of a body that was refused is not waited for long."""
        self._quiet_since = next(_moments)
        super().on_response_complete()
        if self.cycle.response_complete and self.cycle.more_body and not self.transport.is_closing():
            self._rest_timer = self.loop.call_later(LINGER_S, self.transport.close)

    def shutdown(self) -> None:
        """Let what is being answered finish; a request that never came whole is not waited for."""
        # None before the first request, whatever its declaration says.
        cycle = getattr(self, "cycle", None)
        if cycle is not None and not cycle.response_complete and cycle.more_body:
            self.transport.close()
        else:
            super().shutdown()

    def quiet_since(self) -> int | None:
        """Give when it fell idle; None while a request is under way."""
        cycle = getattr(self, "cycle", None)
        return self._quiet_since if cycle is None or cycle.response_complete else None

    def _make_room(self) -> None:
        idle = {
            since: one
            for one in self.connections
            if isinstance(one, Connection) and one is not self and (since := one.quiet_since()) is not None
        }
        if not idle:
            self._say("503 Service Unavailable", TOO_MANY)
            return
        oldest = idle[min(idle)]
        # At once: until connection_lost() is called it would count, and be chosen again.
        self.connections.discard(oldest)
        oldest.transport.close()

    def _head_size(self) -> int:
        # Two signs between name and value, two at the end of the line.
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _refuse(self, status: str, sentence: str) -> None:
        """Answer what cannot be read on, and close when the client has had time to read that."""
        self._deaf = True
        self._head_has_come()
        cycle = getattr(self, "cycle", None)
        if cycle is not None and not cycle.response_complete:
            # Its request is still being answered: whoever does that is told that nobody waits.
            cycle.disconnected = True
            cycle.message_event.set()
            if cycle.response_started:
                self.transport.close()
                return
        self._write(status, sentence)
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._rest_timer = self.loop.call_later(LINGER_S, self.transport.close)

    def _rest_has_come(self) -> None:
        if self._rest_timer is not None:
            self._rest_timer.cancel()
            self._rest_timer = None

    def _wait_for_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_S, self._give_up)

    def _head_has_come(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        self._head_timer = None
        if self._head_open:
            self._say("408 Request Timeout", "The rest of the request did not arrive")
        else:
            self.transport.close()

    def _say(self, status: str, sentence: str) -> None:
        """Answer by hand, where there is no request to answer, and close."""
        self._write(status, sentence)
        self.transport.close()

    def _write(self, status: str, sentence: str) -> None:
        body = json.dumps({"detail": sentence}).encode()
        head = (
            f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
