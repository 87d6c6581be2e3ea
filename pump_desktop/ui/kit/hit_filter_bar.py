"""Which results count as hits: the row of controls that all tabs of a run share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.requests import parse_nonce, parse_target
from pump_desktop.domain.runs import Match
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Size, Space
from pump_desktop.qt.text.numbers import grouped, multiplier_text, without_groups
from pump_desktop.ui.kit.choices import MatchChoice
from pump_desktop.ui.kit.edits import NumberEdit
from pump_desktop.ui.kit.flow import FlowLayout
from pump_desktop.ui.kit.layout import hbox, stretch, vbox
from pump_desktop.ui.kit.style import announce, set_style_property
from pump_desktop.ui.kit.text import Glyph, Label

if TYPE_CHECKING:
    from pump_desktop.stats.hits import HitFilter

# Stands in the list of targets for all targets of the run at once.
_ALL_TARGETS = "targets"
_NONCE_WIDTH = 122
_WHOLE = Qt.MatchFlag.MatchFixedString


class Filtered(Protocol):
    """What a filter may choose from: a run, or all that stands side by side."""

    @property
    def targets(self) -> tuple[float, ...]:
        """Multipliers somebody asked for."""

    @property
    def difficulty(self) -> Difficulty:
        """The table they are on."""

    @property
    def nonce_start(self) -> int:
        """The first nonce."""

    @property
    def nonce_end(self) -> int:
        """The last nonce."""


class HitFilterBar(QWidget):
    """Match, target and an optional range of nonces; ``changed`` says that ``wanted()`` is another.

    Any multiplier may be typed as the target. A target or nonce that cannot be lights up with its sentence,
    and the last good filter stays.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: Filtered | None = None
        self._good: HitFilter | None = None
        self._match = MatchChoice(Match.EXACT, 200)
        self._target = QComboBox()
        self._target.setAccessibleName("Target")
        self._target.setMinimumWidth(190)
        self._typed = QLineEdit()
        self._typed.setAccessibleName("Target")
        self._target.setLineEdit(self._typed)
        self._target.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        # A completer would make 34.68x of a typed 34.
        self._target.setCompleter(None)  # type: ignore[arg-type]  # the stub does not know that None is none
        self._first = NumberEdit(None, "From nonce")
        self._last = NumberEdit(None, "To nonce")
        self._mark = Glyph("error", "bad", 14)
        self._sentence = Label(size=Type.HINT, ink="bad", wrap=True)
        self._foot = QWidget(self)
        self._lay_out()

        self._match.changed.connect(self._edited)
        self._target.currentIndexChanged.connect(self._edited)
        self._typed.editingFinished.connect(self._target_typed)
        self._first.editingFinished.connect(self._edited)
        self._last.editingFinished.connect(self._edited)

    def show_run(self, run: Filtered, allow_all: bool) -> None:
        """Begin again with a run; ``changed`` is not told."""
        self._run = run
        off_table = [target for target in run.targets if target not in PAYOUTS[run.difficulty]]
        targets = sorted({*PAYOUTS[run.difficulty], *off_table}, reverse=True)
        self._target.blockSignals(True)
        self._target.clear()
        if allow_all:
            self._target.addItem("All targets of the run", _ALL_TARGETS)
        for target in targets:
            self._target.addItem(multiplier_text(target), target)
        self._target.setCurrentIndex(0 if allow_all else self._target.findData(run.targets[0]))
        self._target.blockSignals(False)
        self._show(Match.EXACT, None, None)
        self._first.setPlaceholderText(f"from {grouped(run.nonce_start)}")
        self._last.setPlaceholderText(f"to {grouped(run.nonce_end)}")
        self._good = self._parsed()

    def wanted(self) -> HitFilter | None:
        """Give the last filter that was good; None before the first run."""
        return self._good

    def set_wanted(self, target: float | None, match: Match, first: int | None, last: int | None) -> None:
        """Choose a filter, None for all targets or no bound; ``changed`` follows when it is another."""
        chosen = self._target.findData(_ALL_TARGETS if target is None else target)
        if target is not None and chosen < 0:
            self._target.blockSignals(True)
            self._target.addItem(_label(target), target)
            self._target.blockSignals(False)
            chosen = self._target.count() - 1
        self._target.blockSignals(True)
        self._target.setCurrentIndex(max(chosen, 0))
        self._target.blockSignals(False)
        self._show(match, first, last)
        self._edited()

    def words(self) -> str:
        """Give the filter as a person would say it: ``exactly 34.68x``."""
        wanted = self._good
        if wanted is None:
            return ""
        at_least = wanted.match is Match.AT_LEAST
        multipliers = [min(wanted.multipliers)] if at_least else list(wanted.multipliers)
        named = ", ".join(map(multiplier_text, multipliers[:3])) + (" …" if len(multipliers) > 3 else "")
        return f"{'at least' if at_least else 'exactly'} {named}"

    def _show(self, match: Match, first: int | None, last: int | None) -> None:
        self._match.show_match(match)
        self._first.set_plain("" if first is None else str(first))
        self._last.set_plain("" if last is None else str(last))
        self._light(None, "")

    def _lay_out(self) -> None:
        nonces = QWidget()
        row = hbox(Label("Nonces", ink="secondary"), into=nonces, spacing=Space.S)
        for edit in (self._first, self._last):
            edit.setFixedWidth(_NONCE_WIDTH)
            row.addWidget(edit)
        nonces.setFixedHeight(Size.CONTROL)
        controls = QWidget()
        flow = FlowLayout(controls)
        for widget in (self._match, self._target, nonces):
            flow.addWidget(widget)
        hbox(self._mark, stretch(self._sentence), into=self._foot, spacing=Space.XS)
        vbox(controls, self._foot, into=self, spacing=Space.XS)
        self._foot.hide()

    @Slot()
    def _target_typed(self) -> None:
        text = self._target.currentText()
        place = self._target.findText(text, _WHOLE)
        if place < 0:
            try:
                target = parse_target(without_groups(text))
            except FieldError:
                self._edited()
                return
            place = self._target.findData(target)
            if place < 0:
                self._target.addItem(_label(target), target)
                place = self._target.count() - 1
        # Its words come back, even when it was chosen already.
        self._target.setEditText(self._target.itemText(place))
        self._target.setCurrentIndex(place)
        self._edited()

    @Slot()
    def _edited(self, *_what: object) -> None:
        if self._run is None:
            return
        try:
            wanted = self._parsed()
        except FieldError as error:
            sentence = str(error)
            wrong = {"target": self._target, "to nonce": self._last}.get(error.field, self._first)
            self._light(wrong, f"{sentence}.")
            return
        self._light(None, "")
        if wanted != self._good:
            self._good = wanted
            self.changed.emit()

    def _parsed(self) -> HitFilter | None:
        # The statistics bring scipy; by the time a run is shown they have been imported beside the window.
        from pump_desktop.stats.hits import HitFilter  # noqa: PLC0415 - see above

        run = self._run
        if run is None:
            return None
        if self._target.findText(self._target.currentText(), _WHOLE) < 0:
            raise FieldError("target", "A target is a number above 0, such as 400.02")
        chosen = self._target.currentData()
        targets = run.targets if chosen == _ALL_TARGETS else (float(chosen),)
        first, last = _bound("from nonce", self._first.plain), _bound("to nonce", self._last.plain)
        if first is not None and first > run.nonce_end:
            raise FieldError(
                "from nonce", f"From nonce is past the run's last nonce, {grouped(run.nonce_end)}"
            )
        if last is not None and last < run.nonce_start:
            raise FieldError(
                "to nonce", f"To nonce is before the run's first nonce, {grouped(run.nonce_start)}"
            )
        if first is not None and last is not None and last < first:
            raise FieldError("to nonce", "To nonce must not be below from nonce")
        return HitFilter(targets, self._match.match, first, last)

    def _light(self, wrong: QWidget | None, sentence: str) -> None:
        for edit in (self._target, self._first, self._last):
            set_style_property(edit, "invalid", edit is wrong)
            edit.setAccessibleDescription(sentence if edit is wrong else "")
        self._sentence.setText(sentence)
        self._foot.setVisible(bool(sentence))
        if wrong is not None:
            announce(wrong, sentence)


def _label(target: float) -> str:
    """Give the words of a target, with all decimals that were typed."""
    return multiplier_text(target) if round(target, 2) == target else f"{target}x"


def _bound(field: str, text: str) -> int | None:
    """Give an end of the range; None for an empty field."""
    if not text.strip():
        return None
    try:
        return parse_nonce(field, text)
    except FieldError as error:
        sentence = str(error)
        raise FieldError(field, sentence[:1].upper() + sentence[1:]) from error
