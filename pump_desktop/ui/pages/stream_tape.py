"""The round tape: the latest rounds of a stream as bars, as high and coloured as their tier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pump_desktop.qt.look.theme import TIERS, Radius, current_theme
from pump_desktop.qt.look.tiers import tier_of
from pump_desktop.qt.tables.bet_columns import DIFFICULTIES
from pump_desktop.qt.text.numbers import grouped, multiplier_text
from pump_desktop.ui.widgets.style import announce, paint_box

if TYPE_CHECKING:
    from pump_desktop.services.live.board import Board

ROUNDS = 200
HEIGHT, COMPACT = 34, 22
# The lowest bar, the steps up to the highest tier, and what stays free above and below.
_LEAST, _STEPS, _FREE = 6, 6, 4
_NARROWEST = 3


class RoundTape(QWidget):
    """Newest at the right, gaps where nonces are missing; ``pointed`` carries a round's sentence.

    ``nonce_asked`` carries its nonce.
    """

    pointed = Signal(str)
    nonce_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Nonces and lags run from left to right in every language.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        # Nonce, result and tier of a round, or None for nonces that are missing before the next one.
        self._cells: list[tuple[int, float, int] | None] = []
        self._nonce: int | None = None
        self._window: object = None
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Latest rounds")
        self.setAccessibleDescription("Arrows walk over the rounds, Enter goes to the bet.")

    @property
    def nonces(self) -> list[int]:
        """The nonces that are shown, oldest first."""
        return [cell[0] for cell in self._cells if cell is not None]

    def show_board(self, board: Board | None) -> None:
        """Show the latest rounds of a board."""
        window = None if board is None else board.window
        if window is self._window:
            return
        self._window = window
        self._cells = []
        if board is not None and window is not None:
            recent = window.take(slice(-ROUNDS, None))
            columns = (recent.nonces, recent.results, recent.difficulties, recent.safe_pumps)
            usual = board.difficulty or DIFFICULTIES[0]
            before: int | None = None
            for nonce, result, number, k in zip(*(column.tolist() for column in columns), strict=True):
                if before is not None and nonce > before + 1:
                    self._cells.append(None)
                before = nonce
                difficulty = DIFFICULTIES[number] if number >= 0 else usual
                self._cells.append((nonce, result, tier_of(difficulty, k if k >= 0 else None, result)))
        self.update()

    def set_compact(self, *, compact: bool) -> None:
        """Draw lower bars."""
        self.setFixedHeight(COMPACT if compact else HEIGHT)

    def sizeHint(self) -> QSize:
        """Ask for some width."""
        return QSize(300, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bars that fit, from the right."""
        theme, painter = current_theme(), QPainter(self)
        foot = self.height() - 3
        rise = (self.height() - _LEAST - _FREE) // _STEPS
        tiers = [theme.tier(tier) for tier in range(len(TIERS))]
        for cell, left, width in self._places():
            if cell is None:
                painter.fillRect(left, foot - 2, max(width - 1, 1), 2, theme.color("line.strong"))
                continue
            nonce, _, tier = cell
            height = _LEAST + rise * tier
            painter.fillRect(left, foot - height, max(width - 1, 2), height, tiers[tier])
            if nonce == self._nonce:
                painter.fillRect(left, foot + 1, max(width - 1, 2), 2, theme.color("text.primary"))
        if self.hasFocus():
            paint_box(painter, self.rect(), Radius.CONTROL, border=theme.color("focus"), width=2)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what is under the pointer."""
        self._point(self._nonce_at(event.position().x()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to a round."""
        nonce = self._nonce_at(event.position().x())
        if nonce is not None and event.button() is Qt.MouseButton.LeftButton:
            self._point(nonce)
            self.nonce_asked.emit(nonce)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Point nowhere."""
        super().focusOutEvent(event)
        self._point(None)

    def leaveEvent(self, event: QEvent) -> None:
        """Point nowhere."""
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk over the rounds, and go to one."""
        nonces = self.nonces
        if not nonces:
            super().keyPressEvent(event)
            return
        last = len(nonces) - 1
        here = nonces.index(self._nonce) if self._nonce in nonces else last + 1
        moves = {
            Qt.Key.Key_Left: max(here - 1, 0),
            Qt.Key.Key_Right: min(here + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        there = moves.get(Qt.Key(event.key()))
        if there is not None:
            self._point(nonces[there])
            announce(self, self._sentence(nonces[there]))
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._nonce is not None:
            self.nonce_asked.emit(self._nonce)
        else:
            super().keyPressEvent(event)

    def _places(self) -> list[tuple[tuple[int, float, int] | None, int, int]]:
        """Give each cell that fits with its left edge and width, newest last."""
        if not self._cells:
            return []
        room = max(self.width() // _NARROWEST, 1)
        cells = self._cells[-room:]
        # Few rounds stand at the right as narrow as many do: the tape grows from there.
        width = max(self.width() / max(len(cells), min(room, ROUNDS)), 1.0)
        start = self.width() - width * len(cells)
        edges = [round(start + place * width) for place in range(len(cells) + 1)]
        return [(cell, edges[place], edges[place + 1] - edges[place]) for place, cell in enumerate(cells)]

    def _nonce_at(self, x: float) -> int | None:
        for cell, left, width in self._places():
            if cell is not None and QRect(left, 0, width, 1).contains(int(x), 0):
                return cell[0]
        return None

    def _point(self, nonce: int | None) -> None:
        if nonce != self._nonce:
            self._nonce = nonce
            self.pointed.emit("" if nonce is None else self._sentence(nonce))
            self.update()

    def _sentence(self, nonce: int) -> str:
        result = next(cell[1] for cell in self._cells if cell is not None and cell[0] == nonce)
        return f"Nonce {grouped(nonce)}: {multiplier_text(result)}"
