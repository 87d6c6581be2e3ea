"""The multipliers a scan looks for: the table's rarer entries as chips, and a person's own."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import (
    PAYOUTS,
    Difficulty,
    exact_safe_pumps,
    nearest_entries,
    target_p_at_least,
    target_p_exact,
)
from pump_desktop.domain.requests import parse_target
from pump_desktop.qt.look.theme import Size, Space
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.qt.text.numbers import multiplier_text, odds_text, without_groups
from pump_desktop.ui.widgets.buttons import IconButton
from pump_desktop.ui.widgets.chips import ChipBox, ChipItem
from pump_desktop.ui.widgets.field import FieldBox

# Entries offered as chips: the rarest ones, which are what people scan for.
OFFERED = 8
_CHOSEN_AT_FIRST = 3
_OWN_HINT = "Any multiplier; entries of the table are hit exactly."


class ScanTargets(QWidget):
    """Chips with "1 in N", and a line to add others; ``changed`` after every choice."""

    changed = Signal()

    def __init__(self, difficulty: Difficulty, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._difficulty = difficulty
        self._chips = ChipBox("Targets")
        self._own = QLineEdit()
        self._own.setPlaceholderText("Such as 250")
        self._own.setAccessibleName("Another target multiplier")
        self._add = IconButton("add", "Add this target", parent=self._own)
        inside = QHBoxLayout(self._own)
        inside.setContentsMargins(0, 0, 2, 0)
        inside.addStretch(1)
        inside.addWidget(self._add)
        self._own.setTextMargins(0, 0, Size.HIT, 0)
        self._box = FieldBox("Another target", self._own, _OWN_HINT)
        self.setFocusProxy(self._own)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self._chips)
        column.addWidget(self._box)

        self._chips.changed.connect(self._chips_changed)
        self._chips.removed.connect(self._chips_changed)
        self._add.clicked.connect(self._add_own)
        self._own.returnPressed.connect(self._add_own)
        self._own.textEdited.connect(self._own_edited)
        self.set_difficulty(difficulty)

    @property
    def chosen(self) -> tuple[float, ...]:
        """The chosen multipliers, ascending."""
        return tuple(sorted(float(key) for key in self._chips.checked))

    @property
    def wanted(self) -> tuple[float, ...]:
        """The chosen multipliers, and the one that is typed and not added yet."""
        try:
            typed = parse_target(without_groups(self._own.text()))
        except FieldError:
            return self.chosen
        return tuple(sorted({*self.chosen, typed}))

    def take_typed(self) -> bool:
        """Add what is typed as a target; light the line and tell false when it cannot be one."""
        return not self._own.text().strip() or self._take_own()

    def set_difficulty(self, difficulty: Difficulty) -> None:
        """Offer the table of another difficulty and choose its usual targets."""
        self._difficulty = difficulty
        offered = PAYOUTS[difficulty][-OFFERED:]
        self._show(offered, offered[-_CHOSEN_AT_FIRST - 2 : -2])

    def choose(self, targets: Iterable[float]) -> None:
        """Choose exactly these, adding chips for those that are not offered."""
        wanted = tuple(targets)
        offered = PAYOUTS[self._difficulty][-OFFERED:]
        self._show(tuple(sorted({*offered, *wanted})), wanted)

    def _show(self, targets: Iterable[float], chosen: Iterable[float]) -> None:
        items = [self._item(target) for target in targets]
        self._chips.set_items(items, {str(target) for target in chosen})
        for item in items:
            self._describe(item.key)
        # What was said about an own target held for the table before.
        self._box.set_hint(_OWN_HINT)
        self.changed.emit()

    def _item(self, target: float) -> ChipItem:
        chance = target_p_exact(self._difficulty, target)
        offered = target in PAYOUTS[self._difficulty][-OFFERED:]
        sub = odds_text(chance) if chance else "not in the table"
        return ChipItem(str(target), multiplier_text(target), sub, removable=not offered)

    def _describe(self, key: str) -> None:
        exact = odds_text(target_p_exact(self._difficulty, float(key)))
        at_least = odds_text(target_p_at_least(self._difficulty, float(key)))
        self._chips.chip(key).setToolTip(plain_tip(f"Exactly: {exact}\nAt least: {at_least}"))

    @Slot()
    def _chips_changed(self, *_what: object) -> None:
        self.changed.emit()

    @Slot()
    def _own_edited(self) -> None:
        self._box.set_error(None)
        self._box.set_hint(_OWN_HINT)

    @Slot()
    def _add_own(self) -> None:
        self._take_own()

    def _take_own(self) -> bool:
        try:
            target = parse_target(without_groups(self._own.text()))
        except FieldError:
            self._box.set_error("A target is a number above 0, such as 400.02.")
            self._own.setFocus()
            return False
        known = set(self._chips.keys)
        if str(target) not in known:
            index = sum(float(key) < target for key in self._chips.keys)
            self._chips.add(self._item(target), checked=True, index=index)
            self._describe(str(target))
        else:
            self._chips.set_checked({*self._chips.checked, str(target)})
        self._own.clear()
        self._box.set_error(None)
        self._box.set_hint(self._hint(target))
        self.changed.emit()
        return True

    def _hint(self, target: float) -> str:
        if exact_safe_pumps(self._difficulty, target) is not None:
            return _OWN_HINT
        entries = " and ".join(multiplier_text(entry) for entry in nearest_entries(self._difficulty, target))
        return (
            f"{multiplier_text(target)} is not in the {self._difficulty} table, so no nonce equals it. "
            f"Nearest: {entries}."
        )
