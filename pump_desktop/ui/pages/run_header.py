"""What identifies a run: seeds, hash, range, digest; each can be copied, seeds can be hidden."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from pump_desktop.domain.runs import Run
from pump_desktop.domain.seeds import short_seed
from pump_desktop.qt.app.preferences import HIDDEN, current_privacy
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.qt.text.numbers import duration_text, grouped, rate_text
from pump_desktop.qt.text.times import local_time
from pump_desktop.ui.widgets.buttons import IconButton
from pump_desktop.ui.widgets.card import Card
from pump_desktop.ui.widgets.fact import Fact

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
