"""A sentence across the page that stays until it is dealt with."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QWidget

from pump_desktop.qt.look.icons import Meaning
from pump_desktop.qt.look.theme import Size, Space, Token
from pump_desktop.ui.kit.buttons import Button, IconButton
from pump_desktop.ui.kit.layout import hbox, stretch
from pump_desktop.ui.kit.style import announce, set_style_property
from pump_desktop.ui.kit.text import Glyph, Label

Tone = Literal["info", "good", "warn", "bad"]

TONE_ICON: dict[Tone, tuple[Meaning, Token]] = {
    "info": ("info", "accent"),
    "good": ("good", "good"),
    "warn": ("warn", "warn"),
    "bad": ("error", "bad"),
}


class Banner(QFrame):
    """Icon, sentence, an optional action and a cross; ``acted`` and ``dismissed`` tell what was clicked."""

    acted = Signal()
    dismissed = Signal()

    def __init__(
        self,
        tone: Tone = "info",
        text: str = "",
        action: str = "",
        *,
        dismissable: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setMinimumHeight(Size.CONTROL + 2 * Space.XS + 2)
        self._glyph = Glyph("info", "accent", 18)
        self._label = Label(wrap=True, selectable=True)
        self._action = Button("", "secondary")
        self._action.clicked.connect(self.acted)
        self._close = IconButton("close", "Dismiss")
        self._close.clicked.connect(self._dismiss)
        hbox(
            self._glyph,
            stretch(self._label),
            self._action,
            self._close,
            into=self,
            margins=(Space.M, Space.XS, Space.XS, Space.XS),
            spacing=Space.S,
        )
        # Only now: shown before it has a parent, it would be a window of its own for a moment.
        self._close.setVisible(dismissable)
        self.show_sentence(tone, text, action)

    @property
    def text(self) -> str:
        """The sentence."""
        return self._label.text()

    def show_sentence(self, tone: Tone, text: str, action: str = "") -> None:
        """Say something else; an empty sentence hides the banner."""
        set_style_property(self, "ground", tone)
        self._glyph.set_glyph(*TONE_ICON[tone])
        self._label.setText(text)
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self.setAccessibleName(text)
        if not text:
            self.hide()
        elif self.isHidden() and self.parentWidget() is not None:
            # Without a parent show() would open a window of its own.
            self.show()
        if text:
            announce(self, text)

    @Slot()
    def _dismiss(self) -> None:
        self.hide()
        self.dismissed.emit()
