"""What is chosen to be compared, whichever list it was chosen from, and the streams to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from pump_desktop.domain.seeds import short_seed
from pump_desktop.domain.sides import SideKey, SideKind
from pump_desktop.qt.live.bets_feed import all_streams
from pump_desktop.qt.look.icons import icon
from pump_desktop.qt.text.numbers import grouped
from pump_desktop.qt.text.times import relative_time
from pump_desktop.ui.pages.compare_sides import KIND_ICONS, KIND_WORDS
from pump_desktop.ui.pages.runs_menu import MOST_COMPARED

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
