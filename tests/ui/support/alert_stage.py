"""Alerts in a test: an open store with its watcher, a feed that hears it, and the dialog on top."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from pump_desktop.domain.alerts import AlertKind, AlertRule, RuleDraft
from pump_desktop.qt.live.alert_feed import AlertFeed
from pump_desktop.qt.live.event_bridge import EventBridge
from pump_desktop.qt.tables.alerts import RuleColumn
from pump_desktop.qt.tables.rows import NATIVE_ROLE
from pump_desktop.system.clock import utc_now
from pump_desktop.ui.alerts.rules import AlertRulesDialog
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.sentence_view import SentenceView
from tests.services.samples import bet, send
from tests.ui.support.one_panel import Drawer, drawer_on
from tests.ui.support.program import click, named


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


class RulesDialog:
    """The dialog of the rules, open over a page."""

    def __init__(self, alarmed: Alarmed, page: QWidget, stream_id: UUID | None = None) -> None:
        self._alarmed = alarmed
        self.dialog = AlertRulesDialog(alarmed.drawer.asker, alarmed.feed, stream_id, page)
        self.dialog.open()
        alarmed.drawer.settle()

    def settle(self) -> None:
        """Let the pause after the last keystroke be over, and every question have its answer."""
        if self.dialog.editor._typing.isActive():
            self.dialog.editor._try()
        self._alarmed.drawer.settle()

    def wait(self) -> None:
        """Wait for the pause after the last keystroke, and for the answers."""
        typing = self.dialog.editor._typing
        assert typing.isActive()
        self._alarmed.drawer.wait_for(lambda: not typing.isActive())
        self._alarmed.drawer.settle()

    def press(self, words: str) -> None:
        """Click a button and wait for what comes of it."""
        click(self.dialog, words)
        self._alarmed.drawer.settle()

    def begin(self, kind: AlertKind) -> None:
        """Begin a new rule of a kind."""
        self.press("New rule")
        box = self.box("Kind")
        box.setCurrentIndex(list(AlertKind).index(kind))
        self.settle()

    def box(self, name: str) -> QComboBox:
        """Give a combo box."""
        return named(self.dialog, QComboBox, name)

    def check(self, name: str) -> QCheckBox:
        """Give a check box."""
        return named(self.dialog, QCheckBox, name)

    def rows(self) -> list[list[str]]:
        """Give the table of the rules as text."""
        model = self.dialog.rules.table.model()
        columns = range(len(RuleColumn))
        return [[model.index(row, at).data() for at in columns] for row in range(model.rowCount())]

    def banner(self) -> str:
        """Give what the visible banner says."""
        (found,) = [banner.text for banner in self.dialog.findChildren(Banner) if banner.isVisible()]
        return found

    def times(self) -> list[str]:
        """Give the times the preview lists."""
        view = named(self.dialog, SentenceView, "Times at which the rule would have spoken")
        return [view.model().index(row, 0).data(NATIVE_ROLE).text for row in range(view.model().rowCount())]

    @property
    def sentence(self) -> str:
        """What the preview says."""
        return self.dialog.editor.preview.sentence
