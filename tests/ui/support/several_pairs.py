"""Several seed pairs on a Scan page of their own, with the store and the queue behind it."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

from pytestqt.qtbot import QtBot

from pump_desktop.qt.look.theme import Appearance
from pump_desktop.qt.tables.queue import PairColumn
from pump_desktop.qt.work.jobs import JobRunner
from pump_desktop.qt.work.query import Asker
from pump_desktop.qt.work.queue import ScanQueue
from pump_desktop.qt.work.scans import Scans
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from pump_desktop.ui.batch.view import QueueView
from pump_desktop.ui.scan.page import ScanPage
from tests.ui.support.program import column, table

MOST = 200_000
LINES = ["one,a,1,20000", "two,b,1,20000", "three,c,1,30000,hard", "four,d,1,300,easy"]


class Several:
    """A Scan page with its queue shown, and all that works behind it."""

    def __init__(self, qtbot: QtBot, look: Appearance, folder: Path) -> None:
        self._qtbot = qtbot
        self.backend = open_backend(Settings(), resolve_paths(folder))
        door: Future[Backend] = Future()
        door.set_result(self.backend)
        self._queries, self._engine = JobRunner("queries"), JobRunner("engine")
        self.asker = Asker(self._queries, door)
        self.scans = Scans(self._engine, door)
        self.queue = ScanQueue(self.scans)
        self.opened: list[object] = []
        self.said: list[str] = []
        self.refused: list[str] = []
        self.page = ScanPage(self.asker, MOST)
        qtbot.addWidget(self.page)
        self.page.offer_queue(lambda: self._make(look))
        self.page.resize(1200, 760)
        with qtbot.waitActive(self.page):
            self.page.show()
            self.page.activateWindow()

    def _make(self, look: Appearance) -> QueueView:
        view = QueueView(self.asker, self.queue, look, MOST)
        view.run_asked.connect(self.opened.append)
        view.said.connect(self.said.append)
        view.refused.connect(self.refused.append)
        return view

    @property
    def view(self) -> QueueView:
        """The queue's view, brought to the front."""
        self.page.show_several()
        assert self.page.queue_view is not None
        return self.page.queue_view

    def settle(self) -> None:
        """Wait until every question has its answer, those that follow on a timer included."""
        view = self.view
        self._qtbot.waitUntil(
            lambda: (
                not (
                    self._queries.busy
                    or view.entry._typing.isActive()
                    or view._follow.isActive()
                    or view._asking
                )
            ),
        )

    def put(self, *lines: str) -> None:
        """Put lines into the box and wait until they are checked."""
        self.view.entry.set_text("\n".join(lines))
        self.settle()

    def scan(self, *lines: str) -> None:
        """Scan a list to its end, and wait for the figures."""
        self.tab("Seed pairs")
        self.put(*lines)
        with self._qtbot.waitSignal(self.queue.ended):
            self.page.submit()
        self.settle()

    def tab(self, name: str) -> None:
        """Bring a tab to the front."""
        self.view.open_tab(name)

    def close(self) -> None:
        """End the threads and close the database."""
        assert self._engine.stop()
        assert self._queries.stop()
        self.backend.close()
        for part in (self.queue, self.scans, self.asker):
            part.deleteLater()


def remarks(several: Several) -> list[str]:
    return column(table(several.view, "Lines of the list"), PairColumn.REMARK)
