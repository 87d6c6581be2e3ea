"""What identifies a run: seeds, hash, range, digest; each can be copied, seeds can be hidden."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from pump_desktop.domain.runs import Run
from pump_desktop.domain.seeds import short_seed
from pump_desktop.qt.fonts import Type
from pump_desktop.qt.models.runs_model import local_time
from pump_desktop.qt.numbers import duration_text, grouped, rate_text
from pump_desktop.qt.theme import Space
from pump_desktop.ui.widgets.buttons import CopyButton, IconButton
from pump_desktop.ui.widgets.card import Card
from pump_desktop.ui.widgets.text import ElidedLabel, Label

_HIDDEN = "••••••••••••"


class _Fact(QWidget):
    """A small label over a value that can be copied."""

    def __init__(self, label: str, *, mono: bool = False, copyable: bool = True) -> None:
        super().__init__()
        self.value = ElidedLabel("", mono=mono, figures=not mono)
        self.row = QHBoxLayout()
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(Space.XS)
        self.row.addWidget(self.value, 1)
        self.copy = CopyButton("", label.lower())
        self.copy.setVisible(copyable)
        self.row.addWidget(self.copy)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.addWidget(Label(label, size=Type.HINT, ink="muted"), 0, 0)
        grid.addLayout(self.row, 1, 0)

    def show_value(self, shown: str, whole: str) -> None:
        """Show one form of a value and copy another."""
        self.value.setText(shown)
        self.copy.set_text(whole)


class RunHeader(Card):
    """Two rows of facts about one run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._run: Run | None = None
        self._hidden = False
        self._server = _Fact("Server seed", mono=True)
        self._hash = _Fact("Server seed SHA-256", mono=True)
        self._client = _Fact("Client seed", mono=True)
        self._digest = _Fact("Outcome digest", mono=True)
        self._range = _Fact("Nonces", copyable=False)
        self._made = _Fact("Scanned", copyable=False)
        self._eye = IconButton("hide", "Hide seeds")
        self._server.row.addWidget(self._eye)
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.XL)
        grid.setVerticalSpacing(Space.S)
        for place, fact in enumerate(
            (self._server, self._client, self._range, self._hash, self._digest, self._made)
        ):
            grid.addWidget(fact, place // 3, place % 3)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        self.add(grid)
        self._eye.clicked.connect(self._toggle)

    def show_run(self, run: Run) -> None:
        """Show a run."""
        self._run = run
        rate = run.count / max(run.duration_ms / 1000, 0.001)
        made = f"{local_time(run.created_at)} · {duration_text(run.duration_ms / 1000, fine=True)}"
        self._hash.show_value(short_seed(run.server_seed_sha256, 10), run.server_seed_sha256)
        self._digest.show_value(short_seed(run.outcome_digest, 10), run.outcome_digest)
        self._digest.setToolTip(f"SHA-256 of all outcomes, {run.engine_version}: {run.outcome_digest}")
        self._range.show_value(
            f"{grouped(run.nonce_start)} – {grouped(run.nonce_end)} · {run.difficulty.label}", ""
        )
        self._made.show_value(f"{made} · {rate_text(rate)}", "")
        self._show_seeds()

    @Slot()
    def _toggle(self) -> None:
        self._hidden = not self._hidden
        self._eye.set_meaning(
            "show" if self._hidden else "hide", "Show seeds" if self._hidden else "Hide seeds"
        )
        self._show_seeds()

    def _show_seeds(self) -> None:
        if self._run is None:
            return
        for fact, seed in ((self._server, self._run.server_seed), (self._client, self._run.client_seed)):
            fact.show_value(_HIDDEN if self._hidden else short_seed(seed, 10), seed)
