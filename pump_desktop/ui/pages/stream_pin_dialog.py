"""Asks which multiplier to pin: an entry of the table, exactly or at least."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.runs import Match
from pump_desktop.domain.targets_and_pins import Pin
from pump_desktop.qt.text.numbers import multiplier_text, odds_text
from pump_desktop.ui.dialogs import PlainDialog
from pump_desktop.ui.widgets.choices import MatchChoice
from pump_desktop.ui.widgets.field import FieldBox


class PinDialog(PlainDialog):
    """``pinned`` carries the pin that was chosen."""

    pinned = Signal(object)

    def __init__(self, difficulty: Difficulty, parent: QWidget) -> None:
        super().__init__("Pin a multiplier", 360, parent)
        self._difficulty = difficulty
        self._entries = QComboBox()
        # The highest first: those are what people wait for.
        for multiplier in reversed(PAYOUTS[difficulty]):
            self._entries.addItem(multiplier_text(multiplier), multiplier)
        self._match = MatchChoice(Match.EXACT)
        self._box = FieldBox(f"Multiplier of {difficulty.label}", self._entries)
        self.column.addWidget(self._box)
        self.column.addWidget(self._match)
        self.add_buttons("Pin")
        self._entries.currentIndexChanged.connect(self._show_odds)
        self._match.changed.connect(self._show_odds)
        self._show_odds()

    @property
    def pin(self) -> Pin:
        """What is chosen."""
        return Pin(float(self._entries.currentData()), self._match.match)

    def accept(self) -> None:
        """Tell what was chosen and close."""
        self.pinned.emit(self.pin)
        super().accept()

    @Slot()
    def _show_odds(self, *_what: object) -> None:
        self._box.set_hint(f"{odds_text(self.pin.probability(self._difficulty))} rounds")
