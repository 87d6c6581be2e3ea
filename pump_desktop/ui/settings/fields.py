"""A section of the Settings page: a card of fields that a search can thin out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from pump_desktop.domain.alert_notices import QuietHours
from pump_desktop.domain.errors import FieldError
from pump_desktop.qt.app.preferences import Preferences
from pump_desktop.qt.look.fonts import Type
from pump_desktop.system.settings import expectation, quiet_hours_text
from pump_desktop.ui.kit.buttons import IconButton
from pump_desktop.ui.kit.card import Card
from pump_desktop.ui.kit.edits import NumberEdit
from pump_desktop.ui.kit.field import FieldBox
from pump_desktop.ui.kit.layout import vbox
from pump_desktop.ui.kit.quiet_hours import QUIET_HINT, QuietHoursRow
from pump_desktop.ui.kit.segmented import Segment, Segmented
from pump_desktop.ui.kit.style import announce
from pump_desktop.ui.kit.text import Label

# Long enough to be seen from the corner of an eye.
SAVED_MS = 2_000
_NUMBER_WIDTH = 220
_CHOICE_WIDTH = 360


class SettingField(QWidget):
    """Shows one setting and changes it; ``reset_asked`` carries its name."""

    reset_asked = Signal(str)

    def __init__(
        self, preferences: Preferences, name: str, label: str, editor: QWidget, hint: str = ""
    ) -> None:
        super().__init__()
        self.name = name
        self.label = label
        self._preferences = preferences
        self._hint = hint
        self.box = FieldBox(label, editor, hint)
        self._saved = Label("Saved", size=Type.HINT, ink="good")
        self._undo = IconButton("undo", f"Reset {label} to its default")
        for part in (self._undo, self._saved):
            self.box.add_beside(part)
            policy = part.sizePolicy()
            # Nothing moves when it comes and goes.
            policy.setRetainSizeWhenHidden(True)
            part.setSizePolicy(policy)
            part.hide()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SAVED_MS)
        self._settle.timeout.connect(self._saved.hide)
        vbox(self.box, into=self)
        self._undo.clicked.connect(self._ask_reset)
        preferences.changed.connect(self._changed)
        preferences.saved.connect(self._kept)
        preferences.refused.connect(self._refused)

    @property
    def words(self) -> str:
        """What a search looks through."""
        return f"{self.label} {self._hint}".lower()

    @property
    def value(self) -> object:
        """What is in force."""
        value: object = getattr(self._preferences.settings, self.name)
        return value

    def revert(self) -> None:
        """Show what is in force, and forget what was typed."""
        self.box.set_error(None)
        self.show_value()
        self._show_state()

    def show_value(self) -> None:
        """Show what is in force in the editor, without a change."""
        raise NotImplementedError

    def settle(self) -> None:
        """Keep what was typed and is not kept yet, if it can be kept."""

    def start(self) -> None:
        """Show what is in force, once the editor is there."""
        self.show_value()
        self._show_state()

    @property
    def unkept(self) -> bool:
        """Whether the editor holds something that is not kept."""
        return False

    def _commit(self, value: object) -> bool:
        """Have a value kept; tell whether it can be."""
        if not self._check(value):
            return False
        self._preferences.change({self.name: value})
        return True

    def _check(self, value: object) -> bool:
        try:
            self._preferences.check({self.name: value})
        except FieldError:
            reason = self._preferences.fixed_reason(self.name)
            self.box.set_error(reason or f"{self.label} {expectation(self.name)}.")
            self._show_state()
            return False
        self.box.set_error(None)
        return True

    def _show_state(self) -> None:
        """Show whether it may be changed, and whether there is something to put back."""
        reason = self._preferences.fixed_reason(self.name)
        self.box.editor.setEnabled(not reason)
        self.box.set_hint(reason or self._hint)
        self._undo.setVisible(bool(self._preferences.changeable([self.name])) or self.unkept)

    @Slot()
    def _ask_reset(self) -> None:
        self.reset_asked.emit(self.name)

    @Slot(object)
    def _changed(self, names: frozenset[str]) -> None:
        if self.name in names:
            self.show_value()
            self._show_state()

    @Slot(object)
    def _kept(self, names: frozenset[str]) -> None:
        if self.name in names:
            self.box.set_error(None)
            self._show_state()
            self._saved.show()
            self._settle.start()
            announce(self.box.editor, f"{self.label}: saved")

    @Slot(object, str)
    def _refused(self, names: frozenset[str], sentence: str) -> None:
        if self.name in names:
            self.box.set_error(sentence)
            self._show_state()


class NumberSetting(SettingField):
    """A whole number; what is typed is checked at each key and kept when the field is left, or by Enter."""

    def __init__(
        self, preferences: Preferences, name: str, label: str, hint: str, *, groups: bool = True
    ) -> None:
        self._edit = NumberEdit(None, label, groups=groups)
        self._edit.setFixedWidth(_NUMBER_WIDTH)
        # Whether it holds something that nobody was asked to keep.
        self._typed = False
        super().__init__(preferences, name, label, self._edit, hint)
        self._edit.textEdited.connect(self._edited)
        self._edit.editingFinished.connect(self.settle)
        self.start()

    @property
    def unkept(self) -> bool:
        """Whether the text is not the number in force."""
        return self._typed

    def show_value(self) -> None:
        """Show the number, unless something else is being typed."""
        if not self._typed:
            self._edit.set_plain(str(self.value))

    def revert(self) -> None:
        """Show the number in force, and forget what was typed."""
        self._typed = False
        super().revert()

    @Slot()
    def settle(self) -> None:
        """Keep the number, if it is one."""
        if not self._typed or not self._edit.isEnabled():
            return
        read = self._read()
        if read == self.value:
            self.revert()
        elif self._commit(read):
            self._typed = False

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep what was typed last when the page goes out of sight."""
        super().hideEvent(event)
        self.settle()

    def _read(self) -> object:
        plain = self._edit.plain
        # More digits than any number here has; int() of a megabyte of them would take seconds.
        return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 20 else plain

    @Slot(str)
    def _edited(self, _text: str) -> None:
        self._typed = True
        self._check(self._read())
        self._show_state()

    @Slot(object, str)
    def _refused(self, names: frozenset[str], sentence: str) -> None:
        # The text stays, for another try.
        self._typed = self._typed or self.name in names
        super()._refused(names, sentence)


class SwitchSetting(SettingField):
    """A check box; ``warning`` is said while it is ``warn_when``."""

    def __init__(
        self,
        preferences: Preferences,
        name: str,
        label: str,
        words: str,
        hint: str = "",
        *,
        warning: str = "",
        warn_when: bool = False,
    ) -> None:
        self._switch = QCheckBox(words)
        self._switch.setAccessibleName(words)
        self._switch.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._warning, self._warn_when = warning, warn_when
        super().__init__(preferences, name, label, self._switch, hint)
        self._switch.clicked.connect(self._clicked)
        self.start()

    @property
    def words(self) -> str:
        """What a search looks through."""
        return f"{super().words} {self._switch.text()} {self._warning}".lower()

    def show_value(self) -> None:
        """Show whether it is on."""
        self._switch.setChecked(bool(self.value))

    def _show_state(self) -> None:
        super()._show_state()
        if self._warning and bool(self.value) is self._warn_when:
            self.box.set_warning(self._warning)

    @Slot(bool)
    def _clicked(self, on: bool) -> None:
        self._commit(on)

    @Slot(object, str)
    def _refused(self, names: frozenset[str], sentence: str) -> None:
        super()._refused(names, sentence)
        if self.name in names:
            # A switch has no text to lose: it stands where things stand.
            self.show_value()


class ChoiceSetting(SettingField):
    """One of a few words."""

    def __init__(
        self,
        preferences: Preferences,
        name: str,
        label: str,
        segments: Sequence[Segment],
        hint: str = "",
    ) -> None:
        self._choice = Segmented(segments, None, label)
        self._choice.setFixedWidth(_CHOICE_WIDTH)
        super().__init__(preferences, name, label, self._choice, hint)
        self._choice.changed.connect(self._chosen)
        self.start()

    @property
    def words(self) -> str:
        """What a search looks through."""
        return f"{super().words} {' '.join(self._choice.values)}".lower()

    def show_value(self) -> None:
        """Show what is chosen."""
        self._choice.blockSignals(True)
        self._choice.set_value(str(self.value))
        self._choice.blockSignals(False)

    @Slot(str)
    def _chosen(self, value: str) -> None:
        if value != self.value:
            self._commit(value)

    @Slot(object, str)
    def _refused(self, names: frozenset[str], sentence: str) -> None:
        super()._refused(names, sentence)
        if self.name in names:
            self.show_value()


class HoursSetting(SettingField):
    """The quiet hours, as beside the alert rules."""

    def __init__(self, preferences: Preferences, label: str) -> None:
        self._row = QuietHoursRow(preferences.settings.quiet, words=False)
        super().__init__(preferences, "quiet_hours", label, self._row, QUIET_HINT)
        self._row.problem.connect(self._show_problem)
        self._row.changed.connect(self._chosen)
        self.start()

    @property
    def words(self) -> str:
        """What a search looks through."""
        return f"{super().words} night do not disturb silence from to"

    def show_value(self) -> None:
        """Show the hours."""
        self._row.show_hours(self._preferences.settings.quiet)

    def settle(self) -> None:
        """Keep the hours that were typed last."""
        self._row.settle()

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep what was typed last when the page goes out of sight."""
        super().hideEvent(event)
        self.settle()

    @Slot(str)
    def _show_problem(self, sentence: str) -> None:
        self.box.set_error(sentence or None)

    @Slot(object)
    def _chosen(self, hours: QuietHours | None) -> None:
        self._commit(quiet_hours_text(hours))


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
