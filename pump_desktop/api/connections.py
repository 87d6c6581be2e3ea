"""Connections as the listener keeps them: few enough for the system, and none that waits for ever."""

from __future__ import annotations

import asyncio
import json
import sys
from itertools import count

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# More than every script, tab and event stream of one person together, and less than half of the 1,024 files
# a program may usually have open: with all of them taken the database could not be read.
MAX_CONNECTIONS = 400
# A request's head comes in one piece; who takes longer is not sending one.
HEAD_S = 30.0

# In the order of things: many connections come within one tick of the loop's clock.
_moments = count()

TOO_MANY = "Too many connections are open"


def most_connections() -> int:
    """Give how many connections are kept; fewer where the system grants a program few open files."""
    if sys.platform == "win32":
        return MAX_CONNECTIONS
    import resource  # noqa: PLC0415 - there is none on Windows

    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MAX_CONNECTIONS if allowed == resource.RLIM_INFINITY else min(MAX_CONNECTIONS, allowed // 2)


class Connection(HttpToolsProtocol):
    """uvicorn's HTTP, with this contract's error shape, a bound on idle connections and a quick end."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Take a connection in; past the limit the one that has been idle longest has to go."""
        super().connection_made(transport)
        self._head_open = False
        self._head_timer: asyncio.TimerHandle | None = None
        self._quiet_since = next(_moments)
        self._wait_for_head()
        if len(self.connections) > most_connections():
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of everything."""
        self._head_has_come()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; a head that stays half is waited for only so long."""
        super().data_received(data)
        if not self._head_open:
            self._head_has_come()
        elif self._head_timer is None:
            self._wait_for_head()

    def on_message_begin(self) -> None:
        """Note that a head has begun."""
        self._head_open = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Note that it is whole."""
        self._head_open = False
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Note when it fell idle."""
        self._quiet_since = next(_moments)
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP."""
        self._say("400 Bad Request", msg)

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
        body = json.dumps({"detail": sentence}).encode()
        head = (
            f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
