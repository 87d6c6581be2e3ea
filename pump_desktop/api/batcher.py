"""Single messages gathered while the disk is busy, so that they share its next commit."""

from __future__ import annotations

import asyncio

from pump_desktop.api.work import stored
from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.live import Accepted, Message
from pump_desktop.services.live.live import Live

# As many as a batch over HTTP may hold.
MAX_TOGETHER = 1000

_Waiting = tuple[Message, "asyncio.Future[Accepted]"]


class Batcher:
    """Sends what waits as one piece of work, one at a time; used from the event loop's thread only."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._waiting: list[_Waiting] = []
        self._sending: asyncio.Task[None] | None = None

    async def add(self, message: Message) -> Accepted:
        """Give what became of a message once it is on disk; raises StoreError."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Accepted] = loop.create_future()
        self._waiting.append((message, answer))
        if self._sending is None:
            self._sending = loop.create_task(self._send())
        return await answer

    async def _send(self) -> None:
        try:
            while self._waiting:
                together = self._waiting[:MAX_TOGETHER]
                del self._waiting[:MAX_TOGETHER]
                await self._store(together)
        finally:
            self._sending = None

    async def _store(self, together: list[_Waiting]) -> None:
        try:
            results = await stored(self._live.ingest([message for message, _ in together]))
        except KnownError as error:
            _refuse(together, error)
        except Exception as error:  # noqa: BLE001 - each caller gets it through its future
            if len(together) == 1:
                _refuse(together, error)
                return
            # Nothing of it was stored, and the bug may lie in one message: the others need not suffer.
            for one in together:
                await self._store([one])
        else:
            for (_, answer), accepted in zip(together, results, strict=True):
                if not answer.done():
                    answer.set_result(accepted)


def _refuse(together: list[_Waiting], error: Exception) -> None:
    for _, answer in together:
        if not answer.done():  # a request that was given up while it waited
            answer.set_exception(error)
