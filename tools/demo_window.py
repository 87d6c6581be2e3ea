"""The window of a demonstration: started on a free port, watched, and photographed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

from PySide6.QtCore import QEventLoop, QSize, Qt, QTimer, SignalInstance
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QLineEdit, QWidget

from pump_desktop.app import make_application
from pump_desktop.domain.live import StreamQuery
from pump_desktop.program import Program
from pump_desktop.qt.app.listening import ListenerState
from pump_desktop.services.audit.reveal import reveal
from pump_desktop.services.backend import Backend
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from pump_desktop.system.settle import settle, take_short_turns
from tools.demo_bets import Play

_SIZE = QSize(1280, 820)
_FIRST_SHOT_S = 3.0
_LOOK_MS = 700
_FILTER = "10"


class Scene:
    """The real window with its listener, ended and closed as the program ends itself."""

    def __init__(self, folder: Path) -> None:
        self._app = QApplication.instance() or make_application(["demo-live"])
        settings = Settings.model_validate({"ingest_port": 0, "ingest_rate_limit": 1_000_000})
        take_short_turns()
        self._program = Program(_application(self._app), settings, resolve_paths(folder))
        # As at every start of the program: a full collection would hold the window for 0.2 s.
        self._program.warm.connect(settle)
        self._window = self._program.window
        self._window.resize(_SIZE)
        self._program.show()
        if self._program._backend.opened() is None:
            _wait_for(self._program.ready)
        self._window.open_section("live")
        listening = self._program.listening
        while listening.status.state is not ListenerState.LISTENING:
            if listening.status.state is ListenerState.REFUSED:
                raise RuntimeError(listening.status.sentence)
            look(100)
        self.url, self.token = listening.status.url, listening.status.token

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything."""
        self._program.stop()

    def follow(self, going_on: Callable[[], bool], shots: Path | None, after: float) -> None:
        """Run the window while messages come, and take the first pictures on the way."""
        began = time.monotonic()
        due: list[tuple[float, Callable[[Path], None]]] = []
        if shots is not None:
            shots.mkdir(parents=True, exist_ok=True)
            due = [(min(_FIRST_SHOT_S, after), self._start), (after, self._later)]
        while going_on() and self._window.isVisible():
            look(100)
            while shots is not None and due and time.monotonic() - began >= due[0][0]:
                due.pop(0)[1](shots)
        # Messages ended before their time had come.
        for _, take in due:
            if shots is not None:
                take(shots)

    def audit(self, play: Play, shots: Path) -> None:
        """Reveal the seed, let the audit find what was planted, and take the last picture."""
        stream_id = self._stream(play)
        audit = reveal(self._backend.live, stream_id, play.server_seed)
        print(f"Audit: {audit.checked:,} checked, {len(audit.mismatches)} do not match.")
        for wrong in audit.mismatches:
            print(f"  nonce {wrong.nonce}: {wrong.reported}x reported, {wrong.actual}x by the seed")
        self._window.clear_toasts()
        if audit.mismatches:
            self._go_to(audit.mismatches[0].nonce)
        self._shoot(shots, "5-audited")

    @property
    def _backend(self) -> Backend:
        backend = self._program._backend.opened()
        if backend is None:
            raise RuntimeError("the store is not open")
        return backend

    def _stream(self, play: Play) -> UUID:
        rows = self._backend.live.streams(StreamQuery()).items
        return next(row.id for row in rows if row.client_seed == play.client_seed)

    def _start(self, shots: Path) -> None:
        self._shoot(shots, "1-start")

    def _later(self, shots: Path) -> None:
        self._shoot(shots, "2-later")
        self._filtered(shots)
        self._frozen(shots)

    def _filtered(self, shots: Path) -> None:
        self._press(Qt.Key.Key_Slash)
        field = QApplication.focusWidget()
        if not isinstance(field, QLineEdit):
            print("No picture of a filter: the key / leads to no field yet.")
            return
        QTest.keyClicks(field, _FILTER)
        QTest.keyClick(field, Qt.Key.Key_Return)
        self._shoot(shots, "3-filtered")
        field.clear()
        QTest.keyClick(field, Qt.Key.Key_Return)

    def _frozen(self, shots: Path) -> None:
        self._press(Qt.Key.Key_F)
        look(_LOOK_MS)
        words = {label.text() for label in self._window.findChildren(QLabel) if label.isVisible()}
        if "Frozen" not in words:
            print("No picture of a frozen stream: the key F does not freeze yet.")
            return
        self._shoot(shots, "4-frozen")
        self._press(Qt.Key.Key_F)

    def _go_to(self, nonce: int) -> None:
        """Bring a nonce into view, as far as there is a field for it."""
        for field in self._window.findChildren(QLineEdit):
            if field.isVisible() and field.placeholderText() == "Go to nonce":
                field.setFocus()
                QTest.keyClicks(field, str(nonce))
                QTest.keyClick(field, Qt.Key.Key_Return)

    def _press(self, key: Qt.Key) -> None:
        """Press a key where bets are read, as a person would."""
        tables = [table for table in self._window.findChildren(QAbstractItemView) if table.isVisible()]
        target: QWidget = max(tables, key=lambda one: one.width() * one.height(), default=self._window)
        # Keys of a page are heard in the active window alone, and a bare X server makes none active.
        self._window.activateWindow()
        look(_LOOK_MS)
        target.setFocus()
        QTest.keyClick(target, key)

    def _shoot(self, shots: Path, name: str) -> None:
        look(_LOOK_MS)
        file = shots / f"{name}.png"
        self._window.grab().save(str(file))
        print(f"Took {file}")


def look(milliseconds: int) -> None:
    """Run the event loop for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _wait_for(signal: SignalInstance) -> None:
    loop = QEventLoop()
    signal.connect(loop.quit)
    loop.exec()


def _application(app: object) -> QApplication:
    if not isinstance(app, QApplication):
        raise TypeError("there is an application without widgets")
    return app
