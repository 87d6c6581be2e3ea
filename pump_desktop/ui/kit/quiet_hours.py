"""From when to when nothing pops up on the desktop and nothing sounds."""

from __future__ import annotations

from PySide6.QtCore import QTime, QTimer, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QTimeEdit, QWidget

from pump_desktop.domain.alert_notices import QuietHours
from pump_desktop.domain.errors import FieldError
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Space
from pump_desktop.ui.kit.layout import hbox, stretch
from pump_desktop.ui.kit.style import announce, set_style_property
from pump_desktop.ui.kit.text import Label, columns_font

# Hours are stepped and typed through; each stop on the way is nobody's wish.
_SETTLE_MS = 300
_USUAL = QuietHours.parse(start="22:00", end="07:00")
QUIET_HINT = "No desktop notification and no sound in these hours."
_EQUAL = "They must begin and end at two different times."


class _Hour(QTimeEdit):
    """A time of day."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setDisplayFormat("HH:mm")
        self.setFont(columns_font())
        self.setFixedWidth(96)
        # A style sheet's padding does not reach the editor inside a spin box.
        self.lineEdit().setTextMargins(7, 0, 0, 0)


class QuietHoursRow(QWidget):
    """``changed`` carries QuietHours, or None for none, once they have been set.

    ``problem`` carries what is wrong with them, or nothing; without ``words`` somebody else says it.
    """

    changed = Signal(object)
    problem = Signal(str)

    def __init__(
        self, hours: QuietHours | None, parent: QWidget | None = None, *, words: bool = True
    ) -> None:
        super().__init__(parent)
        self._told = hours
        shown = hours or _USUAL
        self._on = QCheckBox("Quiet hours from")
        self._on.setAccessibleName("Quiet hours")
        self._on.setChecked(hours is not None)
        self._start, self._end = _Hour("Quiet hours begin"), _Hour("Quiet hours end")
        self._start.setTime(QTime(shown.start.hour, shown.start.minute))
        self._end.setTime(QTime(shown.end.hour, shown.end.minute))
        self._words = Label(QUIET_HINT, size=Type.HINT, ink="muted", wrap=True)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        hbox(
            self._on,
            self._start,
            Label("to"),
            self._end,
            Space.S,
            stretch(self._words),
            into=self,
            spacing=Space.S,
        )
        # Only now: shown before it has a parent, it would be a window of its own for a moment.
        self._words.setVisible(words)
        if not words:
            self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._on.toggled.connect(self._switched)
        self._start.timeChanged.connect(self._edited)
        self._end.timeChanged.connect(self._edited)
        self._settle.timeout.connect(self.settle)
        self._show_on()

    def show_hours(self, hours: QuietHours | None) -> None:
        """Show what was set elsewhere, without a signal; what is typed here and not told yet stays."""
        if hours == self._told:
            return
        self._told = hours
        shown = hours or _USUAL
        for part in (self._on, self._start, self._end):
            part.blockSignals(True)
        self._on.setChecked(hours is not None)
        self._start.setTime(QTime(shown.start.hour, shown.start.minute))
        self._end.setTime(QTime(shown.end.hour, shown.end.minute))
        for part in (self._on, self._start, self._end):
            part.blockSignals(False)
        self._show_on()
        self._show_problem("")

    @Slot()
    def settle(self) -> None:
        """Tell what stands here, unless it was told or is wrong."""
        self._settle.stop()
        try:
            hours = self._read() if self._on.isChecked() else None
        except FieldError:
            self._show_problem(_EQUAL)
            return
        self._show_problem("")
        if hours != self._told:
            self._told = hours
            self.changed.emit(hours)

    def _read(self) -> QuietHours:
        return QuietHours.parse(start=self._start.time().toPython(), end=self._end.time().toPython())

    def _show_problem(self, sentence: str) -> None:
        set_style_property(self._end, "invalid", bool(sentence))
        self._words.setText(sentence or QUIET_HINT)
        self._words.set_ink("bad" if sentence else "muted")
        self._end.setAccessibleDescription(sentence)
        self.problem.emit(sentence)
        if sentence:
            announce(self._end, sentence)

    def _show_on(self) -> None:
        for edit in (self._start, self._end):
            edit.setEnabled(self._on.isChecked())

    @Slot(bool)
    def _switched(self, _on: bool) -> None:
        self._show_on()
        self.settle()

    @Slot(QTime)
    def _edited(self, _time: QTime) -> None:
        self._settle.start()
