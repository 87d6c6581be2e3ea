"""Alerts in a test: an open store with its watcher, a feed that hears it, and the widgets on top."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from pytestqt.qtbot import QtBot

from pump_desktop.domain.alerts import AlertRule, RuleDraft
from pump_desktop.qt.alert_feed import AlertFeed
from pump_desktop.qt.event_bridge import EventBridge
from pump_desktop.system.clock import utc_now
from tests.services.samples import bet, send
from tests.ui.one_panel import Drawer, drawer_on


class Alarmed:
    """A store whose rules speak at once, each time."""

    def __init__(self, drawer: Drawer) -> None:
        self.drawer = drawer
        self.alerts = drawer.backend.alerts
        self.alerts._notices.cooldown_s = 0
        self.bridge = EventBridge()
        self.feed = AlertFeed(drawer.asker, self.bridge, utc_now)
        self.bridge.start(drawer.backend.hub)
        self._told = 0

    def add(
        self,
        kind: str = "threshold",
        *,
        name: str = "",
        stream: UUID | None = None,
        enabled: bool = True,
        **values: object,
    ) -> AlertRule:
        """Make a rule."""
        draft = RuleDraft.parse(
            name=name or f"my {kind}", kind=kind, values=values, stream_id=stream, enabled=enabled
        )
        return self.alerts.add(draft).result(10)

    def send(self, nonces: Iterable[int], **changes: Any) -> UUID:
        """Send bets, each with 1.00x unless told otherwise, and give their stream."""
        values = {"roundResult": 1.0} | changes
        return send(self.drawer.live, [bet(nonce, **values) for nonce in nonces])[0].stream_id

    def hear(self, count: int) -> None:
        """Wait until the window has so many notices, told."""
        self.drawer.wait_for(lambda: len(self.feed.model.notices) == count)
        self.drawer.settle()


@contextmanager
def alarmed_on(folder: Path, qtbot: QtBot) -> Iterator[Alarmed]:
    """Open an empty store, and close it again."""
    with drawer_on(folder, qtbot) as drawer:
        alarmed = Alarmed(drawer)
        try:
            yield alarmed
        finally:
            alarmed.bridge.stop()
            for part in (alarmed.feed, alarmed.bridge):
                part.deleteLater()
