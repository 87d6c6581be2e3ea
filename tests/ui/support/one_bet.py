"""The Verify page in a test: a real backend behind it, and what it shows."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtWidgets import QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from pump_desktop.domain.game import Difficulty
from pump_desktop.qt.work.jobs import JobRunner
from pump_desktop.qt.work.query import Asker
from pump_desktop.services.backend import Backend
from pump_desktop.ui.verify.page import VerifyPage
from tests.ui.support.program import CLIENT, SERVER, texts

NONCE = 5663


class Verifying:
    """A Verify page with the query thread behind it."""

    def __init__(self, qtbot: QtBot, backend: Backend, stage: Callable[..., QWidget]) -> None:
        self.backend = backend
        self._qtbot = qtbot
        self._runner = JobRunner("queries")
        future: Future[Backend] = Future()
        future.set_result(backend)
        self._asker = Asker(self._runner, future)
        self.page = VerifyPage(self._asker)
        self.said: list[str] = []
        self.page.said.connect(self.said.append)
        stage(self.page, width=960)
        self.settle()

    def settle(self) -> None:
        """Wait until every question has its answer."""
        self._qtbot.waitUntil(lambda: not self._runner.busy)

    def wake(self) -> None:
        """Give the keyboard back to the page's window, as closing a dialog does on a screen."""
        with self._qtbot.waitActive(self.page.window()):
            self.page.window().activateWindow()

    def show(
        self,
        nonce: int = NONCE,
        difficulty: Difficulty = Difficulty.EXPERT,
        *,
        server: str = SERVER,
        client: str = CLIENT,
    ) -> None:
        """Put a bet into the form and wait for its answer."""
        self.page.show_bet(server, client, nonce, difficulty)
        self.settle()

    def texts(self) -> list[str]:
        """Give the words of every visible label."""
        return texts(self.page)

    def close(self) -> None:
        """End the query thread."""
        assert self._runner.stop()

    @property
    def scroll(self) -> QScrollArea:
        """What scrolls the page."""
        found = self.page.findChild(QScrollArea)
        assert found is not None
        return found

    @property
    def inner(self) -> QWidget:
        """What is scrolled."""
        found = self.scroll.widget()
        assert found is not None
        return found
