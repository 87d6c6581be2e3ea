"""The scan under way: how far, how fast, how long, and what came so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from pump_desktop.domain.game import Difficulty, exact_safe_pumps, target_p_at_least, target_p_exact
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.text.numbers import (
    count_text,
    duration_text,
    grouped,
    multiplier_text,
    odds_text,
    rate_text,
)
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.card import Card
from pump_desktop.ui.kit.figure_grid import FigureGrid, Figures
from pump_desktop.ui.kit.layout import STRETCH, hbox, vbox
from pump_desktop.ui.kit.text import FigureLabel, Label

if TYPE_CHECKING:
    from pump_desktop.services.runs.collector import ScanProgress


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ScanOutlook(Card):
    """The right-hand card while no scan runs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("What will happen", parent)
        self._count = FigureLabel("–")
        self._time = Label("", ink="secondary", wrap=True)
        self._grid = FigureGrid(("Target", "Exactly", "Expected", "At least"))
        self._none = Label("Choose at least one target.", ink="muted", wrap=True)
        body = vbox(
            Label("Nonces", size=Type.HINT, ink="secondary"),
            self._count,
            self._time,
            Space.L,
            self._grid,
            self._none,
            Space.L,
            Label(
                "Every round is independent. Expected counts are averages over many seed pairs; "
                "single ones stray from them.",
                size=Type.HINT,
                ink="muted",
                wrap=True,
            ),
            # Beside a taller card the lines stay together.
            STRETCH,
            spacing=Space.XS,
        )
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


_STEPS = 1000


class ScanProgressCard(Card):
    """The right-hand card while a scan runs; ``cancel_clicked`` is its button."""

    cancel_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Scanning", parent)
        self._request: ScanRequest | None = None
        self._percent = FigureLabel("0 %")
        self._bar = QProgressBar()
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Scan progress")
        self._line = Label("", ink="secondary", figures=True, wrap=True)
        self._grid = FigureGrid(("Target", "So far", "Expected so far"))
        self._cancel = Button("Cancel", meaning="cancel")
        self._cancel.setToolTip("Stop the scan; nothing is stored (Esc)")
        body = vbox(
            self._percent,
            self._bar,
            self._line,
            Space.M,
            self._grid,
            Space.L,
            hbox(STRETCH, self._cancel),
            spacing=Space.S,
        )
        self.add(body, 1)
        self._cancel.clicked.connect(self.cancel_clicked)

    def begin(self, request: ScanRequest) -> None:
        """Show a scan that has just been started."""
        self._request = request
        self._cancel.setEnabled(True)
        self._percent.setText("0 %")
        # A range of 0 to 0 is Qt's busy bar: the engine is being made ready, nothing can be counted yet.
        self._bar.setRange(0, 0)
        self._line.setText("Getting the engine ready; the first time on a machine takes a few seconds.")
        self._show_counts(request, 0, ())

    def stopping(self) -> None:
        """Show that a stop was asked for."""
        self._cancel.setEnabled(False)
        self._line.setText("Stopping …")

    def show_progress(self, progress: ScanProgress) -> None:
        """Show how far the scan is."""
        if progress.preparing or self._request is None:
            return
        share = progress.done / progress.total
        self._bar.setRange(0, _STEPS)
        self._bar.setValue(int(share * _STEPS))
        self._percent.setText(f"{int(share * 100)} %")
        if self._cancel.isEnabled():
            left = "" if progress.seconds_left is None else f" · {duration_text(progress.seconds_left)} left"
            counted = f"{grouped(progress.done)} of {grouped(progress.total)}"
            self._line.setText(f"{counted} · {rate_text(progress.rate)}{left}")
        self._show_counts(self._request, progress.done, progress.counts)

    def _show_counts(self, request: ScanRequest, done: int, counts: tuple[int, ...]) -> None:
        lines = []
        for target in request.targets:
            k = exact_safe_pumps(request.difficulty, target)
            seen = counts[k] if counts and k is not None else 0
            expected = done * float(target_p_exact(request.difficulty, target))
            lines.append(Figures(multiplier_text(target), (grouped(seen), count_text(expected))))
        self._grid.set_lines(lines)
