"""What is to be scanned, typed by a person; every field says itself what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import (
    PAYOUTS,
    Difficulty,
    exact_safe_pumps,
    nearest_entries,
    target_p_at_least,
    target_p_exact,
)
from pump_desktop.domain.requests import MAX_NONCE, ScanRequest, parse_nonce, parse_target
from pump_desktop.domain.runs import MAX_NAME_LENGTH, parse_name
from pump_desktop.qt.app.preferences import current_privacy
from pump_desktop.qt.look.theme import Size, Space
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.qt.text.numbers import grouped, multiplier_text, odds_text, short_count, without_groups
from pump_desktop.ui.kit.buttons import IconButton
from pump_desktop.ui.kit.card import Card
from pump_desktop.ui.kit.chips import ChipBox, ChipItem
from pump_desktop.ui.kit.edits import NumberEdit, SeedEdit
from pump_desktop.ui.kit.field import FieldBox
from pump_desktop.ui.kit.field_words import SEED_CLEANED, SERVER_SEED_HINT, field_sentence
from pump_desktop.ui.kit.layout import STRETCH, hbox, stretch, vbox
from pump_desktop.ui.kit.seed_hash import SeedHash
from pump_desktop.ui.kit.segmented import Segment, Segmented

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
        hbox(STRETCH, self._add, into=self._own, margins=(0, 0, 2, 0))
        self._own.setTextMargins(0, 0, Size.HIT, 0)
        self._box = FieldBox("Another target", self._own, _OWN_HINT)
        self.setFocusProxy(self._own)
        vbox(self._chips, self._box, into=self, spacing=Space.S)

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


PRESETS = (10_000, 100_000, 500_000, 1_000_000, 10_000_000)
_DEFAULT_COUNT = 1_000_000


class ScanForm(QWidget):
    """Seeds, range, difficulty and targets; ``changed`` after every edit, ``submitted`` on Return."""

    changed = Signal()
    submitted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._server = SeedEdit("server seed", secret=True)
        self._client = SeedEdit("client seed")
        self._start = NumberEdit(1, "First nonce")
        self._end = NumberEdit(_DEFAULT_COUNT, "Last nonce")
        self._presets = Segmented(
            [Segment(str(count), short_count(count)) for count in PRESETS],
            str(_DEFAULT_COUNT),
            "Number of nonces",
        )
        self._difficulty = Segmented(
            [_difficulty_segment(difficulty) for difficulty in Difficulty], Difficulty.EXPERT, "Difficulty"
        )
        self._targets = ScanTargets(Difficulty.EXPERT)
        self._name = QLineEdit()
        self._name.setMaxLength(MAX_NAME_LENGTH)
        self._name.setPlaceholderText("Optional")
        # The name that came with a request, and the seeds it stands for.
        self._named = ("", "", "")
        self._hash = SeedHash()
        self._fields = {
            "server_seed": FieldBox("Server seed", self._server, SERVER_SEED_HINT),
            "client_seed": FieldBox("Client seed", self._client),
            "start": FieldBox("First nonce", self._start),
            "end": FieldBox("Last nonce", self._end),
            "difficulty": FieldBox("Difficulty", self._difficulty),
            "targets": FieldBox("Targets", self._targets),
            "name": FieldBox("Name", self._name),
        }
        self._lay_out()

        self._server.textChanged.connect(self._server_edited)
        self._server.cleaned.connect(self._server_cleaned)
        self._client.textChanged.connect(self._client_edited)
        self._start.plain_changed.connect(self._range_edited)
        self._end.plain_changed.connect(self._range_edited)
        self._presets.changed.connect(self._preset_chosen)
        self._difficulty.changed.connect(self._difficulty_chosen)
        self._targets.changed.connect(self._targets_changed)
        for edit in (self._server, self._client, self._start, self._end, self._name):
            edit.returnPressed.connect(self.submitted)
        self._server_edited("")
        self.hide_seed(current_privacy().hide_on_screen)

    def hide_seed(self, hidden: bool) -> None:
        """Show the server seed as dots, or in the clear."""
        self._server.set_seed_hidden(hidden)

    @property
    def difficulty(self) -> Difficulty:
        """The chosen difficulty."""
        return Difficulty(self._difficulty.value or Difficulty.EXPERT)

    @property
    def targets(self) -> tuple[float, ...]:
        """The chosen multipliers, ascending."""
        return self._targets.chosen

    @property
    def server_seed(self) -> str:
        """The server seed as it stands."""
        return self._server.text()

    @property
    def name(self) -> str:
        """The run's name as it stands."""
        return parse_name(self._name.text())

    def is_blank(self) -> bool:
        """Tell whether no seed has been typed yet."""
        return not self._server.text() and not self._client.text()

    def nonce_count(self) -> int | None:
        """Give how many nonces the range holds as typed, or None while it is not a range."""
        start, end = _nonce(self._start.plain), _nonce(self._end.plain)
        if start is None or end is None or end < start:
            return None
        return end - start + 1

    def read(self, max_nonces: int) -> ScanRequest | None:
        """Give the request, or None after lighting the field that is wrong and putting the keyboard there."""
        self.clear_errors()
        try:
            request = ScanRequest.parse(
                server_seed=self._server.text(),
                client_seed=self._client.text(),
                start=self._start.plain,
                end=self._end.plain,
                difficulty=self._difficulty.value,
                targets=self._targets.wanted,
                max_nonces=max_nonces,
            )
        except FieldError as error:
            # A target that is typed but cannot be one says so itself.
            if error.field != "targets" or self._targets.take_typed():
                self.show_error(error)
            return None
        return request if self._targets.take_typed() else None

    def show_error(self, error: FieldError) -> None:
        """Show a sentence at the field it names."""
        box = self._fields.get(error.field)
        if box is None:
            return
        box.set_error(field_sentence(error))
        box.editor.setFocus()

    def clear_errors(self) -> None:
        """Take all sentences off."""
        for box in self._fields.values():
            box.set_error(None)

    def show_seed_warning(self, warning: str) -> None:
        """Show a warning under the server seed."""
        self._fields["server_seed"].set_warning(warning)

    def fill(self, request: ScanRequest, name: str = "") -> None:
        """Put a request into the form."""
        self.clear_errors()
        self._server.setText(request.server_seed)
        self._client.setText(request.client_seed)
        self._start.set_plain(str(request.start))
        self._end.set_plain(str(request.end))
        self._difficulty.set_value(request.difficulty)
        self._targets.set_difficulty(request.difficulty)
        self._targets.choose(request.targets)
        self._name.setText(name)
        self._named = (name, request.server_seed, request.client_seed)
        for edit in (self._server, self._client):
            edit.home(False)
        self._range_edited()

    def set_range(self, start: str, end: str) -> None:
        """Type a nonce range."""
        self._start.set_plain(start)
        self._end.set_plain(end)
        self._range_edited()

    def focus_first(self) -> None:
        """Put the keyboard on the first field; what is typed or pasted there takes the old seed's place."""
        self._server.setFocus()
        self._server.selectAll()

    def _lay_out(self) -> None:

        seeds = Card("Seeds")
        seeds.add(self._fields["server_seed"])
        seeds.add(self._hash)
        seeds.add(self._fields["client_seed"])

        which = Card("Nonces")
        ends = hbox(
            *(stretch(self._fields[field], 1, Qt.AlignmentFlag.AlignTop) for field in ("start", "end")),
            spacing=Space.L,
        )
        which.add(ends)
        which.add(self._presets)

        game = Card("Game")
        game.add(self._fields["difficulty"])
        game.add(self._fields["targets"])

        rest = Card()
        rest.add(self._fields["name"])
        vbox(seeds, which, game, rest, STRETCH, into=self, spacing=Space.L)

    @Slot(str)
    def _server_edited(self, text: str) -> None:
        self._hash.show_seed(text)
        self._fields["server_seed"].set_error(None)
        self._fields["server_seed"].set_hint(SERVER_SEED_HINT)
        self._drop_foreign_name()
        self.changed.emit()

    def _drop_foreign_name(self) -> None:
        """Take a name off that came with other seeds: the next scan is not the sample any more."""
        name, *seeds = self._named
        if name and self._name.text() == name and [self._server.text(), self._client.text()] != seeds:
            self._name.clear()

    @Slot()
    def _server_cleaned(self) -> None:
        self._fields["server_seed"].set_hint(SEED_CLEANED)

    @Slot(str)
    def _client_edited(self, _text: str) -> None:
        self._fields["client_seed"].set_error(None)
        self._drop_foreign_name()
        self.changed.emit()

    @Slot(str)
    def _range_edited(self, _text: str = "") -> None:
        self._fields["start"].set_error(None)
        self._fields["end"].set_error(None)
        count = self.nonce_count()
        self._presets.set_value(str(count) if count in PRESETS else None)
        self.changed.emit()

    @Slot(str)
    def _preset_chosen(self, count: str) -> None:
        first = _nonce(self._start.plain) or 1
        self._start.set_plain(str(first))
        self._end.set_plain(str(min(first + int(count) - 1, MAX_NONCE)))
        self._range_edited()

    @Slot(str)
    def _difficulty_chosen(self, difficulty: str) -> None:
        self._targets.set_difficulty(Difficulty(difficulty))
        self.changed.emit()

    @Slot()
    def _targets_changed(self) -> None:
        self._fields["targets"].set_error(None)
        self.changed.emit()


def _nonce(text: str) -> int | None:
    """Give the nonce a field holds, or None while it holds anything else."""
    try:
        return parse_nonce("nonce", text)
    except FieldError:
        return None


def _difficulty_segment(difficulty: Difficulty) -> Segment:
    pops = "1 pop" if difficulty.pops == 1 else f"{difficulty.pops} pops"
    top = PAYOUTS[difficulty][-1]
    figure = grouped(int(top)) if top >= 1000 else f"{top:g}"
    return Segment(difficulty, difficulty.label, f"{pops}\nto {figure}x")
