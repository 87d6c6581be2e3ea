"""What alert rules say, as frozen values: notices, previews, states, and their quiet hours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from pump_desktop.domain.alerts import AlertKind
from pump_desktop.domain.errors import FieldError

if TYPE_CHECKING:
    # The window needs the domain to paint, and numpy costs it time.
    import numpy as np
    from numpy.typing import NDArray

_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")


class Rounds(NamedTuple):
    """Observed rounds in the order of their nonces, column by column; ``times`` is empty when not asked for.

    Times of arrival are in seconds since 1970; ``difficulties`` are all that the rounds were said to have.
    """

    nonces: NDArray[np.int64]
    results: NDArray[np.float64]
    mismatches: NDArray[np.bool_]
    times: NDArray[np.float64]
    difficulties: frozenset[str]

    def one(self, index: int) -> Rounds:
        """Give one of the rounds."""
        here = slice(index, index + 1)
        return Rounds(
            self.nonces[here],
            self.results[here],
            self.mismatches[here],
            self.times[here],
            self.difficulties,
        )


@dataclass(frozen=True, slots=True)
class AlertRaised:
    """A rule has something to say; ``desktop`` and ``sound`` are false in quiet hours.

    ``nonce`` and ``bet_id`` name the round and its bet where there are any. ``more`` counts what the same
    rule found since its notice before and did not say; the sentence says it too.
    """

    rule_id: UUID
    rule_name: str
    kind: AlertKind
    stream_id: UUID
    nonce: int | None
    bet_id: int | None
    sentence: str
    raised_at: datetime
    more: int
    desktop: bool
    sound: bool


@dataclass(frozen=True, slots=True)
class PreviewedAlert:
    """One time at which a rule would have spoken."""

    nonce: int | None
    bet_id: int | None
    sentence: str


@dataclass(frozen=True, slots=True)
class AlertPreview:
    """What a rule would have said of the newest ``rounds`` stored rounds, the last times newest first.

    ``times`` is 0 and ``reason`` says why when the rule cannot be told of this stream.
    """

    times: int
    rounds: int
    last: tuple[PreviewedAlert, ...]
    sentence: str
    reason: str | None


class RuleState(StrEnum):
    """What a rule does."""

    WATCHING = "watching"
    OFF = "off"
    UNTOLD = "untold"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RuleStatus:
    """What a rule does on one stream, or on all; ``untold`` means that the stream cannot answer it."""

    rule_id: UUID
    state: RuleState
    sentence: str


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The time of day in which nothing pops up and nothing sounds; it may pass midnight."""

    start: time
    end: time

    @classmethod
    def parse(cls, *, start: object, end: object) -> QuietHours:
        """Read both as ``22:00``; raises FieldError on ``quiet_from`` or ``quiet_to``."""
        hours = cls(_time("quiet_from", start), _time("quiet_to", end))
        if hours.start == hours.end:
            raise FieldError("quiet_to", "quiet_to must be another time than quiet_from")
        return hours

    def covers(self, moment: time) -> bool:
        """Tell whether a time of day lies within."""
        if self.start < self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


def _time(field: str, value: object) -> time:
    if isinstance(value, time):
        return value.replace(tzinfo=None)
    read = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if read is None or int(read[1]) > 23 or int(read[2]) > 59:
        raise FieldError(field, f"{field} must be a time such as 22:00")
    return time(int(read[1]), int(read[2]))
