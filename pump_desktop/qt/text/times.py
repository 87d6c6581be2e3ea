"""Moments as a person reads them, in local time."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from PySide6.QtCore import QLocale

from pump_desktop.qt.text.numbers import NBSP


def relative_time(then: datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """Give when something was, in local time or ``zone``: ``2 min ago``, ``yesterday 14:05``."""
    here, there = now.astimezone(zone), then.astimezone(zone)
    passed = (here - there).total_seconds()
    # Clocks jump: a few seconds ahead is still now, more is shown as the date it claims.
    if -60 < passed < 5:
        return "just now"
    if 0 <= passed < 60:
        return f"{int(passed)}{NBSP}s ago"
    if 0 <= passed < 3600:
        return f"{int(passed // 60)}{NBSP}min ago"
    clock = f"{there:%H:%M}"
    if there.date() == here.date():
        return f"today {clock}"
    if there.date() == here.date() - timedelta(days=1):
        return f"yesterday {clock}"
    day = _day(there)
    return f"{day} {clock}" if there.year == here.year else f"{day} {there.year}"


def time_text(moment: datetime, now: datetime) -> str:
    """Give a moment to the second when it was today, else with its day."""
    today = now.astimezone()
    if moment.date() == today.date():
        return f"{moment:%H:%M:%S}"
    day = _day(moment)
    return f"{day} {moment:%H:%M}" if moment.year == today.year else f"{day} {moment.year}"


def local_time(moment: datetime) -> str:
    """Give a moment in the person's own time zone, to the minute."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def when_text(moment: datetime, *, seconds: bool = False) -> str:
    """Give a time in full, in local time: ``9 May 2026, 12:03``."""
    there = moment.astimezone()
    clock = f"{there:%H:%M:%S}" if seconds else f"{there:%H:%M}"
    return f"{_day(there)}{NBSP}{there.year}, {clock}"


def short_when_text(moment: datetime) -> str:
    """Give a time without its year, for a column: ``9 May 12:03``."""
    there = moment.astimezone()
    return f"{_day(there)} {there:%H:%M}"


def _day(moment: datetime) -> str:
    return f"{moment.day}{NBSP}{QLocale.c().monthName(moment.month, QLocale.FormatType.ShortFormat)}"
