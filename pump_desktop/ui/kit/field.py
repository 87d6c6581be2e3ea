"""A field of a form: label above, editor, and one line below for the hint or what is wrong."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QSizePolicy, QWidget

from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Space
from pump_desktop.ui.kit.layout import STRETCH, aligned, hbox, stretch, vbox
from pump_desktop.ui.kit.style import announce, set_style_property
from pump_desktop.ui.kit.text import Glyph, Label


class FieldBox(QWidget):
    """Frames an editor; an error takes the hint's place and lights the editor's border."""

    def __init__(self, label: str, editor: QWidget, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor = editor
        self._hint = hint
        self._warns = False
        self._error: str | None = None
        self._label = Label(label, size=Type.HINT, ink="secondary", weight=QFont.Weight.Medium)
        self._label.setBuddy(editor)
        self._head = hbox(self._label, STRETCH, spacing=Space.S)
        self._row = hbox(stretch(editor), spacing=Space.S)
        self._foot = QWidget(self)
        self._mark = Glyph("error", "bad", 14)
        self._message = Label(size=Type.HINT, ink="muted", wrap=True)
        hbox(
            # The mark stands level with the first line when the sentence wraps.
            aligned(self._mark, Qt.AlignmentFlag.AlignTop),
            stretch(self._message),
            into=self._foot,
            spacing=Space.XS,
        )
        vbox(self._head, self._row, self._foot, into=self, spacing=Space.XS)
        if editor.sizePolicy().verticalPolicy() is not QSizePolicy.Policy.Expanding:
            # Spare height belongs below the field, not between its label and its editor.
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        if not editor.accessibleName():
            editor.setAccessibleName(label)
        self._show()

    @property
    def error(self) -> str | None:
        """What is wrong, or None."""
        return self._error

    def set_error(self, error: str | None) -> None:
        """Say what is wrong, or that nothing is."""
        if error == self._error:
            return
        self._error = error
        set_style_property(self.editor, "invalid", error is not None)
        self._show()
        if error is not None:
            announce(self.editor, error)

    def set_hint(self, hint: str) -> None:
        """Change the line below; an error stays in front of it."""
        self._hint, self._warns = hint, False
        self._show()

    def set_warning(self, warning: str) -> None:
        """Warn in the hint's place; what stands here can be used all the same."""
        self._hint, self._warns = warning, True
        self._show()
        announce(self.editor, warning)

    def set_label(self, label: str) -> None:
        """Change the words above."""
        self._label.setText(label)
        self.editor.setAccessibleName(label)

    def add_aside(self, widget: QWidget) -> None:
        """Put a small widget at the right end of the label's line."""
        self._head.addWidget(widget)

    def add_beside(self, widget: QWidget) -> None:
        """Put a small widget at the right of the editor."""
        self._row.addWidget(widget)

    def _show(self) -> None:
        message = self._error if self._error is not None else self._hint
        self._message.setText(message)
        if self._error is not None:
            self._message.set_ink("bad")
            self._mark.set_glyph("error", "bad")
        else:
            self._message.set_ink("warn" if self._warns else "muted")
            self._mark.set_glyph("warn", "warn")
        self._mark.setVisible(self._error is not None or self._warns)
        self._foot.setVisible(bool(message))
        self.editor.setAccessibleDescription(message)
