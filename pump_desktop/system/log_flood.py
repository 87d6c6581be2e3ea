"""Lines of one kind, bounded: what a client or a full disk repeats must not push all else out of the log."""

from __future__ import annotations

import logging
from dataclasses import dataclass

MOST_A_MINUTE = 10
_MINUTE_S = 60.0
# Kinds remembered at a time; those whose minute is over go first.
_MOST_KINDS = 500

Kind = tuple[object, ...]


@dataclass(slots=True)
class _Minute:
    """One minute of one kind: when it began, the lines that passed and those that did not."""

    began: float
    passed: int = 0
    left_out: int = 0


class FloodFilter(logging.Filter):
    """Passes ten lines a minute of each kind, and notes in ``record.flood`` what is left out.

    A kind is the call that logs, and for an exception its type and place. DEBUG passes: whoever asks for it
    wants all of it. Each handler needs a filter of its own.
    """

    def __init__(self) -> None:
        super().__init__()
        self._minutes: dict[Kind, _Minute] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record may pass."""
        record.flood = ""
        if record.levelno <= logging.DEBUG:
            return True
        kind = _kind_of(record)
        minute = self._minutes.get(kind)
        # A clock that was put back begins a minute, too.
        if minute is None or not 0 <= record.created - minute.began < _MINUTE_S:
            if minute is not None and minute.left_out:
                record.flood = f" ({minute.left_out:,} more like this were left out before)"
            self._make_room(record.created)
            minute = self._minutes[kind] = _Minute(record.created)
        if minute.passed == MOST_A_MINUTE:
            minute.left_out += 1
            return False
        minute.passed += 1
        if minute.passed == MOST_A_MINUTE:
            record.flood = " (more like this within the minute are left out)"
        return True

    def _make_room(self, now: float) -> None:
        if len(self._minutes) < _MOST_KINDS:
            return
        over = [kind for kind, minute in self._minutes.items() if now - minute.began >= _MINUTE_S]
        for kind in over or list(self._minutes)[:1]:
            del self._minutes[kind]


def _kind_of(record: logging.LogRecord) -> Kind:
    kind: Kind = (record.name, record.levelno, record.pathname, record.lineno)
    if not record.exc_info or record.exc_info[0] is None:
        return kind
    trace = record.exc_info[2]
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = None if trace is None else (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
    return (*kind, record.exc_info[0], place)
