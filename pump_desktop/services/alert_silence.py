"""Streams that have become silent, found by the time at which each would be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from uuid import UUID

from pump_desktop.domain.alerts import AlertRule, Silent


class Silences:
    """Remembers when each stream was heard; a rule waits for a stream's next message after it has spoken.

    There is one entry a rule and stream, put off when it comes up and the stream was heard since: a message
    costs a look, not a change of the order.
    """

    def __init__(self) -> None:
        self._rules: dict[UUID, tuple[AlertRule, Silent]] = {}
        self._heard: dict[UUID, float] = {}
        self._order: list[tuple[float, UUID, UUID]] = []
        self._waiting: set[tuple[UUID, UUID]] = set()

    def set_rules(self, rules: Sequence[AlertRule]) -> None:
        """Go on with other rules; new ones wait for a stream to be heard first."""
        before = self._rules
        self._rules = {
            rule.id: (rule, rule.condition)
            for rule in rules
            if isinstance(rule.condition, Silent) and rule.draft.enabled
        }
        same = {key for key, found in self._rules.items() if before.get(key) == found}
        self._keep([entry for entry in self._order if entry[1] in same])

    def forget(self, stream_id: UUID) -> None:
        """Drop a deleted stream."""
        self._heard.pop(stream_id, None)
        self._keep([entry for entry in self._order if entry[2] != stream_id])

    def hear(self, stream_id: UUID, time: float) -> None:
        """Take note of a message."""
        if not self._rules:
            return
        self._heard[stream_id] = time
        for rule, silent in self._rules.values():
            if rule.draft.applies_to(stream_id) and (rule.id, stream_id) not in self._waiting:
                self._put(time + silent.seconds, rule.id, stream_id)

    def due(self, time: float) -> Iterator[tuple[AlertRule, Silent, UUID]]:
        """Yield which rule finds which stream silent now, each silence once."""
        while self._order and self._order[0][0] <= time:
            _, rule_id, stream_id = heappop(self._order)
            self._waiting.discard((rule_id, stream_id))
            rule, silent = self._rules[rule_id]
            silent_at = self._heard[stream_id] + silent.seconds
            if silent_at > time:
                self._put(silent_at, rule_id, stream_id)
            else:
                yield rule, silent, stream_id

    def next_due(self) -> float | None:
        """Give when to look next; None while nothing was heard."""
        return self._order[0][0] if self._order else None

    def _put(self, at: float, rule_id: UUID, stream_id: UUID) -> None:
        heappush(self._order, (at, rule_id, stream_id))
        self._waiting.add((rule_id, stream_id))

    def _keep(self, entries: list[tuple[float, UUID, UUID]]) -> None:
        # Sorted is a heap too.
        self._order = sorted(entries)
        self._waiting = {(rule_id, stream_id) for _, rule_id, stream_id in entries}
