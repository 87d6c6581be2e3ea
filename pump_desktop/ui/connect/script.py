"""The script tab: what the script is told, the script itself, and a test bet by the road it takes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)

from pump_desktop.domain.errors import FieldError, KnownError
from pump_desktop.domain.live import StreamQuery
from pump_desktop.qt.app.listening import ListenerState, ListenerStatus
from pump_desktop.qt.look.fonts import mono_font, tabular, ui_font
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.kit.banner import Banner, Tone
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.field import FieldBox
from pump_desktop.ui.kit.field_words import field_sentence
from pump_desktop.ui.kit.layout import STRETCH, hbox, stretch, vbox
from pump_desktop.ui.kit.listener_words import ingest_url
from pump_desktop.ui.kit.saving import save_dialog, write_file
from pump_desktop.ui.kit.text import Label

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.services.connect.script import ScriptOptions

_HOW = (
    "Paste the script into Antebot's code editor, above your own strategy, and start it. It changes no bets."
)
_ABSENT = "The script appears here once the listener runs: it holds the listener's address and token."
_WRONG = "The script appears here again once the field that is lit is mended."
_OPTIONS_WIDTH = 236
# A token has no stars: what is shown can be told from what is copied.
_MASK = "*" * 12


class ScriptTab(QWidget):
    """``stream_asked`` carries the id of the stream with the test bet."""

    stream_asked = Signal(object)

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asker = asker
        self._status = ListenerStatus(ListenerState.OFF)
        self._options: ScriptOptions | None = None
        self._trial: UUID | None = None
        self._threshold = _edit("0")
        self._batch = _edit("50")
        self._wait = _edit("1")
        self._log_file = _edit("")
        self._heartbeats = QCheckBox("Heartbeats for all others")
        self._heartbeats.setToolTip("Only with heartbeats are streaks and gaps of a stream true.")
        self._heartbeats.setChecked(True)
        self._also_log = QCheckBox("Also write a log file")
        self._shows_token = QCheckBox("Show the token")
        self._fields = {
            "threshold": FieldBox(
                "Threshold", self._threshold, "Results from here on are sent in full. 0: all of them."
            ),
            "batch_size": FieldBox("Messages per request, at most", self._batch),
            "flush_seconds": FieldBox("Longest wait, in seconds", self._wait),
            "log_file": FieldBox("Log file", self._log_file),
        }
        self._script = QPlainTextEdit()
        self._script.setReadOnly(True)
        self._script.setFont(mono_font())
        self._script.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._script.setAccessibleName("Script")
        self._script.setTabChangesFocus(True)
        self._script.setPlaceholderText(_ABSENT)
        self._copy_address = Button("Copy address", "quiet", "copy")
        self._copy_token = Button("Copy token", "quiet", "token")
        self._copy = Button("Copy script", "primary", "copy")
        self._save = Button("Save as file …", meaning="save")
        self._send = Button("Send a test bet", meaning="send")
        self._banner = Banner()
        self._lay_out()
        self._show_usual_file()
        self._banner.hide()

        for editor in (self._threshold, self._batch, self._wait, self._log_file):
            editor.textChanged.connect(self._render)
        for box in (self._heartbeats, self._also_log, self._shows_token):
            box.toggled.connect(self._render)
        self._copy.clicked.connect(self._copy_script)
        self._copy_address.clicked.connect(self._copy_the_address)
        self._copy_token.clicked.connect(self._copy_the_token)
        self._save.clicked.connect(self._ask_where)
        self._send.clicked.connect(self._send_trial)
        self._banner.acted.connect(self._open_trial)
        self._render()

    def show_listener(self, status: ListenerStatus) -> None:
        """Make the script for this listener."""
        before, self._status = self._status, status
        if (before.url, before.token, before.state) != (status.url, status.token, status.state):
            self._render()

    @property
    def text(self) -> str:
        """The script as it is copied, with its token; empty while there is none."""
        return "" if self._options is None else _text(self._options)

    @Slot(str)
    def save_to(self, path: str) -> None:
        """Write the script to a file."""
        text, good, bad = self.text, partial(self._show, "good"), partial(self._show, "bad")
        write_file(self._asker, self, path, lambda _backend: [text], good, bad)

    def _lay_out(self) -> None:
        page = QWidget()
        page.setProperty("ground", "page")
        vbox(
            self._fields["threshold"],
            self._heartbeats,
            self._fields["batch_size"],
            self._fields["flush_seconds"],
            self._also_log,
            self._fields["log_file"],
            STRETCH,
            into=page,
            margins=(0, 0, Space.M, 0),
            spacing=Space.M,
        )
        # A sentence below a field may need more lines than a small window has.
        left = QScrollArea()
        left.setFrameShape(QFrame.Shape.NoFrame)
        left.setWidgetResizable(True)
        left.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        left.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        left.setFixedWidth(_OPTIONS_WIDTH)
        left.setWidget(page)
        vbox(
            Label(_HOW, wrap=True),
            self._banner,
            stretch(
                hbox(
                    left,
                    stretch(
                        vbox(
                            stretch(self._script),
                            hbox(
                                self._shows_token,
                                STRETCH,
                                self._copy_address,
                                self._copy_token,
                                spacing=Space.S,
                            ),
                            spacing=Space.S,
                        )
                    ),
                    spacing=Space.L,
                )
            ),
            hbox(self._copy, self._save, STRETCH, self._send, spacing=Space.S),
            into=self,
            margins=(0, Space.M, 0, 0),
            spacing=Space.M,
        )
        # As they stand, from top to bottom.
        stops = (self._threshold, self._heartbeats, self._batch, self._wait, self._also_log, self._log_file)
        for before, after in pairwise((*stops, self._script)):
            self.setTabOrder(before, after)

    def _show_usual_file(self) -> None:
        from pump_desktop.services.connect.script import LOG_FILE  # noqa: PLC0415 - light, and seldom opened

        self._log_file.setText(LOG_FILE)

    @Slot()
    def _render(self) -> None:
        """Write the script anew; what is wrong is said at its field, and no script is there then."""
        listening = self._status.state is ListenerState.LISTENING
        self._fields["log_file"].setVisible(self._also_log.isChecked())
        for box in self._fields.values():
            box.set_error(None)
        self._options = None
        if listening:
            try:
                self._options = self._read()
            except FieldError as error:
                wrong = self._fields.get(error.field)
                if wrong is None:
                    self._show("bad", field_sentence(error))
                else:
                    wrong.set_error(field_sentence(error))
        at = self._script.verticalScrollBar().value()
        options = self._options
        if options is not None and not self._shows_token.isChecked():
            options = replace(options, token=_MASK if options.token else "")
        self._script.setPlaceholderText(_WRONG if listening else _ABSENT)
        self._script.setPlainText("" if options is None else _text(options))
        self._script.verticalScrollBar().setValue(at)
        self._copy.setEnabled(options is not None)
        self._save.setEnabled(options is not None)
        self._shows_token.setEnabled(options is not None)
        for button in (self._send, self._copy_address, self._copy_token):
            button.setEnabled(listening)

    def _read(self) -> ScriptOptions:
        from pump_desktop.services.connect.script import LOG_FILE, ScriptOptions  # noqa: PLC0415 - as above

        also_log = self._also_log.isChecked()
        return ScriptOptions.parse(
            url=self._status.url,
            token=self._status.token,
            threshold=self._threshold.text(),
            heartbeats=self._heartbeats.isChecked(),
            batch_size=self._batch.text(),
            flush_seconds=self._wait.text(),
            also_log=also_log,
            # A name that nobody can see must not be in the way.
            log_file=self._log_file.text() if also_log else LOG_FILE,
        )

    @Slot()
    def _copy_script(self) -> None:
        QGuiApplication.clipboard().setText(self.text)
        self._show("good", "The script was copied, with its token. Keep it to yourself.")

    @Slot()
    def _copy_the_address(self) -> None:
        QGuiApplication.clipboard().setText(ingest_url(self._status))
        self._show("good", "The address was copied. A script of your own posts bets there.")

    @Slot()
    def _copy_the_token(self) -> None:
        QGuiApplication.clipboard().setText(self._status.token)
        self._show("good", "The token was copied. A script of your own sends it as X-Ingest-Token.")

    @Slot()
    def _ask_where(self) -> None:
        dialog = save_dialog(self, "Save the script", "pump-desktop.js", "Scripts (*.js)")
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    @Slot()
    def _send_trial(self) -> None:
        url, token = self._status.url, self._status.token
        self._send.setEnabled(False)

        def work(backend: Backend) -> UUID | None:
            from pump_desktop.services.connect.script import TRIAL_STREAM, post_trial_bet  # noqa: PLC0415 - in the worker

            post_trial_bet(url, token)
            # The stream that was seen last is among the first.
            newest = backend.live.streams(StreamQuery(limit=20)).items
            return next((row.id for row in newest if backend.live.key_of(row.id) == TRIAL_STREAM), None)

        self._asker.ask(self, work, self._trial_came, self._trial_failed)

    def _trial_came(self, stream_id: UUID | None) -> None:
        self._trial = stream_id
        self._send.setEnabled(True)
        sentence = "The test bet arrived. It is in a stream of its own, with the client seed “test”."
        self._show("good", sentence, "Open" if stream_id is not None else "")

    def _trial_failed(self, error: KnownError) -> None:
        self._send.setEnabled(True)
        self._show("bad", str(error))

    @Slot()
    def _open_trial(self) -> None:
        self.stream_asked.emit(self._trial)

    def _show(self, tone: Tone, sentence: str, action: str = "") -> None:
        self._banner.show_sentence(tone, sentence, action)


def _text(options: ScriptOptions) -> str:
    from pump_desktop.services.connect.script import script_text  # noqa: PLC0415 - light, and seldom opened

    return script_text(options)


def _edit(text: str) -> QLineEdit:
    edit = QLineEdit(text)
    edit.setFont(tabular(ui_font()))
    edit.setAlignment(Qt.AlignmentFlag.AlignLeft)
    return edit
