"""What a bet came to: large for its own difficulty, beside it for all four, below it as balloons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from pump_desktop.domain.game import Difficulty, p_at_least
from pump_desktop.domain.requests import VerifyRequest
from pump_desktop.qt.look.fonts import Type, ui_font
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.text.numbers import grouped, multiplier_text, odds_text
from pump_desktop.ui.pages.verify_balloons import BalloonRow
from pump_desktop.ui.widgets.buttons import Button
from pump_desktop.ui.widgets.card import Card
from pump_desktop.ui.widgets.style import announce
from pump_desktop.ui.widgets.text import FigureLabel, Label

if TYPE_CHECKING:
    from pump_desktop.engine.verify import Derivation, Outcome

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
        large = QVBoxLayout()
        large.setSpacing(Space.XS)
        for part in (self._which, self._figure, self._words, self._odds):
            large.addWidget(part)
        large.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(Space.XXL)
        row.addLayout(large, 1)
        row.addWidget(self._grid)
        self.add(row)
        self.body.addSpacing(Space.XS)
        self.add(self._balloons)
        self.add(self._legend)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
