"""What a bet came to: large for its own difficulty, beside it for all four, below it as balloons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QToolTip, QWidget

from pump_desktop.domain.game import POSITIONS, Difficulty, p_at_least
from pump_desktop.domain.requests import VerifyRequest
from pump_desktop.qt.look.fonts import Type, ui_font
from pump_desktop.qt.look.theme import Space, Theme, Token, current_theme
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.qt.text.numbers import grouped, multiplier_text, odds_text
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.card import Card
from pump_desktop.ui.kit.layout import STRETCH, hbox, stretch, vbox
from pump_desktop.ui.kit.style import announce
from pump_desktop.ui.kit.text import FigureLabel, Label

if TYPE_CHECKING:
    from pump_desktop.engine.verify import Derivation, Outcome


# Pixels: the narrowest place of a balloon, the largest balloon, its knot, and the line of counts below.
_LEAST_CELL, _MOST_BALLOON, _KNOT, _COUNTS = 26, 38, 5, 20
# Where the strokes of a cross begin and end, along each diagonal in widths of the balloon.
_CROSS = (0.22, 0.47)


class BalloonRow(QWidget):
    """Popped ones are crossed out, the pop point is marked, the safe pumps before it are counted below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Nonces and lags run from left to right in every language.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._pops: frozenset[int] = frozenset()
        self._pop_point = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_MOST_BALLOON + _KNOT + _COUNTS + 2)
        self.setMinimumWidth(POSITIONS * _LEAST_CELL)
        self.setAccessibleName(f"{POSITIONS} balloons")

    def show_pops(self, pops: Sequence[int], safe_pumps: int) -> None:
        """Show which positions pop, and how many pumps are safe before the first of them."""
        self._pops = frozenset(pops)
        self._pop_point = min(pops)
        listed = ", ".join(str(position) for position in sorted(pops))
        self.setAccessibleDescription(
            f"Popped: {listed}. Pop point: {self._pop_point}. Safe pumps: {safe_pumps}."
        )
        self.update()

    def words_at(self, position: int) -> str:
        """Say what a position is."""
        if position == self._pop_point:
            return f"Position {position}: the pop point"
        if position in self._pops:
            return f"Position {position}: would pop, but the bet is over by then"
        if position < self._pop_point:
            return f"Position {position}: safe, pump {position}"
        return f"Position {position}: not reached"

    def sizeHint(self) -> QSize:
        """Ask for balloons of full size."""
        return QSize(POSITIONS * (_MOST_BALLOON + 4), self.height())

    def event(self, event: QEvent) -> bool:
        """Say what the balloon under the pointer is."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip and self._pop_point:
            position = min(int(event.pos().x() / self._cell()) + 1, POSITIONS)
            QToolTip.showText(event.globalPos(), plain_tip(self.words_at(position)), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the balloons."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        cell = self._cell()
        side = min(cell - 4, _MOST_BALLOON)
        for position in range(1, POSITIONS + 1):
            centre = (position - 0.5) * cell
            ball = QRectF(centre - side / 2, _MOST_BALLOON - side + 1, side, side)
            self._paint_balloon(painter, theme, position, ball)
            self._paint_count(painter, theme, position, QRectF(centre - cell / 2, 0, cell, self.height()))

    def _cell(self) -> float:
        return self.width() / POSITIONS

    def _paint_balloon(self, painter: QPainter, theme: Theme, position: int, ball: QRectF) -> None:
        ink, ground = self._colours(position)
        dim = 1.0 if self.isEnabled() else 0.4
        marked = position == self._pop_point
        painter.setPen(QPen(theme.color(ink, dim), 2 if marked else 1))
        painter.setBrush(theme.color(ground, dim) if ground is not None else Qt.BrushStyle.NoBrush)
        tip = QPointF(ball.center().x(), ball.bottom())
        knot = [tip, tip + QPointF(-3, _KNOT), tip + QPointF(3, _KNOT)]
        painter.drawEllipse(ball)
        painter.drawPolygon(QPolygonF(knot))
        strong = position <= self._pop_point
        painter.setFont(_figures(bold=strong))
        painter.setPen(theme.color("text.primary" if strong else "text.muted", dim))
        painter.drawText(ball, int(Qt.AlignmentFlag.AlignCenter), str(position))
        if position in self._pops:
            painter.setPen(QPen(theme.color(ink, dim), 2 if marked else 1.4))
            # Four strokes that leave the number alone and stand out over the rim.
            for across, down in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
                corner = QPointF(across, down) * ball.width()
                painter.drawLine(ball.center() + corner * _CROSS[0], ball.center() + corner * _CROSS[1])

    def _colours(self, position: int) -> tuple[Token, Token | None]:
        if position == self._pop_point:
            return "bad", "bad.soft"
        if position < self._pop_point:
            return "accent", "accent.soft"
        return ("text.muted", None) if position in self._pops else ("line.strong", None)

    def _paint_count(self, painter: QPainter, theme: Theme, position: int, cell: QRectF) -> None:
        if position > self._pop_point:
            return
        below = QRect(int(cell.left()), self.height() - _COUNTS + 2, int(cell.width()) + 1, _COUNTS - 2)
        marked = position == self._pop_point
        painter.setFont(_figures(bold=marked))
        painter.setPen(theme.color("bad" if marked else "text.secondary", 1.0 if self.isEnabled() else 0.4))
        painter.drawText(below, int(Qt.AlignmentFlag.AlignCenter), "pop" if marked else str(position))


def _figures(*, bold: bool) -> QFont:
    return ui_font(Type.HINT, QFont.Weight.DemiBold if bold else QFont.Weight.Normal, figures=True)


_HEADINGS = ("Difficulty", "Multiplier", "Safe pumps", "Pop point")
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def safe_pumps_text(safe_pumps: int) -> str:
    """Give a number of safe pumps in words."""
    return {0: "no safe pump", 1: "1 safe pump"}.get(safe_pumps, f"{safe_pumps} safe pumps")


class DifficultyGrid(QWidget):
    """Four lines of figures, one per difficulty; the chosen one stands out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.XL)
        grid.setVerticalSpacing(Space.XS)
        for column, heading in enumerate(_HEADINGS):
            label = Label(heading, size=Type.HINT, ink="muted")
            grid.addWidget(label, 0, column, _RIGHT if column else _LEFT)
        self._cells: dict[Difficulty, tuple[Label, ...]] = {}
        for row, difficulty in enumerate(Difficulty, 1):
            cells = tuple(Label("", figures=True, ink="secondary") for _ in _HEADINGS)
            for column, cell in enumerate(cells):
                grid.addWidget(cell, row, column, _RIGHT if column else _LEFT)
            self._cells[difficulty] = cells

    def show_results(self, results: dict[Difficulty, Outcome], chosen: Difficulty) -> None:
        """Show all four."""
        for difficulty, outcome in results.items():
            texts = (
                difficulty.label,
                multiplier_text(outcome.max_multiplier),
                str(outcome.max_pumps),
                str(outcome.pop_point),
            )
            weight = QFont.Weight.DemiBold if difficulty is chosen else QFont.Weight.Normal
            for cell, text in zip(self._cells[difficulty], texts, strict=True):
                cell.setText(text)
                # The ink first: a change of style gives a label its old font back.
                cell.set_ink("primary" if difficulty is chosen else "secondary")
                cell.setFont(ui_font(weight=weight, figures=True))


class VerifyAnswer(Card):
    """The result of one bet; ``scan_clicked`` asks for the nonces around it."""

    scan_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Result", parent)
        self._which = Label("", size=Type.HINT, ink="secondary", figures=True)
        self._figure = FigureLabel("–")
        self._words = Label("", figures=True)
        self._odds = Label("", size=Type.HINT, ink="muted", figures=True)
        self._grid = DifficultyGrid()
        self._balloons = BalloonRow()
        self._legend = Label("", size=Type.HINT, ink="muted", figures=True, wrap=True)
        self._scan = Button("Scan around this nonce", "quiet", "scan")
        self._scan.setToolTip("Fill the Scan page with the 1,000 nonces around this one")
        self.add_action(self._scan)
        self._scan.clicked.connect(self.scan_clicked)
        self._lay_out()

    def show_answer(self, request: VerifyRequest, derivation: Derivation) -> None:
        """Show what a bet came to."""
        difficulty = request.difficulty
        outcome = derivation.results[difficulty]
        which = f"{difficulty.label}, nonce {grouped(request.nonce)}"
        figure = multiplier_text(outcome.max_multiplier)
        words = f"{_capital(safe_pumps_text(outcome.max_pumps))}, pop point {outcome.pop_point}"
        self._which.setText(which)
        self._figure.setText(figure)
        self._words.setText(words)
        self._odds.setText(
            f"This much or more: {odds_text(p_at_least(difficulty, outcome.max_pumps))}"
            if outcome.max_pumps
            else "The first pump popped"
        )
        self._grid.show_results(derivation.results, difficulty)
        self._balloons.show_pops(derivation.pops(difficulty), outcome.max_pumps)
        pops = "the one that pops" if difficulty.pops == 1 else f"the {difficulty.pops} that pop"
        self._legend.setText(
            f"Positions 1 to 25. Crossed out: {pops}. The smallest of them is the pop point; "
            "the pumps before it are safe."
        )
        self.setAccessibleDescription(f"{which}: {figure}. {words}.")
        announce(self, f"{which}: {figure}")

    def _lay_out(self) -> None:
        row = hbox(
            stretch(vbox(self._which, self._figure, self._words, self._odds, STRETCH, spacing=Space.XS)),
            self._grid,
            spacing=Space.XXL,
        )
        self.add(row)
        self.body.addSpacing(Space.XS)
        self.add(self._balloons)
        self.add(self._legend)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
