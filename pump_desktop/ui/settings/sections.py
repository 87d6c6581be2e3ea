"""The listener's settings: its state, port, token and rate limit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from pump_desktop.domain.errors import KnownError
from pump_desktop.qt.app.listening import ListenerState, ListenerStatus
from pump_desktop.qt.app.notifications import tray_available
from pump_desktop.qt.app.preferences import Preferences
from pump_desktop.qt.look.fonts import mono_font
from pump_desktop.qt.look.theme import Space
from pump_desktop.ui.kit.buttons import Button, CopyButton, IconButton
from pump_desktop.ui.kit.dialogs import PlainDialog
from pump_desktop.ui.kit.field import FieldBox
from pump_desktop.ui.kit.layout import hbox, stretch
from pump_desktop.ui.kit.listener_words import listener_words
from pump_desktop.ui.kit.saving import open_folder
from pump_desktop.ui.kit.segmented import Segment
from pump_desktop.ui.kit.status import StateDot
from pump_desktop.ui.kit.text import ElidedLabel, Label
from pump_desktop.ui.settings.fields import (
    ChoiceSetting,
    HoursSetting,
    NumberSetting,
    SettingsCard,
    SwitchSetting,
)

_MOST = (
    "Nonces that one scan, one extension or one POST /runs may have. "
    "Each takes one byte of memory while it runs."
)
_TRAY = "Alert rules that ask for it show their notices beside the system's tray."
_NO_TRAY = "This system has no tray that shows notices; they appear inside the window."
_SCREENS = "Scan, Verify, audits and the page of a run show dots until you ask for the seeds."
_EXPORTS = "Reports of runs and audits show SHA-256 instead. Each report can still be told otherwise."


def limits_card(preferences: Preferences) -> SettingsCard:
    """Give the section of limits."""
    card = SettingsCard("Limits")
    card.add_field(NumberSetting(preferences, "max_nonces", "Longest range", _MOST))
    return card


def look_card(preferences: Preferences) -> SettingsCard:
    """Give the section of the look."""
    card = SettingsCard("Look")
    themes = [Segment("system", "System"), Segment("light", "Light"), Segment("dark", "Dark")]
    hint = "Ctrl+Shift+L changes it anywhere in the window."
    card.add_field(ChoiceSetting(preferences, "theme", "Theme", themes, hint))
    densities = [Segment("comfortable", "Comfortable"), Segment("compact", "Compact")]
    hint = "How high the rows of all tables are."
    card.add_field(ChoiceSetting(preferences, "density", "Density", densities, hint))
    return card


def notices_card(preferences: Preferences) -> SettingsCard:
    """Give the section of notices."""
    card = SettingsCard("Notices")
    hint = _TRAY if tray_available() else _NO_TRAY
    card.add_field(
        SwitchSetting(preferences, "desktop_notices", "Desktop", "Show desktop notifications", hint)
    )
    hint = "Only for alert rules that ask for it."
    card.add_field(SwitchSetting(preferences, "notice_sound", "Sound", "Sound with a notice", hint))
    card.add_field(HoursSetting(preferences, "Quiet hours"))
    return card


def privacy_card(preferences: Preferences) -> SettingsCard:
    """Give the section of seeds."""
    card = SettingsCard("Privacy")
    card.add_field(
        SwitchSetting(preferences, "hide_seeds", "Screens", "Hide seeds until I ask for them", _SCREENS)
    )
    words = "Leave seeds out of reports"
    card.add_field(SwitchSetting(preferences, "hide_seeds_in_exports", "Exports", words, _EXPORTS))
    return card


class DiagnosticsCard(SettingsCard):
    """How much is logged, and where."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__("Diagnostics")
        self._preferences = preferences
        levels = [
            Segment("ERROR", "Errors"),
            Segment("WARNING", "Warnings"),
            Segment("INFO", "Usual"),
            Segment("DEBUG", "Everything"),
        ]
        hint = "Seeds and tokens never reach the log, whatever is chosen."
        self.add_field(ChoiceSetting(preferences, "log_level", "Log", levels, hint))
        place = QWidget()
        button = Button("Open log folder", meaning="folder")
        hbox(
            button,
            stretch(ElidedLabel(str(preferences.paths.logs), ink="muted")),
            into=place,
            spacing=Space.S,
        )
        self.add_part(FieldBox("Log folder", place), "log folder open files crash report")
        button.clicked.connect(self._open_folder)

    @Slot()
    def _open_folder(self) -> None:
        try:
            # It is made with the first line of the log; before, the folder above it is shown.
            open_folder(self._preferences.paths.logs)
        except KnownError as error:
            self.refused.emit(str(error))


_PORT = (
    "Scripts post to this port of this computer. A new one is taken at once, and scripts have to be told; "
    "0 takes any free one at each start."
)
_RATE = "Requests a minute; a batch is one. What is above is answered with 429 until the minute is over."
_ASK = "Scripts send it with every bet."
_OPEN = (
    "Off: every web page you open and every program on this computer can post bets. "
    "All else still asks for the token."
)
_TOKEN = "The word that lets scripts post and read. Whoever has it can read your runs and streams."  # noqa: S105 - a hint
_NO_TOKEN = "It is shown once the listener runs."  # noqa: S105 - a hint
_ROTATE = (
    "The old token stops working at once. Scripts that post here are refused until the new one is put into "
    "them. Antebot's script keeps its bets meanwhile: copy it again and start it in place of the old one. "
    "Scripts of your own have to post theirs again."
)
_ROTATED = "A new token is in force. Put it into every script that posts here."
_TOKEN_WIDTH = 360
_DIALOG_WIDTH = 440


class RotateDialog(PlainDialog):
    """Asks before a new token locks scripts out."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Make a new token?", _DIALOG_WIDTH, parent)
        self.column.addWidget(Label(_ROTATE, wrap=True))
        self.add_buttons("Make a new token")


class TokenField(QWidget):
    """The token as dots: to show, to copy, and to replace."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences
        self._edit = QLineEdit()
        self._edit.setReadOnly(True)
        self._edit.setFont(mono_font())
        self._edit.setAccessibleName("Token")
        self._edit.setEchoMode(QLineEdit.EchoMode.Password)
        self._edit.setMaximumWidth(_TOKEN_WIDTH)
        self._eye = IconButton("show", "Show token")
        self._copy = CopyButton(self._edit.text, "token")
        self.rotate = Button("New token …", meaning="refresh")
        hbox(
            stretch(self._edit),
            self._eye,
            self._copy,
            self.rotate,
            stretch(factor=0),
            into=self,
            spacing=Space.S,
        )
        self.setAccessibleName("Token of the listener")
        self._eye.clicked.connect(self._flip)
        self.show_token("")

    def show_token(self, token: str) -> None:
        """Show another token, as dots or as it is, whichever was chosen."""
        if token != self._edit.text():
            self._edit.setText(token)
            self._edit.setCursorPosition(0)
        self._eye.setEnabled(bool(token))
        self._copy.setEnabled(bool(token))

    @Slot()
    def _flip(self) -> None:
        hidden = self._edit.echoMode() is QLineEdit.EchoMode.Password
        self._edit.setEchoMode(QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password)
        self._eye.set_meaning("hide" if hidden else "show", "Hide token" if hidden else "Show token")


class ListenerCard(SettingsCard):
    """What the listener does, and where, and for whom."""

    def __init__(self, preferences: Preferences, now: Callable[[], datetime]) -> None:
        super().__init__("Listener")
        self._preferences = preferences
        self._now = now
        self._dot = StateDot()
        self._state = Label("", wrap=True)
        self._again = Button("Try again")
        self._token = TokenField(preferences)
        self._token_box = FieldBox("Token", self._token, _NO_TOKEN)
        self._lay_out()
        self._again.clicked.connect(self._try_again)
        self._token.rotate.clicked.connect(self._ask_rotate)
        preferences.listening.changed.connect(self._show_status)
        preferences.rotated.connect(self._rotated)
        preferences.refused.connect(self._refused)
        self._show_status(preferences.listening.status)

    def _lay_out(self) -> None:
        preferences = self._preferences
        state = QWidget()
        hbox(self._dot, stretch(self._state), self._again, into=state, spacing=Space.S)
        self.add_part(state, "state listening not listening taken try again")
        self.add_field(NumberSetting(preferences, "ingest_port", "Port", _PORT, groups=False))
        self.add_part(self._token_box, f"token key password secret copy rotate new {_TOKEN}".lower())
        self.add_field(
            SwitchSetting(
                preferences,
                "ingest_token_required",
                "Token with bets",
                "Ask for the token when bets are posted",
                _ASK,
                warning=_OPEN,
            )
        )
        self.add_field(NumberSetting(preferences, "ingest_rate_limit", "Rate limit", _RATE))

    @Slot(object)
    def _show_status(self, status: ListenerStatus) -> None:
        state, words = listener_words(status, self._now())
        self._dot.set_state(state)
        self._state.setText(words)
        self._again.setVisible(status.state is ListenerState.REFUSED)
        self._token.show_token(status.token)
        reason = self._preferences.fixed_reason("ingest_token")
        self._token.rotate.setEnabled(bool(status.token) and not reason)
        self._token_box.set_hint(reason or (_TOKEN if status.token else _NO_TOKEN))

    @Slot()
    def _try_again(self) -> None:
        self._preferences.listening.start(self._preferences.settings.ingest_port)

    @Slot()
    def _ask_rotate(self) -> None:
        dialog = RotateDialog(self.window())
        dialog.accepted.connect(self._preferences.rotate_token)
        dialog.open()

    @Slot()
    def _rotated(self) -> None:
        self._token_box.set_error(None)
        self.said.emit(_ROTATED)

    @Slot(object, str)
    def _refused(self, names: frozenset[str], sentence: str) -> None:
        if "ingest_token" in names:
            self._token_box.set_error(sentence)
