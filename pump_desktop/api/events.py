"""Server-sent events of one stream: one ``bets`` event per commit, until the client or the listener goes."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import UUID

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from pump_desktop.api.connections import most_connections
from pump_desktop.api.errors import sentence
from pump_desktop.api.work import Closing
from pump_desktop.domain.live import BetsLanded, Event, StreamChanged
from pump_desktop.services.events import Hub

HEARTBEAT_S = 15.0
# A client that does not read for so many commits misses the oldest; the last id it gets is true anyway.
_MOST_WAITING = 1_000
# A tab for each of many streams; each keeps its connection, and bets need one too.
MAX_EVENT_STREAMS = 64
TOO_MANY = "Too many event streams are open. Close one and try again."


class Watchers:
    """How many event streams are open; counted on the event loop."""

    def __init__(self) -> None:
        self.open = 0

    @property
    def full(self) -> bool:
        """Whether there are as many as fit beside everybody else's connections."""
        return self.open >= min(MAX_EVENT_STREAMS, most_connections() // 4)


class EventStream(StreamingResponse):
    """An endless answer; when there are too many of them, it is a 503 instead."""

    def __init__(self, watchers: Watchers, events: AsyncIterator[str]) -> None:
        super().__init__(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})
        self._watchers = watchers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until the client leaves."""
        if self._watchers.full:
            await sentence(503, TOO_MANY, {"Retry-After": "5"})(scope, receive, send)
            return
        self._watchers.open += 1
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._watchers.open -= 1


class _Inbox:
    """Events for one client, put in on the writer's thread and taken out on the loop."""

    def __init__(self, stream_id: UUID, loop: asyncio.AbstractEventLoop) -> None:
        self._stream_id = stream_id
        self._loop = loop
        self._wake = asyncio.Event()
        self.waiting: deque[BetsLanded] = deque(maxlen=_MOST_WAITING)
        self.ended = False

    def hear(self, event: Event) -> None:
        """Hand an event of this stream over to the loop; called on any thread."""
        if isinstance(event, BetsLanded | StreamChanged) and event.stream_id == self._stream_id:
            # The loop may close between a commit and this call: then nobody listens any more.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._put, event)

    def end(self) -> None:
        """Let the client go."""
        self.ended = True
        self._wake.set()

    async def wait(self) -> bool:
        """Wait for something to happen; false when nothing did for the time of a heartbeat."""
        try:
            async with asyncio.timeout(HEARTBEAT_S):
                await self._wake.wait()
        except TimeoutError:
            return False
        self._wake.clear()
        return True

    def _put(self, event: BetsLanded | StreamChanged) -> None:
        if isinstance(event, BetsLanded):
            self.waiting.append(event)
            self._wake.set()
        elif event.deleted:
            self.end()


async def bets_events(hub: Hub, closing: Closing, stream_id: UUID) -> AsyncIterator[str]:
    """Yield the event stream of one live stream; it ends when that is deleted."""
    inbox = _Inbox(stream_id, asyncio.get_running_loop())
    leave_hub = hub.subscribe(inbox.hear)
    leave_closing = closing.hear(inbox.end)
    try:
        # At once, so that the client knows that from now on nothing is missed.
        yield "retry: 2000\n: listening\n\n"
        while not inbox.ended:
            if not await inbox.wait():
                yield ": still here\n\n"
            while inbox.waiting:
                yield _text(inbox.waiting.popleft())
    finally:
        leave_hub()
        leave_closing()


def _text(event: BetsLanded) -> str:
    data = {"last_id": event.last_bet_id, "bets": event.bets, "rounds": event.rounds}
    return f"event: bets\nid: {event.last_bet_id}\ndata: {json.dumps(data)}\n\n"
