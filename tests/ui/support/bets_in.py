"""A store, a listener and the dialogs that bring bets in, without the rest of the program."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pump_desktop.api.server import Listener
from pump_desktop.domain.live import StreamQuery, StreamRow
from pump_desktop.qt.app.listening import ListenerState, ListenerStatus
from pump_desktop.qt.work.imports import Imports
from pump_desktop.qt.work.jobs import JobRunner
from pump_desktop.qt.work.query import Asker
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.api.samples import TOKEN


class BetsIn:
    """What the dialogs stand on; ``close()`` ends all of it."""

    def __init__(self, folder: Path, page: QWidget, qtbot: QtBot) -> None:
        self.page = page
        self._qtbot = qtbot
        self.backend: Backend = open_backend(Settings(), resolve_paths(folder))
        self.listener = Listener(self.backend, settings=Settings(), token=TOKEN)
        opened: Future[Backend] = Future()
        opened.set_result(self.backend)
        self._runners = [JobRunner("queries"), JobRunner("imports")]
        self.asker = Asker(self._runners[0], opened, page)
        self.imports = Imports(self._runners[1], opened, page)

    def listen(self) -> ListenerStatus:
        """Start the listener, and give its status."""
        self.listener.start(0)
        return self.status()

    def status(self, word: str = TOKEN) -> ListenerStatus:
        """Give the listener's status as the window sees it."""
        seen = self.listener.traffic()
        return ListenerStatus(
            ListenerState.LISTENING,
            self.listener.port,
            self.listener.url,
            word,
            seen.messages_last_minute,
            seen.last_message_at,
            last_request=seen.last_request,
            last_refusal=seen.last_refusal,
        )

    def streams(self) -> tuple[StreamRow, ...]:
        """Give the stored streams."""
        return self.backend.live.streams(StreamQuery()).items

    def wait_for(self, ready: Callable[[], bool]) -> None:
        """Wait until something is so."""
        self._qtbot.waitUntil(ready)

    def settle(self) -> None:
        """Wait until every question and every import has its answer."""
        self.wait_for(lambda: not any(runner.busy for runner in self._runners))

    def close(self) -> None:
        """Stop the listener and the threads, and close the store."""
        self.listener.stop()
        for runner in self._runners:
            assert runner.stop()
        self.backend.close()
