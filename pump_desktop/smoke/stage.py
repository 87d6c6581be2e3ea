"""The running program under test, and the one way to wait for something in it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEventLoop, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget

from pump_desktop.domain.errors import KnownError
from pump_desktop.program import Program
from pump_desktop.smoke.report import SmokeError
from pump_desktop.system.crash import CrashReport
from pump_desktop.system.paths import AppPaths
from pump_desktop.system.settings import Settings

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend

T = TypeVar("T")

WAIT_S = 60.0
_LOOK_MS = 5


class Stage(QObject):
    """A whole program in a temporary data folder, with everything unexpected collected."""

    def __init__(
        self, app: QApplication, settings: Settings, paths: AppPaths, crashes: list[CrashReport]
    ) -> None:
        super().__init__()
        self.app = app
        self.paths = paths
        self.crashes = crashes
        """Filled from any thread by the crash hooks."""
        self.threads_before = frozenset(threading.enumerate())
        self.is_ready = False
        self.is_warm = False
        self.program = Program(app, settings, paths)
        self.program.ready.connect(self._ready)
        self.program.warm.connect(self._warm)
        self._loop = QEventLoop(self)
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self._loop.quit)

    def until(self, what: str, so: Callable[[], bool]) -> None:
        """Let the program run until something is so; raises SmokeError when it crashes or takes a minute."""
        deadline = time.monotonic() + WAIT_S
        self._look.start()
        try:
            while not so():
                if self.crashes:
                    raise SmokeError(f"waiting for {what}: {self.crash()}")
                if time.monotonic() > deadline:
                    raise SmokeError(f"{what} did not come within {WAIT_S:.0f} s")
                self._loop.exec()
        finally:
            self._look.stop()

    def ask(self, work: Callable[[Backend], T]) -> T:
        """Put a question to the services on the query thread, as a page does, and give its answer."""
        answers: list[T] = []
        refusals: list[KnownError] = []
        self.program.asker.ask(self, work, answers.append, refusals.append)
        self.until("an answer of the store", lambda: bool(answers or refusals))
        if refusals:
            raise SmokeError(str(refusals[0]))
        return answers[0]

    def beside(self, work: Callable[[], T]) -> T:
        """Do something on another thread, because the window's must go on meanwhile, and give its result."""
        with ThreadPoolExecutor(1, thread_name_prefix="smoke") as pool:
            doing = pool.submit(work)
            self.until("an answer over HTTP", doing.done)
            return doing.result()

    def crash(self) -> str:
        """Give the kind and text of the first unexpected error; its traceback is in the log."""
        _versions, trace, *_log = self.crashes[0].details.split("\n\n")
        return trace.splitlines()[-1]

    def colours(self, widget: QWidget) -> int:
        """Paint a widget and give how many colours are in it; 1 is a blank one."""
        picture = widget.grab().toImage()
        step = max(1, picture.width() // 160)
        return len(
            {
                picture.pixel(x, y)
                for x in range(0, picture.width(), step)
                for y in range(0, picture.height(), step)
            }
        )

    @Slot()
    def _ready(self) -> None:
        self.is_ready = True

    @Slot()
    def _warm(self) -> None:
        self.is_warm = True
