"""Seven figures of a stream in one row, painted by hand: they change four times a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QWidget

from pump_desktop.qt.look.fonts import Type, ui_font
from pump_desktop.qt.look.theme import Radius, Space, Token, current_theme
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.ui.kit.layout import hbox, stretch
from pump_desktop.ui.kit.style import paint_box
from pump_desktop.ui.kit.text import Ink
from pump_desktop.ui.live import words as stream_words
from pump_desktop.ui.live.words import Figure

if TYPE_CHECKING:
    from pump_desktop.services.live.board import Board


LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

# No letter is wider than so much of its font's height: measuring takes as long as painting.
_WIDEST = 0.8


def paint_words(
    painter: QPainter, rect: QRect, text: str, font: QFont, ink: QColor, flags: int = LEFT
) -> None:
    """Paint one line, with an ellipsis where it does not fit."""
    if len(text) * font.pixelSize() * _WIDEST > rect.width():
        text = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(rect, flags, text)


_HEIGHT = 70
_NARROWEST = 84
_TIGHT = 108
_STEPS = (Type.TITLE, 17, Type.SECTION, Type.BODY, Type.HINT)
_INKS: dict[Ink, Token] = {"primary": "text.primary", "warn": "warn", "bad": "bad"}


class FigureCell(QAbstractButton):
    """A label, a figure and words below; a click leads somewhere where ``leads`` says where."""

    def __init__(self, label: str, leads: str = "", *, first: bool = False) -> None:
        super().__init__()
        self._label = label
        self._leads = leads
        self._first = first
        self._figure = Figure(stream_words.NONE, "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)
        self.setMinimumWidth(_NARROWEST)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover, bool(leads))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if leads else Qt.FocusPolicy.NoFocus)
        if leads:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_figure(self._figure)

    @property
    def figure(self) -> Figure:
        """What is shown."""
        return self._figure

    def show_figure(self, figure: Figure, tip: str = "") -> None:
        """Show another figure; the same one costs nothing."""
        said = f"{self._label}: {figure.figure}"
        if figure != self._figure or self.accessibleName() != said:
            self._figure = figure
            self.setAccessibleName(said)
            self.setAccessibleDescription(figure.sub)
            self.update()
        whole = "\n".join(part for part in (tip or f"{said} {figure.sub}".strip(), self._leads) if part)
        if plain_tip(whole) != self.toolTip():
            self.setToolTip(plain_tip(whole))

    def sizeHint(self) -> QSize:
        """Ask for room for a usual figure."""
        return QSize(112, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the three lines, the hairline before them, and the ring."""
        theme, painter = current_theme(), QPainter(self)
        rect = self.rect()
        if self.underMouse() and self._leads:
            paint_box(painter, rect.adjusted(3, 3, -3, -3), Radius.CONTROL, fill=theme.color("surface.hover"))
        if self.hasFocus():
            paint_box(
                painter, rect.adjusted(2, 2, -2, -2), Radius.CONTROL, border=theme.color("focus"), width=2
            )
        if not self._first:
            painter.setPen(theme.color("line"))
            painter.drawLine(0, Space.M, 0, rect.height() - Space.M)
        side = Space.M if rect.width() > _TIGHT else Space.S
        inner = rect.adjusted(side, Space.S, -Space.XS, -Space.S)
        small = ui_font(Type.HINT, figures=True)
        above = QRect(inner.left(), inner.top(), inner.width(), 16)
        middle = QRect(inner.left(), above.bottom() + 1, inner.width(), 24)
        below = QRect(inner.left(), middle.bottom(), inner.width(), 16)
        figure, font = self._figure, self._fitting(inner.width())
        paint_words(painter, above, self._label, small, theme.color("text.secondary"))
        paint_words(painter, middle, figure.figure, font, theme.color(_INKS[figure.ink]))
        paint_words(painter, below, figure.sub, small, theme.color("text.muted"))

    def _fitting(self, width: int) -> QFont:
        font = ui_font(Type.TITLE, QFont.Weight.DemiBold, figures=True)
        for size in _STEPS:
            font.setPixelSize(size)
            if QFontMetrics(font).horizontalAdvance(self._figure.figure) <= width:
                break
        return font


class StreamTiles(QFrame):
    """``nonce_asked`` carries where the highest was, ``panel_asked`` the title of a panel that says more."""

    nonce_asked = Signal(object)
    panel_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "card")
        self.setAccessibleName("Figures")
        self._highest = FigureCell("Highest", "Go to it", first=True)
        self._bets = FigureCell("Bets")
        self._rounds = FigureCell("Rounds")
        self._rate = FigureCell("Bets / min")
        self._latest = FigureCell("Latest nonce")
        self._missing = FigureCell("Missing", "Show which nonces are missing")
        self._return = FigureCell("Return", "Show every currency")
        hbox(
            stretch(self._highest),
            stretch(self._bets),
            stretch(self._rounds),
            stretch(self._rate),
            stretch(self._latest),
            stretch(self._missing),
            stretch(self._return),
            into=self,
            margins=1,
            spacing=0,
        )
        self._peak: int | None = None
        self._highest.clicked.connect(self._go_to_peak)
        self._missing.clicked.connect(self._ask_rounds)
        self._return.clicked.connect(self._ask_return)

    def show_board(self, board: Board) -> None:
        """Show the figures of a board."""
        self._peak = board.peaks[0].nonce if board.peaks else None
        self._highest.show_figure(stream_words.highest(board))
        self._bets.show_figure(stream_words.bets(board))
        self._rounds.show_figure(stream_words.rounds(board))
        self._latest.show_figure(stream_words.latest(board))
        self._missing.show_figure(stream_words.missing(board))
        lines = (
            f"{stream_words.share_text(one.share)} ({stream_words.interval_text(one) or 'no interval'}): "
            f"{stream_words.money_text(one)}"
            for one in board.returns
        )
        self._return.show_figure(stream_words.returned(board), "\n".join(lines))

    def show_rate(self, per_minute: float) -> None:
        """Show how fast bets come in."""
        self._rate.show_figure(stream_words.rate(per_minute))

    def clear(self) -> None:
        """Show nothing, while another stream is being read."""
        self._peak = None
        for cell in self.findChildren(FigureCell):
            cell.show_figure(Figure(stream_words.NONE, ""))

    @Slot()
    def _go_to_peak(self) -> None:
        if self._peak is not None:
            self.nonce_asked.emit(self._peak)

    @Slot()
    def _ask_rounds(self) -> None:
        self.panel_asked.emit("Rounds")

    @Slot()
    def _ask_return(self) -> None:
        self.panel_asked.emit("Return")
