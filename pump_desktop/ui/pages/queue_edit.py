"""The box a list of seed pairs is pasted into."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from pump_desktop.domain.batch import MAX_CHARACTERS
from pump_desktop.qt.look.fonts import mono_font
from pump_desktop.qt.text.numbers import grouped

_EXAMPLE = "server seed, client seed, start, end\n564e…81ca, zXv1upuFns, 1, 1000000\n0c8a…fe94, zXv1upuFns\n"


class PairsEdit(QPlainTextEdit):
    """Lines in fixed width; ``file_dropped`` carries a file's path, ``refused`` why a paste is not taken."""

    file_dropped = Signal(str)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(mono_font())
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setPlaceholderText(_EXAMPLE)
        # Tab leaves the box; who pastes columns pastes their tabs.
        self.setTabChangesFocus(True)
        self.setMinimumHeight(96)

    def replace_all(self, text: str) -> None:
        """Put a text in the place of what is there; Ctrl+Z brings that back."""
        cursor = self.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        cursor.movePosition(QTextCursor.MoveOperation.Start)
        self.setTextCursor(cursor)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Take text that is not too long, or hand on a dropped file."""
        if source.hasUrls() and (path := source.urls()[0].toLocalFile()):
            self.file_dropped.emit(path)
            return
        size = len(source.text())
        if size > MAX_CHARACTERS:
            # Laying out 100 MB would hold the window for minutes.
            self.refused.emit(
                f"{grouped(size)} characters are too many; {grouped(MAX_CHARACTERS)} is the limit. "
                "Split the list."
            )
            return
        super().insertFromMimeData(source)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Take files too."""
        return source.hasUrls() or super().canInsertFromMimeData(source)
