"""What a scan will do, before it is started: nonces, time, and the hits to expect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from pump_desktop.domain.difficulty import Difficulty
from pump_desktop.domain.odds import target_p_at_least, target_p_exact
from pump_desktop.qt.fonts import Type
from pump_desktop.qt.numbers import decimal_text, duration_text, grouped, multiplier_text, odds_text
from pump_desktop.qt.theme import Space
from pump_desktop.ui.widgets.card import Card
from pump_desktop.ui.widgets.text import ElidedLabel, FigureLabel, Label

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def expected_text(expected: float) -> str:
    """Give an expected count with no more digits than it deserves."""
    if expected >= 100:
        return grouped(round(expected))
    return decimal_text(expected, 1 if expected >= 0.95 else 2)


@dataclass(frozen=True, slots=True)
class Figures:
    """One line of a figure table: its label and its cells."""

    label: str
    cells: tuple[str, ...]


class FigureGrid(QWidget):
    """A small table of labels: words left, figures right under their headings."""

    def __init__(self, headings: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.L)
        self._grid.setVerticalSpacing(Space.S)
        self._grid.setColumnStretch(0, 1)
        self._cells: list[list[Label]] = []
        for column, heading in enumerate(headings):
            label = ElidedLabel(heading, size=Type.HINT, ink="muted")
            self._grid.addWidget(label, 0, column, _RIGHT if column else Qt.AlignmentFlag.AlignLeft)

    def set_lines(self, lines: Sequence[Figures]) -> None:
        """Show these lines; labels are made or dropped only when their number changes."""
        while len(self._cells) > len(lines):
            for label in self._cells.pop():
                self._grid.removeWidget(label)
                label.deleteLater()
        while len(self._cells) < len(lines):
            row = len(self._cells) + 1
            width = 1 + len(lines[row - 1].cells)
            # Words give way to figures, with their tool tip.
            labels: list[Label] = [ElidedLabel("", ink="secondary")]
            labels += [Label("", figures=True) for _column in range(1, width)]
            for column, label in enumerate(labels):
                self._grid.addWidget(label, row, column, _RIGHT if column else Qt.AlignmentFlag.AlignLeft)
            self._cells.append(labels)
        for labels, line in zip(self._cells, lines, strict=True):
            for label, text in zip(labels, (line.label, *line.cells), strict=True):
                label.setText(text)


class ScanOutlook(Card):
    """The right-hand card while no scan runs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("What will happen", parent)
        self._count = FigureLabel("–")
        self._time = Label("", ink="secondary", wrap=True)
        self._grid = FigureGrid(("Target", "Exactly", "Expected", "At least"))
        self._none = Label("Choose at least one target.", ink="muted", wrap=True)
        body = QVBoxLayout()
        body.setSpacing(Space.XS)
        body.addWidget(Label("Nonces", size=Type.HINT, ink="secondary"))
        body.addWidget(self._count)
        body.addWidget(self._time)
        body.addSpacing(Space.L)
        body.addWidget(self._grid)
        body.addWidget(self._none)
        body.addSpacing(Space.L)
        body.addWidget(
            Label(
                "Every round is independent. Expected counts are averages over many seed pairs; "
                "single ones stray from them.",
                size=Type.HINT,
                ink="muted",
                wrap=True,
            )
        )
        # Beside a taller card the lines stay together.
        body.addStretch(1)
        self.add(body, 1)

    def show_outlook(
        self, count: int | None, difficulty: Difficulty, targets: Sequence[float], rate: float | None
    ) -> None:
        """Show what these inputs lead to; ``rate`` is in nonces per second, None before it was measured."""
        self._count.setText("–" if count is None else grouped(count))
        self._time.setText(_time_text(count, rate))
        self._grid.setVisible(bool(targets))
        self._none.setVisible(not targets)
        self._grid.set_lines(
            [
                Figures(
                    multiplier_text(target),
                    (
                        odds_text(exact) if exact else "never",
                        "–" if count is None else expected_text(count * float(exact)),
                        odds_text(target_p_at_least(difficulty, target)),
                    ),
                )
                for target in targets
                for exact in (target_p_exact(difficulty, target),)
            ]
        )


def _time_text(count: int | None, rate: float | None) -> str:
    if count is None:
        return "First and last nonce do not make a range yet."
    if rate is None:
        return "The time is known after the first scan."
    seconds = count / rate
    return "Less than a second" if seconds < 1 else f"About {duration_text(seconds)}"
