"""The Hits tab: every nonce that matches a filter, with its distance to the hit before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.payouts import PAYOUTS
from pump_desktop.domain.requests import parse_nonce
from pump_desktop.domain.runs import Match, Run
from pump_desktop.qt.asking import Asker, Question
from pump_desktop.qt.models.hits_model import HitsModel
from pump_desktop.qt.numbers import grouped, multiplier_text
from pump_desktop.qt.theme import Space
from pump_desktop.ui.pages.hits_figures import HitsFigures
from pump_desktop.ui.widgets.buttons import Button
from pump_desktop.ui.widgets.edits import NumberEdit
from pump_desktop.ui.widgets.empty import EmptyState
from pump_desktop.ui.widgets.segmented import Segment, Segmented
from pump_desktop.ui.widgets.table import BigTable, Column
from pump_desktop.ui.widgets.text import Label

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.stats.gaps import GapStats
    from pump_desktop.stats.hits import HitFilter, Hits

_COLUMNS = (
    Column(100, numeric=True, sortable=False),
    Column(160, numeric=True, stretch=True, sortable=False),
    Column(140, numeric=True, stretch=True, sortable=False),
    Column(110, numeric=True, sortable=False),
    Column(160, numeric=True, stretch=True, sortable=False),
)
_SCROLL_BAR = 12
_ALL_TARGETS = "targets"


class HitsTab(QWidget):
    """Hits of one run; ``said`` carries sentences about exports and copies, ``refused`` their errors."""

    said = Signal(str)
    refused = Signal(str)

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asker = asker
        self._run: Run | None = None
        self._question: Question | None = None
        self._match = Segmented(
            [Segment(Match.EXACT, "Exactly"), Segment(Match.AT_LEAST, "At least")], Match.EXACT, "Match"
        )
        self._match.setMaximumWidth(200)
        self._target = QComboBox()
        self._target.setAccessibleName("Target")
        self._target.setMinimumWidth(190)
        self._count = Label("", ink="secondary", figures=True)
        self._jump = NumberEdit(None, "Go to nonce")
        self._jump.setPlaceholderText("Go to nonce")
        self._jump.setMaximumWidth(150)
        self._export = Button("Export CSV", meaning="export")
        self._model = HitsModel(self)
        self._table = BigTable("Hits", _COLUMNS)
        self._table.setModel(self._model)
        self._table.set_columns(_COLUMNS)
        self._empty = EmptyState("hits", "No nonce matches.")
        self._figures = HitsFigures()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._table)
        self._stack.addWidget(self._empty)
        self._lay_out()

        self._match.changed.connect(self._filter_changed)
        self._target.currentIndexChanged.connect(self._filter_changed)
        self._jump.returnPressed.connect(self._go_to_nonce)
        self._export.clicked.connect(self._export_clicked)
        self._table.copied.connect(self._copied)
        self._table.copy_refused.connect(self._copy_refused)

    def show_run(self, run: Run) -> None:
        """Show the hits of a run's targets."""
        self._run = run
        self._target.blockSignals(True)
        self._target.clear()
        self._target.addItem("All targets of the run", _ALL_TARGETS)
        off_table = [target for target in run.targets if target not in PAYOUTS[run.difficulty]]
        for entry in sorted({*PAYOUTS[run.difficulty], *off_table}, reverse=True):
            self._target.addItem(multiplier_text(entry), entry)
        self._target.blockSignals(False)
        self._match.set_value(Match.EXACT)
        self._ask()

    def wanted(self) -> HitFilter | None:
        """Give the filter as it stands."""
        # The statistics bring scipy; by the time a run is shown they have been imported beside the window.
        from pump_desktop.stats.hits import HitFilter  # noqa: PLC0415

        if self._run is None:
            return None
        chosen = self._target.currentData()
        targets = self._run.targets if chosen == _ALL_TARGETS else (float(chosen),)
        return HitFilter(targets, Match(self._match.value or Match.EXACT))

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(Space.S)
        tools.addWidget(self._match)
        tools.addWidget(self._target)
        tools.addSpacing(Space.S)
        tools.addWidget(self._count)
        tools.addStretch(1)
        tools.addWidget(self._jump)
        tools.addWidget(self._export)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self._stack, 1)
        # In a low window the figures scroll; the table must not give way to them.
        beside = QScrollArea()
        beside.setWidget(self._figures)
        beside.setWidgetResizable(True)
        beside.setFixedWidth(self._figures.width() + _SCROLL_BAR)
        beside.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        row.addWidget(beside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.M, 0, 0)
        column.setSpacing(Space.M)
        column.addLayout(tools)
        column.addLayout(row, 1)

    def _ask(self) -> None:
        run, wanted = self._run, self.wanted()
        if run is None or wanted is None:
            return
        if self._question is not None:
            self._question.forget()

        def work(backend: Backend) -> tuple[HitFilter, Hits, GapStats | None]:
            from pump_desktop.stats.gaps import gap_stats  # noqa: PLC0415 - in the worker

            hits = backend.runs.hits(run, wanted)
            return wanted, hits, gap_stats(hits.nonces)

        self._question = self._asker.ask(self, work, self._answered)

    def _answered(self, answer: tuple[HitFilter, Hits, GapStats | None]) -> None:
        if self._run is None:
            return
        wanted, hits, gaps = answer
        self._figures.show_figures(self._run, wanted, len(hits), gaps)
        self._model.set_hits(self._run.difficulty, hits.nonces, hits.safe_pumps, hits.distances)
        self._table.scrollToTop()
        count = len(hits)
        self._count.setText("1 hit" if count == 1 else f"{grouped(count)} hits")
        self._export.setEnabled(bool(count))
        self._jump.setEnabled(bool(count))
        if not count:
            of = grouped(self._run.count)
            self._empty.set_sentence(f"None of the {of} nonces matches. Choose another target or “at least”.")
        self._stack.setCurrentWidget(self._table if count else self._empty)

    @Slot()
    def _filter_changed(self, *_what: object) -> None:
        self._ask()

    @Slot()
    def _go_to_nonce(self) -> None:
        try:
            nonce = parse_nonce("nonce", self._jump.plain)
        except FieldError as error:
            self.refused.emit(f"Go to nonce: {error}.")
            return
        row = self._model.row_at_or_after(nonce)
        if row is None:
            self.said.emit("No hit stands at or after this nonce.")
            return
        flags = QItemSelectionModel.SelectionFlag
        index = self._model.index(row, 0)
        self._table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self._table.scrollTo(index, BigTable.ScrollHint.PositionAtCenter)
        self._table.setFocus()

    @Slot()
    def _export_clicked(self) -> None:
        dialog = QFileDialog(self, "Export hits as CSV")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.setNameFilter("CSV files (*.csv)")
        dialog.selectFile("hits.csv")
        dialog.fileSelected.connect(self.export_to)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def export_to(self, path: str) -> None:
        """Write exactly what is shown to a CSV file."""
        run, wanted = self._run, self.wanted()
        if run is None or wanted is None:
            return

        def work(backend: Backend) -> str:
            from pump_desktop.services.export import Export, export_csv, write_text  # noqa: PLC0415 - in the worker

            write_text(Path(path), export_csv(backend.runs, run, Export.HITS, wanted))
            return path

        self._asker.ask(self, work, lambda done: self.said.emit(f"Written to {done}"), self._failed)

    def _failed(self, error: Exception) -> None:
        self.refused.emit(str(error))

    @Slot(int)
    def _copied(self, rows: int) -> None:
        self.said.emit("1 row copied" if rows == 1 else f"{grouped(rows)} rows copied")

    @Slot(int)
    def _copy_refused(self, cells: int) -> None:
        self.refused.emit(
            f"{grouped(cells)} cells are too many for the clipboard. Export them as CSV instead."
        )
