"""Buttons: by kind, as an icon alone, and one that copies a text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QSizePolicy, QToolButton, QWidget

from pump_desktop.qt.look.icons import Meaning, icon
from pump_desktop.qt.look.theme import Size, Token
from pump_desktop.qt.text.foreign import plain_tip

Kind = Literal["secondary", "primary", "quiet", "danger", "tab"]

COPIED_MS = 1200
_RETURN = {Qt.Key.Key_Return, Qt.Key.Key_Enter}

_ICON_INK: dict[Kind, Token] = {
    "secondary": "text.secondary",
    "primary": "accent.text",
    "quiet": "accent",
    "danger": "bad",
    "tab": "text.secondary",
}


class Button(QPushButton):
    """A push button; one ``primary`` per page, ``quiet`` for links, ``danger`` for what cannot be undone.

    A row of ``tab`` buttons, of which one is checked, stands for a tab bar where that has to wrap.
    """

    def __init__(
        self,
        text: str,
        kind: Kind = "secondary",
        meaning: Meaning | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._kind: Kind = kind
        self.setProperty("kind", kind)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(False)
        if meaning is not None:
            self.set_meaning(meaning)

    def set_meaning(self, meaning: Meaning) -> None:
        """Put an icon before the words."""
        self.setIcon(icon(meaning, _ICON_INK[self._kind]))
        # Qt leaves 4 pixels between icon and words; a box wider than the icon makes it 7.
        self.setIconSize(QSize(22, 16))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press on Return too, which Qt leaves to the default button of a dialog."""
        if not _pressed_by_return(self, event):
            super().keyPressEvent(event)


class IconButton(QToolButton):
    """A 28-pixel button with an icon; ``name`` is its tool tip and what a screen reader says."""

    def __init__(
        self,
        meaning: Meaning,
        name: str,
        *,
        ink: Token = "text.secondary",
        on: Token | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setFixedSize(Size.HIT, Size.HIT)
        self.setIconSize(QSize(16, 16))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_meaning(meaning, name, ink=ink, on=on)

    def set_meaning(
        self, meaning: Meaning, name: str, *, ink: Token = "text.secondary", on: Token | None = None
    ) -> None:
        """Change icon and name."""
        self.setIcon(icon(meaning, ink, on=on))
        self.setToolTip(plain_tip(name))
        self.setAccessibleName(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press on Return too."""
        if not _pressed_by_return(self, event):
            super().keyPressEvent(event)


class CopyButton(IconButton):
    """Copies a text to the clipboard and shows a check for a moment; ``copied`` carries the text."""

    copied = Signal(str)

    def __init__(
        self, text: str | Callable[[], str] = "", what: str = "", parent: QWidget | None = None
    ) -> None:
        self._name = f"Copy {what}" if what else "Copy"
        super().__init__("copy", self._name, parent=parent)
        self._text = text
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(COPIED_MS)
        self._settle.timeout.connect(self._show_copy)
        self.clicked.connect(self._copy)

    def set_text(self, text: str | Callable[[], str]) -> None:
        """Change what will be copied; a callable is asked at the click."""
        self._text = text

    @Slot()
    def _copy(self) -> None:
        text = self._text() if callable(self._text) else self._text
        QGuiApplication.clipboard().setText(text)
        self.set_meaning("copied", "Copied", ink="good")
        self._settle.start()
        self.copied.emit(text)

    @Slot()
    def _show_copy(self) -> None:
        self.set_meaning("copy", self._name)


def _pressed_by_return(button: QAbstractButton, event: QKeyEvent) -> bool:
    """Click a button on Return without Ctrl or Alt, and tell whether that was it; a held key clicks once."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if event.key() not in _RETURN or modifiers:
        return False
    if not event.isAutoRepeat():
        button.click()
    return True
