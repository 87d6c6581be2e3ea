"""The sections of the Settings page that are a few fields each."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pump_desktop.domain.errors import KnownError
from pump_desktop.qt.app.notifications import tray_available
from pump_desktop.qt.app.preferences import Preferences
from pump_desktop.qt.look.theme import Space
from pump_desktop.ui.folders import open_folder
from pump_desktop.ui.pages.settings_card import SettingsCard
from pump_desktop.ui.pages.settings_fields import ChoiceSetting, HoursSetting, NumberSetting, SwitchSetting
from pump_desktop.ui.widgets.buttons import Button
from pump_desktop.ui.widgets.field import FieldBox
from pump_desktop.ui.widgets.segmented import Segment
from pump_desktop.ui.widgets.text import ElidedLabel

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
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        button = Button("Open log folder", meaning="folder")
        row.addWidget(button)
        row.addWidget(ElidedLabel(str(preferences.paths.logs), ink="muted"), 1)
        self.add_part(FieldBox("Log folder", place), "log folder open files crash report")
        button.clicked.connect(self._open_folder)

    @Slot()
    def _open_folder(self) -> None:
        try:
            # It is made with the first line of the log; before, the folder above it is shown.
            open_folder(self._preferences.paths.logs)
        except KnownError as error:
            self.refused.emit(str(error))
