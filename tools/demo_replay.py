"""Posts a simulation to a running listener at a chosen rate, and counts what it answers."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from threading import Event
from urllib.parse import urlsplit

from pump_desktop.system.clock import utc_now
from tools.demo_bets import Play, messages

# So many posts a second; with a higher rate each carries more messages.
POSTS = 20
NOTES = "Simulated: the sample seed pair replayed, no real bets."


@dataclass(slots=True)
class Tally:
    """What was posted and answered; ``known`` are messages the listener had before."""

    bets: int = 0
    heartbeats: int = 0
    accepted: int = 0
    known: int = 0
    refused: list[str] = field(default_factory=list)
    streams: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        """Give it as one line."""
        words = (
            f"{self.bets:>6,} bets {self.heartbeats:>6,} heartbeats   "
            f"{self.accepted:>6,} accepted {self.known:>4,} known {len(self.refused):>3,} refused"
        )
        return f"{words}   {self.refused[-1]}" if self.refused else words


class Replay:
    """One connection to a listener, and what came of it."""

    def __init__(self, url: str, token: str, play: Play, rate: float, stop: Event | None = None) -> None:
        self._server = urlsplit(url)
        self._token = token
        self._play = play
        self._rate = rate
        self._stop = stop or Event()
        self.tally = Tally()

    def run(self, seconds: float, tell: Callable[[str], object] = print) -> Tally:
        """Post for some seconds, or until stopped, and tell each second."""
        connection = http.client.HTTPConnection(self._server.hostname or "", self._server.port, timeout=30)
        try:
            self._post(connection, seconds, tell)
        finally:
            connection.close()
        return self.tally

    def _post(
        self, connection: http.client.HTTPConnection, seconds: float, tell: Callable[[str], object]
    ) -> None:
        source = messages(self._play, utc_now(), self._rate)
        total = round(self._rate * seconds)
        size = max(round(self._rate / POSTS), 1)
        started = time.monotonic()
        sent, told = 0, 0
        while sent < total and not self._stop.is_set():
            some = list(islice(source, min(size, total - sent)))
            self._count(some, self._ask(connection, "POST", "/live/ingest/batch", some))
            if not sent:
                for stream in self.tally.streams:
                    self._ask(connection, "PUT", f"/live/streams/{stream}", {"notes": NOTES})
            sent += len(some)
            second = int(sent / self._rate)
            if second > told:
                told = second
                tell(f"{second:>4} s  {self.tally}")
            self._stop.wait(max(started + sent / self._rate - time.monotonic(), 0.0))

    def _ask(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: object
    ) -> list[dict[str, object]]:
        headers = {"Content-Type": "application/json", "X-Ingest-Token": self._token}
        connection.request(method, path, json.dumps(body), headers)
        answer = connection.getresponse()
        said = json.loads(answer.read())
        if answer.status == http.client.OK:
            results: list[dict[str, object]] = said.get("results", [])
            return results
        return [{"detail": f"{answer.status}: {said.get('detail')}"}]

    def _count(self, some: list[dict[str, object]], answers: list[dict[str, object]]) -> None:
        tally = self.tally
        for message in some:
            tally.bets += message["type"] == "bet"
            tally.heartbeats += message["type"] == "heartbeat"
        for answer in answers:
            if "detail" in answer:
                tally.refused.append(str(answer["detail"]))
                continue
            tally.accepted += answer["accepted"] is True
            tally.known += answer["accepted"] is False
            tally.streams.add(str(answer["streamId"]))
