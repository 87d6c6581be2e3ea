"""How a stream went: the density strip over all nonces, and the tape of its latest rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import TIERS, Radius, Space, current_theme
from pump_desktop.qt.look.tiers import tier_of
from pump_desktop.qt.tables.bet_columns import DIFFICULTIES
from pump_desktop.qt.text.numbers import grouped, multiplier_text
from pump_desktop.ui.kit.layout import hbox, stretch, vbox
from pump_desktop.ui.kit.style import announce, paint_box
from pump_desktop.ui.kit.text import ElidedLabel, Label
from pump_desktop.ui.live.words import pin_text

if TYPE_CHECKING:
    from pump_desktop.services.live.board import Board


_STRIP_HEIGHT, _STRIP_COMPACT = 24, 16
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
        self.setFixedHeight(_STRIP_HEIGHT)
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
        self.setFixedHeight(_STRIP_COMPACT if compact else _STRIP_HEIGHT)

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


ROUNDS = 200
_TAPE_HEIGHT, _TAPE_COMPACT = 34, 22
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
        self.setFixedHeight(_TAPE_HEIGHT)
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
        self.setFixedHeight(_TAPE_COMPACT if compact else _TAPE_HEIGHT)

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
        vbox(
            hbox(self._caption, stretch(self._pointed), spacing=Space.L),
            self.strip,
            self.tape,
            into=self,
            margins=(Space.M, Space.XS, Space.M, Space.XS),
            spacing=Space.XS,
        )
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
