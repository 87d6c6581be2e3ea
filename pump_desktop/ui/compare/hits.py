"""The Hits tab of a comparison: one filter, a table a side, walked through together by nonce."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QScrollArea,
    QWidget,
)

from pump_desktop.domain.errors import FieldError, KnownError, NotFoundError
from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.requests import parse_nonce
from pump_desktop.domain.sides import SideKind
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.tables.run_figures import HitColumn, HitsModel
from pump_desktop.qt.text.numbers import count_text, counted
from pump_desktop.qt.work.query import Asker, LatestQuery
from pump_desktop.ui.compare.sides import Badge
from pump_desktop.ui.kit.edits import NumberEdit
from pump_desktop.ui.kit.hit_filter_bar import HitFilterBar
from pump_desktop.ui.kit.layout import aligned, hbox, pages, stretch, vbox
from pump_desktop.ui.kit.table import BigTable, Column
from pump_desktop.ui.kit.text import ElidedLabel, Label

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend
    from pump_desktop.services.compare.compare import ComparedSide, Comparison, SideHits
    from pump_desktop.stats.hits import HitFilter

_COLUMNS = (
    Column(64, numeric=True, sortable=False),
    Column(96, numeric=True, sortable=False),
    Column(120, numeric=True, sortable=False),
    Column(84, numeric=True, sortable=False),
    Column(88, numeric=True, sortable=False),
)
_HIDDEN = (HitColumn.NUMBER, HitColumn.SAFE_PUMPS)
_SIDE_WIDTH = 308


class _SideHits(QFrame):
    """The hits of one side: how many against how many expected, and their table."""

    # The nonce that is at the top, and the one that became current.
    scrolled = Signal(object)
    chosen = Signal(object)
    copied = Signal(int)

    def __init__(self, place: int, side: ComparedSide, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.side = side
        self.read: SideHits | None = None
        self._wanted: HitFilter | None = None
        self.setMinimumWidth(_SIDE_WIDTH)
        self._name = ElidedLabel(side.name, weight=QFont.Weight.Medium)
        self._count = ElidedLabel("", size=Type.HINT, ink="secondary", figures=True)
        self._model = HitsModel(self)
        self.table = BigTable(f"Hits of {side.label}", _COLUMNS)
        self.table.setModel(self._model)
        self.table.set_columns(_COLUMNS)
        self.table.set_hidden_columns(_HIDDEN)
        self._nothing = Label("No nonce matches.", ink="muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = pages(self.table, self._nothing)
        vbox(
            hbox(
                Badge(place, side.label), stretch(vbox(self._name, self._count, spacing=0)), spacing=Space.S
            ),
            stretch(self._stack),
            into=self,
            spacing=Space.S,
        )

        self.table.verticalScrollBar().valueChanged.connect(self._bar_moved)
        self.table.selectionModel().currentChanged.connect(self._current_changed)
        self.table.copied.connect(self.copied)

    def show_hits(self, wanted: HitFilter, read: SideHits) -> None:
        """Show the hits of a filter; more of the same ones leave the view where it is, or at its end."""
        hits, before = read.hits, self.read
        same = before is not None and self._wanted == wanted
        count = counted(len(hits), "hit")
        of_stream = self.side.key.kind is not SideKind.RUN
        observed = f"{count.replace(' ', ' observed ')}" if of_stream else count
        expected = "" if read.expected is None else f", {count_text(read.expected)} expected"
        self._count.setText(f"{observed}{expected}")
        self.read, self._wanted = read, wanted
        if same and before is not None and len(before.hits) == len(hits):
            return
        bar = self.table.verticalScrollBar()
        row, at_end = bar.value(), bar.value() == bar.maximum()
        chosen = self.table.currentIndex().row()
        self._model.set_hits(self.side.source.difficulty, hits.nonces, hits.safe_pumps)
        self._stack.setCurrentWidget(self.table if len(hits) else self._nothing)
        if not same:
            self.table.scrollToTop()
            return
        if chosen >= 0:
            self.table.setCurrentIndex(self._model.index(chosen, int(HitColumn.NONCE)))
        if at_end:
            self.table.scrollToBottom()
        else:
            bar.setValue(row)

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
        self._questions: dict[_SideHits, LatestQuery] = {}
        self._leading = False
        self._asked = False
        self._bar = HitFilterBar()
        self._sync = QCheckBox("Sync")
        self._sync.setToolTip("Scroll and select in all tables together, by nonce")
        self._sync.setChecked(True)
        self._jump = NumberEdit(None, "Go to nonce")
        self._jump.setPlaceholderText("Go to nonce")
        self._jump.setFixedWidth(130)
        self._row = hbox(spacing=Space.L)
        self._lay_out()

        self._bar.changed.connect(self._ask)
        self._jump.returnPressed.connect(self._go_to_nonce)

    def show_comparison(self, comparison: Comparison) -> None:
        """Show other sides; their hits are asked for when the tab is seen."""
        if [side.side.key for side in self._sides] == [side.key for side in comparison.sides]:
            self._go_on(comparison)
            return
        for old in self._sides:
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._sides = [_SideHits(place, side) for place, side in enumerate(comparison.sides)]
        self._questions = {side: LatestQuery(self._asker, side) for side in self._sides}
        for side in self._sides:
            self._row.addWidget(side, 1)
            side.scrolled.connect(self._scrolled)
            side.chosen.connect(self._chosen)
            side.copied.connect(self._copied)
        offered = _together(comparison.sides)
        self._bar.show_run(offered, allow_all=bool(offered.targets_of_runs))
        self._asked = False
        if self.isVisible():
            self.ask_once()

    def ask_once(self) -> None:
        """Ask for the hits, unless they are here already."""
        if not self._asked and self._sides:
            self._ask()

    def _go_on(self, comparison: Comparison) -> None:
        """Take the same sides as they are now; only those that changed are asked again."""
        changed = []
        for shown, side in zip(self._sides, comparison.sides, strict=True):
            if shown.side != side:
                shown.side = side
                changed.append(shown)
        wanted = self._bar.wanted()
        if not self.isVisible():
            self._asked = self._asked and not changed
        elif wanted is not None:
            for other in changed:
                self._ask_side(other, wanted)

    def choose(self, nonce: int) -> None:
        """Select the first hit at or after a nonce on every side."""
        with self._led():
            found = [side.choose(nonce) for side in self._sides]
        if not any(found):
            self.said.emit("No hit stands at or after this nonce.")

    def _lay_out(self) -> None:
        top = Qt.AlignmentFlag.AlignTop
        ground = QWidget()
        ground.setProperty("ground", "page")
        ground.setLayout(self._row)
        area = QScrollArea()
        area.setWidget(ground)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        vbox(
            hbox(stretch(self._bar), aligned(self._sync, top), aligned(self._jump, top), spacing=Space.S),
            stretch(area),
            into=self,
            margins=(0, Space.M, 0, 0),
            spacing=Space.M,
        )

    @Slot()
    def _ask(self) -> None:
        wanted = self._bar.wanted()
        for question in self._questions.values():
            question.drop()
        self._asked = True
        if wanted is not None:
            # A question a side: the first tables fill while the last are still counted.
            for side in self._sides:
                self._ask_side(side, wanted)

    def _ask_side(self, side: _SideHits, wanted: HitFilter) -> None:
        source, before = side.side.source, side.read

        def work(backend: Backend) -> SideHits:
            from pump_desktop.services.compare.compare import side_hits  # noqa: PLC0415 - in the worker

            return side_hits(backend.runs, backend.live, source, wanted, before)

        def came(read: SideHits) -> None:
            with self._led():
                side.show_hits(wanted, read)

        self._questions[side].ask(work, came, self._failed)

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
        self.said.emit(f"{counted(rows, 'row')} copied")


@dataclass(frozen=True, slots=True)
class _Offered:
    """What the filter may choose from."""

    difficulty: Difficulty
    targets_of_runs: tuple[float, ...]
    nonce_start: int
    nonce_end: int

    @property
    def targets(self) -> tuple[float, ...]:
        """The targets of the runs; streams have none, so one that comes in some hundred rounds."""
        table = PAYOUTS[self.difficulty]
        return self.targets_of_runs or (table[len(table) // 3],)


def _together(sides: Sequence[ComparedSide]) -> _Offered:
    """Give what the filter offers: all targets and nonces, and the table that reaches furthest."""
    sources = [side.source for side in sides]
    return _Offered(
        max((source.difficulty for source in sources), key=lambda difficulty: difficulty.pops),
        tuple(sorted({target for source in sources for target in source.targets})),
        min(source.nonce_start for source in sources),
        max(source.nonce_end for source in sources),
    )
