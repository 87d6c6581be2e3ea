"""What the live side of the window reads and hears."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pump_desktop.qt.asking import Asker
from pump_desktop.qt.audits import Audits
from pump_desktop.qt.event_bridge import EventBridge


@dataclass(frozen=True, slots=True)
class LiveSources:
    """Questions on a thread that stays free for bets, events as they land, audits, and the clock."""

    asker: Asker
    bridge: EventBridge
    audits: Audits
    now: Callable[[], datetime]
