"""The Compare page in a test, on a backend of its own and without the rest of the program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from pump_desktop.domain.live import Message
from pump_desktop.domain.runs import Run
from pump_desktop.domain.sides import SideKey, SideKind
from pump_desktop.qt.live.event_bridge import EventBridge
from pump_desktop.qt.look.theme import Appearance
from pump_desktop.qt.tables.run_figures import HitColumn
from pump_desktop.qt.work.jobs import BackendDoor, JobRunner
from pump_desktop.qt.work.query import Asker
from pump_desktop.services.backend import open_backend
from pump_desktop.services.compare.compare import Comparison
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from pump_desktop.ui.compare.page import ComparePage
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.table import BigTable
from tests.ui.support.program import request, table


class Comparing:
    """The page, and what is stored behind it."""

    def __init__(self, appearance: Appearance, qtbot: QtBot, folder: Path) -> None:
        self.appearance = appearance
        self.backend = open_backend(Settings(), resolve_paths(folder))
        self._qtbot = qtbot
        self._runner = JobRunner("queries")
        door = BackendDoor()
        door.open(self.backend)
        self._asker = Asker(self._runner, door)
        self.bridge = EventBridge()
        self.bridge.start(self.backend.hub)
        self.page = ComparePage(self._asker, appearance, bridge=self.bridge)
        self.page.resize(1096, 728)
        with qtbot.waitActive(self.page):
            self.page.show()
            self.page.activateWindow()

    def close(self) -> None:
        """End the thread, free the page, and close the file."""
        self.page.close()
        self.bridge.stop()
        assert self._runner.stop()
        for part in (self.page, self.bridge, self._asker):
            part.deleteLater()
        del self.page
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        self.backend.close()

    def settle(self) -> None:
        """Wait until every question has its answer."""
        self._qtbot.waitUntil(lambda: not self._runner.busy)

    def store(self, name: str = "", **changes: Any) -> Run:
        """Scan and store a run."""
        return self.backend.runs.create(request(**changes), name=name).run

    def several(self, count: int, nonces: int = 4_000) -> list[Run]:
        """Store runs of different server seeds, each 1,000 nonces longer than the one before."""
        return [
            self.store(end=nonces + 1_000 * number, server=f"server {number}", targets=(17.34,))
            for number in range(count)
        ]

    def send(self, messages: Sequence[Message]) -> SideKey:
        """Let messages come, and give their stream as a side."""
        accepted = self.backend.live.ingest(messages).result()
        return SideKey(SideKind.STREAM, accepted[0].stream_id)

    def show_sides(self, *keys: SideKey) -> None:
        """Compare these, and wait for their figures."""
        self.page.show_sides(keys)
        self.settle()

    def show(self, runs: Sequence[Run]) -> None:
        """Compare runs, and wait for their figures."""
        self.page.show_runs([run.id for run in runs])
        self.settle()

    def outcomes(self, run: Run) -> NDArray[np.uint8]:
        """Give k of every nonce of a run."""
        return self.backend.runs.outcomes(run.id)

    @property
    def shown(self) -> Comparison:
        """What the page shows."""
        assert self.page.comparison is not None
        return self.page.comparison

    @property
    def banner(self) -> str:
        """The banner's sentence, when there is one."""
        return next((banner.text for banner in self.page.findChildren(Banner) if banner.isVisible()), "")

    @property
    def names(self) -> list[str]:
        """What the cards of the sides say."""
        return [card.accessibleName() for card in self.page._cards._cards]

    def open_hits(self) -> None:
        """Open the Hits tab, and wait for its tables."""
        self.page.open_tab("Hits")
        self.settle()

    def hits(self, label: str) -> BigTable:
        """Give the table of hits of a side."""
        return table(self.page, f"Hits of {label}")

    @property
    def sync(self) -> QCheckBox:
        """The toggle that lets tables follow each other."""
        (found,) = [box for box in self.page.findChildren(QCheckBox) if box.text() == "Sync"]
        return found


def click_row(view: BigTable, row: int) -> None:
    """Click a row of hits; their number, the first column, is hidden."""
    index = view.model().index(row, HitColumn.NONCE)
    view.scrollTo(index)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())
