"""Where the revealed server seed goes: checked against the stream's hash while it is typed."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.seeds import parse_seed, seed_sha256
from pump_desktop.qt.app.preferences import current_privacy
from pump_desktop.qt.look.theme import Space
from pump_desktop.ui.field_words import field_sentence
from pump_desktop.ui.widgets.banner import Banner
from pump_desktop.ui.widgets.buttons import Button
from pump_desktop.ui.widgets.edits import SeedEdit
from pump_desktop.ui.widgets.field import FieldBox
from pump_desktop.ui.widgets.style import announce
from pump_desktop.ui.widgets.text import Glyph, Label

HINT = "Rotate the seed pair where you play, then paste the server seed that is shown."
RIGHT = "This is the seed of this stream."
WRONG = "This is not the seed of this stream: its SHA-256 is not the stream's hash."
HASH = "This is the hash itself; paste the seed that was revealed."
EMPTY = "Paste the revealed server seed first."


class RevealBox(QWidget):
    """``reveal_asked`` carries a seed that has the stream's hash; any other goes nowhere."""

    reveal_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hash = ""
        self._known: str | None = None
        self._offer = Banner("info", "", "Use it", dismissable=False)
        self._offer.hide()
        self._edit = SeedEdit("server seed", secret=True)
        self._edit.setPlaceholderText("Server seed")
        self._box = FieldBox("Revealed server seed", self._edit, HINT)
        self._right = QWidget()
        self._right_words = Label(RIGHT, ink="good")
        self._reveal = Button("Reveal and check", "primary", "reveal")
        line = QHBoxLayout(self._right)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.S)
        line.addWidget(Glyph("good", "good"))
        line.addWidget(self._right_words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        for part in (self._offer, self._box, self._right, self._reveal):
            column.addWidget(part)
        self._right.hide()
        self._offer.acted.connect(self._use_known)
        self._edit.textChanged.connect(self._check)
        self._edit.returnPressed.connect(self._ask)
        self._reveal.clicked.connect(self._ask)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin with dots where seeds are hidden; a seed that stands here stays as it is."""
        super().showEvent(event)
        if not self._edit.text():
            self._edit.set_seed_hidden(current_privacy().hide_on_screen)

    @property
    def sentence(self) -> str:
        """What is said of the seed in the field."""
        if not self._right.isHidden():
            return RIGHT
        return self._box.error or ""

    def show_hash(self, server_seed_hashed: str) -> None:
        """Begin with another stream: an empty field, and the hash its seed must have."""
        self._hash = server_seed_hashed
        self._edit.clear()
        self.offer(None)
        self._check()

    def offer(self, server_seed: str | None, where: str = "") -> None:
        """Offer a seed that is stored with a run or another stream."""
        if server_seed == self._known:
            return
        self._known = server_seed
        words = "" if server_seed is None else f"{where} has the seed with this hash."
        self._offer.show_sentence("info", words, "Use it" if words else "")

    def show_error(self, sentence: str) -> None:
        """Say why the seed was not taken."""
        self._right.hide()
        self._box.set_error(sentence)
        self._edit.setFocus()

    @Slot()
    def _use_known(self) -> None:
        if self._known is not None:
            self._edit.set_seed_hidden(hidden=True)
            self._edit.setText(self._known)
            self._reveal.setFocus()

    @Slot()
    def _check(self, _text: str = "") -> None:
        seed = self._edit.text()
        right = seed_matches(seed, self._hash)
        self._box.set_error(None if right or not seed else self._problem(seed))
        self._box.set_hint("" if right else HINT)
        if right and self._right.isHidden():
            announce(self._edit, RIGHT)
        self._right.setVisible(right)

    def _problem(self, seed: str) -> str:
        try:
            parse_seed("server_seed", seed)
        except FieldError as error:
            return field_sentence(error)
        return HASH if seed.lower() == self._hash else WRONG

    @Slot()
    def _ask(self) -> None:
        seed = self._edit.text()
        if seed_matches(seed, self._hash):
            self.reveal_asked.emit(seed)
        else:
            self.show_error(self._problem(seed) if seed else EMPTY)


def seed_matches(seed: str, server_seed_hashed: str) -> bool:
    """Tell whether a seed can be one and has this hash."""
    try:
        return seed_sha256(parse_seed("server_seed", seed)) == server_seed_hashed
    except FieldError:
        return False
