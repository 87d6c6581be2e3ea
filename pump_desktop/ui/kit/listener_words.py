"""What the window says of the listener, whichever page is open."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from pump_desktop.qt.app.listening import ListenerState, ListenerStatus
from pump_desktop.qt.text.numbers import NBSP, grouped
from pump_desktop.qt.text.times import relative_time
from pump_desktop.services.connect.doctor import INGEST
from pump_desktop.ui.kit.status import State

# As long as a stream counts as live: a script that still had bets to post has tried again by then.
_REMEMBERED = timedelta(minutes=5)


def listener_words(status: ListenerStatus, now: datetime) -> tuple[State, str]:
    """Give state and words: ``Listening on 127.0.0.1:17888 · 42 messages/min · last 3 s ago``."""
    match status.state:
        case ListenerState.LISTENING:
            if why := why_not_stored(status, now):
                return "bad", f"Bets are refused · {why}"
            rate = status.messages_last_minute
            unit = "message/min" if rate == 1 else "messages/min"
            words = f"Listening on {address(status)} · {grouped(rate)} {unit} · {_last(status, now)}"
            return "good", words
        case ListenerState.STARTING:
            return "off", "The listener is starting …"
        case ListenerState.REFUSED:
            return "warn", f"Not listening · {status.sentence}"
    return "off", "Not listening"


def refusal_words(status: ListenerStatus) -> str:
    """Give why nothing listens, and whether that may pass by itself."""
    again = f" Port {status.port} is tried again every few seconds." if status.retried else ""
    return f"{status.sentence}{again}"


def why_not_stored(status: ListenerStatus, now: datetime) -> str:
    """Give the sentence the last bets were refused with though nothing was wrong with them; else nothing."""
    refusal, taken = status.last_refusal, status.last_message_at
    if refusal is None or refusal.status < 500 or not refusal.path.startswith(INGEST):
        return ""
    if (taken is not None and taken >= refusal.at) or now - refusal.at > _REMEMBERED:
        return ""
    return refusal.reason or "The log says why."


def address(status: ListenerStatus) -> str:
    """Give host and port: ``127.0.0.1:17888``."""
    return status.url.partition("://")[2].rstrip("/")


def ingest_url(status: ListenerStatus) -> str:
    """Give the address bets are posted to."""
    return f"{status.url.rstrip('/')}/live/ingest"


def _last(status: ListenerStatus, now: datetime) -> str:
    if status.last_message_at is None:
        return "no message yet"
    passed = (now - status.last_message_at).total_seconds()
    if passed < 60:
        # A message of this very moment, or of a clock that was put back, is a second old at least.
        return f"last {max(1, ceil(passed))}{NBSP}s ago"
    return f"last {relative_time(status.last_message_at, now)}"
