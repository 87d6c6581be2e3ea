"""The snapshots of a stream: made under a filter, opened as of then, compared with now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFont, QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from pump_desktop.domain.live import Snapshot, SnapshotComparison, SnapshotFilter
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.tables.rows import Cell, RowsModel
from pump_desktop.qt.text.numbers import counted, grouped, multiplier_text
from pump_desktop.qt.text.times import short_when_text, when_text
from pump_desktop.qt.work.query import Asker, LatestQuery
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.buttons import Button, IconButton
from pump_desktop.ui.kit.dialogs import SnapshotDialog
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.layout import STRETCH, hbox, pages, stretch, vbox
from pump_desktop.ui.kit.stream_panel import StreamPanel
from pump_desktop.ui.kit.table import BigTable, Column
from pump_desktop.ui.kit.text import ElidedLabel, Label

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend


_COMPARED_COLUMNS = (
    Column(100, stretch=True, sortable=False),
    Column(88, numeric=True, sortable=False),
    Column(88, numeric=True, sortable=False),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One figure, then and now."""

    name: str
    then: str
    now: str


class ThenAndNow(QWidget):
    """``left`` goes back to the list, ``again`` asks for the figures of now once more."""

    left = Signal()
    again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshot: Snapshot | None = None
        self._back = IconButton("back", "Back to the snapshots")
        self._name = ElidedLabel("", weight=QFont.Weight.DemiBold)
        self._refresh = IconButton("refresh", "Read the figures of now again")
        self._filter = Label("", size=Type.HINT, ink="secondary", wrap=True)
        self._then = Label("", size=Type.HINT, ink="muted", wrap=True)
        self._highest = Label("", figures=True, wrap=True)
        self._model: RowsModel[Line] = RowsModel(
            (
                Cell("Figure", lambda line: line.name),
                Cell("Then", lambda line: line.then),
                Cell("Now", lambda line: line.now),
            ),
            self,
        )
        self._table = BigTable("Then and now", _COMPARED_COLUMNS)
        self._table.setModel(self._model)
        vbox(
            hbox(self._back, stretch(self._name), self._refresh, spacing=Space.XS),
            vbox(self._filter, self._then, Space.S, self._highest, spacing=2),
            stretch(self._table),
            into=self,
            spacing=Space.S,
        )
        self._back.clicked.connect(self.left)
        self._refresh.clicked.connect(self.again)

    @property
    def snapshot(self) -> Snapshot | None:
        """The snapshot that is compared."""
        return self._snapshot

    @property
    def highest(self) -> str:
        """What is said of the highest multiplier."""
        return self._highest.text()

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._model.rows

    def show_comparison(self, comparison: SnapshotComparison) -> None:
        """Show the figures of a snapshot beside those of now."""
        snapshot = comparison.snapshot
        self._snapshot = snapshot
        self._name.setText(snapshot.name)
        self._filter.setText(filter_text(snapshot.filter))
        self._then.setText(f"Taken {when_text(snapshot.created_at)}. Rounds count without the filter.")
        self._highest.setText(_highest_text(comparison))
        self._model.set_rows(_lines(comparison))

    def take_focus(self) -> None:
        """Put the keyboard on the figures."""
        self._table.setFocus(Qt.FocusReason.OtherFocusReason)


def filter_text(wanted: SnapshotFilter) -> str:
    """Say a snapshot's filter: ``Expert bets of at least 34.68x``."""
    difficulty, least = wanted.get("difficulty"), wanted.get("min_multiplier")
    words = f"{difficulty.capitalize()} bets" if isinstance(difficulty, str) else "All bets"
    if isinstance(least, int | float):
        words = f"{words.replace('All bets', 'Bets')} of at least {multiplier_text(least)}"
    return words


def _lines(comparison: SnapshotComparison) -> list[Line]:
    then, now = comparison.then, comparison.now
    counts = [("Bets", then.bets, now.bets), ("Rounds", then.rounds, now.rounds)]
    multipliers = sorted(then.bets_by_multiplier.keys() | now.bets_by_multiplier.keys(), reverse=True)
    by_multiplier = [
        (multiplier_text(one), then.bets_by_multiplier.get(one, 0), now.bets_by_multiplier.get(one, 0))
        for one in multipliers
    ]
    return [Line(name, grouped(was), grouped(is_now)) for name, was, is_now in (*counts, *by_multiplier)]


def _highest_text(comparison: SnapshotComparison) -> str:
    then, now = comparison.then.highest, comparison.now.highest
    if now is None:
        return "No bet passes the filter."
    if then == now:
        return f"Highest then and now: {multiplier_text(now)}"
    was = "none" if then is None else multiplier_text(then)
    return f"Highest then: {was}, now: {multiplier_text(now)}"


_MEASURE = 240
_COLUMNS = (Column(80, stretch=True, sortable=False), Column(116, sortable=False))


class SnapshotsPanel(StreamPanel):
    """Make, rename, delete with undo; ``snapshot_asked`` carries the Snapshot to open as of then.

    ``filter_source`` gives the filter of the table of bets at the moment a snapshot is made.
    """

    title = "Snapshots"

    snapshot_asked = Signal(object)

    def __init__(
        self, asker: Asker, filter_source: Callable[[], SnapshotFilter], parent: QWidget | None = None
    ) -> None:
        super().__init__(asker, parent)
        self._filter_source = filter_source
        self._deleted: Snapshot | None = None
        self._comparing = LatestQuery(asker, self)
        self._count = Label("", ink="secondary", figures=True)
        self._make = Button("Take a snapshot", meaning="snapshot")
        self._open = IconButton("history", "Show the bets as of then (Enter)")
        self._compare = IconButton("compare", "Compare with now (C)")
        self._rename = IconButton("rename", "Rename (F2)")
        self._delete = IconButton("delete", "Delete the snapshot (Delete)")
        self._tools = QWidget()
        self._undo = Banner("info", "", "Undo")
        self._undo.hide()
        self._model: RowsModel[Snapshot] = RowsModel(
            (
                Cell("Name", lambda snapshot: snapshot.name, _tip),
                Cell("Taken", lambda snapshot: short_when_text(snapshot.created_at), _tip),
            ),
            self,
        )
        self._table = BigTable("Snapshots", _COLUMNS)
        self._table.setModel(self._model)
        self._table.setSelectionMode(BigTable.SelectionMode.SingleSelection)
        self._nothing = EmptyState(
            "quiet",
            "A snapshot keeps the stream as it is now, under the filter of the table, to come back to.",
            measure=_MEASURE,
        )
        self._list = pages(self._nothing, self._table)
        self._then_and_now = ThenAndNow()
        self._pages = QStackedWidget()
        self._lay_out()
        self._wire()

    @property
    def snapshots(self) -> tuple[Snapshot, ...]:
        """What is listed, the newest first."""
        return self._model.rows

    def refresh(self) -> None:
        """Read the snapshots again."""
        self._read(_snapshots, self._came)

    def _changed(self) -> None:
        self._forget_deleted()
        self._comparing.drop()
        self._pages.setCurrentIndex(0)
        self._came(())
        self._make.setEnabled(self.stream_id is not None)

    def _wire(self) -> None:
        self._make.clicked.connect(self._take)
        self._open.clicked.connect(self._open_chosen)
        self._compare.clicked.connect(self._compare_chosen)
        self._rename.clicked.connect(self._rename_chosen)
        self._delete.clicked.connect(self._delete_chosen)
        self._undo.acted.connect(self._put_back)
        self._undo.dismissed.connect(self._forget_deleted)
        self._then_and_now.left.connect(self._show_list)
        self._then_and_now.again.connect(self._compare_again)
        self._table.row_opened.connect(self._open_chosen)
        self._table.selectionModel().currentRowChanged.connect(self._show_actions)
        for keys, act in (
            ("C", self._compare_chosen),
            ("F2", self._rename_chosen),
            ("Del", self._delete_chosen),
        ):
            shortcut = QShortcut(QKeySequence(keys), self._table, act)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)

    def _lay_out(self) -> None:
        hbox(
            self._count,
            STRETCH,
            self._open,
            self._compare,
            self._rename,
            self._delete,
            into=self._tools,
            spacing=Space.XS,
        )
        page = QWidget()
        vbox(self._make, self._tools, self._undo, stretch(self._list), into=page, spacing=Space.M)
        self._pages.addWidget(page)
        self._pages.addWidget(self._then_and_now)
        self._column.addWidget(self._pages, 1)

    def _came(self, snapshots: tuple[Snapshot, ...]) -> None:
        newest = tuple(reversed(snapshots))
        row, chosen = self._table.currentIndex().row(), self._chosen()
        if self._model.set_rows(newest) and newest and row >= 0:
            same = [place for place, one in enumerate(newest) if chosen and one.id == chosen.id]
            self._table.selectRow(same[0] if same else min(row, len(newest) - 1))
        count = len(newest)
        self._count.setText(counted(count, "snapshot"))
        self._tools.setVisible(count > 0)
        self._list.setCurrentWidget(self._table if count else self._nothing)
        self._show_actions()

    def _chosen(self) -> Snapshot | None:
        row = self._table.currentIndex().row()
        return self._model.rows[row] if 0 <= row < len(self._model.rows) else None

    @Slot()
    def _show_actions(self, *_rows: Any) -> None:
        for button in (self._open, self._compare, self._rename, self._delete):
            button.setEnabled(self._chosen() is not None)

    # What a person asks for.

    @Slot()
    def _take(self) -> None:
        stream_id, row = self.stream_id, self._row
        if stream_id is None or row is None:
            return
        # As the table is now, and not when the name has been typed.
        wanted = dict(self._filter_source())
        last = "" if row.last_nonce is None else f"Nonce {grouped(row.last_nonce)}"
        dialog = SnapshotDialog("Take a snapshot", last, filter_text(wanted), "Take it", self)

        def taken(snapshot: Snapshot) -> None:
            self.said.emit(f"Snapshot taken: {snapshot.name}")
            self.refresh()

        self._write_from(dialog, lambda live, name: live.add_snapshot(stream_id, name, wanted, None), taken)

    @Slot()
    def _open_chosen(self, _row: int = 0) -> None:
        if snapshot := self._chosen():
            self.snapshot_asked.emit(snapshot)

    @Slot()
    def _rename_chosen(self) -> None:
        snapshot, stream_id = self._chosen(), self.stream_id
        if snapshot is None or stream_id is None:
            return
        self._write_from(
            SnapshotDialog("Rename snapshot", snapshot.name, filter_text(snapshot.filter), "Rename", self),
            lambda live, name: live.rename_snapshot(stream_id, snapshot.id, name),
            lambda _snapshot: self.refresh(),
        )

    @Slot()
    def _delete_chosen(self) -> None:
        snapshot, stream_id = self._chosen(), self.stream_id
        if snapshot is None or stream_id is None:
            return

        def gone(_none: None) -> None:
            if self.stream_id == stream_id:
                self._deleted = snapshot
                self._undo.show_sentence("info", f"Snapshot “{snapshot.name}” deleted.", "Undo")
                self.refresh()

        self._write(lambda live: live.delete_snapshot(stream_id, snapshot.id), gone)

    @Slot()
    def _put_back(self) -> None:
        snapshot, stream_id = self._deleted, self.stream_id
        if snapshot is None or stream_id is None:
            return
        self._forget_deleted()
        self._table.setFocus(Qt.FocusReason.OtherFocusReason)
        self._write(lambda live: live.restore_snapshot(stream_id, snapshot), lambda _none: self.refresh())

    @Slot()
    def _forget_deleted(self) -> None:
        self._deleted = None
        self._undo.hide()

    @Slot()
    def _compare_chosen(self) -> None:
        if snapshot := self._chosen():
            self._compare_with_now(snapshot)

    @Slot()
    def _compare_again(self) -> None:
        if snapshot := self._then_and_now.snapshot:
            self._compare_with_now(snapshot)

    def _compare_with_now(self, snapshot: Snapshot) -> None:
        def compare(backend: Backend, stream_id: UUID) -> SnapshotComparison:
            return backend.live.compare_snapshot(stream_id, snapshot)

        if (stream_id := self.stream_id) is not None:
            # A question of its own: bets that land have the list read again meanwhile.
            self._comparing.ask(lambda backend: compare(backend, stream_id), self._compared, self._unread)

    def _compared(self, comparison: SnapshotComparison) -> None:
        self._then_and_now.show_comparison(comparison)
        if self._pages.currentWidget() is not self._then_and_now:
            self._pages.setCurrentWidget(self._then_and_now)
            self._then_and_now.take_focus()

    @Slot()
    def _show_list(self) -> None:
        self._pages.setCurrentIndex(0)
        self._table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.refresh()


def _snapshots(backend: Backend, stream_id: UUID) -> tuple[Snapshot, ...]:
    return backend.live.snapshots(stream_id)


def _tip(snapshot: Snapshot) -> str:
    return f"{snapshot.name}\n{filter_text(snapshot.filter)}\nTaken {when_text(snapshot.created_at)}"
