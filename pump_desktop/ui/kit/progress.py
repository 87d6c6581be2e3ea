"""Work under way: a bar, how far it is in words, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QProgressBar, QWidget

from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.layout import hbox, stretch, vbox
from pump_desktop.ui.kit.text import Label

_STEPS = 1000


class ProgressStrip(QWidget):
    """``cancel_clicked`` asks for a stop; from then on the strip says so, until the next ``begin()``."""

    cancel_clicked = Signal()

    def __init__(self, name: str, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(name)
        self._words = Label("", ink="secondary", figures=True, wrap=True)
        self._cancel = Button("Cancel", meaning="cancel")
        self._cancel.setToolTip(plain_tip(tip))
        vbox(self._bar, hbox(stretch(self._words), self._cancel), into=self, spacing=Space.S)
        self._cancel.clicked.connect(self._stop)

    def begin(self, words: str = "") -> None:
        """Show work that has just been started."""
        self._cancel.setEnabled(True)
        self.show_progress(words, 0, 0)

    def show_progress(self, words: str, done: int, total: int) -> None:
        """Show how far it is; without a total the bar runs to and fro."""
        # A range of 0 to 0 is Qt's busy bar.
        self._bar.setRange(0, _STEPS if total else 0)
        if total:
            self._bar.setValue(min(_STEPS, done * _STEPS // total))
        if self._cancel.isEnabled():
            self._words.setText(words)

    @Slot()
    def _stop(self) -> None:
        self._cancel.setEnabled(False)
        self._words.setText("Stopping …")
        self.cancel_clicked.emit()
