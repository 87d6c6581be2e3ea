"""Whether every round of a stream was observed, which nonces are missing, and which came twice."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.tables.small import RangesModel
from pump_desktop.qt.text.numbers import grouped
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.pages.board_panel import BoardPanel
from pump_desktop.ui.widgets.table import BigTable, Column
from pump_desktop.ui.widgets.text import Label

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.services.live.board import Board

# Finding what is missing reads every nonce: a million take 0.4 s, so not more often than this.
LIST_MS = 5_000

Pairs = tuple[tuple[int, int], ...]


class RoundsPanel(BoardPanel):
    """Whether every round was observed, which nonces are missing, and which have several bets."""

    title = "Rounds"

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(asker, parent)
        self._counts = (0, 0)
        self._listed: tuple[int, int] | None = None
        self._words = Label("", ink="secondary", wrap=True)
        self._words.setContentsMargins(Space.M, 0, Space.M, 0)
        self._missing = RangesModel(("Missing nonces", "Rounds"), spans=True, parent=self)
        self._doubled = RangesModel(("Nonce", "Bets"), spans=False, parent=self)
        self._tables = [_pairs_table(name, model) for name, model in self._models()]
        self._column.addWidget(self._words)
        for table in self._tables:
            self._column.addWidget(table, 1)
            table.hide()
        self._column.addStretch(0)
        self._tables[0].row_opened.connect(self._go_to_missing)
        self._tables[1].row_opened.connect(self._go_to_doubled)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(LIST_MS)
        self._again.timeout.connect(self._list)

    def _changed(self) -> None:
        # Until the board comes.
        self._again.stop()
        self._counts, self._listed = (0, 0), None
        self._words.setText("")
        for _, model in self._models():
            model.set_pairs(())
        for table in self._tables:
            table.hide()

    def show_board(self, board: Board) -> None:
        """Say what a board says, and list what it counts."""
        self._counts = (board.covered.missing, board.detail.duplicate_nonces)
        sentence = _coverage_sentence(board)
        if sentence != self._words.text():
            self._words.setText(sentence)
        for table, count in zip(self._tables, self._counts, strict=True):
            table.setVisible(bool(count))
        self._list()

    def showEvent(self, event: QShowEvent) -> None:
        """List what was not listed while nobody looked."""
        super().showEvent(event)
        self._list()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        self._again.stop()

    def _models(self) -> tuple[tuple[str, RangesModel], ...]:
        return (("Missing nonces", self._missing), ("Nonces with several bets", self._doubled))

    @Slot()
    def _list(self) -> None:
        counts = self._counts
        if not self.isVisible() or counts == self._listed or self._again.isActive():
            return
        self._listed = counts

        def work(backend: Backend, stream_id: UUID) -> tuple[Pairs, Pairs]:
            from pump_desktop.services.live.board import doubled_nonces, missing_ranges  # noqa: PLC0415 - in the worker

            missing = missing_ranges(backend.live, stream_id) if counts[0] else ()
            return missing, doubled_nonces(backend.live, stream_id) if counts[1] else ()

        self._read(work, self._listed_came)
        self._again.start()

    def _listed_came(self, pairs: tuple[Pairs, Pairs]) -> None:
        self._missing.set_pairs(pairs[0])
        self._doubled.set_pairs(pairs[1])

    @Slot(int)
    def _go_to_missing(self, row: int) -> None:
        self.nonce_asked.emit(self._missing.nonce_at(row))

    @Slot(int)
    def _go_to_doubled(self, row: int) -> None:
        self.nonce_asked.emit(self._doubled.nonce_at(row))


def _pairs_table(name: str, model: RangesModel) -> BigTable:
    columns = (
        Column(150, numeric=True, stretch=True, sortable=False),
        Column(84, numeric=True, sortable=False),
    )
    table = BigTable(name, columns)
    table.setModel(model)
    table.set_columns(columns)
    return table


def _coverage_sentence(board: Board) -> str:
    covered, twice = board.covered, board.detail.duplicate_nonces
    if covered.first_nonce is None or covered.last_nonce is None:
        return "No round was observed yet."
    span = f"from nonce {grouped(covered.first_nonce)} to {grouped(covered.last_nonce)}"
    if covered.reason is not None:
        words = f"{covered.reason} Heartbeats for every round switch them on again."
    elif covered.missing:
        words = f"{grouped(covered.missing)} rounds {span} were lost; streaks across them are off."
    else:
        words = f"Every round {span} was observed."
    if twice:
        nonces = "1 nonce has" if twice == 1 else f"{grouped(twice)} nonces have"
        words += f" {nonces} several bets; the first one of each counts as the round."
    return words
