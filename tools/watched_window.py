"""The window as a person starts it, telling what can be read in it, and clicked by what it is told.

    python -m tools.watched_window SAID --data-dir FOLDER

Each sentence is a line of the file SAID when it appears: ``{"kind": "toast", "text": ...}``. Standard input
takes ``open KEY`` (a page), ``click TEXT`` (the button in sight that says so, or with ``TEXT*`` begins so),
``await TEXT`` (the same as soon as it is there), ``move FOLDER`` (all data, as after that folder was chosen)
and ``minimise``.
"""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMessageBox

from pump_desktop import app as start
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.status import StatusLine
from pump_desktop.ui.kit.toast import Toast
from pump_desktop.ui.main.crash import ReportDialog
from pump_desktop.ui.main.window import Window
from pump_desktop.ui.settings.data import DataSection

LOOK_MS = 100
# Looks before a button that is awaited is refused.
PATIENCE = 100


def readable() -> Iterator[tuple[str, str]]:
    """Yield the kind and the words of everything in sight that tells something."""
    for widget in QApplication.allWidgets():
        if not widget.isVisible():
            continue
        match widget:
            case Toast() | Banner():
                yield type(widget).__name__.lower(), widget.text
            case StatusLine():
                # Its words count seconds; while all is well the state says enough.
                state, words = widget._listener.dot._state, widget._listener._full
                yield "status", words if state in {"warn", "bad"} else state
            case QMessageBox():
                yield "box", widget.text()
            case ReportDialog():
                yield "report", widget.windowTitle()
            case Window() if not widget.isMinimized():
                yield "window", "in front" if widget.isActiveWindow() else "in sight"


class Watcher(QObject):
    """Looks ten times a second, and does what standard input says."""

    def __init__(self, said: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._file = said.open("a", encoding="utf-8", buffering=1)
        self._in_sight: set[tuple[str, str]] = set()
        self._typed = b""
        self._awaited: deque[str] = deque()
        self._looks = 0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        self._input = QSocketNotifier(0, QSocketNotifier.Type.Read, self)
        self._input.activated.connect(self._read)

    @Slot()
    def _look(self) -> None:
        found = dict.fromkeys(readable())
        for one in found:
            if one not in self._in_sight:
                self._tell(*one)
        self._in_sight = set(found)
        if self._awaited:
            self._click_awaited()

    def _tell(self, kind: str, text: str) -> None:
        self._file.write(json.dumps({"kind": kind, "text": text}) + "\n")

    @Slot()
    def _read(self) -> None:
        got = os.read(0, 4096)
        if not got:
            self._input.setEnabled(False)
        *lines, self._typed = (self._typed + got).split(b"\n")
        for line in lines:
            word, _, rest = line.decode().partition(" ")
            self._do(word, rest)

    def _do(self, word: str, rest: str) -> None:
        match word:
            case "open":
                self._window.open_section(rest)
            case "minimise":
                self._window.showMinimized()
            case "click":
                self._click(rest)
            case "await":
                self._awaited.append(rest)
            case "move":
                (section,) = self._window.findChildren(DataSection)
                section.move_to(rest)
            case _:
                self._tell("refused", f"{word} is nothing a person does")

    @property
    def _window(self) -> Window:
        (window,) = (one for one in QApplication.topLevelWidgets() if isinstance(one, Window))
        return window

    def _click(self, text: str) -> None:
        buttons = _buttons(text)
        if len(buttons) != 1 or not buttons[0].isEnabled():
            self._tell("refused", f"{len(buttons)} buttons say {text}")
            return
        QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton)

    def _click_awaited(self) -> None:
        """Click the button that is awaited first, once it can be; refuse it after a while."""
        buttons = _buttons(self._awaited[0])
        self._looks += 1
        if self._looks < PATIENCE and not (len(buttons) == 1 and buttons[0].isEnabled()):
            return
        self._looks = 0
        self._click(self._awaited.popleft())


def _buttons(text: str) -> list[QAbstractButton]:
    return [
        one
        for one in QApplication.allWidgets()
        if isinstance(one, QAbstractButton) and one.isVisible() and _says(one, text)
    ]


def _says(button: QAbstractButton, text: str) -> bool:
    words = button.text().replace("&", "")
    return words.startswith(text[:-1]) if text.endswith("*") else words == text


def main() -> int:
    """Open the window as ``pump-desktop`` does, and watch it."""
    said = Path(sys.argv[1])
    make = start.make_application

    def make_watched(arguments: list[str]) -> QApplication:
        made = make(arguments)
        Watcher(said, made)
        return made

    # The one moment between the application and everything that is shown in it.
    start.make_application = make_watched
    return start.run_window(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
