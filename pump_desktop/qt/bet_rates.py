"""How fast bets come in, stream by stream, from what was told as they landed."""

from __future__ import annotations

from collections import deque
from itertools import islice
from uuid import UUID

from pump_desktop.domain.live import BetsLanded

OVER_SECONDS = 30.0


class BetRates:
    """Counts bets of the last 30 seconds; times are those of a clock that never jumps."""

    def __init__(self) -> None:
        # The stream that got a bet longest ago stands first.
        self._landed: dict[UUID, deque[tuple[float, int]]] = {}

    def landed(self, event: BetsLanded, at: float) -> None:
        """Count what landed."""
        if event.bets:
            counts = self._landed.pop(event.stream_id, deque())
            counts.append((at, event.bets))
            self._landed[event.stream_id] = counts
            self._forget(event.stream_id, at)
            self._forget_streams(at)

    def per_minute(self, stream_id: UUID, at: float) -> float:
        """Give the bets a minute, on the average of the last 30 seconds."""
        self._forget(stream_id, at)
        counts = self._landed.get(stream_id, ())
        return sum(bets for _, bets in counts) * 60 / OVER_SECONDS

    def _forget_streams(self, at: float) -> None:
        # A simulation brings a new stream with every bet, and nobody ever asks for most of them.
        for stream_id, counts in list(islice(self._landed.items(), 2)):
            if counts[-1][0] <= at - OVER_SECONDS:
                del self._landed[stream_id]

    def _forget(self, stream_id: UUID, at: float) -> None:
        counts = self._landed.get(stream_id)
        while counts and counts[0][0] <= at - OVER_SECONDS:
            counts.popleft()
        if counts is not None and not counts:
            del self._landed[stream_id]
