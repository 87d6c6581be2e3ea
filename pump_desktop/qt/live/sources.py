"""The pins of each stream, kept while the program runs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import BetsLanded
from pump_desktop.domain.targets_and_pins import PRESETS, Pin, PinWish
from pump_desktop.qt.live.event_bridge import EventBridge
from pump_desktop.qt.work.audits import Audits
from pump_desktop.qt.work.query import Asker

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


@dataclass(frozen=True, slots=True)
class LiveSources:
    """Questions on a thread that stays free for bets, events as they land, audits, and the clock."""

    asker: Asker
    bridge: EventBridge
    audits: Audits
    now: Callable[[], datetime]


class StreamPins:
    """What a person pinned: by stream, and what streams of a difficulty begin with."""

    def __init__(self) -> None:
        self._by_stream: dict[UUID, tuple[Pin, ...]] = {}
        self._subjects: dict[UUID, Pin] = {}
        self._presets: dict[Difficulty, tuple[Pin, ...]] = dict(PRESETS)

    def wish(self, stream_id: UUID) -> PinWish:
        """Give what is to be shown of a stream."""
        return PinWish(self._by_stream.get(stream_id), self._subjects.get(stream_id), self._presets)

    def set_pins(self, stream_id: UUID, pins: tuple[Pin, ...] | None) -> None:
        """Pin other multipliers to a stream, or for None those of its difficulty."""
        if pins is None:
            self._by_stream.pop(stream_id, None)
        else:
            self._by_stream[stream_id] = pins

    def set_subject(self, stream_id: UUID, pin: Pin) -> None:
        """Show a pin in the strip of a stream."""
        self._subjects[stream_id] = pin

    def keep(self, difficulty: Difficulty, pins: tuple[Pin, ...]) -> None:
        """Let every stream of a difficulty begin with these pins."""
        # A new mapping: the one before belongs to wishes that were made.
        self._presets = {**self._presets, difficulty: pins}
