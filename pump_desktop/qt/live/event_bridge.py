"""Events of the hub brought to the window's thread: collected on the writer's thread, told in small turns.

The hub calls on the writer's thread, between two commits, so that call may never wait for the window. It
appends to a deque and, when the window sleeps, sends one queued wake-up. From then on a timer drains, until
one turn finds nothing.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from typing import Protocol
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from pump_desktop.domain.alert_notices import AlertRaised
from pump_desktop.domain.live import BetsLanded, Event, MessageRejected, RowsLeftOut, StreamChanged
from pump_desktop.qt.work.post import post

DRAIN_MS = 50
# Half of a frame: what is left over waits for the next turn, and the window paints in between.
BUDGET_S = 0.008


class EventSource(Protocol):
    """Anything that publishes events, such as the hub."""

    def subscribe(self, callback: Callable[[Event], None]) -> Callable[[], None]:
        """Call ``callback`` with each event from now on, until the function it gives is called."""
        ...


class EventBridge(QObject):
    """``landed`` carries one BetsLanded a stream and turn, the other signals each event of their kind.

    ``left_out`` carries the sentence about rows that cannot be read.
    """

    landed = Signal(object)
    stream_changed = Signal(object)
    alert_raised = Signal(object)
    rejected = Signal(object)
    left_out = Signal(str)

    def __init__(
        self, parent: QObject | None = None, *, timer: Callable[[], float] = time.perf_counter
    ) -> None:
        super().__init__(parent)
        self._timer = timer
        self._waiting: deque[Event] = deque()
        # Taken by whoever sends the wake-up, given back when the window falls asleep: an atomic flag, so that
        # no publisher ever waits. An "is it empty?" check would lose the wake-up when the last event is taken
        # between the check and the append.
        self._awake = Lock()
        self._ready: dict[int, Event] = {}
        self._mergeable: dict[UUID, int] = {}
        self._count = 0
        self._unsubscribe: Callable[[], None] | None = None
        self._turns = QTimer(self)
        self._turns.setInterval(DRAIN_MS)
        self._turns.timeout.connect(self._turn)
        self._post = post()

    def start(self, source: EventSource) -> None:
        """Tell what the source publishes from now on."""
        self.stop()
        self._unsubscribe = source.subscribe(self._collect)

    def stop(self) -> None:
        """Tell nothing more, what is waiting included; may be called more than once."""
        if self._unsubscribe is None:
            return
        self._unsubscribe()
        self._unsubscribe = None
        self._turns.stop()
        self._waiting.clear()
        self._ready.clear()
        self._mergeable.clear()
        self._sleep()

    def _collect(self, event: Event) -> None:
        """Take an event on the publisher's thread."""
        self._waiting.append(event)
        if self._awake.acquire(blocking=False):
            self._post.send(self._woken)

    def _woken(self) -> None:
        if self._unsubscribe is None:
            # Collected by a publisher that was under way while stop() ran.
            self._waiting.clear()
            self._sleep()
            return
        self._turns.start()
        # The first event after a rest need not wait: this keeps a single bet within a few milliseconds.
        self._turn()

    @Slot()
    def _turn(self) -> None:
        deadline = self._timer() + BUDGET_S
        self._merge()
        if not self._ready:
            self._turns.stop()
            self._sleep()
            return
        while self._ready:
            self._tell_first()
            if self._timer() >= deadline:
                return

    def _sleep(self) -> None:
        if self._awake.locked():
            self._awake.release()
        # An event that came before the flag was given back has sent no wake-up.
        if self._waiting and self._awake.acquire(blocking=False):
            self._post.send(self._woken)

    def _merge(self) -> None:
        """Take what is waiting; bets that landed in one stream become one event, in order with the others."""
        for _ in range(len(self._waiting)):
            event = self._waiting.popleft()
            if not isinstance(event, MessageRejected | AlertRaised | RowsLeftOut):
                key = self._mergeable.get(event.stream_id)
                before = None if key is None else self._ready[key]
                if isinstance(event, BetsLanded) and isinstance(before, BetsLanded) and key is not None:
                    self._ready[key] = _together(before, event)
                    continue
                self._mergeable.pop(event.stream_id, None)
            self._count += 1
            self._ready[self._count] = event
            if isinstance(event, BetsLanded):
                self._mergeable[event.stream_id] = self._count

    def _tell_first(self) -> None:
        key = next(iter(self._ready))
        event = self._ready.pop(key)
        if isinstance(event, BetsLanded):
            if self._mergeable.get(event.stream_id) == key:
                del self._mergeable[event.stream_id]
            self.landed.emit(event)
        elif isinstance(event, StreamChanged):
            self.stream_changed.emit(event)
        elif isinstance(event, AlertRaised):
            self.alert_raised.emit(event)
        elif isinstance(event, RowsLeftOut):
            self.left_out.emit(event.sentence)
        else:
            self.rejected.emit(event)


def _together(first: BetsLanded, second: BetsLanded) -> BetsLanded:
    return replace(
        second,
        last_bet_id=max(first.last_bet_id, second.last_bet_id),
        bets=first.bets + second.bets,
        rounds=first.rounds + second.rounds,
        new_stream=first.new_stream or second.new_stream,
    )
