"""The scan under way: how far, how fast, how long, and what came so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from pump_desktop.domain.game import exact_safe_pumps, target_p_exact
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.text.numbers import count_text, duration_text, grouped, multiplier_text, rate_text
from pump_desktop.ui.widgets.buttons import Button
from pump_desktop.ui.widgets.card import Card
from pump_desktop.ui.widgets.figure_grid import FigureGrid, Figures
from pump_desktop.ui.widgets.text import FigureLabel, Label

if TYPE_CHECKING:
    from pump_desktop.services.runs.collector import ScanProgress

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
        body = QVBoxLayout()
        body.setSpacing(Space.S)
        body.addWidget(self._percent)
        body.addWidget(self._bar)
        body.addWidget(self._line)
        body.addSpacing(Space.M)
        body.addWidget(self._grid)
        body.addSpacing(Space.L)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._cancel)
        body.addLayout(foot)
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
