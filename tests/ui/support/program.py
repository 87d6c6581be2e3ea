"""The whole program in a test: started in a folder of its own, driven by keyboard, seen from outside."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QInputMethodEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import Run
from pump_desktop.program import Program
from pump_desktop.services.backend import Backend
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from pump_desktop.ui.kit.card import Tile
from pump_desktop.ui.kit.field import FieldBox
from pump_desktop.ui.kit.segmented import Segmented
from pump_desktop.ui.kit.table import BigTable
from pump_desktop.ui.kit.toast import Toast
from pump_desktop.ui.main.window import Window
from pump_desktop.ui.runs.page import RunsPage
from pump_desktop.ui.scan.page import ScanPage

SERVER = "564e967b90f03d0153fdcb2d2d1cc5a5057e0df78163611fe3801d6498e681ca"
CLIENT = "zXv1upuFns"
# Longer than any test: a scan that only a stop can end.
ENDLESS = 100_000_000
# More than one page of the runs list.
MANY = 130

W = TypeVar("W", bound=QWidget)


def request(
    end: int = 1000,
    difficulty: Difficulty = Difficulty.EXPERT,
    targets: Sequence[float] = (34.68, 164.72),
    *,
    start: int = 1,
    server: str = SERVER,
    client: str = CLIENT,
) -> ScanRequest:
    """Give a scan of the sample seeds, a small one unless asked otherwise."""
    return ScanRequest(server, client, start, end, difficulty, tuple(targets))


def numbered(number: int) -> tuple[ScanRequest, str]:
    """Give one of the MANY runs: four difficulties, lengths 10 to 100, some without a name."""
    first = 1 + number * 37 % 101
    wanted = request(
        first + number % 10 * 10 + 9,
        tuple(Difficulty)[number % 4],
        start=first,
        server=f"server {number}",
        client=f"{'Client' if number % 2 else 'client'} {number * 71 % MANY:03}",
    )
    return wanted, "" if number % 13 == 0 else f"run {number:03}"


class Running:
    """A program that runs, and what a person does with it."""

    def __init__(self, app: QApplication, qtbot: QtBot, data: Path, settings: Settings) -> None:
        self.data = data
        self._qtbot = qtbot
        self._program: Program | None = Program(app, settings, resolve_paths(data))
        self.window.resize(1280, 820)
        with qtbot.waitActive(self.window), qtbot.waitSignal(self.program.ready):
            self.program.show()
            self.window.activateWindow()

    @property
    def program(self) -> Program:
        """The program, until it is closed."""
        assert self._program is not None
        return self._program

    @property
    def window(self) -> Window:
        """Its window."""
        return self.program.window

    @property
    def scan(self) -> ScanPage:
        """Its Scan page."""
        return self.window.scan_page

    @property
    def runs(self) -> RunsPage:
        """Its Runs page."""
        return self.window.runs_page

    @property
    def backend(self) -> Backend:
        """The services behind the window."""
        backend = self.program._backend.opened()
        assert backend is not None
        return backend

    def close(self) -> None:
        """End the program as it ends itself, and free it; a second call does nothing."""
        if self._program is None:
            return
        self._program.stop()
        self._program.deleteLater()
        # pytest keeps this object until the leak checks are over; what it holds must go before.
        self._program = None
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def press(self, keys: str, widget: QWidget | None = None) -> None:
        """Press a key or a combination where the keyboard is."""
        target = widget or QApplication.focusWidget() or self.window
        QTest.keySequence(target, QKeySequence(keys))

    def store(self, **changes: Any) -> Run:
        """Scan and store a run without the window."""
        return self.backend.runs.create(request(**changes)).run

    def scan_and_open(self, wanted: ScanRequest, name: str = "") -> Run:
        """Scan with the window, and wait until the page of the run shows its figures."""
        with self._qtbot.waitSignal(self.program.scans.finished) as told:
            assert self.program.scans.start(wanted, name)
        self.settle()
        run = told.args[0].run
        assert isinstance(run, Run)
        return run

    def settle(self) -> None:
        """Wait until every question to the backend has its answer."""
        self._qtbot.waitUntil(lambda: not self.program._queries.busy)

    def stored(self) -> list[str]:
        """Give the names of the runs on disk, oldest first, read beside the program."""
        file = self.data / "pump.db"
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
            found = database.execute("SELECT name FROM runs ORDER BY created_at").fetchall()
        return [name for (name,) in found]


def named(inside: QWidget, kind: type[W], name: str) -> W:
    """Give the one widget of a kind with this accessible name."""
    (found,) = [widget for widget in inside.findChildren(kind) if widget.accessibleName() == name]
    return found


def button(inside: QWidget, words: str) -> QAbstractButton:
    """Give the one visible button with these words or this name."""
    (found,) = [
        widget
        for widget in inside.findChildren(QAbstractButton)
        if words in {widget.text(), widget.accessibleName()} and widget.isVisible()
    ]
    return found


def click(inside: QWidget, words: str) -> None:
    """Click the one visible button with these words or this name."""
    QTest.mouseClick(button(inside, words), Qt.MouseButton.LeftButton)


def edit(inside: QWidget, name: str) -> QLineEdit:
    """Give the line edit with this accessible name."""
    return named(inside, QLineEdit, name)


def type_into(inside: QWidget, name: str, text: str) -> QLineEdit:
    """Put the keyboard on a line edit, take out what is there, and type."""
    found = edit(inside, name)
    found.setFocus(Qt.FocusReason.TabFocusReason)
    found.selectAll()
    QTest.keyClick(found, Qt.Key.Key_Delete)
    commit(found, text)
    return found


def commit(found: QLineEdit, text: str) -> None:
    """Type a text: by keys where keys have it, else as an input method does."""
    if text.isascii() and len(text) < 100:
        QTest.keyClicks(found, text)
    else:
        typing = QInputMethodEvent()
        typing.setCommitString(text)
        QCoreApplication.sendEvent(found, typing)


def choose(inside: QWidget, name: str, words: str) -> None:
    """Click a segment of a segmented row."""
    click(named(inside, Segmented, name), words)


def lit(inside: QWidget) -> dict[str, str]:
    """Give the sentence of every field that is lit, by the accessible name of its editor."""
    boxes = inside.findChildren(FieldBox)
    return {box.editor.accessibleName(): box.error for box in boxes if box.error is not None}


def texts(inside: QWidget) -> list[str]:
    """Give the words of every visible label."""
    return [label.text() for label in inside.findChildren(QLabel) if label.isVisible() and label.text()]


def tiles(inside: QWidget) -> dict[str, tuple[str, str]]:
    """Give figure and words below it of every visible tile, by its label."""
    found = {}
    for tile in inside.findChildren(Tile):
        if tile.isVisible():
            label, figure, sub = (part.text() for part in tile.findChildren(QLabel))
            found[label] = (figure, sub)
    return found


def toasts(inside: QWidget) -> list[str]:
    """Give the sentences of the toasts that are shown, oldest first."""
    return [toast.text for toast in inside.findChildren(Toast) if toast.isVisible()]


def table(inside: QWidget, name: str) -> BigTable:
    """Give the table with this accessible name."""
    return named(inside, BigTable, name)


def column(view: BigTable, place: int, role: int = 0) -> list[Any]:
    """Give a column's cells in every loaded row, through the model's C++ side."""
    model = view.model()
    return [model.index(row, place).data(role) for row in range(model.rowCount())]


def select(view: BigTable, *rows: int) -> None:
    """Select rows as clicks with Ctrl do."""
    view.clearSelection()
    view.setFocus()
    for row in rows:
        view.scrollTo(view.model().index(row, 0))
        spot = view.visualRect(view.model().index(row, 0)).center()
        modifier = Qt.KeyboardModifier.ControlModifier if row != rows[0] else Qt.KeyboardModifier.NoModifier
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, spot)


def child(inside: QObject, kind: type[W]) -> W:
    """Give the one visible widget of a kind."""
    (found,) = [widget for widget in inside.findChildren(kind) if widget.isVisible()]
    return found


Start = Callable[..., Running]
