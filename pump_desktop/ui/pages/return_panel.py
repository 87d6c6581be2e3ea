"""What the bets of a stream came back to, currency by currency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.text.numbers import counted
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.pages.board_panel import BoardPanel
from pump_desktop.ui.pages.stream_words import interval_text, money_text, share_text
from pump_desktop.ui.widgets.text import Label

if TYPE_CHECKING:
    from pump_desktop.services.live.board import Board
    from pump_desktop.stats.returns import Return


class ReturnPanel(BoardPanel):
    """The realised return in every currency, with its interval and how far to trust it."""

    title = "Return"

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(asker, parent)
        self._shown: tuple[Return, ...] | None = None
        self._inside = QWidget()
        self._inside.setProperty("ground", "page")
        self._list = QVBoxLayout(self._inside)
        self._list.setContentsMargins(Space.M, 0, Space.M, 0)
        self._list.setSpacing(Space.XS)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._inside)
        self._column.addWidget(area, 1)

    def _changed(self) -> None:
        # Until the board comes.
        self._show(())

    def show_board(self, board: Board) -> None:
        """Show the returns of a board, once all its bets are added up."""
        if not board.behind:
            self._show(board.returns)

    def _show(self, returns: tuple[Return, ...]) -> None:
        if returns == self._shown:
            return
        self._shown = returns
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for one in returns:
            self._add(one)
        words = "Expected: 98 % at every cash-out point." if returns else "No bets yet."
        self._list.addWidget(Label(words, size=Type.HINT, ink="muted", wrap=True))
        self._list.addStretch(1)

    def _add(self, one: Return) -> None:
        currency = one.currency.upper() or "No currency"
        heading = Label(
            f"{currency}  {share_text(one.share)}",
            size=Type.SECTION,
            weight=QFont.Weight.DemiBold,
            figures=True,
        )
        self._list.addWidget(heading)
        interval = interval_text(one)
        lines = [f"95 % interval: {interval}"] if interval else []
        lines += [counted(one.bets, "bet"), money_text(one), one.reading]
        for line in lines:
            self._list.addWidget(Label(line, size=Type.HINT, ink="secondary", wrap=True, figures=True))
        self._list.addSpacing(Space.M)
