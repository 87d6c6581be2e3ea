"""The hub: what happened, told to everybody who asked, without anybody knowing anybody."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock

from pump_desktop.domain.live import Event

Subscriber = Callable[[Event], None]

_log = logging.getLogger(__name__)


class Hub:
    """Hands each event to every subscriber, in the order they came; safe to use from any thread.

    A callback runs on the publisher's thread, often the writer's: it must hand the event on and return.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        # Keyed by an object of its own, so that one function may subscribe twice.
        self._subscribers: dict[object, Subscriber] = {}

    def subscribe(self, callback: Subscriber) -> Callable[[], None]:
        """Call ``callback`` for every event from now on; the answer ends that and may be called again.

        A publisher on another thread may still deliver the event it is at.
        """
        key = object()
        with self._lock:
            self._subscribers[key] = callback

        def unsubscribe() -> None:
            with self._lock:
                self._subscribers.pop(key, None)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Tell every subscriber; one that fails is logged and the others still hear it."""
        with self._lock:
            subscribers = list(self._subscribers.values())
        for tell in subscribers:
            try:
                tell(event)
            except Exception:  # noqa: BLE001 - logged; the writer's thread and the others must go on
                _log.exception("a subscriber failed on %s", type(event).__name__)
