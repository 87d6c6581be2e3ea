"""Live streams as rows that hold still: a stream moves up when it wakes, never with each of its bets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any
from uuid import UUID

from PySide6.QtCore import QAbstractListModel, QObject, Qt

from pump_desktop.domain.live import StreamRow
from pump_desktop.domain.seeds import short_seed
from pump_desktop.qt.tables.rows import NATIVE_ROLE, ROOT, Index
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.qt.text.numbers import counted
from pump_desktop.qt.text.times import relative_time

ACTIVITY_ROLE = NATIVE_ROLE + 1
DETAIL_ROLE = NATIVE_ROLE + 2
SEEN_ROLE = NATIVE_ROLE + 3

LIVE_WITHIN = timedelta(minutes=5)
RECENT_WITHIN = timedelta(minutes=30)
# A clock that was put back makes what was seen before it look like the future.
_SKEW = timedelta(minutes=-1)


class Activity(IntEnum):
    """How long ago a stream was seen; the order of the list."""

    LIVE = 0
    RECENT = 1
    IDLE = 2


ACTIVITY_WORDS = {Activity.LIVE: "live", Activity.RECENT: "recent", Activity.IDLE: "idle"}


def activity_of(last_seen: datetime, now: datetime) -> Activity:
    """Give whether a stream is live, recent or idle."""
    age = now - last_seen
    if age < _SKEW or age >= RECENT_WITHIN:
        return Activity.IDLE
    return Activity.LIVE if age < LIVE_WITHIN else Activity.RECENT


class StreamsModel(QAbstractListModel):
    """All streams that match the search: live ones first, then recent, then idle ones."""

    def __init__(self, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._search = ""
        # In the order of the list; what does not match the search keeps its place for when it is shown.
        self._known: dict[UUID, StreamRow] = {}
        self._shown: list[UUID] = []
        self._activity: dict[UUID, Activity] = {}
        self._deleted: set[UUID] = set()
        # Deleted by a person who can still take it back.
        self._hidden: set[UUID] = set()
        self._woke: UUID | None = None

    @property
    def total(self) -> int:
        """How many streams there are, shown or not."""
        return len(self._known) - len(self._hidden & self._known.keys())

    @property
    def latest(self) -> StreamRow | None:
        """The stream that was seen last, shown or not."""
        return max(self._visible(), key=lambda row: row.last_seen_at, default=None)

    def next_after(self, stream_id: UUID | None) -> UUID | None:
        """Give where somebody goes who follows the latest stream, or None to stay.

        Two bots at once must not throw the page to and fro: a stream is left for one that began later or
        has just woken, or when it has fallen silent.
        """
        latest, here = self.latest, None if stream_id is None else self._known.get(stream_id)
        woke, self._woke = self._woke, None
        if latest is None or latest == here:
            return None
        if here is None or latest.id == woke:
            return latest.id
        silent = activity_of(here.last_seen_at, self._now()) is not Activity.LIVE
        return latest.id if silent or latest.created_at > here.created_at else None

    def stream(self, stream_id: UUID) -> StreamRow | None:
        """Give a stream, shown or not."""
        return self._known.get(stream_id)

    def chain_of(self, stream_id: UUID) -> tuple[StreamRow, ...]:
        """Give the streams with the same client seed, one per server seed, in the order they began."""
        here = self._known.get(stream_id)
        if here is None:
            return ()
        chain = (row for row in self._visible() if row.client_seed == here.client_seed)
        return tuple(sorted(chain, key=lambda row: (row.created_at, row.id)))

    def stream_at(self, row: int) -> StreamRow:
        """Give the stream of a row."""
        return self._known[self._shown[row]]

    def row_of(self, stream_id: UUID) -> int | None:
        """Give the row of a stream, when it is shown."""
        return self._shown.index(stream_id) if stream_id in self._shown else None

    def set_streams(self, streams: Sequence[StreamRow]) -> None:
        """Take in the whole list; streams that are not in it any more go."""
        there = {row.id for row in streams}
        for stream_id in [known for known in self._known if known not in there]:
            self._remove(stream_id)
        self.merge(streams)

    def merge(self, streams: Sequence[StreamRow]) -> list[StreamRow]:
        """Take in some streams, last seen first, and give those that were not known."""
        now = self._now()
        fresh: list[StreamRow] = []
        # Those that began or woke, last seen first: they go to the top of their activity.
        risen: list[UUID] = []
        fell = False
        for row in streams:
            if row.id in self._deleted:
                continue
            activity, before = activity_of(row.last_seen_at, now), self._activity.get(row.id)
            if before is None:
                fresh.append(row)
            else:
                fell |= activity > before
            if before is None or activity < before:
                risen.append(row.id)
            self._known[row.id] = row
            self._activity[row.id] = activity
        new = {row.id for row in fresh}
        woken = (known for known in risen if known not in new and self._activity[known] is Activity.LIVE)
        self._woke = next(woken, self._woke)
        self._insert(fresh)
        if risen or fell:
            self._arrange(risen)
        self._tell_changed()
        return fresh

    def forget(self, stream_id: UUID) -> None:
        """Take a deleted stream out; a list that was read before its end does not bring it back."""
        self._deleted.add(stream_id)
        self._hidden.discard(stream_id)
        self._remove(stream_id)

    @property
    def deleted(self) -> frozenset[UUID]:
        """The deleted streams that a list may still bring."""
        return frozenset(self._deleted)

    def let_go(self, deleted: frozenset[UUID]) -> None:
        """Remember these deleted streams no longer: every list that could bring them has come."""
        self._deleted -= deleted

    def start_over(self) -> None:
        """Forget every stream, deleted ones too: a backup may bring them back."""
        self._deleted.clear()
        self._hidden.clear()
        self.set_streams([])

    @property
    def hidden(self) -> frozenset[UUID]:
        """The streams that are out of sight."""
        return frozenset(self._hidden & self._known.keys())

    def hide(self, stream_id: UUID) -> None:
        """Take a stream out of sight until it is deleted or shown again."""
        self._hidden.add(stream_id)
        self._take_out(stream_id)

    def unhide(self, stream_id: UUID) -> None:
        """Bring a hidden stream back."""
        self._hidden.discard(stream_id)
        self.search(self._search)

    def search(self, text: str) -> None:
        """Show the streams whose client seed, hash or notes hold a text, in any letter case."""
        self._search = text.strip().casefold()
        self.beginResetModel()
        ordered = sorted(self._known.values(), key=lambda row: row.last_seen_at, reverse=True)
        shown = [row.id for row in ordered if self._matches(row)]
        self._shown = sorted(shown, key=self._activity.__getitem__)
        self.endResetModel()

    def tick(self) -> None:
        """Let time pass: ages are said anew, and streams that fell silent go down."""
        now = self._now()
        for stream_id, row in self._known.items():
            self._activity[stream_id] = activity_of(row.last_seen_at, now)
        self._arrange()
        self._tell_changed()

    def rowCount(self, parent: Index = ROOT) -> int:
        """Give the number of streams that match."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = 0) -> Any:  # noqa: PLR0911 - one return a role
        """Give a stream's client seed, its line of figures, its activity or the whole row."""
        if not index.isValid():
            return None
        row = self.stream_at(index.row())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.client_seed
            case Qt.ItemDataRole.AccessibleTextRole:
                word = ACTIVITY_WORDS[self._activity[row.id]]
                spoken = f"{row.client_seed}, {word}, {counted(row.total_bets, 'bet')}, {self._seen(row)}"
                return f"{spoken}, with notes" if row.notes else spoken
            case Qt.ItemDataRole.ToolTipRole:
                lines = f"{row.client_seed}\n{row.server_seed_hashed}"
                return plain_tip(f"{lines}\n\n{row.notes}" if row.notes else lines)
            case _ if role == NATIVE_ROLE:
                return row
            case _ if role == ACTIVITY_ROLE:
                return self._activity[row.id]
            case _ if role == DETAIL_ROLE:
                # The hash comes last: it is what may be cut in a narrow list.
                return f"{counted(row.total_bets, 'bet')} · {short_seed(row.server_seed_hashed, 4)}"
            case _ if role == SEEN_ROLE:
                return self._seen(row)
        return None

    def _remove(self, stream_id: UUID) -> None:
        if stream_id not in self._known:
            return
        self._take_out(stream_id)
        del self._known[stream_id], self._activity[stream_id]

    def _take_out(self, stream_id: UUID) -> None:
        place = self.row_of(stream_id)
        if place is not None:
            self.beginRemoveRows(ROOT, place, place)
            del self._shown[place]
            self.endRemoveRows()

    def _visible(self) -> list[StreamRow]:
        return [row for row in self._known.values() if row.id not in self._hidden]

    def _seen(self, row: StreamRow) -> str:
        return relative_time(row.last_seen_at, self._now())

    def _matches(self, row: StreamRow) -> bool:
        if row.id in self._hidden:
            return False
        texts = (row.client_seed, row.server_seed_hashed, row.notes)
        return not self._search or any(self._search in text.casefold() for text in texts)

    def _insert(self, fresh: Sequence[StreamRow]) -> None:
        """Insert new streams, those of one activity as one range at its top."""
        for activity in Activity:
            rows = [row.id for row in fresh if self._activity[row.id] is activity and self._matches(row)]
            if rows:
                place = sum(self._activity[stream_id] < activity for stream_id in self._shown)
                self.beginInsertRows(ROOT, place, place + len(rows) - 1)
                self._shown[place:place] = rows
                self.endInsertRows()

    def _arrange(self, first: Sequence[UUID] = ()) -> None:
        """Order the rows by activity; within one, those of ``first`` come first and the rest holds still."""
        rank = {stream_id: place for place, stream_id in enumerate(first)}
        wanted = sorted(
            self._shown, key=lambda stream_id: (self._activity[stream_id], rank.get(stream_id, len(rank)))
        )
        differ = [place for place, stream_id in enumerate(wanted) if stream_id != self._shown[place]]
        if not differ:
            return
        start, end = differ[0], differ[-1] + 1
        middle = self._shown.index(wanted[start])
        if wanted[start:end] == self._shown[middle:end] + self._shown[start:middle]:
            # One stream woke, or neighbours fell silent: two blocks change places, and the shorter one moves.
            up = end - middle < middle - start
            block = (middle, end - 1) if up else (start, middle - 1)
            self.beginMoveRows(ROOT, *block, ROOT, start if up else end)
            self._shown = wanted
            self.endMoveRows()
            return
        # Row by row, each move would have the view look at every row behind it.
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        streams = [self._shown[index.row()] for index in kept]
        self._shown = wanted
        self.changePersistentIndexList(kept, [self.index(wanted.index(stream_id)) for stream_id in streams])
        self.layoutChanged.emit()

    def _tell_changed(self) -> None:
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))
