"""A panel of the drawer that shows what the board of a stream holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.pages.stream_panel import StreamPanel

if TYPE_CHECKING:
    from pump_desktop.services.live.board import Board


class BoardPanel(StreamPanel):
    """It is shown each new board, and need not be asked to refresh."""

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(asker, parent)
        # Tables reach from edge to edge; words have their own inset.
        self._column.setContentsMargins(0, Space.S, 0, 0)

    def show_board(self, board: Board) -> None:
        """Show the figures of a board."""
