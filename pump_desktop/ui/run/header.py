"""A run in four figures: nonces, highest, median, and how it stands against the odds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from pump_desktop.domain.runs import Run
from pump_desktop.domain.seeds import short_seed
from pump_desktop.qt.app.preferences import HIDDEN, current_privacy
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.qt.text.numbers import (
    decimal_text,
    duration_text,
    grouped,
    multiplier_text,
    p_value_text,
    rate_text,
)
from pump_desktop.qt.text.times import local_time
from pump_desktop.ui.kit.buttons import IconButton
from pump_desktop.ui.kit.card import Card, Tile
from pump_desktop.ui.kit.fact import Fact
from pump_desktop.ui.kit.layout import hbox, stretch, vbox
from pump_desktop.ui.kit.text import ElidedLabel

if TYPE_CHECKING:
    from pump_desktop.stats.distribution import Distribution


# A shorter seed would blank out single letters of every name.
_LEAST = 4


def run_title(run: Run, *, hidden: bool) -> str:
    """Give what a page of a run is called; ``hidden`` takes its seeds out of it."""
    if not run.name:
        return f"{HIDDEN if hidden else run.client_seed} · {run.difficulty.label}"
    title = run.name
    for seed in sorted((run.server_seed, run.client_seed), key=len, reverse=True):
        if hidden and len(seed) >= _LEAST:
            title = title.replace(seed, HIDDEN)
    return title


class RunHeader(Card):
    """Two rows of facts about one run; ``seeds_hidden`` tells when its seeds are shown or hidden."""

    seeds_hidden = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._run: Run | None = None
        self._hidden = False
        self._server = Fact("Server seed", mono=True)
        self._hash = Fact("Server seed SHA-256", mono=True)
        self._client = Fact("Client seed", mono=True)
        self._digest = Fact("Outcome digest", mono=True)
        self._range = Fact("Nonces", copyable=False)
        self._made = Fact("Scanned", copyable=False)
        self._eye = IconButton("hide", "Hide seeds")
        self._server.row.insertWidget(2, self._eye)
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.XL)
        grid.setVerticalSpacing(Space.S)
        self._second_row = (self._hash, self._digest, self._made)
        for column, fact in enumerate((self._server, self._client, self._range)):
            grid.addWidget(fact, 0, column)
        for column, fact in enumerate(self._second_row):
            grid.addWidget(fact, 1, column)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        self._fold = IconButton("collapse", "")
        grid.addWidget(self._fold, 0, 3, Qt.AlignmentFlag.AlignTop)
        self.add(grid)
        self._fold.clicked.connect(self._toggle_fold)
        self.set_folded(False)
        self._eye.clicked.connect(self._toggle)
        self.hide_seeds(current_privacy().hide_on_screen)

    def show_run(self, run: Run) -> None:
        """Show a run."""
        self._run = run
        rate = run.count / max(run.duration_ms / 1000, 0.001)
        made = f"{local_time(run.created_at)} · {duration_text(run.duration_ms / 1000, fine=True)}"
        self._hash.show_value(short_seed(run.server_seed_sha256, 10), run.server_seed_sha256)
        self._digest.show_value(short_seed(run.outcome_digest, 10), run.outcome_digest)
        self._digest.setToolTip(
            plain_tip(f"SHA-256 of all outcomes, {run.engine_version}: {run.outcome_digest}")
        )
        self._range.show_value(
            f"{grouped(run.nonce_start)} – {grouped(run.nonce_end)} · {run.difficulty.label}", ""
        )
        self._made.show_value(f"{made} · {rate_text(rate)}", "")
        self._show_seeds()

    @property
    def hides_seeds(self) -> bool:
        """Whether the seeds are shown as dots."""
        return self._hidden

    @property
    def folded(self) -> bool:
        """Whether hash, digest and time of the scan are put away."""
        return self._folded

    def set_folded(self, folded: bool) -> None:
        """Put hash, digest and time of the scan away, or show them."""
        self._folded = folded
        for fact in self._second_row:
            fact.setVisible(not folded)
        words = "Show hash and digest" if folded else "Hide hash and digest"
        self._fold.set_meaning("expand" if folded else "collapse", words)

    @Slot()
    def _toggle_fold(self) -> None:
        self.set_folded(not self._folded)

    @Slot()
    def _toggle(self) -> None:
        self.hide_seeds(not self._hidden)

    def hide_seeds(self, hidden: bool) -> None:
        """Show the seeds as dots, or in the clear."""
        if hidden == self._hidden:
            return
        self._hidden = hidden
        self._eye.set_meaning(
            "show" if self._hidden else "hide", "Show seeds" if self._hidden else "Hide seeds"
        )
        self._show_seeds()
        self.seeds_hidden.emit(self._hidden)

    def _show_seeds(self) -> None:
        if self._run is None:
            return
        for fact, seed in ((self._server, self._run.server_seed), (self._client, self._run.client_seed)):
            fact.show_value(HIDDEN if self._hidden else short_seed(seed, 10), seed)


class RunTiles(QWidget):
    """Four tiles in a row, or one line of words; the last figure waits for the distribution."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = Tile("Nonces")
        self._highest = Tile("Highest")
        self._median = Tile("Median")
        self._test = Tile("Against the odds")
        self._words = ""
        self._verdict = ""
        self._line = ElidedLabel("", ink="secondary", figures=True)
        self._tiles = QWidget()
        hbox(
            *(stretch(tile) for tile in (self._count, self._highest, self._median, self._test)),
            into=self._tiles,
            spacing=Space.L,
        )
        vbox(self._tiles, self._line, into=self)
        self.set_compact(False)

    def set_compact(self, compact: bool) -> None:
        """Say the four figures in one line, or show them large."""
        self._tiles.setVisible(not compact)
        self._line.setVisible(compact)

    def show_run(self, run: Run) -> None:
        """Show what a run says of itself."""
        summary = run.summary
        first = summary.top_max[0] if summary.top_max else run.nonce_start
        times = summary.counts_by_multiplier.get(str(summary.max_multiplier), 1)
        where = (
            f"at nonce {grouped(first)}"
            if times == 1
            else f"{grouped(times)} times, first at {grouped(first)}"
        )
        self._count.set_figure(grouped(run.count), f"{run.difficulty.pops} of 25 positions pop")
        self._highest.set_figure(multiplier_text(summary.max_multiplier), where)
        self._median.set_figure(
            multiplier_text(summary.median_multiplier), f"mean {multiplier_text(summary.mean_multiplier)}"
        )
        self._words = (
            f"{grouped(run.count)} nonces · highest {multiplier_text(summary.max_multiplier)}, {where} · "
            f"median {multiplier_text(summary.median_multiplier)}"
        )
        self._line.setText(self._words + self._verdict)

    def await_test(self) -> None:
        """Say that the test is being made."""
        self._test.set_figure("…", "")
        self._test.setToolTip("")
        self._verdict = ""
        self._line.setText(self._words)

    def show_distribution(self, distribution: Distribution) -> None:
        """Show the chi-square test of a distribution."""
        from pump_desktop.stats.distribution import chi_square_reading  # noqa: PLC0415 - imported by the worker

        test = distribution.chi_square
        reading = chi_square_reading(test)
        figure = "No test" if test is None else p_value_text(test.p_value)
        self._test.set_figure(figure, reading)
        self._verdict = f" · {figure} against the odds"
        self._line.setText(self._words + self._verdict)
        self._test.setToolTip(plain_tip(_test_tip(distribution)))


def _test_tip(distribution: Distribution) -> str:
    test = distribution.chi_square
    if test is None:
        return "A chi-square test needs at least two groups of results that expect 5 or more."
    return (
        f"Chi-square test of all results: {decimal_text(test.statistic, 2)} with "
        f"{grouped(test.degrees)} degrees of freedom, {p_value_text(test.p_value)}. "
        "Results that expect fewer than 5 are pooled."
    )
