"""The Hits tab: every nonce that matches a filter, with its distance to the hit before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import parse_nonce
from pump_desktop.domain.runs import Run
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.tables.run_figures import HitColumn, HitsModel
from pump_desktop.qt.text.numbers import count_text, counted, decimal_text, grouped, odds_text
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.edits import NumberEdit
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.figure_grid import FigureGrid, Figures
from pump_desktop.ui.kit.figures_column import WIDTH, FiguresColumn, scrolling
from pump_desktop.ui.kit.hit_filter_bar import HitFilterBar
from pump_desktop.ui.kit.layout import STRETCH, hbox, pages, stretch, vbox
from pump_desktop.ui.kit.saving import save_dialog
from pump_desktop.ui.kit.segmented import Segment, Segmented
from pump_desktop.ui.kit.table import BigTable, Column
from pump_desktop.ui.kit.text import Label
from pump_desktop.ui.run.tab import RunTab

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.stats.gaps import GapStats
    from pump_desktop.stats.hits import HitFilter, Hits


class HitsFigures(FiguresColumn):
    """The column beside the hits table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(WIDTH, parent)
        self._counts = FigureGrid()
        self._gaps = FigureGrid()
        self._note = Label("", size=Type.HINT, ink="muted", wrap=True)
        self.add_part("Hits", self._counts)
        self.add_part("Distances", self._gaps, self._note)

    def show_figures(
        self, difficulty: Difficulty, wanted: HitFilter, nonces: int, count: int, gaps: GapStats | None
    ) -> None:
        """Show the figures of one filter: ``count`` of ``nonces`` are hits."""
        chance = wanted.probability(difficulty)
        expected = nonces * float(chance)
        self._counts.set_lines(
            [
                Figures("Observed", (grouped(count),)),
                Figures("Expected", (count_text(expected),)),
                Figures("Odds", (odds_text(chance),)),
            ]
        )
        self._gaps.setVisible(gaps is not None)
        if gaps is None:
            self._note.setText("Distances need at least two hits.")
            return
        self._gaps.set_lines(
            [
                Figures("Mean", (decimal_text(gaps.mean, 1),)),
                Figures("Median", (decimal_text(gaps.median, int(gaps.median % 1 > 0)),)),
                Figures("Shortest", (grouped(gaps.min),)),
                Figures("Longest", (grouped(gaps.max),)),
                Figures("90 % are at most", (grouped(gaps.p90),)),
                Figures("99 % are at most", (grouped(gaps.p99),)),
            ]
        )
        self._note.setText("Rounds are independent: the last distance says nothing about the next.")


_COLUMNS = (
    Column(96, numeric=True, sortable=False),
    Column(136, numeric=True, sortable=False),
    Column(136, numeric=True, sortable=False),
    Column(104, numeric=True, sortable=False),
    Column(136, numeric=True, sortable=False),
)
# Below this width the number of a hit gives its room to the nonce.
_WIDE = 820
_OF_FILTER, _SAME_MULTIPLIER = "filter", "multiplier"


class HitsTab(RunTab):
    """Hits of one run, of one filter, in order."""

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(asker, parent)
        self._narrow: bool | None = None
        self._shown: HitFilter | None = None
        self._filter = HitFilterBar()
        self._count = Label("", ink="secondary", figures=True)
        self._distance = Segmented(
            [Segment(_OF_FILTER, "Of this filter"), Segment(_SAME_MULTIPLIER, "Same multiplier")],
            _OF_FILTER,
            "Distance",
        )
        self._distance.set_least_width(264)
        self._jump = NumberEdit(None, "Go to nonce")
        self._jump.setPlaceholderText("Go to nonce")
        self._jump.setMaximumWidth(150)
        self._export = Button("Export CSV", meaning="export")
        self._model = HitsModel(self)
        self._table = BigTable("Hits", _COLUMNS)
        self._table.setObjectName("kept.hits")
        self._table.setModel(self._model)
        self._table.set_columns(_COLUMNS)
        self._empty = EmptyState("hits", "No nonce matches.")
        self._figures = HitsFigures()
        self._stack = pages(self._table, self._empty)
        self._lay_out()

        self._filter.changed.connect(self._filter_changed)
        self._distance.changed.connect(self._distance_changed)
        self._jump.returnPressed.connect(self._go_to_nonce)
        self._export.clicked.connect(self._export_clicked)
        self._table.copied.connect(self._copied)
        self._table.copy_refused.connect(self._copy_refused)

    def _begin(self, run: Run) -> None:
        self._filter.show_run(run, allow_all=True)

    def show_filter(self, wanted: HitFilter) -> None:
        """Show the hits of a filter, such as those of one bucket of nonces."""
        if self._run is None:
            return
        target = None if wanted.multipliers == self._run.targets else wanted.multipliers[0]
        self._filter.set_wanted(target, wanted.match, wanted.first, wanted.last)

    def wanted(self) -> HitFilter | None:
        """Give the filter as it stands."""
        return self._filter.wanted()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the number of a hit out where the other columns would be too narrow."""
        super().resizeEvent(event)
        narrow = event.size().width() < _WIDE
        if narrow != self._narrow:
            self._narrow = narrow
            self._table.leave_out((int(HitColumn.NUMBER),) if narrow else ())

    def _lay_out(self) -> None:
        vbox(
            self._filter,
            hbox(
                self._count,
                STRETCH,
                Label("Distance", ink="secondary"),
                self._distance,
                Space.S,
                self._jump,
                self._export,
                spacing=Space.S,
            ),
            stretch(hbox(stretch(self._stack), scrolling(self._figures, "Figures of the hits"), spacing=0)),
            into=self,
            margins=(0, Space.M, 0, 0),
            spacing=Space.S,
        )

    def _ask(self) -> None:
        run, wanted = self._run, self.wanted()
        if run is None or wanted is None:
            return

        def work(backend: Backend) -> tuple[HitFilter, Hits, GapStats | None]:
            from pump_desktop.stats.gaps import gap_stats  # noqa: PLC0415 - in the worker

            hits = backend.runs.hits(run, wanted)
            return wanted, hits, gap_stats(hits.nonces)

        self._ask_instead(work, self._answered)

    def _answered(self, answer: tuple[HitFilter, Hits, GapStats | None]) -> None:
        if self._run is None:
            return
        self._shown, hits, gaps = answer
        first, last = self._shown.span(self._run.nonce_start, self._run.nonce_end)
        nonces = last - first + 1
        self._figures.show_figures(self._run.difficulty, self._shown, nonces, len(hits), gaps)
        self._model.set_hits(self._run.difficulty, hits.nonces, hits.safe_pumps)
        self._table.scrollToTop()
        count = len(hits)
        self._count.setText(counted(count, "hit"))
        self._export.setEnabled(bool(count))
        self._jump.setEnabled(bool(count))
        if not count:
            of = grouped(nonces)
            self._empty.set_sentence(f"None of the {of} nonces matches. Choose another target or “at least”.")
        self._stack.setCurrentWidget(self._table if count else self._empty)

    @Slot()
    def _filter_changed(self) -> None:
        self._ask()

    @Slot(str)
    def _distance_changed(self, value: str) -> None:
        self._model.set_per_multiplier(value == _SAME_MULTIPLIER)

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
        dialog = save_dialog(self, "Export hits as CSV", "hits.csv")
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    @Slot(str)
    def export_to(self, path: str) -> None:
        """Write exactly what is shown to a CSV file."""
        run, wanted = self._run, self._shown
        if run is not None and wanted is not None:
            self._write_csv(path, "hits", run, wanted)

    @Slot(int)
    def _copied(self, rows: int) -> None:
        self.said.emit(f"{counted(rows, 'row')} copied")

    @Slot(int)
    def _copy_refused(self, cells: int) -> None:
        self.refused.emit(
            f"{grouped(cells)} cells are too many for the clipboard. Export them as CSV instead."
        )
