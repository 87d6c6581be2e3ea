"""How a stream went: the density strip over all nonces, and the tape of its latest rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Space
from pump_desktop.ui.pages.stream_strip import DensityStrip
from pump_desktop.ui.pages.stream_tape import RoundTape
from pump_desktop.ui.widgets.text import ElidedLabel, Label

if TYPE_CHECKING:
    from pump_desktop.services.live.board import Board


class StreamCourse(QFrame):
    """Strip and tape under one line of words; ``nonce_asked`` carries the nonce that was clicked."""

    nonce_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "card")
        self.strip = DensityStrip()
        self.tape = RoundTape()
        self._caption = Label("", size=Type.HINT, ink="secondary", figures=True)
        self._pointed = ElidedLabel("", size=Type.HINT, ink="muted", figures=True)
        words = QHBoxLayout()
        words.setSpacing(Space.L)
        words.addWidget(self._caption)
        words.addWidget(self._pointed, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.XS, Space.M, Space.XS)
        column.setSpacing(Space.XS)
        column.addLayout(words)
        column.addWidget(self.strip)
        column.addWidget(self.tape)
        for part in (self.strip, self.tape):
            part.pointed.connect(self._say)
            part.nonce_asked.connect(self.nonce_asked)

    def set_compact(self, *, compact: bool) -> None:
        """Take less height."""
        self.strip.set_compact(compact=compact)
        self.tape.set_compact(compact=compact)

    def show_board(self, board: Board | None) -> None:
        """Show the course of a board."""
        self.strip.show_board(board)
        self.tape.show_board(board)
        caption = self.strip.caption
        if caption != self._caption.text():
            self._caption.setText(caption)
        self._pointed.setText(self._rest())

    @Slot(str)
    def _say(self, sentence: str) -> None:
        self._pointed.setText(sentence or self._rest())

    def _rest(self) -> str:
        count = len(self.tape.nonces)
        return f"below: the latest {count} rounds" if count > 1 else ""
