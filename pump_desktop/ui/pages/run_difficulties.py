"""The four difficulties of a run's nonces: its own is chosen, another one is asked for."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from pump_desktop.domain.game import Difficulty
from pump_desktop.qt.look.theme import Size
from pump_desktop.ui.widgets.segmented import Segment, Segmented

_WIDTH = 292
_MOVES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class RunDifficulties(Segmented):
    """``asked`` carries another Difficulty; the own one stays chosen until its run is shown."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        segments = [Segment(difficulty.value, difficulty.label) for difficulty in Difficulty]
        super().__init__(segments, None, "Difficulty of these nonces", parent)
        self.setToolTip("The same nonces at another difficulty: opens the stored run, or scans it")
        self.setFixedHeight(Size.CONTROL)
        self.set_least_width(_WIDTH)
        self._own: str | None = None
        self.changed.connect(self._chosen_other)

    def show_own(self, difficulty: Difficulty) -> None:
        """Choose the difficulty of the run that is shown."""
        self._own = difficulty.value
        self.set_value(self._own)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Walk with the arrows and ask with Space or Return: walking alone must not start scans."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            buttons = self.findChildren(QAbstractButton)
            if watched in buttons:
                here = buttons.index(watched)
                key = Qt.Key(event.key())
                if key in _MOVES:
                    there = buttons[min(max(here + _MOVES[key], 0), len(buttons) - 1)]
                    there.setFocus(Qt.FocusReason.TabFocusReason)
                    return True
                if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                    buttons[here].click()
                    return True
                # Home, End, Up and Down would choose.
                return key in {Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Up, Qt.Key.Key_Down}
        return False

    @Slot(str)
    def _chosen_other(self, value: str) -> None:
        if self._own is not None and value != self._own:
            self.set_value(self._own)
            self.asked.emit(Difficulty(value))
