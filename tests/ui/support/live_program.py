"""The Live page of a whole program in a test: fed as the listener feeds it, looked at from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtWidgets import QListView
from pytestqt.qtbot import QtBot

from pump_desktop.domain.live import Message, StreamKey, StreamQuery
from pump_desktop.qt.tables.bets import BetColumn, BetsModel
from pump_desktop.services.live.live import Live
from pump_desktop.ui.kit.fact import Fact
from pump_desktop.ui.kit.table import BigTable
from pump_desktop.ui.kit.text import ElidedLabel
from pump_desktop.ui.live.figures import FigureCell
from pump_desktop.ui.live.page import LivePage
from tests.ui.support.program import Running, column, named, table


class LiveProgram:
    """The Live page of a program, and what its tests do with it."""

    def __init__(self, running: Running, qtbot: QtBot) -> None:
        self.running = running
        self.page: LivePage = running.window.live_page
        self.live: Live = running.backend.live
        self._qtbot = qtbot

    def show(self) -> None:
        self.running.press("Ctrl+3", self.running.window)

    def post(self, messages: Sequence[Message]) -> None:
        """Store messages and wait for the commit, as the listener does."""
        self.live.ingest(messages).result()

    @property
    def table(self) -> BigTable:
        return table(self.page, "Bets")

    @property
    def rows(self) -> QListView:
        return named(self.page, QListView, "Streams")

    @property
    def model(self) -> BetsModel:
        model = self.table.model()
        assert isinstance(model, BetsModel)
        return model

    @property
    def nonces(self) -> list[int]:
        return [int(text.replace(",", "")) for text in column(self.table, BetColumn.NONCE)]

    @property
    def seeds(self) -> list[str]:
        model = self.rows.model()
        return [model.index(row, 0).data() for row in range(model.rowCount())]

    def id_of(self, key: StreamKey) -> UUID:
        rows = self.live.streams(StreamQuery(limit=1000)).items
        return next(row.id for row in rows if row.client_seed == key.client_seed)

    def wait_for(self, ready: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(ready)

    def settle(self) -> None:
        self.wait_for(lambda: not self.running.program._live_queries.busy and self.page.feed.resting)

    def facts(self) -> dict[str, str]:
        """Give what the facts, the head of the stream and its tiles say, by their labels."""
        kinds = (Fact, FigureCell, ElidedLabel)
        parts = [part for kind in kinds for part in self.page.findChildren(kind) if part.isVisible()]
        names = (part.accessibleName() for part in parts)
        return dict(name.split(": ") for name in names if ": " in name)

    def line(self) -> str:
        """Give what the line at the foot of the window says of the listener."""
        return self.running.window._status._listener.accessibleName()

    def seed(self) -> str | None:
        return self.facts().get("Client seed")
