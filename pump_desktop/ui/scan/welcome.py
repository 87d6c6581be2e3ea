"""The first start: three ways in, until one was taken or the card was put away."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QWidget

from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.icons import Meaning
from pump_desktop.qt.look.theme import Space
from pump_desktop.ui.kit.buttons import Button, IconButton
from pump_desktop.ui.kit.card import Card
from pump_desktop.ui.kit.layout import STRETCH, hbox, vbox
from pump_desktop.ui.kit.text import Label

_TITLE = "Welcome. Where would you like to begin?"
_WAYS: tuple[tuple[str, str, Meaning, str], ...] = (
    ("sample", "Try the sample", "play", "One million nonces of a seed pair that has been revealed."),
    ("seeds", "Scan my seeds", "scan", "Type or paste a server seed that was rotated, and your client seed."),
    (
        "antebot",
        "Connect Antebot",
        "connect",
        "See your bets as they are played, and verify them afterwards.",
    ),
)


class Welcome(Card):
    """``chosen`` carries ``sample``, ``seeds`` or ``antebot``, or an empty word when it was put away."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_TITLE, parent)
        self.setAccessibleName(_TITLE)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._close = IconButton("close", "Put away, and do not show again")
        self._close.clicked.connect(self._put_away)
        self.add_action(self._close)
        row = hbox(spacing=Space.L)
        self._buttons: dict[Button, str] = {}
        for key, words, meaning, sentence in _WAYS:
            button = Button(words, "secondary", meaning)
            button.setAccessibleDescription(sentence)
            button.clicked.connect(self._clicked)
            self._buttons[button] = key
            way = vbox(
                button, Label(sentence, size=Type.HINT, ink="secondary", wrap=True), STRETCH, spacing=Space.XS
            )
            row.addLayout(way, 1)
        self.add(row)

    def join_keyboard(self, after: QWidget, *, take: bool) -> None:
        """Let Tab reach the ways in behind ``after``; ``take`` puts the keyboard on the first."""
        for way in (*self._buttons, self._close):
            self.setTabOrder(after, way)
            after = way
        if take:
            next(iter(self._buttons)).setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, Button):
            self.chosen.emit(self._buttons[button])

    @Slot()
    def _put_away(self) -> None:
        self.chosen.emit("")
