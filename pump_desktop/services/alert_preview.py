"""What a rule would have said of the rounds that are stored, found by the rules' own code."""

from __future__ import annotations

from collections import deque
from uuid import UUID

from pump_desktop.domain.alert_notices import AlertPreview, PreviewedAlert
from pump_desktop.domain.alerts import Condition, GapPercentile, WrongResult
from pump_desktop.services.alert_streams import resume_gap
from pump_desktop.stats.alerts import GapWatch, gap_length, needs_times, watch_for
from pump_desktop.stats.stream_state import Course, Fired, follow, why_untold
from pump_desktop.store.alerts import AlertReader, AlertReads, StreamHead

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
