"""Chooses what to compare: lists of runs and of live streams, with a check before what is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QStackedWidget,
    QTabWidget,
    QWidget,
)

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.runs import RunQuery
from pump_desktop.domain.seeds import short_seed
from pump_desktop.domain.sides import MOST_COMPARED, SideKey, SideKind
from pump_desktop.qt.live.bets_feed import all_streams
from pump_desktop.qt.look.icons import icon
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.tables.runs import RunColumn, RunsModel
from pump_desktop.qt.text.numbers import grouped
from pump_desktop.qt.text.times import relative_time
from pump_desktop.qt.work.query import Asker
from pump_desktop.qt.work.runs_feed import RunsFeed
from pump_desktop.qt.work.undo import PendingDeletes
from pump_desktop.system.clock import utc_now
from pump_desktop.ui.compare.sides import KIND_ICONS, KIND_WORDS
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.choices import DifficultyFilter
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.layout import hbox, stretch, vbox
from pump_desktop.ui.kit.style import announce
from pump_desktop.ui.kit.table import BigTable, Column
from pump_desktop.ui.kit.text import Label

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend


Index = QModelIndex | QPersistentModelIndex

_ROOT = QModelIndex()
_TITLES = ("Name", "Kind", "Server seed SHA-256", "Last", "Rounds or bets")


class Choice(QObject):
    """The chosen sides, in the order they were chosen."""

    changed = Signal()

    def __init__(self, keys: Sequence[SideKey], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._keys = dict.fromkeys(keys)

    @property
    def keys(self) -> tuple[SideKey, ...]:
        """The chosen sides."""
        return tuple(self._keys)

    def holds(self, kind: SideKind, wanted: UUID) -> bool:
        """Tell whether it is chosen, at whichever difficulty."""
        return any(key.kind is kind and key.id == wanted for key in self._keys)

    def toggle(self, kind: SideKind, wanted: UUID) -> bool:
        """Choose it, or no longer; false when there are six already."""
        if self.holds(kind, wanted):
            self._keys = {key: None for key in self._keys if key.kind is not kind or key.id != wanted}
        elif len(self._keys) < MOST_COMPARED:
            self._keys[SideKey(kind, wanted)] = None
        else:
            return False
        self.changed.emit()
        return True


@dataclass(frozen=True, slots=True)
class Pick:
    """A stream, or a snapshot under its stream."""

    kind: SideKind
    id: UUID
    name: str
    server_seed_hashed: str
    at: datetime
    count: str
    words: str


def picks(backend: Backend) -> list[Pick]:
    """Read every stream, last seen first, each with its snapshots beneath."""
    found = []
    for row in all_streams(backend):
        words = f"{row.client_seed} {row.server_seed_hashed} {row.notes}".casefold()
        rounds = grouped(row.total_rounds)
        found.append(
            Pick(
                SideKind.STREAM,
                row.id,
                row.client_seed,
                row.server_seed_hashed,
                row.last_seen_at,
                rounds,
                words,
            )
        )
        found += [
            Pick(
                SideKind.SNAPSHOT,
                snapshot.id,
                snapshot.name,
                row.server_seed_hashed,
                snapshot.created_at,
                f"up to bet {grouped(snapshot.last_bet_id)}",
                f"{words} {snapshot.name.casefold()}",
            )
            for snapshot in backend.live.snapshots(row.id)
        ]
    return found


class PickStreamsModel(QAbstractTableModel):
    """Streams and their snapshots with a check."""

    def __init__(self, choice: Choice, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choice = choice
        self._all: Sequence[Pick] = ()
        self._shown: Sequence[Pick] = ()
        self._search = ""
        self._now: datetime | None = None

    def set_picks(self, found: Sequence[Pick], now: datetime) -> None:
        """Show these, as far as they match the search."""
        self._all, self._now = found, now
        self.search(self._search)

    def search(self, text: str) -> None:
        """Show only what has this in its seeds, notes or snapshot's name."""
        self._search = text
        wanted = text.strip().casefold()
        self.beginResetModel()
        self._shown = [pick for pick in self._all if wanted in pick.words]
        self.endResetModel()

    def toggle(self, row: int) -> bool:
        """Choose a row, or no longer; false when there are six already."""
        pick = self._shown[row]
        taken = self._choice.toggle(pick.kind, pick.id)
        index = self.index(row, 0)
        self.dataChanged.emit(index, index)
        return taken

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Give the number of streams and snapshots."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else len(_TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Give a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        """Give a cell as text; the first column has the check and the icon of the kind."""
        if not index.isValid():
            return None
        pick = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(pick, index.column())
        if index.column():
            return None
        if role == Qt.ItemDataRole.CheckStateRole:
            on = self._choice.holds(pick.kind, pick.id)
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DecorationRole:
            return icon(KIND_ICONS[pick.kind])
        return None

    def _text(self, pick: Pick, column: int) -> str:
        match column:
            case 0:
                # A snapshot stands in from its stream.
                return f"   {pick.name}" if pick.kind is SideKind.SNAPSHOT else pick.name
            case 1:
                return KIND_WORDS[pick.kind]
            case 2:
                return short_seed(pick.server_seed_hashed, 8)
            case 3:
                return "" if self._now is None else relative_time(pick.at, self._now)
        return pick.count


_SEARCH_MS = 150
_COLUMNS = (
    Column(200, stretch=True, sortable=False),
    Column(148, sortable=False),
    Column(132, sortable=False),
    Column(136, sortable=False),
    Column(88, sortable=False),
    Column(172, numeric=True, sortable=False),
    Column(110, numeric=True, sortable=False),
    Column(122, numeric=True, sortable=False),
    Column(68, numeric=True, sortable=False),
    Column(160, sortable=False),
)
_STREAM_COLUMNS = (
    Column(220, stretch=True, sortable=False),
    Column(104, sortable=False),
    Column(180, sortable=False),
    Column(128, sortable=False),
    Column(140, numeric=True, sortable=False),
)
_SHOWN = (
    RunColumn.NAME,
    RunColumn.CREATED,
    RunColumn.CLIENT_SEED,
    RunColumn.DIFFICULTY,
    RunColumn.NONCES,
)


class PickModel(RunsModel):
    """Runs with a check; those that are chosen stay so while others are searched for."""

    def __init__(self, choice: Choice, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choice = choice

    def toggle(self, row: int) -> bool:
        """Choose a run, or no longer; false when there are six already."""
        taken = self._choice.toggle(SideKind.RUN, self.run_at(row).id)
        index = self.index(row, 0)
        self.dataChanged.emit(index, index)
        return taken

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> Any:
        """Give a cell as RunsModel does, and the check in the first column."""
        if role == Qt.ItemDataRole.CheckStateRole and index.isValid() and index.column() == RunColumn.NAME:
            on = self._choice.holds(SideKind.RUN, self.run_at(index.row()).id)
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        return super().data(index, role)


class _PickTable(BigTable):
    """A click, Space or Return chooses the row."""

    picked = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self.setSelectionMode(BigTable.SelectionMode.SingleSelection)
        self.clicked.connect(self._clicked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose, and let every other key walk."""
        keys = {Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if event.key() in keys and not event.modifiers() and self.currentIndex().isValid():
            self.picked.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        self.picked.emit(index.row())


class _List(QStackedWidget):
    """A table to choose from, or why there is nothing in it."""

    def __init__(
        self, name: str, model: QAbstractTableModel, columns: Sequence[Column], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.table = _PickTable(name)
        self.table.setModel(model)
        self.table.set_columns(columns)
        self._nothing = EmptyState("search", "Nothing is here yet.")
        self.addWidget(self.table)
        self.addWidget(self._nothing)

    @Slot(str)
    def say(self, sentence: str) -> None:
        """Show the rows, or without any this sentence."""
        self._nothing.set_sentence(sentence)
        self.setCurrentIndex(0 if self.table.model().rowCount() else 1)


class SidePicker(QDialog):
    """``chosen`` carries the keys of two to six sides, in the order they were chosen."""

    chosen = Signal(object)

    def __init__(
        self, asker: Asker, deletes: PendingDeletes, keys: Sequence[SideKey], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Choose what to compare")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(820, 520)
        self._choice = Choice(keys, self)
        self._search = QLineEdit()
        self._search.setPlaceholderText("Name or client seed")
        self._search.setAccessibleName("Search")
        self._search.setClearButtonEnabled(True)
        self._difficulty = DifficultyFilter()
        self._model = PickModel(self._choice, self)
        self._feed = RunsFeed(asker, deletes, self._model, self)
        self._runs = _List("Runs to choose from", self._model, _COLUMNS)
        self._runs.table.set_hidden_columns(set(RunColumn) - set(_SHOWN))
        self._streams_model = PickStreamsModel(self._choice, self)
        self._streams = _List("Live streams to choose from", self._streams_model, _STREAM_COLUMNS)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.addTab(self._runs, "Runs")
        self._tabs.addTab(self._streams, "Live streams")
        self._count = Label("", ink="secondary", figures=True)
        self._compare = Button("Compare", "primary")
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_SEARCH_MS)
        self._lay_out()

        self._search.textChanged.connect(self._search_edited)
        self._typing.timeout.connect(self._load)
        self._difficulty.currentIndexChanged.connect(self._load)
        self._tabs.currentChanged.connect(self._tab_changed)
        self._runs.table.picked.connect(self._run_picked)
        self._streams.table.picked.connect(self._stream_picked)
        self._choice.changed.connect(self._show_count)
        self._feed.filled.connect(self._filled)
        self._feed.failed.connect(self._runs.say)
        self._show_count()
        self._load()
        asker.ask(self, picks, self._streams_came, self._streams_not_read)

    def search(self, text: str) -> None:
        """Search for a part of a name or client seed."""
        self._search.setText(text)

    def open_tab(self, place: int) -> None:
        """Bring the runs (0) or the live streams (1) to the front."""
        self._tabs.setCurrentIndex(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep Return in the search field from ending the dialog: it goes to the list."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._search.hasFocus():
            shown = self._runs if self._tabs.currentWidget() is self._runs else self._streams
            shown.table.setFocus()
        else:
            super().keyPressEvent(event)

    def accept(self) -> None:
        """Close with what is chosen."""
        if len(self._choice.keys) >= 2:
            self.chosen.emit(self._choice.keys)
            super().accept()

    def _lay_out(self) -> None:
        box = QDialogButtonBox()
        box.addButton(self._compare, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(Button("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        vbox(
            hbox(stretch(self._search), self._difficulty, spacing=Space.S),
            stretch(self._tabs),
            hbox(stretch(self._count), box),
            into=self,
            margins=(Space.XL, Space.XL, Space.XL, Space.L),
            spacing=Space.M,
        )

    @Slot()
    def _search_edited(self) -> None:
        self._typing.start()

    @Slot(int)
    def _tab_changed(self, place: int) -> None:
        self._difficulty.setVisible(place == 0)

    @Slot()
    def _load(self, *_what: object) -> None:
        self._feed.load(RunQuery(search=self._search.text().strip(), difficulty=self._difficulty.difficulty))
        self._streams_model.search(self._search.text())
        self._streams.say("No stream matches.")

    @Slot()
    def _filled(self) -> None:
        self._runs.say("No run matches.")

    def _streams_came(self, found: list[Pick]) -> None:
        self._streams_model.set_picks(found, utc_now())
        self._streams.say("No stream matches." if found else "No bet has come yet.")

    def _streams_not_read(self, error: KnownError) -> None:
        self._streams.say(str(error))

    @Slot(int)
    def _run_picked(self, row: int) -> None:
        if not self._model.toggle(row):
            announce(self._runs.table, self._count.text())

    @Slot(int)
    def _stream_picked(self, row: int) -> None:
        if not self._streams_model.toggle(row):
            announce(self._streams.table, self._count.text())

    @Slot()
    def _show_count(self) -> None:
        count = len(self._choice.keys)
        words = f"{count} of {MOST_COMPARED} chosen"
        if count < 2:
            words += "; two are needed" if not count else "; one more is needed"
        elif count == MOST_COMPARED:
            words += "; take one out to choose another"
        self._count.setText(words)
        self._compare.setEnabled(count >= 2)
