"""What a scan will do, before it is started: nonces, time, and the hits to expect."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pump_desktop.domain.game import Difficulty, target_p_at_least, target_p_exact
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.text.numbers import count_text, duration_text, grouped, multiplier_text, odds_text
from pump_desktop.ui.widgets.card import Card
from pump_desktop.ui.widgets.figure_grid import FigureGrid, Figures
from pump_desktop.ui.widgets.text import FigureLabel, Label

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


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
                        "–" if count is None else count_text(count * float(exact)),
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
