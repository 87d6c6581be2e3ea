"""Alerts: rules that a person makes, what they say of arriving rounds, and what they would have said."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from pump_desktop.domain.alert_notices import (
    AlertPreview,
    AlertRaised,
    PreviewedAlert,
    QuietHours,
    RuleState,
    RuleStatus,
)
from pump_desktop.domain.alerts import AlertRule, Condition, GapPercentile, RuleDraft, WrongResult
from pump_desktop.services.alerts.notices import Notices
from pump_desktop.services.alerts.streams import resume_gap
from pump_desktop.services.alerts.watcher import PACE_S, AlertWatch
from pump_desktop.services.events import Hub
from pump_desktop.stats.alerts import GapWatch, gap_length, needs_times, watch_for
from pump_desktop.stats.stream_state import Course, Fired, follow, why_untold
from pump_desktop.store.alerts import AlertReader, AlertReads, AlertRulesStore, StreamHead, no_rule

# The newest rounds looked at: a tenth of a second.
MAX_PREVIEWED = 100_000
LAST_TIMES = 20


def preview(reads: AlertReads, condition: Condition, stream_id: UUID) -> AlertPreview:
    """Give how often a rule would have spoken on a stream, and the last times; raises NotFoundError."""
    with reads.reading() as reader:
        head = reader.head(stream_id)
        now = course_of(reader, head)
        reason = why_untold(condition, now)
        if reason is not None or not head.rounds:
            return AlertPreview(0, 0, (), reason or "This stream has no rounds yet.", reason)
        before = reader.nonce_back(stream_id, MAX_PREVIEWED)
        watch = watch_for(condition)
        course = Course()
        course.heartbeats = now.heartbeats
        course.difficulties = now.difficulties
        if before and isinstance(watch, GapWatch):
            # The stretch that the first round looked at is in began earlier.
            _stand_at(course, head, before)
            resume_gap(reader, stream_id, watch, course)
        times = 0
        last: deque[Fired] = deque(maxlen=LAST_TIMES)
        rounds = reader.many_rounds(
            stream_id,
            before + 1,
            head.last_nonce,
            timed=needs_times(condition),
            judged=isinstance(condition, WrongResult),
        )
        for _, fired in follow(course, rounds, [watch]):
            times += 1
            last.append(fired)
        found = tuple(
            PreviewedAlert(
                fired.nonce,
                None if fired.nonce is None else reader.bet_at(stream_id, fired.nonce),
                watch.sentence(fired),
            )
            for fired in reversed(last)
        )
    looked_at = min(head.rounds, MAX_PREVIEWED)
    sentence = _sentence(times, looked_at, head)
    if isinstance(condition, GapPercentile) and now.difficulty is not None:
        sentence += f" It speaks at {gap_length(condition, now.difficulty):,} rounds without a hit."
    return AlertPreview(times, looked_at, found, sentence, None)


def course_of(reader: AlertReader, head: StreamHead) -> Course:
    """Give a stream's course as far as ``why_untold()`` asks: its single nonces are left out."""
    course = Course()
    course.first, course.latest, course.rounds = head.first_nonce, head.last_nonce, head.rounds
    course.heartbeats = head.heartbeats > 0
    course.revealed = bool(head.revealed)
    course.difficulties = reader.difficulties(head.stream_id)
    return course


def _stand_at(course: Course, head: StreamHead, nonce: int) -> None:
    """Put a course behind the rounds that are too many to look at, as if none of them were missing."""
    course.first, course.latest = head.first_nonce, nonce
    course.rounds = nonce - head.first_nonce + 1
    course.observed.fill(head.first_nonce, nonce)


def _sentence(times: int, looked_at: int, head: StreamHead) -> str:
    often = {0: "Not once", 1: "Once"}.get(times, f"{times:,} times")
    if looked_at < head.rounds:
        return f"{often} in the newest {looked_at:,} of {head.rounds:,} rounds."
    return f"{often} in the {looked_at:,} rounds stored."


T = TypeVar("T")

FAILED = "This rule stopped after an error; the log has it. Change the rule, or switch it off and on."


class Alerts:
    """What can be done with alert rules; safe to call from any thread.

    Changes answer through futures, once they are on disk and in force.
    Notices are published on the hub as ``AlertRaised``. What is stored when the program starts, or when a
    rule is made, raises none.
    """

    def __init__(
        self,
        rules: AlertRulesStore,
        reads: AlertReads,
        hub: Hub,
        *,
        now: Callable[[], datetime],
        timer: Callable[[], float],
        pace_s: float = PACE_S,
    ) -> None:
        self._rules = rules
        self._reads = reads
        self._now = now
        self._notices = Notices(hub.publish, self._bet_at, now=now)
        self._watch = AlertWatch(rules.rules, reads, self._notices, timer=timer, pace_s=pace_s)
        self._watch.set_rules(rules.rules())
        self._unsubscribe = hub.subscribe(self._watch.hear)

    # Rules

    def rules(self) -> tuple[AlertRule, ...]:
        """Give all rules, oldest first."""
        return self._rules.rules()

    def rule(self, rule_id: UUID) -> AlertRule:
        """Give one rule; raises NotFoundError."""
        for rule in self._rules.rules():
            if rule.id == rule_id:
                return rule
        raise no_rule(rule_id)

    def add(self, draft: RuleDraft) -> Future[AlertRule]:
        """Make a rule; NotFoundError without its stream, ConflictError when there are 100."""
        return self._in_force(self._rules.add(draft, self._now()))

    def change(self, rule_id: UUID, draft: RuleDraft) -> Future[AlertRule]:
        """Give a rule another content; it starts anew, also after it has failed."""
        return self._in_force(self._rules.change(rule_id, draft))

    def set_enabled(self, rule_id: UUID, *, enabled: bool) -> Future[AlertRule]:
        """Switch a rule on or off; raises NotFoundError."""
        return self.change(rule_id, replace(self.rule(rule_id).draft, enabled=enabled))

    def delete(self, rule_id: UUID) -> Future[None]:
        """Take a rule away; its notices stay. ``add(rule.draft)`` brings it back."""
        return self._in_force(self._rules.delete(rule_id))

    # Questions

    def recent(self) -> tuple[AlertRaised, ...]:
        """Give the last 100 notices since the program started, newest first."""
        return self._notices.recent()

    def preview(self, draft: RuleDraft, stream_id: UUID) -> AlertPreview:
        """Give what a rule would have said of the newest stored rounds; raises NotFoundError."""
        return preview(self._reads, draft.condition, stream_id)

    def statuses(self, stream_id: UUID | None = None) -> tuple[RuleStatus, ...]:
        """Give what each rule does on a stream, of the rules that are for it; for None, of all rules.

        Raises NotFoundError.
        """
        rules = self._rules.rules()
        course = None
        if stream_id is not None:
            rules = tuple(rule for rule in rules if rule.draft.stream_id in {None, stream_id})
            with self._reads.reading() as reader:
                course = course_of(reader, reader.head(stream_id))
        failed = self._watch.failed
        return tuple(_status(rule, course, failed=rule.id in failed) for rule in rules)

    # Settings

    def set_quiet_hours(self, hours: QuietHours | None) -> None:
        """Let nothing pop up or sound within these hours of the day; None for no such hours."""
        self._notices.quiet_hours = hours

    def start_over(self) -> None:
        """Watch with the rules that are in the file now, from where its streams stand."""
        self._watch.start_over(self._rules.rules())

    def close(self) -> None:
        """Stop watching; may be called more than once."""
        self._unsubscribe()
        self._watch.close()

    def _in_force(self, stored: Future[T]) -> Future[T]:
        """Give a future that is answered like ``stored``, but once the watcher goes by the new rules."""
        answer: Future[T] = Future()
        # It is on its way to the disk and cannot be taken back.
        answer.set_running_or_notify_cancel()

        def done(stored: Future[T]) -> None:
            try:
                result = stored.result()
                self._watch.set_rules(self._rules.rules(), lambda: answer.set_result(result))
            except BaseException as error:  # noqa: BLE001 - it is the caller's answer
                answer.set_exception(error)

        stored.add_done_callback(done)
        return answer

    def _bet_at(self, stream_id: UUID, nonce: int) -> int | None:
        with self._reads.reading() as reader:
            return reader.bet_at(stream_id, nonce)


def _status(rule: AlertRule, course: Course | None, *, failed: bool) -> RuleStatus:
    condition = rule.condition
    if not rule.draft.enabled:
        return RuleStatus(rule.id, RuleState.OFF, "Switched off.")
    if failed:
        return RuleStatus(rule.id, RuleState.FAILED, FAILED)
    if course is None:
        return RuleStatus(rule.id, RuleState.WATCHING, "Watching.")
    reason = why_untold(condition, course)
    if reason is not None:
        return RuleStatus(rule.id, RuleState.UNTOLD, reason)
    if isinstance(condition, GapPercentile) and course.difficulty is not None:
        length = gap_length(condition, course.difficulty)
        return RuleStatus(rule.id, RuleState.WATCHING, f"Watching: {length:,} rounds without a hit.")
    return RuleStatus(rule.id, RuleState.WATCHING, "Watching.")
