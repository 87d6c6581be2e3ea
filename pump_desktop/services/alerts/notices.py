"""Notices of alert rules: one per rule in a while, kept, and published."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import NamedTuple
from uuid import UUID

from pump_desktop.domain.alert_notices import AlertRaised, QuietHours
from pump_desktop.domain.alerts import AlertRule
from pump_desktop.domain.targets_and_pins import duration

COOLDOWN_S = 10
KEPT_NOTICES = 100


class Finding(NamedTuple):
    """Something a rule found; the sentence is made only for what is told."""

    rule: AlertRule
    stream_id: UUID
    nonce: int | None
    say: Callable[[], str]


@dataclass(slots=True)
class _Spoken:
    """When a rule may speak again, and what it has found since it spoke."""

    free_at: float
    latest: Finding | None = None
    count: int = 0


class Notices:
    """Tells the first finding of a rule at once; those within the cooldown are told as one at its end.

    Findings come on the watcher's thread alone; ``recent()`` and the quiet hours are for any thread.
    """

    def __init__(
        self,
        tell: Callable[[AlertRaised], None],
        bet_at: Callable[[UUID, int], int | None],
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._tell = tell
        self._bet_at = bet_at
        self._now = now
        self._lock = Lock()
        self._kept: deque[AlertRaised] = deque(maxlen=KEPT_NOTICES)
        self._spoken: dict[UUID, _Spoken] = {}
        self.cooldown_s = COOLDOWN_S
        self.quiet_hours: QuietHours | None = None

    def recent(self) -> tuple[AlertRaised, ...]:
        """Give the last 100 notices, newest first."""
        with self._lock:
            return tuple(reversed(self._kept))

    def take(self, finding: Finding, time: float) -> None:
        """Tell a finding, or count it when its rule has spoken lately."""
        spoken = self._spoken.setdefault(finding.rule.id, _Spoken(time))
        spoken.latest = finding
        spoken.count += 1
        if time >= spoken.free_at:
            self._speak(spoken, time)

    def flush(self, time: float) -> None:
        """Tell what waited for its rule's cooldown to end."""
        for spoken in self._spoken.values():
            if spoken.count and time >= spoken.free_at:
                self._speak(spoken, time)

    def next_due(self) -> float | None:
        """Give when something that waits is to be told; None while nothing waits."""
        return min((spoken.free_at for spoken in self._spoken.values() if spoken.count), default=None)

    def set_rules(self, rules: Sequence[AlertRule]) -> None:
        """Drop what waits of rules that were changed, switched off or deleted."""
        enabled = {rule.id: rule for rule in rules if rule.draft.enabled}
        for rule_id in self._spoken.keys() - enabled.keys():
            del self._spoken[rule_id]
        for rule_id, spoken in self._spoken.items():
            if spoken.latest is not None and spoken.latest.rule != enabled[rule_id]:
                spoken.latest, spoken.count = None, 0

    def forget(self, stream_id: UUID) -> None:
        """Drop all of a deleted stream."""
        for spoken in self._spoken.values():
            if spoken.latest is not None and spoken.latest.stream_id == stream_id:
                spoken.latest, spoken.count = None, 0
        with self._lock:
            left = [notice for notice in self._kept if notice.stream_id != stream_id]
            self._kept = deque(left, maxlen=KEPT_NOTICES)

    def _speak(self, spoken: _Spoken, time: float) -> None:
        found, more = spoken.latest, spoken.count - 1
        spoken.latest, spoken.count = None, 0
        spoken.free_at = time + self.cooldown_s
        if found is None:
            return
        rule = found.rule
        sentence = found.say()
        if more:
            sentence += f" And {more:,} more within {duration(self.cooldown_s)}."
        now = self._now()
        quiet = self.quiet_hours is not None and self.quiet_hours.covers(now.astimezone().time())
        notice = AlertRaised(
            rule_id=rule.id,
            rule_name=rule.name,
            kind=rule.condition.kind,
            stream_id=found.stream_id,
            nonce=found.nonce,
            bet_id=None if found.nonce is None else self._bet_at(found.stream_id, found.nonce),
            sentence=sentence,
            raised_at=now,
            more=more,
            desktop=rule.draft.desktop and not quiet,
            sound=rule.draft.sound and not quiet,
        )
        with self._lock:
            self._kept.append(notice)
        self._tell(notice)
