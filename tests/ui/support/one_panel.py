"""Panels of a stream in a test, without the rest of the window: streams on disk, real questions to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from pytestqt.qtbot import QtBot

from pump_desktop.domain.live import Message, StreamRow
from pump_desktop.qt.work.audits import Audits
from pump_desktop.qt.work.jobs import BackendDoor, JobRunner
from pump_desktop.qt.work.query import Asker
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.services.live.live import Live
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from pump_desktop.ui.kit.dialogs import AskingDialog
from pump_desktop.ui.kit.stream_panel import StreamPanel
from tests.services.samples import send


class Drawer:
    """An open store, the asker that answers about it, and the audits of its streams."""

    def __init__(self, backend: Backend, door: BackendDoor, qtbot: QtBot) -> None:
        self.backend = backend
        self.live: Live = backend.live
        self.queries = JobRunner("live")
        self.engine = JobRunner("audits")
        self.asker = Asker(self.queries, door)
        self.audits = Audits(self.engine, door)
        self.bugs: list[object] = []
        self.said: list[str] = []
        self.refused: list[str] = []
        self.asker.broke.connect(self.bugs.append)
        self._qtbot = qtbot

    def hear(self, panel: StreamPanel) -> None:
        """Collect what a panel says."""
        panel.said.connect(self.said.append)
        panel.refused.connect(self.refused.append)

    def stream(self, *messages: Message) -> StreamRow:
        """Store messages of one stream, and give its row."""
        return self.row(send(self.live, messages)[0].stream_id)

    def row(self, stream_id: UUID) -> StreamRow:
        """Give a stream as it stands."""
        return self.live.stream(stream_id).row

    def bet_ids(self, stream_id: UUID) -> dict[int, int]:
        """Give the ids of a stream's bets by nonce."""
        return {bet.nonce: bet.id for page in self.live.iter_bets(stream_id) for bet in page}

    def settle(self) -> None:
        """Wait until every question has its answer and every audit has ended."""
        self.wait_for(lambda: not self.queries.busy and not self.engine.busy)

    def wait_for(self, ready: Callable[[], bool]) -> None:
        """Let events run until something is so."""
        self._qtbot.waitUntil(ready)


@contextmanager
def drawer_on(folder: Path, qtbot: QtBot) -> Iterator[Drawer]:
    """Open an empty store, and close it again."""
    backend = open_backend(Settings(), resolve_paths(folder))
    door = BackendDoor()
    door.open(backend)
    drawer = Drawer(backend, door, qtbot)
    try:
        yield drawer
        assert drawer.bugs == []
    finally:
        assert drawer.queries.stop()
        assert drawer.engine.stop()
        backend.close()
        for part in (drawer.audits, drawer.asker):
            part.deleteLater()


def dialog_of(panel: StreamPanel) -> AskingDialog:
    """Give the one dialog that a panel has opened."""
    (found,) = [dialog for dialog in panel.findChildren(AskingDialog) if dialog.isVisible()]
    return found
