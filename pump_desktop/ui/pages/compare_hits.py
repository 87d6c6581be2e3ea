"""The Hits tab of a comparison: one filter, a table a side, walked through together by nonce."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pump_desktop.domain.errors import FieldError, KnownError, NotFoundError
from pump_desktop.domain.requests import parse_nonce
from pump_desktop.domain.runs import Run
from pump_desktop.qt.asking import Asker, Question
from pump_desktop.qt.fonts import Type
from pump_desktop.qt.models.distribution_model import count_text
from pump_desktop.qt.models.hits_model import HitColumn, HitsModel
from pump_desktop.qt.numbers import grouped
from pump_desktop.qt.theme import Space
from pump_desktop.ui.pages.compare_sides import Badge, side_name
from pump_desktop.ui.pages.hit_filter_bar import HitFilterBar
from pump_desktop.ui.widgets.edits import NumberEdit
from pump_desktop.ui.widgets.table import BigTable, Column
from pump_desktop.ui.widgets.text import ElidedLabel, Label

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.services.compare import ComparedSide, Comparison
    from pump_desktop.stats.hits import HitFilter, Hits

_COLUMNS = (
    Column(64, numeric=True, sortable=False),
    Column(96, numeric=True, stretch=True, sortable=False),
    Column(104, numeric=True, stretch=True, sortable=False),
    Column(84, numeric=True, sortable=False),
    Column(88, numeric=True, stretch=True, sortable=False),
)
_HIDDEN = (HitColumn.NUMBER, HitColumn.SAFE_PUMPS)
_SIDE_WIDTH = 292


class _SideHits(QFrame):
    """The hits of one side: how many against how many expected, and their table."""

    # The nonce that is at the top, and the one that became current.
    scrolled = Signal(object)
    chosen = Signal(object)
    copied = Signal(int)

    def __init__(self, place: int, side: ComparedSide, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.run: Run = side.source
        self.setMinimumWidth(_SIDE_WIDTH)
        self._name = ElidedLabel(side_name(self.run), weight=QFont.Weight.Medium)
        self._count = ElidedLabel("", size=Type.HINT, ink="secondary", figures=True)
        self._model = HitsModel(self)
        self.table = BigTable(f"Hits of {side.label}", _COLUMNS)
        self.table.setModel(self._model)
        self.table.set_columns(_COLUMNS)
        self.table.set_hidden_columns(_HIDDEN)
        self._nothing = Label("No nonce matches.", ink="muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._nothing)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._name)
        words.addWidget(self._count)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(Badge(place, side.label))
        head.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addWidget(self._stack, 1)

        self.table.verticalScrollBar().valueChanged.connect(self._bar_moved)
        self.table.selectionModel().currentChanged.connect(self._current_changed)
        self.table.copied.connect(self.copied)

    def show_hits(self, wanted: HitFilter, hits: Hits) -> None:
        """Show the hits of a filter."""
        first, last = wanted.span(self.run.nonce_start, self.run.nonce_end)
        expected = (last - first + 1) * float(wanted.probability(self.run.difficulty))
        count = "1 hit" if len(hits) == 1 else f"{grouped(len(hits))} hits"
        self._count.setText(f"{count}, {count_text(expected)} expected")
        self._model.set_hits(self.run.difficulty, hits.nonces, hits.safe_pumps)
        self.table.scrollToTop()
        self._stack.setCurrentWidget(self.table if len(hits) else self._nothing)

    def scroll_to(self, nonce: int) -> None:
        """Put the first hit at or after a nonce at the top."""
        row = self._model.row_at_or_after(nonce)
        self.table.verticalScrollBar().setValue(self._model.rowCount() if row is None else row)

    def choose(self, nonce: int) -> bool:
        """Select the first hit at or after a nonce, and tell whether there is one."""
        row = self._model.row_at_or_after(nonce)
        if row is None:
            self.table.clearSelection()
            return False
        flags = QItemSelectionModel.SelectionFlag
        index = self._model.index(row, int(HitColumn.NONCE))
        self.table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.table.scrollTo(index)
        return True

    @Slot(int)
    def _bar_moved(self, row: int) -> None:
        if row < self._model.rowCount():
            self.scrolled.emit(self._model.nonce_at(row))

    @Slot(QModelIndex, QModelIndex)
    def _current_changed(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid():
            self.chosen.emit(self._model.nonce_at(now.row()))


class CompareHits(QWidget):
    """Tables of hits side by side; ``gone`` says that a run is not stored any more."""

    gone = Signal()
    said = Signal(str)
    refused = Signal(str)

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asker = asker
        self._sides: list[_SideHits] = []
        self._questions: list[Question] = []
        self._leading = False
        self._asked = False
        self._bar = HitFilterBar()
        self._sync = QCheckBox("Sync")
        self._sync.setToolTip("Scroll and select in all tables together, by nonce")
        self._sync.setChecked(True)
        self._jump = NumberEdit(None, "Go to nonce")
        self._jump.setPlaceholderText("Go to nonce")
        self._jump.setFixedWidth(130)
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(Space.L)
        self._lay_out()

        self._bar.changed.connect(self._ask)
        self._jump.returnPressed.connect(self._go_to_nonce)

    def show_comparison(self, comparison: Comparison) -> None:
        """Show other sides; their hits are asked for when the tab is seen."""
        sources = [side.source for side in comparison.sides]
        for old in self._sides:
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._sides = [_SideHits(place, side) for place, side in enumerate(comparison.sides)]
        for side in self._sides:
            self._row.addWidget(side, 1)
            side.scrolled.connect(self._scrolled)
            side.chosen.connect(self._chosen)
            side.copied.connect(self._copied)
        self._bar.show_run(_together(sources), allow_all=True)
        self._asked = False
        if self.isVisible():
            self.ask_once()

    def ask_once(self) -> None:
        """Ask for the hits, unless they are here already."""
        if not self._asked and self._sides:
            self._ask()

    def choose(self, nonce: int) -> None:
        """Select the first hit at or after a nonce on every side."""
        with self._led():
            found = [side.choose(nonce) for side in self._sides]
        if not any(found):
            self.said.emit("No hit stands at or after this nonce.")

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(Space.S)
        top = Qt.AlignmentFlag.AlignTop
        tools.addWidget(self._bar, 1)
        tools.addWidget(self._sync, 0, top)
        tools.addWidget(self._jump, 0, top)
        ground = QWidget()
        ground.setProperty("ground", "page")
        ground.setLayout(self._row)
        area = QScrollArea()
        area.setWidget(ground)
        area.setWidgetResizable(True)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.M, 0, 0)
        column.setSpacing(Space.M)
        column.addLayout(tools)
        column.addWidget(area, 1)

    @Slot()
    def _ask(self) -> None:
        wanted = self._bar.wanted()
        for question in self._questions:
            question.forget()
        self._questions = []
        self._asked = True
        if wanted is not None:
            # A question a side: the first tables fill while the last are still counted.
            self._questions = [self._ask_side(side, wanted) for side in self._sides]

    def _ask_side(self, side: _SideHits, wanted: HitFilter) -> Question:
        run = side.run

        def work(backend: Backend) -> Hits:
            return backend.runs.hits(run, wanted)

        def came(hits: Hits) -> None:
            with self._led():
                side.show_hits(wanted, hits)

        return self._asker.ask(side, work, came, self._failed)

    def _failed(self, error: KnownError) -> None:
        if isinstance(error, NotFoundError):
            self.gone.emit()
        else:
            self.refused.emit(str(error))

    @contextmanager
    def _led(self) -> Iterator[None]:
        """Let one table lead: what the others do then is no wish of a person's."""
        before, self._leading = self._leading, True
        try:
            yield
        finally:
            self._leading = before

    @Slot(object)
    def _scrolled(self, nonce: int) -> None:
        if self._sync.isChecked() and not self._leading:
            with self._led():
                for side in self._sides:
                    if side is not self.sender():
                        side.scroll_to(nonce)

    @Slot(object)
    def _chosen(self, nonce: int) -> None:
        if self._sync.isChecked() and not self._leading:
            with self._led():
                for side in self._sides:
                    if side is not self.sender():
                        side.choose(nonce)

    @Slot()
    def _go_to_nonce(self) -> None:
        try:
            nonce = parse_nonce("nonce", self._jump.plain)
        except FieldError as error:
            self.refused.emit(f"Go to nonce: {error}.")
            return
        self.choose(nonce)

    @Slot(int)
    def _copied(self, rows: int) -> None:
        self.said.emit("1 row copied" if rows == 1 else f"{grouped(rows)} rows copied")


def _together(runs: Sequence[Run]) -> Run:
    """Give what the filter offers: all targets and nonces, and the table that reaches furthest."""
    targets = tuple(sorted({target for run in runs for target in run.targets}))
    widest = max(runs, key=lambda run: run.difficulty.pops)
    first, last = min(run.nonce_start for run in runs), max(run.nonce_end for run in runs)
    return replace(widest, targets=targets, nonce_start=first, nonce_end=last)
