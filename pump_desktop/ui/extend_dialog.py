"""Asks over which larger range a stored run should go."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.requests import MAX_NONCE, parse_wider_range
from pump_desktop.domain.runs import Run, RunRow
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.qt.text.numbers import grouped
from pump_desktop.ui.dialogs import PlainDialog
from pump_desktop.ui.field_words import field_sentence
from pump_desktop.ui.widgets.buttons import Button
from pump_desktop.ui.widgets.edits import NumberEdit
from pump_desktop.ui.widgets.field import FieldBox
from pump_desktop.ui.widgets.text import Label

FACTORS = (2, 10)


class ExtendDialog(PlainDialog):
    """First and last nonce of the longer run; after ``accepted`` they are in ``wanted``."""

    def __init__(self, run: Run | RunRow, max_nonces: int, parent: QWidget) -> None:
        super().__init__("Extend run", 500, parent)
        self._run = run
        self._max_nonces = max_nonces
        self._wanted = (run.nonce_start, run.nonce_end)
        self._start = NumberEdit(run.nonce_start, "First nonce")
        self._end = NumberEdit(run.nonce_end, "Last nonce")
        self._fields = {
            "start": FieldBox("First nonce", self._start),
            "end": FieldBox("Last nonce", self._end),
        }
        self._buttons = [Button(f"×{factor}") for factor in FACTORS]
        self._outlook = Label("", ink="secondary", figures=True)
        self._lay_out()
        self._start.plain_changed.connect(self._edited)
        self._end.plain_changed.connect(self._edited)
        for button in self._buttons:
            button.clicked.connect(self._grow)
        self._edited()
        # Plain digits, as a field with the keyboard shows them: taking the groups off then would unselect.
        self._end.setText(self._end.plain)
        self._end.selectAll()
        self._end.setFocus()

    @property
    def wanted(self) -> tuple[int, int]:
        """First and last nonce of the longer run."""
        return self._wanted

    def accept(self) -> None:
        """Close, unless the range does not hold the run or adds nothing to it."""
        try:
            self._wanted = self._read()
        except FieldError as error:
            box = self._fields[error.field]
            box.set_error(field_sentence(error))
            # The sentence needs lines that were not there.
            self.adjustSize()
            box.editor.setFocus()
            return
        super().accept()

    def _lay_out(self) -> None:
        run = self._run
        known = (
            f"Nonces {grouped(run.nonce_start)} to {grouped(run.nonce_end)} are known and stay as they are. "
            "Only what is missing before and after them is scanned."
        )
        self.column.addWidget(Label(known, wrap=True))
        ends = QHBoxLayout()
        ends.setSpacing(Space.M)
        for box in self._fields.values():
            ends.addWidget(box, 1, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(ends)
        longer = QHBoxLayout()
        longer.setSpacing(Space.S)
        longer.addWidget(Label("Length", size=Type.HINT, ink="secondary"))
        for factor, button in zip(FACTORS, self._buttons, strict=True):
            end = self._end_of(factor)
            button.setAccessibleName(f"{factor} times as long")
            button.setToolTip(plain_tip(f"{factor} times as long: up to nonce {grouped(end)}"))
            button.setEnabled(end <= MAX_NONCE and run.count * factor <= self._max_nonces)
            longer.addWidget(button)
        longer.addStretch(1)
        longer.addWidget(self._outlook)
        self.column.addLayout(longer)
        self.add_buttons("Extend")

    def _end_of(self, factor: int) -> int:
        return self._run.nonce_start + self._run.count * factor - 1

    def _read(self) -> tuple[int, int]:
        start, end = parse_wider_range(self._run, self._start.plain, self._end.plain, self._max_nonces)
        if (start, end) == (self._run.nonce_start, self._run.nonce_end):
            raise FieldError("end", "the run has these nonces already")
        return start, end

    @Slot()
    def _grow(self) -> None:
        factor = FACTORS[self._buttons.index(self.sender())]  # type: ignore[arg-type]  # one of ours
        self._start.set_plain(str(self._run.nonce_start))
        self._end.set_plain(str(self._end_of(factor)))

    @Slot()
    def _edited(self, _text: str = "") -> None:
        for box in self._fields.values():
            box.set_error(None)
        try:
            start, end = self._read()
        except FieldError:
            self._outlook.setText("")
            return
        count = end - start + 1
        self._outlook.setText(f"{grouped(count - self._run.count)} more, {grouped(count)} in all")
