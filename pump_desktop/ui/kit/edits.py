"""Line edits: one for seeds, which cleans what is pasted and can hide it, and one for whole numbers."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import (
    QClipboard,
    QContextMenuEvent,
    QDropEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QLineEdit, QWidget

from pump_desktop.domain.seeds import clean_pasted
from pump_desktop.qt.look.fonts import mono_font, tabular, ui_font
from pump_desktop.qt.look.theme import Size
from pump_desktop.qt.text.numbers import grouped, parse_grouped
from pump_desktop.ui.kit.buttons import IconButton


class SeedEdit(QLineEdit):
    """A seed in fixed width; ``cleaned`` says that pasting took something off, ``hidden_changed`` the eye."""

    cleaned = Signal()
    hidden_changed = Signal(bool)

    def __init__(self, what: str = "seed", *, secret: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._what = what
        self.setFont(mono_font())
        self.setAccessibleName(what.capitalize())
        self.textChanged.connect(self._show_start)
        self._eye: IconButton | None = None
        if secret:
            self._eye = IconButton("hide", f"Hide {what}", parent=self)
            self._eye.setCursor(Qt.CursorShape.ArrowCursor)
            self._eye.clicked.connect(self._flip)
            self.setTextMargins(0, 0, Size.HIT, 0)

    @property
    def seed_hidden(self) -> bool:
        """Tell whether the seed is shown as dots."""
        return self.echoMode() is QLineEdit.EchoMode.Password

    def set_seed_hidden(self, hidden: bool) -> None:
        """Show the seed as dots, or in the clear."""
        if hidden == self.seed_hidden:
            return
        self.setEchoMode(QLineEdit.EchoMode.Password if hidden else QLineEdit.EchoMode.Normal)
        if self._eye is not None:
            verb = "Show" if hidden else "Hide"
            self._eye.set_meaning("show" if hidden else "hide", f"{verb} {self._what}")
        self.hidden_changed.emit(hidden)

    def insert_pasted(self, text: str) -> None:
        """Insert text from outside without what copying added to it."""
        clean = clean_pasted(text)
        self.insert(clean)
        if clean != text:
            self.cleaned.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Clean what is pasted by keyboard."""
        if event.matches(QKeySequence.StandardKey.Paste) and not self.isReadOnly():
            self._paste(QClipboard.Mode.Clipboard)
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Clean what is pasted by the middle button on X11."""
        clipboard = QGuiApplication.clipboard()
        middle = event.button() is Qt.MouseButton.MiddleButton
        if middle and clipboard.supportsSelection() and not self.isReadOnly():
            self.setCursorPosition(self.cursorPositionAt(event.position().toPoint()))
            self._paste(QClipboard.Mode.Selection)
            return
        super().mouseReleaseEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Clean what is dropped from outside; a drag inside the field stays a move."""
        if event.source() is self or not event.mimeData().hasText():
            super().dropEvent(event)
            return
        self.setCursorPosition(self.cursorPositionAt(event.position().toPoint()))
        self.insert_pasted(event.mimeData().text())
        event.acceptProposedAction()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Show the standard menu with a Paste that cleans."""
        menu = self.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in menu.actions():
            if action.objectName() == "edit-paste":
                action.triggered.disconnect()
                action.triggered.connect(self._paste_clipboard)
        menu.popup(event.globalPos())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show the start of a long seed again."""
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.setCursorPosition(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the eye at the right end."""
        super().resizeEvent(event)
        if self._eye is not None:
            self._eye.move(self.width() - Size.HIT - 2, (self.height() - Size.HIT) // 2)

    @Slot()
    def _show_start(self) -> None:
        if not self.hasFocus():
            self.setCursorPosition(0)

    @Slot()
    def _paste_clipboard(self) -> None:
        self._paste(QClipboard.Mode.Clipboard)

    def _paste(self, mode: QClipboard.Mode) -> None:
        self.insert_pasted(QGuiApplication.clipboard().text(mode))

    @Slot()
    def _flip(self) -> None:
        self.set_seed_hidden(not self.seed_hidden)


class NumberEdit(QLineEdit):
    """A whole number: takes ``1,000,000`` and ``10M``, shows groups while it has no focus, gives digits."""

    plain_changed = Signal(str)

    def __init__(
        self,
        value: int | None = None,
        name: str = "",
        parent: QWidget | None = None,
        *,
        groups: bool = True,
    ) -> None:
        super().__init__(parent)
        self._groups = groups
        self.setFont(tabular(ui_font()))
        self.setAccessibleName(name)
        self._plain = ""
        if value is not None:
            self.set_plain(str(value))
        self.textEdited.connect(self._edited)

    @property
    def plain(self) -> str:
        """The digits; text that is no whole number comes back as typed, for the form to refuse."""
        return self._plain

    def set_plain(self, text: str) -> None:
        """Show a number, given as digits, groups or shorthand."""
        self._take(text)
        self.setText(self._plain if self.hasFocus() else self._shown())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show plain digits while they are edited."""
        if self.text() != self._plain and parse_grouped(self.text()) == self._plain:
            self.setText(self._plain)
        super().focusInEvent(event)
        if event.reason() in {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}:
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show groups."""
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.setText(self._shown())
        super().focusOutEvent(event)

    @Slot(str)
    def _edited(self, text: str) -> None:
        self._take(text)

    def _take(self, text: str) -> None:
        plain = parse_grouped(text)
        if plain != self._plain:
            self._plain = plain
            self.plain_changed.emit(plain)

    def _shown(self) -> str:
        # 20 digits are more than any nonce has; int() of a megabyte of them would take seconds.
        if self._groups and self._plain.isascii() and self._plain.isdigit() and len(self._plain) <= 20:
            return grouped(int(self._plain))
        return self._plain
