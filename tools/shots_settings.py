"""The Settings page's pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtWidgets import QLineEdit

from pump_desktop.program import Program
from tests.ui.support.program import edit


def settings_states(program: Program) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield the states of the Settings page, each with its picture's name."""
    window = program.window

    def wrong() -> None:
        port = edit(window.pages.settings, "Port")
        port.setText("70000")
        port.textEdited.emit("70000")

    def search(text: str) -> None:
        named: QLineEdit = edit(window.pages.settings, "Search settings")
        named.setText(text)

    yield "60-settings", lambda: window.open_section("settings")
    yield "61-settings-wrong-port", wrong
    yield "62-settings-notices", lambda: window.pages.settings.open_section("notices")
    yield "63-settings-end", lambda: window.pages.settings.open_section("diagnostics")
    yield "64-settings-search", lambda: search("token")
    yield "65-settings-nothing-found", lambda: search("zebra")
