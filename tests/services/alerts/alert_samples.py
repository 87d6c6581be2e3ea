"""Alerts to test with: a clock that stands until it is moved, and an ear that waits for notices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Condition
from typing import Any
from uuid import UUID, uuid4

from pump_desktop.domain.alert_notices import AlertRaised
from pump_desktop.domain.alerts import AlertRule, RuleDraft
from pump_desktop.domain.live import Event, StreamChanged
from pump_desktop.services.alerts.alerts import Alerts
from pump_desktop.services.backend import Backend
from pump_desktop.store.alerts import AlertReads, AlertRulesStore
from pump_desktop.system.clock import utc_now
from tests.services.samples import bet, send


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        """Give the time."""
        return self.time


class Ear:
    """Keeps the notices of a hub in order."""

    def __init__(self) -> None:
        self._changed = Condition()
        self.heard: list[AlertRaised] = []

    def hear(self, event: Event) -> None:
        """Take an event."""
        if isinstance(event, AlertRaised):
            with self._changed:
                self.heard.append(event)
                self._changed.notify()

    def wait(self, count: int) -> list[AlertRaised]:
        """Give the notices once there are so many."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.heard) >= count, 10), self.heard
            return list(self.heard)

    def take_out(self, rule_id: UUID) -> None:
        """Wait for the one notice of a rule, and forget it."""
        with self._changed:
            assert self._changed.wait_for(lambda: any(one.rule_id == rule_id for one in self.heard), 10)
            self.heard = [one for one in self.heard if one.rule_id != rule_id]

    def sentences(self, count: int) -> list[str]:
        """Give what the notices say, once there are so many."""
        return [notice.sentence for notice in self.wait(count)]


class Stage:
    """A backend, alerts on it with a clock of their own, and an ear."""

    def __init__(self, backend: Backend, alerts: Alerts, clock: Clock, ear: Ear) -> None:
        self.backend = backend
        self.alerts = alerts
        self.clock = clock
        self.ear = ear
        self._settled = 0
        self._settling = f"settling {uuid4()}"

    def add(self, kind: str, *, stream: UUID | None = None, **values: object) -> AlertRule:
        """Make a rule named after its kind."""
        return self.alerts.add(draft(kind, stream=stream, **values)).result(10)

    def send(self, nonces: Iterable[int], **changes: Any) -> UUID:
        """Send bets, each with 1.00x unless told otherwise, and give their stream."""
        values = {"roundResult": 1.0} | changes
        return send(self.backend.live, [bet(nonce, **values) for nonce in nonces])[0].stream_id

    def settle(self) -> None:
        """Wait until all that was sent so far was looked at: two bets come last that one new rule hears."""
        first = self._settled * 4 + 1
        self._settled += 1
        stream = self.send([first, first + 1], clientSeed=self._settling)
        values = {"target": 2.8, "match": "exact", "count": 2, "nonces": 2}
        rule = self.add("cluster", stream=stream, **values)
        self.send([first + 2, first + 3], roundResult=2.8, clientSeed=self._settling)
        self.ear.take_out(rule.id)
        self.alerts.delete(rule.id).result(10)

    def move(self, seconds: float) -> None:
        """Let time pass and have the alerts see it: news of any stream wakes them."""
        self.clock.time += seconds
        self.backend.hub.publish(StreamChanged(uuid4()))

    def without_cooldown(self) -> None:
        """Have each finding told by itself."""
        self.alerts._notices.cooldown_s = 0


def draft(kind: str, *, stream: UUID | None = None, **values: object) -> RuleDraft:
    """Give a rule that notifies, named after its kind."""
    return RuleDraft.parse(
        name=f"my {kind}", kind=kind, values=values, stream_id=stream, desktop=True, sound=True
    )


@contextmanager
def staged(backend: Backend) -> Iterator[Stage]:
    """Put alerts that look at once, by a clock that stands, on a backend."""
    clock, ear = Clock(), Ear()
    leave = backend.hub.subscribe(ear.hear)
    rules = AlertRulesStore(backend._database, backend._writer)
    reads = AlertReads(backend._database)
    alerts = Alerts(rules, reads, backend.hub, now=utc_now, timer=clock, pace_s=0)
    try:
        yield Stage(backend, alerts, clock, ear)
    finally:
        alerts.close()
        leave()
