"""The bet to redo: seeds, nonce and difficulty, each saying itself what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import MAX_NONCE, VerifyRequest, parse_nonce
from pump_desktop.domain.seeds import parse_seed
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Size, Space
from pump_desktop.ui.kit.buttons import CopyButton, IconButton
from pump_desktop.ui.kit.card import Card
from pump_desktop.ui.kit.edits import NumberEdit, SeedEdit
from pump_desktop.ui.kit.field import FieldBox
from pump_desktop.ui.kit.field_words import SEED_CLEANED, SERVER_SEED_HINT, field_sentence
from pump_desktop.ui.kit.layout import aligned, hbox, stretch, vbox
from pump_desktop.ui.kit.seed_hash import SeedHash
from pump_desktop.ui.kit.segmented import Segment, Segmented
from pump_desktop.ui.kit.text import ElidedLabel, Glyph, Label

_IS_HASH = "This is the hash of the pasted bet's server seed. Type the revealed seed itself."
_ANOTHER = "This is not the server seed of the pasted bet: its SHA-256 is another one."
_LABEL_WIDTH = 56
_STEP_BACK, _STEP_ON = "Previous nonce (Alt+Down)", "Next nonce (Alt+Up)"


class NonceEdit(NumberEdit):
    """A nonce with two buttons at its right end; ``stepped`` carries -1 or 1."""

    stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(None, "Nonce", parent)
        self._back = IconButton("previous", _STEP_BACK, parent=self)
        self._on = IconButton("next", _STEP_ON, parent=self)
        for button in (self._back, self._on):
            button.setCursor(Qt.CursorShape.ArrowCursor)
        self._back.clicked.connect(self._step_back)
        self._on.clicked.connect(self._step_on)
        self.setTextMargins(0, 0, 2 * Size.HIT, 0)
        self.plain_changed.connect(self.show_ends)
        self.show_ends()

    @property
    def nonce(self) -> int | None:
        """The nonce, or None while the text is none."""
        try:
            return parse_nonce("nonce", self.plain)
        except FieldError:
            return None

    @Slot(str)
    def show_ends(self, _plain: str = "") -> None:
        """Offer only steps to nonces that there are."""
        nonce = self.nonce
        self._back.setEnabled(nonce is not None and nonce > 1)
        self._on.setEnabled(nonce is not None and nonce < MAX_NONCE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the buttons at the right end."""
        super().resizeEvent(event)
        top = (self.height() - Size.HIT) // 2
        self._back.move(self.width() - 2 * Size.HIT - 2, top)
        self._on.move(self.width() - Size.HIT - 2, top)

    @Slot()
    def _step_back(self) -> None:
        self.stepped.emit(-1)

    @Slot()
    def _step_on(self) -> None:
        self.stepped.emit(1)


class VerifyForm(Card):
    """Four fields and the hash of the server seed; ``changed`` after every edit."""

    changed = Signal()
    seed_hidden = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._expected: str | None = None
        self._hint = SERVER_SEED_HINT
        self._server = SeedEdit("server seed", secret=True)
        self._client = SeedEdit("client seed")
        self._nonce = NonceEdit()
        self._difficulty = Segmented(
            [_difficulty_segment(difficulty) for difficulty in Difficulty], Difficulty.EXPERT, "Difficulty"
        )
        self._hash = SeedHash(_LABEL_WIDTH)
        self._bet_hash = ElidedLabel("", size=Type.HINT, ink="secondary", mono=True)
        self._copy_bet_hash = CopyButton("", "hash of the pasted bet")
        self._same = Glyph("good", "good", 14)
        self._same_word = Label("", size=Type.HINT, ink="good")
        self._fields = {
            "server_seed": FieldBox("Server seed", self._server, SERVER_SEED_HINT),
            "client_seed": FieldBox("Client seed", self._client),
            "nonce": FieldBox("Nonce", self._nonce),
            "difficulty": FieldBox("Difficulty", self._difficulty),
        }
        self._lay_out()
        self._server.textChanged.connect(self._server_edited)
        self._server.cleaned.connect(self._server_cleaned)
        self._server.hidden_changed.connect(self.seed_hidden)
        self._client.textChanged.connect(self._edited)
        self._nonce.plain_changed.connect(self._edited)
        self._nonce.stepped.connect(self.step)
        self._difficulty.changed.connect(self._edited)
        self.expect_hash(None)
        self._show()

    def hide_seed(self, hidden: bool) -> None:
        """Show the server seed as dots, or in the clear."""
        self._server.set_seed_hidden(hidden)

    @property
    def difficulty(self) -> Difficulty:
        """The chosen difficulty."""
        return Difficulty(self._difficulty.value or Difficulty.EXPERT)

    @property
    def server_seed(self) -> str:
        """The server seed as it stands."""
        return self._server.text()

    @property
    def blank(self) -> bool:
        """Whether nothing has been typed."""
        return not (self._server.text() or self._client.text() or self._nonce.text())

    def missing(self) -> tuple[str, ...]:
        """Name the fields that are empty."""
        texts = {
            "server seed": self._server.text(),
            "client seed": self._client.text(),
            "nonce": self._nonce.text(),
        }
        return tuple(field for field, text in texts.items() if not text)

    def request(self) -> VerifyRequest | None:
        """Give the bet, or None while a field is empty or wrong."""
        if self.missing() or any(box.error is not None for box in self._fields.values()):
            return None
        try:
            return VerifyRequest.parse(
                server_seed=self._server.text(),
                client_seed=self._client.text(),
                nonce=self._nonce.plain,
                difficulty=self._difficulty.value,
            )
        except FieldError:
            return None

    def fill(self, server_seed: str, client_seed: str, nonce: int, difficulty: Difficulty) -> None:
        """Put a bet into the form; ``changed`` follows once."""
        for edit in (self._server, self._client, self._nonce, self._difficulty):
            edit.blockSignals(True)
        self._server.setText(server_seed)
        self._client.setText(client_seed)
        self._nonce.set_plain(str(nonce))
        self._difficulty.set_value(difficulty)
        for edit in (self._server, self._client, self._nonce, self._difficulty):
            edit.blockSignals(False)
        self._nonce.show_ends()
        for seed in (self._server, self._client):
            seed.home(False)
        self._server_edited("")

    def expect_hash(self, server_seed_hashed: str | None) -> None:
        """Hold the server seed against a bet's hash from now on, or against none."""
        self._expected = server_seed_hashed
        self._bet_line.setVisible(server_seed_hashed is not None)
        self._bet_hash.setText(server_seed_hashed or "")
        self._copy_bet_hash.set_text(server_seed_hashed or "")
        self._show()

    def show_seed_warning(self, warning: str | None) -> None:
        """Show a warning under the server seed, or its usual hint."""
        self._fields["server_seed"].set_hint(warning or self._hint)

    @Slot(int)
    def step(self, by: int) -> None:
        """Go to another nonce, as long as there is one."""
        nonce = self._nonce.nonce
        if nonce is not None and 1 <= nonce + by <= MAX_NONCE:
            self._nonce.set_plain(str(nonce + by))

    def focus_first(self) -> None:
        """Put the keyboard on the first field that is empty, or on the first."""
        empty = [edit for edit in (self._server, self._client, self._nonce) if not edit.text()]
        (empty or [self._server])[0].setFocus()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.L)
        grid.setVerticalSpacing(Space.M)
        self._bet_line = QWidget()
        label = Label("The bet's", size=Type.HINT, ink="muted")
        label.setFixedWidth(_LABEL_WIDTH)
        hbox(
            label,
            stretch(self._bet_hash),
            self._same,
            self._same_word,
            self._copy_bet_hash,
            into=self._bet_line,
            spacing=Space.XS,
        )
        hashes = vbox(self._fields["server_seed"], self._hash, self._bet_line, spacing=Space.XS)
        top = Qt.AlignmentFlag.AlignTop
        grid.addLayout(hashes, 0, 0)
        grid.addWidget(self._fields["client_seed"], 0, 1, top)
        self._fields["nonce"].setFixedWidth(220)
        below = hbox(
            aligned(self._fields["nonce"], top), stretch(self._fields["difficulty"], 1, top), spacing=Space.L
        )
        grid.addLayout(below, 1, 0, 1, 2)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        self.add(grid)

    @Slot(str)
    def _server_edited(self, _text: str) -> None:
        self._hint = SERVER_SEED_HINT
        self._edited()

    @Slot()
    def _server_cleaned(self) -> None:
        self._hint = SEED_CLEANED
        self._fields["server_seed"].set_hint(SEED_CLEANED)

    @Slot()
    def _edited(self, _text: str = "") -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        """Show the hashes, and what is wrong with each field that is not empty."""
        text = self._server.text()
        self._hash.show_seed(text)
        own = self._hash.hash
        self._fields["server_seed"].set_hint(self._hint)
        same = bool(own) and own == self._expected
        self._same.setVisible(same)
        self._same_word.setText("the same" if same else "")
        self._check("server_seed", text, parse_seed)
        self._check("client_seed", self._client.text(), parse_seed)
        self._check("nonce", self._nonce.plain, parse_nonce)
        if self._fields["server_seed"].error is None and own and self._expected is not None and not same:
            itself = text.lower() == self._expected
            self._fields["server_seed"].set_error(_IS_HASH if itself else _ANOTHER)

    def _check(self, field: str, text: str, parse: Callable[[str, object], object]) -> None:
        error = None
        if text:
            try:
                parse(field, text)
            except FieldError as wrong:
                error = field_sentence(wrong)
        self._fields[field].set_error(error)


def _difficulty_segment(difficulty: Difficulty) -> Segment:
    return Segment(difficulty, difficulty.label)
