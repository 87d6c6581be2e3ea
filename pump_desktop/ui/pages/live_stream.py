"""One stream: what it is, and its bets as they land."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pump_desktop.domain.live import StreamRow
from pump_desktop.qt.models.bets_model import BetsModel
from pump_desktop.qt.models.streams_model import bets_text
from pump_desktop.qt.numbers import grouped
from pump_desktop.qt.theme import Size, Space
from pump_desktop.ui.pages.live_bets import BetsTable
from pump_desktop.ui.pages.live_facts import StreamFacts
from pump_desktop.ui.widgets.buttons import Button
from pump_desktop.ui.widgets.empty import EmptyState
from pump_desktop.ui.widgets.text import Label


class StreamView(QWidget):
    """``said`` carries what was copied, ``refused`` why something was not."""

    said = Signal(str)
    refused = Signal(str)

    def __init__(self, model: BetsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._row: StreamRow | None = None
        self._missed = 0
        self._facts = StreamFacts()
        self._count = Label("", ink="secondary", figures=True)
        self._following = Label("Newest first, following", ink="muted")
        self._new = Button("", "primary", "up")
        self._table = BetsTable(model)
        self._nothing = EmptyState("quiet", "No bets in this stream yet.")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._table)
        self._stack.addWidget(self._nothing)
        self._lay_out()
        self._new.clicked.connect(self._table.follow)
        self._table.top_changed.connect(self._top_changed)
        self._table.copied.connect(self._copied)
        self._table.copy_refused.connect(self._copy_refused)
        model.modelReset.connect(self._show_state)
        model.rowsInserted.connect(self._show_state)

    @property
    def table(self) -> BetsTable:
        """The table of bets."""
        return self._table

    def show_stream(self, row: StreamRow) -> None:
        """Show what a stream is; its bets come through the model."""
        if self._row is None or self._row.id != row.id:
            self._missed = 0
        self._row = row
        self._facts.show_stream(row)
        self._show_state()

    @Slot(int)
    def count_new(self, bets: int) -> None:
        """Count bets that came in above while the table held still."""
        if not self._table.at_top:
            self._missed += bets
            self._show_following()

    def showEvent(self, event: QShowEvent) -> None:
        """Start with the words that fit."""
        super().showEvent(event)
        self._show_following()

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(Space.S)
        tools.addWidget(self._count)
        tools.addStretch(1)
        tools.addWidget(self._following)
        tools.addWidget(self._new)
        tools.setContentsMargins(Space.M, 0, Space.M, 0)
        # The button comes and goes; the table must not move with it.
        held = QWidget()
        held.setFixedHeight(Size.CONTROL)
        held.setLayout(tools)
        bets = QFrame()
        bets.setProperty("ground", "card")
        inside = QVBoxLayout(bets)
        # One pixel at the sides keeps the rows inside the frame; the corners are round.
        inside.setContentsMargins(1, Space.S, 1, Space.S)
        inside.setSpacing(Space.S)
        inside.addWidget(held)
        inside.addWidget(self._stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.L)
        column.addWidget(self._facts)
        column.addWidget(bets, 1)

    @Slot()
    def _show_state(self, *_what: object) -> None:
        loaded = self._model.rowCount()
        if not loaded and self._row is not None and self._row.total_rounds:
            self._nothing.set_sentence("No bets in this stream yet, only rounds without one.")
        self._stack.setCurrentWidget(self._table if loaded else self._nothing)
        total = max(loaded, 0 if self._row is None else self._row.total_bets)
        words = bets_text(total)
        if self._model.full and total > loaded:
            words = f"The newest {grouped(loaded)} of {words}"
        self._count.setText(words)
        self._show_following()

    def _show_following(self) -> None:
        at_top = self._table.at_top
        if at_top:
            self._missed = 0
        self._following.setVisible(at_top and self._model.rowCount() > 0)
        self._new.setVisible(not at_top)
        self._new.setText(f"{grouped(self._missed)} new" if self._missed else "Newest")
        self._new.setAccessibleName(f"{bets_text(self._missed)} new. Go to the newest")

    @Slot(bool)
    def _top_changed(self, _at_top: bool) -> None:
        if self._new.hasFocus():
            # The button is about to go; the keyboard stays in the table.
            self._table.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_following()

    @Slot(int)
    def _copied(self, rows: int) -> None:
        self.said.emit("1 row copied" if rows == 1 else f"{grouped(rows)} rows copied")

    @Slot(int)
    def _copy_refused(self, cells: int) -> None:
        self.refused.emit(f"{grouped(cells)} cells are too many for the clipboard. Select fewer rows.")
