"""The Settings page of a whole program, and what lies on disk behind it."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from pump_desktop.qt.app.listening import ListenerState, ListenerStatus
from pump_desktop.ui.settings.fields import SettingField
from pump_desktop.ui.settings.page import SettingsPage
from tests.ui.support.program import Running, click, edit, type_into


class SettingsAt:
    """A program with its Settings page in front, and a listener that runs."""

    def __init__(self, running: Running, qtbot: QtBot) -> None:
        self.running = running
        self.qtbot = qtbot
        running.window.open_section("settings")
        self.wait_for(lambda: self.status.state is not ListenerState.STARTING)

    @property
    def page(self) -> SettingsPage:
        """The page."""
        return self.running.window.pages.settings

    @property
    def status(self) -> ListenerStatus:
        """What the listener does."""
        return self.running.program.listening.status

    @property
    def file(self) -> dict[str, Any]:
        """What the settings file holds."""
        path = self.running.data / "settings.json"
        held: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
        return held

    def wait_for(self, callback: Any) -> None:
        """Wait until something is so."""
        self.qtbot.waitUntil(callback)

    def settle(self) -> None:
        """Wait until everything is on disk and the listener has followed."""
        self.wait_for(lambda: not self.running.program.preferences.busy)
        self.wait_for(lambda: not self.running.program.listening._runner.busy)

    def field(self, name: str) -> SettingField:
        """Give the field of a setting."""
        (found,) = [field for field in self.page.fields if field.name == name]
        return found

    def type(self, label: str, text: str) -> QLineEdit:
        """Type a text into a field and press Enter."""
        found = type_into(self.page, label, text)
        QTest.keyClick(found, Qt.Key.Key_Return)
        return found

    def text(self, label: str) -> str:
        """Give what stands in a field."""
        return edit(self.page, label).text()

    def click(self, words: str) -> None:
        """Click a button, switch or segment, and wait until it is kept."""
        click(self.page, words)
        self.settle()
