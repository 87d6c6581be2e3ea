"""The log file tab: a file that the script writes is followed, where a page may not reach the listener."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from pump_desktop.domain.errors import KnownError
from pump_desktop.qt.look.icons import Meaning
from pump_desktop.qt.look.theme import Space, Token
from pump_desktop.qt.text.numbers import grouped
from pump_desktop.qt.text.times import relative_time
from pump_desktop.qt.work.query import Asker, LatestQuery
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.card import Tile
from pump_desktop.ui.kit.field import FieldBox
from pump_desktop.ui.kit.file_dialog import open_dialog
from pump_desktop.ui.kit.layout import STRETCH, hbox, stretch, vbox
from pump_desktop.ui.kit.text import Glyph, Label

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.services.live.log_follow import FollowStatus

_WHY = (
    "Antebot may not let a page call this computer: its browser refuses before anything is sent. "
    "Then tick “Also write a log file” in the script, and follow that file here. The messages are the same, "
    "and each is stored once, whichever way it comes."
)
_GOES_ON = "Following goes on when this window is closed, until you stop it or Pump Desktop ends."
_STATES: dict[str, tuple[Meaning, Token, str]] = {
    "off": ("info", "text.muted", "Nothing is followed."),
    "waiting": ("time", "warn", "Waiting: the file is not there yet."),
    "following": ("good", "good", "Following the file."),
    "failing": ("error", "bad", "The file cannot be followed now; it is tried again."),
}


class FollowTab(QWidget):
    """Starts and stops the follower; it belongs to the program and outlives this tab."""

    def __init__(self, asker: Asker, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._question = LatestQuery(asker, self)
        self._status: FollowStatus | None = None
        self._path = QLineEdit()
        self._path.setAccessibleName("Log file path")
        self._box = FieldBox("Log file", self._path)
        self._browse = Button("Browse …", "quiet", "open")
        self._start = Button("Start following", "primary", "play")
        self._stop = Button("Stop", meaning="stop")
        self._stop.setEnabled(False)
        self._glyph = Glyph("info", "text.muted", 18)
        self._state = Label("Nothing is followed.")
        self._when = Label("", ink="muted", figures=True)
        self._problem = Label("", ink="secondary", wrap=True, selectable=True)
        self._lines = Tile("Lines read", "0")
        self._accepted = Tile("New messages", "0")
        self._known = Tile("Stored before", "0")
        self._refusals = Tile("Refused", "0")
        self._lay_out()
        self._problem.hide()
        self._show_usual_file()

        self._path.textEdited.connect(self._edited)
        self._path.returnPressed.connect(self.start)
        self._browse.clicked.connect(self._ask_which)
        self._start.clicked.connect(self.start)
        self._stop.clicked.connect(self.stop)

    def refresh(self) -> None:
        """Read how far the follower is; while an answer is under way nothing more is asked."""
        if not self._question.pending:
            self._question.ask(lambda backend: backend.log_follower.status, self._came, self._failed)

    @Slot()
    def start(self) -> None:
        """Follow the file that is named, instead of any other."""
        text = self._path.text().strip()
        if not text:
            self._box.set_error("Name the file that the script writes.")
            self._path.setFocus()
            return
        self._start.setEnabled(False)

        def work(backend: Backend) -> FollowStatus:
            backend.log_follower.start(Path(text).expanduser())
            return backend.log_follower.status

        self._ask(work)

    @Slot()
    def stop(self) -> None:
        """Follow nothing; what was stored stays."""
        self._stop.setEnabled(False)

        def work(backend: Backend) -> FollowStatus:
            backend.log_follower.stop()
            return backend.log_follower.status

        self._ask(work)

    @Slot(str)
    def choose(self, path: str) -> None:
        """Name another file."""
        self._path.setText(path)
        self._edited()

    def _lay_out(self) -> None:
        self._box.add_aside(self._browse)
        vbox(
            Label(_WHY, wrap=True),
            self._box,
            hbox(self._start, self._stop, STRETCH, spacing=Space.S),
            Space.S,
            hbox(self._glyph, self._state, STRETCH, self._when, spacing=Space.S),
            hbox(
                *(stretch(tile) for tile in (self._lines, self._accepted, self._known, self._refusals)),
                spacing=Space.M,
            ),
            self._problem,
            Label(_GOES_ON, ink="muted", wrap=True),
            STRETCH,
            into=self,
            margins=(0, Space.M, 0, 0),
            spacing=Space.L,
        )

    def _show_usual_file(self) -> None:
        from pump_desktop.services.connect.script import usual_log_file  # noqa: PLC0415 - light, seldom opened

        self._path.setText(str(usual_log_file()))

    def _ask(self, work: Callable[[Backend], FollowStatus]) -> None:
        self._question.ask(work, self._came, self._failed)

    def _came(self, status: FollowStatus) -> None:
        first, self._status = self._status is None, status
        running = status.state != "off"
        if first and status.path is not None:
            self._path.setText(str(status.path))
        meaning, ink, words = _STATES[status.state]
        if not running and status.path is not None:
            words = "Stopped. What was stored stays."
        self._glyph.set_glyph(meaning, ink)
        self._state.setText(words)
        self._start.setEnabled(True)
        self._start.setText("Follow this file" if running else "Start following")
        self._stop.setEnabled(running)
        foreign = f"{grouped(status.foreign)} of others" if status.foreign else ""
        self._lines.set_figure(grouped(status.lines), foreign)
        self._accepted.set_figure(grouped(status.accepted))
        self._known.set_figure(grouped(status.known))
        self._refusals.set_figure(grouped(status.refused), None, "bad" if status.refused else "primary")
        self._problem.setText(status.sentence)
        self._problem.setVisible(bool(status.sentence))
        last = status.last_message_at
        self._when.setText("" if last is None else f"Last message {relative_time(last, self._now())}")

    def _failed(self, error: KnownError) -> None:
        self._start.setEnabled(True)
        self._stop.setEnabled(self._status is not None and self._status.state != "off")
        self._box.set_error(str(error))

    @Slot()
    def _edited(self, _text: str = "") -> None:
        self._box.set_error(None)

    @Slot()
    def _ask_which(self) -> None:
        dialog = open_dialog(self, "Choose the log file", ["Logs (*.log *.txt)"])
        folder = Path(self._path.text()).expanduser().parent
        if folder.is_dir():
            dialog.setDirectory(str(folder))
        dialog.fileSelected.connect(self.choose)
        dialog.open()
