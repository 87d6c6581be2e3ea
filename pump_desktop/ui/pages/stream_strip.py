"""The density strip of a stream: hits of one pin over nonces, as shades, and what was not observed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pump_desktop.qt.look.theme import Radius, current_theme
from pump_desktop.qt.text.numbers import grouped
from pump_desktop.ui.pages.stream_words import pin_text
from pump_desktop.ui.widgets.style import announce, paint_box

if TYPE_CHECKING:
    from pump_desktop.services.live.board import Board

HEIGHT, COMPACT = 24, 16
_SHADES = 64


class DensityStrip(QWidget):
    """``pointed`` carries the sentence of the bucket under pointer or keyboard, ``nonce_asked`` its nonce."""

    pointed = Signal(str)
    nonce_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Nonces and lags run from left to right in every language.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._board: Board | None = None
        self._place: int | None = None
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Density of hits")
        self.setAccessibleDescription("Arrows walk over the nonces, Enter goes to the bets there.")

    def show_board(self, board: Board | None) -> None:
        """Show the strip of a board."""
        before = None if self._board is None else self._board.strip
        self._board = board
        if board is None or board.strip is not before:
            if self._place is not None and (board is None or self._place >= len(board.strip)):
                self._place = None
            self.update()

    @property
    def caption(self) -> str:
        """What the shades count."""
        board = self._board
        if board is None or board.subject is None or not len(board.strip):
            return ""
        size = board.strip.size
        each = "each nonce" if size == 1 else f"per {grouped(size)} nonces"
        return f"{pin_text(board.subject)}, {each}"

    def sentence_at(self, place: int) -> str:
        """Say what a bucket holds."""
        board = self._board
        if board is None:
            return ""
        strip, card = board.strip, board.cards[board.pins.index(board.subject)] if board.subject else None
        first, last = strip.span(place)
        hits, rounds = int(strip.hits[place]), int(strip.rounds[place])
        where = f"Nonce {grouped(first)}" if first == last else f"Nonces {grouped(first)} – {grouped(last)}"
        words = f"{where}: {grouped(hits)} {'hit' if hits == 1 else 'hits'}"
        words += f" in {grouped(rounds)} {'round' if rounds == 1 else 'rounds'}"
        if card is not None and card.probability is not None and not board.covered.truncated:
            words += f", {rounds * card.probability:.3g} expected"
        return words

    def set_compact(self, *, compact: bool) -> None:
        """Be a narrower strip."""
        self.setFixedHeight(COMPACT if compact else HEIGHT)

    def sizeHint(self) -> QSize:
        """Ask for some width."""
        return QSize(300, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the shades, hatching where no round was observed, and a mark around the bucket pointed at."""
        theme, painter = current_theme(), QPainter(self)
        rect = self.rect()
        paint_box(painter, rect, 4, fill=theme.color("surface.raised"))
        board = self._board
        if board is not None and len(board.strip):
            self._paint_shades(painter, board)
            if self._place is not None:
                painter.setPen(theme.color("text.primary"))
                painter.drawRect(self._bucket_rect(self._place).adjusted(0, 0, -1, -1))
        if self.hasFocus():
            paint_box(painter, rect, Radius.CONTROL, border=theme.color("focus"), width=2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk over the buckets, and go to one."""
        board = self._board
        if board is None or not len(board.strip):
            super().keyPressEvent(event)
            return
        last = len(board.strip) - 1
        here = last + 1 if self._place is None else self._place
        moves = {
            Qt.Key.Key_Left: max(here - 1, 0),
            Qt.Key.Key_Right: min(here + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        there = moves.get(Qt.Key(event.key()))
        if there is not None:
            self._point(there)
            announce(self, self.sentence_at(there))
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._place is not None:
            self.nonce_asked.emit(board.strip.span(self._place)[0])
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what is under the pointer."""
        self._point(self._place_at(event.position().x()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the bets of a bucket."""
        place = self._place_at(event.position().x())
        if place is not None and self._board is not None and event.button() is Qt.MouseButton.LeftButton:
            self._point(place)
            self.nonce_asked.emit(self._board.strip.span(place)[0])

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Point nowhere."""
        super().focusOutEvent(event)
        self._point(None)

    def leaveEvent(self, event: QEvent) -> None:
        """Point nowhere."""
        self._point(None)

    def _point(self, place: int | None) -> None:
        if place != self._place:
            self._place = place
            self.pointed.emit("" if place is None else self.sentence_at(place))
            self.update()

    def _place_at(self, x: float) -> int | None:
        if self._board is None or not len(self._board.strip):
            return None
        count = len(self._board.strip)
        return min(max(int(x * count / max(self.width(), 1)), 0), count - 1)

    def _bucket_rect(self, place: int) -> QRect:
        count = 1 if self._board is None else len(self._board.strip)
        left, right = place * self.width() // count, (place + 1) * self.width() // count
        return QRect(left, 0, max(right - left, 3), self.height())

    def _paint_shades(self, painter: QPainter, board: Board) -> None:
        share, seen = shares(board)
        # Where there are fewer pixels than buckets, the strongest of some stands for them.
        together = -(-len(share) // max(self.width(), 1))
        if together > 1:
            pad = -len(share) % together
            share = np.pad(share, (0, pad)).reshape(-1, together).max(axis=1)
            seen = np.pad(seen, (0, pad)).reshape(-1, together).max(axis=1)
        theme = current_theme()
        low, high = theme.color("surface.raised"), theme.color("accent")
        ends = ((low.red(), high.red()), (low.green(), high.green()), (low.blue(), high.blue()))
        shade = np.round(share * _SHADES) / _SHADES
        pixels = np.full((1, len(share), 4), 255, np.uint8)
        for channel, (start, end) in enumerate(reversed(ends)):
            pixels[0, :, channel] = start + shade * (end - start)
        pixels[0, ~seen, 3] = 0
        image = QImage(pixels.tobytes(), len(share), 1, 4 * len(share), QImage.Format.Format_ARGB32)
        if not seen.all():
            painter.fillRect(
                self.rect(), QBrush(theme.color("text.disabled", 0.5), Qt.BrushStyle.BDiagPattern)
            )
        painter.drawImage(self.rect(), image)


def shares(board: Board) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Give how dark each bucket is, 0 to 1, and which hold an observed round.

    The middle shade is the expected number of hits, and four standard deviations take it to either end.
    Where rounds are missing nothing is expected: the darkest bucket then has the most hits.
    """
    strip = board.strip
    hits, rounds = strip.hits.astype(np.float64), strip.rounds.astype(np.float64)
    chance = None if board.subject is None else board.cards[board.pins.index(board.subject)].probability
    if not chance or board.covered.truncated:
        return hits / max(float(hits.max()), 1.0), strip.rounds > 0
    mean = rounds * chance
    reach = 4 * np.sqrt(mean * (1 - chance))
    low = np.maximum(mean - reach, 0)
    share = (hits - low) / np.maximum(mean + reach - low, 1e-9)
    return np.clip(share, 0, 1), strip.rounds > 0
