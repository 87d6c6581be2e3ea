"""A section of the Settings page: a card of fields that a search can thin out."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pump_desktop.ui.pages.settings_fields import SettingField
from pump_desktop.ui.widgets.card import Card


class SettingsCard(Card):
    """``reset_asked`` carries the name of a setting, ``said`` and ``refused`` carry sentences."""

    reset_asked = Signal(str)
    said = Signal(str)
    refused = Signal(str)

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.fields: list[SettingField] = []
        self._parts: list[tuple[QWidget, str]] = []

    def add_field(self, field: SettingField) -> None:
        """Put a setting below what is there."""
        self.fields.append(field)
        field.reset_asked.connect(self.reset_asked)
        self.add_part(field, field.words)

    def add_part(self, widget: QWidget, words: str) -> None:
        """Put something else below what is there, found by its words."""
        self._parts.append((widget, words))
        self.add(widget)

    def narrow(self, wanted: list[str]) -> bool:
        """Show the parts in which all these words stand, and tell whether there are any."""
        found = False
        for widget, words in self._parts:
            here = all(word in words for word in wanted)
            widget.setVisible(here)
            found |= here
        return found

    def show_all(self) -> None:
        """Show every part."""
        for widget, _words in self._parts:
            widget.show()
