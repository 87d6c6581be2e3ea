"""Bets of one stream, newest or oldest first: new ones come in as one range, others on demand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QObject,
    Qt,
    Signal,
)

from pump_desktop.domain.live import Verdict
from pump_desktop.qt.look.tiers import tier_of
from pump_desktop.qt.tables.bet_columns import BetColumns
from pump_desktop.qt.tables.rows import DISPLAY, NATIVE_ROLE, ROOT, TIP, Index
from pump_desktop.qt.text.numbers import amount_text, grouped, multiplier_text
from pump_desktop.qt.text.times import time_text

NONE = "–"


class BetMark(IntEnum):
    """What there is to say of a bet beside its figures; the worst comes last."""

    NONE = 0
    MATCH = 1
    TWICE = 2
    OFF_TABLE = 3
    MISMATCH = 4


MARK_WORDS = {
    BetMark.NONE: NONE,
    BetMark.MATCH: "Match",
    BetMark.TWICE: "Nonce twice",
    BetMark.OFF_TABLE: "Off table",
    BetMark.MISMATCH: "Mismatch",
}
MARK_TIPS = {
    BetMark.NONE: "Checked when the server seed is revealed.",
    BetMark.MATCH: "The revealed server seed gives this multiplier.",
    BetMark.TWICE: "Another bet of this stream has the same nonce.",
    BetMark.OFF_TABLE: "No result of this difficulty pays this multiplier.",
    BetMark.MISMATCH: "The revealed server seed gives another multiplier.",
}


def mark_of(bets: BetColumns, place: int) -> BetMark:
    """Give the mark of one bet."""
    verdict = bets.verdict(place)
    if verdict is Verdict.MISMATCH:
        return BetMark.MISMATCH
    if bets.safe_pumps(place) is None:
        return BetMark.OFF_TABLE
    if bets.nonce_twice(place):
        return BetMark.TWICE
    return BetMark.MATCH if verdict is Verdict.MATCH else BetMark.NONE


class LoadedBets:
    """Age 0 is the newest bet."""

    def __init__(self) -> None:
        # Two stacks, both appended to at their end: bets that came since the stream was opened, rising, and
        # bets from before, falling.
        self._newer = BetColumns()
        self._older = BetColumns()

    def __len__(self) -> int:
        return len(self._newer) + len(self._older)

    @property
    def newest_id(self) -> int | None:
        """The id of the newest bet."""
        if self._newer:
            return self._newer.ids[-1]
        return self._older.ids[0] if self._older else None

    @property
    def oldest_id(self) -> int | None:
        """The id of the oldest bet."""
        if self._older:
            return self._older.ids[-1]
        return self._newer.ids[0] if self._newer else None

    def start(self, falling: BetColumns) -> None:
        """Start over with some bets, newest first."""
        self._newer, self._older = BetColumns(), falling

    def add_newer(self, rising: BetColumns) -> None:
        """Put bets before the newest one, given oldest first."""
        self._newer.extend(rising)

    def add_older(self, falling: BetColumns) -> None:
        """Put bets behind the oldest one, given newest first."""
        self._older.extend(falling)

    def drop_oldest(self, count: int) -> None:
        """Take the oldest bets out."""
        from_older = min(count, len(self._older))
        self._older.drop(slice(len(self._older) - from_older, None))
        self._newer.drop(slice(0, count - from_older))

    def at(self, age: int) -> tuple[BetColumns, int]:
        """Give the columns in which a bet stands, and its place in them."""
        fresh = len(self._newer)
        return (self._newer, fresh - 1 - age) if age < fresh else (self._older, age - fresh)

    def age_of(self, bet_id: int) -> int | None:
        """Give the age of a bet, when it is here."""
        if self._newer and bet_id >= self._newer.ids[0]:
            ids, fresh = self._newer.ids, len(self._newer)
            return fresh - 1 - ids.index(bet_id) if bet_id in ids else None
        ids = self._older.ids
        return len(self._newer) + ids.index(bet_id) if bet_id in ids else None

    def id_of_nonce(self, nonce: int) -> int | None:
        """Give a bet of a nonce, of several one that came since the stream was opened."""
        for bets in (self._newer, self._older):
            if nonce in bets.nonces:
                return bets.ids[bets.nonces.index(nonce)]
        return None


_ROLES = frozenset({DISPLAY, TIP, NATIVE_ROLE})

# The same few values stand in most rows, and making their text takes longer than painting it.
_multiplier = lru_cache(4096)(multiplier_text)
_amount = lru_cache(4096)(amount_text)

# 200,000 bets take 15 MB here; what is older stays in the store.
MAX_ROWS = 200_000
# Rows over the most are taken out so many at once: one removal a turn would cost as much as its insertion.
_SLACK = 2_000


class BetColumn(IntEnum):
    """Columns of the live bets table."""

    STAR = 0
    TIME = 1
    NONCE = 2
    MULTIPLIER = 3
    DIFFICULTY = 4
    TARGET = 5
    AMOUNT = 6
    PAYOUT = 7
    VERDICT = 8
    DISTANCE = 9


_TITLES = {
    BetColumn.STAR: "★",
    BetColumn.TIME: "Time",
    BetColumn.NONCE: "Nonce",
    BetColumn.MULTIPLIER: "Multiplier",
    BetColumn.DIFFICULTY: "Difficulty",
    BetColumn.TARGET: "Target",
    BetColumn.AMOUNT: "Amount",
    BetColumn.PAYOUT: "Payout",
    BetColumn.VERDICT: "Verdict",
    BetColumn.DISTANCE: "Distance",
}
_TITLE_TIPS = {
    BetColumn.STAR: "Bookmarked bets",
    BetColumn.VERDICT: "What the revealed server seed says of a bet",
    BetColumn.DISTANCE: "Nonces since the bet before with the same multiplier",
}


class BetsModel(QAbstractTableModel):
    """Some consecutive bets of a stream, in the order they came or the other way round.

    ``more_wanted`` asks for those before ``oldest_id``, ``newer_wanted`` for those behind ``newest_id``.
    """

    more_wanted = Signal()
    newer_wanted = Signal()

    def __init__(self, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._loaded = LoadedBets()
        self._more = False
        self._asked = False
        # Whether there are newer bets that are not loaded: after a jump, and where the oldest come first.
        self._ahead = False
        self._asked_newer = False
        self._newest_first = True
        self._joining = False
        self._bookmarks: frozenset[int] = frozenset()
        self._highlighted: frozenset[int] = frozenset()

    @property
    def newest_first(self) -> bool:
        """Whether the newest bet stands at the top."""
        return self._newest_first

    @property
    def ahead(self) -> bool:
        """Whether there are newer bets that are not loaded."""
        return self._ahead

    @property
    def above(self) -> bool:
        """Whether there are bets above the first row that are not loaded."""
        return self._ahead if self._newest_first else self._more

    @property
    def joining(self) -> bool:
        """Whether the rows that are coming in were asked for; others are news."""
        return self._joining

    @property
    def newest_id(self) -> int | None:
        """The id of the newest bet that is loaded."""
        return self._loaded.newest_id

    @property
    def oldest_id(self) -> int | None:
        """The id of the oldest bet that is loaded."""
        return self._loaded.oldest_id

    @property
    def full(self) -> bool:
        """Whether the table holds as many rows as it shows at most."""
        return self.rowCount() >= MAX_ROWS

    def start(
        self, falling: BetColumns, *, more: bool, ahead: bool = False, newest_first: bool = True
    ) -> None:
        """Start over with some bets, newest first.

        ``more`` tells that there are older ones and ``ahead`` that there are newer ones; ``newest_first`` is
        the order they are shown in.
        """
        self.beginResetModel()
        self._loaded.start(falling)
        self._more, self._asked = more, False
        self._ahead, self._asked_newer = ahead, False
        self._newest_first = newest_first
        self.endResetModel()

    def add_newer(self, rising: BetColumns, *, ahead: bool = False) -> None:
        """Put the bets behind ``newest_id`` at their end of the table, as one range."""
        self._joining = self._ahead
        self._ahead, self._asked_newer = ahead, False
        if not rising:
            return
        first = 0 if self._newest_first else self.rowCount()
        self.beginInsertRows(ROOT, first, first + len(rising) - 1)
        self._loaded.add_newer(rising)
        self.endInsertRows()
        self._trim()

    def add_older(self, falling: BetColumns, *, more: bool) -> None:
        """Put the bets before ``oldest_id`` at their end of the table, given newest first."""
        self._joining = True
        self._more, self._asked = more, False
        if not falling:
            return
        first = self.rowCount() if self._newest_first else 0
        self.beginInsertRows(ROOT, first, first + len(falling) - 1)
        self._loaded.add_older(falling)
        self.endInsertRows()

    def check_again(self, falling: BetColumns) -> bool:
        """Take over verdicts of bets, newest first; tell whether they are the ones that are shown."""
        count = self.rowCount()
        first = self._loaded.age_of(falling.ids[0]) if falling else None
        if first is None or first + len(falling) > count:
            return not falling
        for place, bet_id in enumerate(falling.ids):
            mine, at = self._loaded.at(first + place)
            if mine.ids[at] != bet_id:
                return False
            mine.check_again(at, falling, place)
        rows = (first, first + len(falling) - 1)
        if not self._newest_first:
            rows = (count - 1 - rows[1], count - 1 - rows[0])
        self.dataChanged.emit(self.index(rows[0], 0), self.index(rows[1], len(BetColumn) - 1))
        return True

    def set_bookmarks(self, bet_ids: frozenset[int]) -> None:
        """Say which bets are bookmarked."""
        if bet_ids == self._bookmarks:
            return
        self._bookmarks = bet_ids
        if self.rowCount():
            column = BetColumn.STAR
            self.dataChanged.emit(self.index(0, column), self.index(self.rowCount() - 1, column))

    def set_highlighted(self, nonces: frozenset[int]) -> None:
        """Say which nonces alerts are about."""
        if nonces != self._highlighted:
            self._highlighted = nonces
            if self.rowCount():
                self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(BetColumn) - 1))

    def is_highlighted(self, row: int) -> bool:
        """Tell whether an alert is about the nonce of a row."""
        bets, place = self._at(row)
        return bets.nonces[place] in self._highlighted

    def newer_failed(self) -> None:
        """Let the bets behind ``newest_id`` be asked for again."""
        self._asked_newer = False

    def want_top(self) -> None:
        """Ask for the bets above the first row, when there are any."""
        if not self._newest_first:
            self._want_older()
        else:
            self._want_newer()

    def row_of(self, bet_id: int) -> int | None:
        """Give the row of a bet, when it is loaded."""
        age = self._loaded.age_of(bet_id)
        return age if age is None or self._newest_first else self.rowCount() - 1 - age

    def bet_of(self, nonce: int) -> int | None:
        """Give a loaded bet of a nonce."""
        return self._loaded.id_of_nonce(nonce)

    def older_failed(self) -> None:
        """Let the bets before ``oldest_id`` be asked for again."""
        self._asked = False

    def bet_id_at(self, row: int) -> int:
        """Give the store's id of a row."""
        bets, place = self._at(row)
        return bets.ids[place]

    def mark_at(self, row: int) -> BetMark:
        """Give what there is to say of a row."""
        return mark_of(*self._at(row))

    def tier_at(self, row: int) -> int:
        """Give the tier of a row's multiplier, 0 to 6."""
        bets, place = self._at(row)
        return tier_of(bets.difficulty(place), bets.safe_pumps(place), bets.result(place))

    def texts_at(self, row: int, columns: Sequence[int]) -> list[str]:
        """Give what some cells of a row show."""
        bets, place = self._at(row)
        return [self._text(bets, place, column) for column in columns]

    def rowCount(self, parent: Index = ROOT) -> int:
        """Give the number of loaded bets."""
        return 0 if parent.isValid() else len(self._loaded)

    def columnCount(self, parent: Index = ROOT) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else len(BetColumn)

    def canFetchMore(self, parent: Index) -> bool:
        """Tell whether bets below the last row may be asked for."""
        if parent.isValid() or self.full:
            return False
        return self._more and not self._asked if self._newest_first else self._ahead and not self._asked_newer

    def fetchMore(self, parent: Index) -> None:
        """Ask for the bets below the last row."""
        if self.canFetchMore(parent) and self._newest_first:
            self._want_older()
        elif self.canFetchMore(parent):
            self._want_newer()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Give a column's title, and a sentence where the title is not enough."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[BetColumn(section)]
        if role == Qt.ItemDataRole.ToolTipRole:
            return _TITLE_TIPS.get(BetColumn(section))
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        """Give a cell as text, natively under ``NATIVE_ROLE``, or a sentence that says more."""
        # A view asks for eight roles a cell; most have no answer here and must cost nothing.
        if role not in _ROLES or not index.isValid():
            return None
        row, column = index.row(), index.column()
        bets, place = self._at(row)
        if role == DISPLAY:
            return self._text(bets, place, column)
        if role == NATIVE_ROLE:
            return self._native(bets, place, column)
        return self._tip(bets, place, column)

    def _at(self, row: int) -> tuple[BetColumns, int]:
        return self._loaded.at(row if self._newest_first else self.rowCount() - 1 - row)

    def _want_older(self) -> None:
        if self._more and not self._asked and not self.full:
            self._asked = True
            self.more_wanted.emit()

    def _want_newer(self) -> None:
        if self._ahead and not self._asked_newer:
            self._asked_newer = True
            self.newer_wanted.emit()

    def _trim(self) -> None:
        over = self.rowCount() - MAX_ROWS
        if over < _SLACK:
            return
        first = MAX_ROWS if self._newest_first else 0
        self.beginRemoveRows(ROOT, first, first + over - 1)
        self._loaded.drop_oldest(over)
        self._more = True
        self.endRemoveRows()

    def _text(self, bets: BetColumns, place: int, column: int) -> str:  # noqa: PLR0911 - one return a column
        match column:
            case BetColumn.STAR:
                return "★" if bets.ids[place] in self._bookmarks else ""
            case BetColumn.TIME:
                return time_text(bets.time(place), self._now())
            case BetColumn.NONCE:
                return grouped(bets.nonces[place])
            case BetColumn.MULTIPLIER:
                return _multiplier(bets.result(place))
            case BetColumn.DIFFICULTY:
                return bets.difficulty(place).label
            case BetColumn.TARGET:
                target = bets.target(place)
                return NONE if target is None else _multiplier(target)
            case BetColumn.AMOUNT:
                return _amount(bets.amount(place), bets.currency(place))
            case BetColumn.PAYOUT:
                return _amount(bets.payout(place), bets.currency(place))
            case BetColumn.VERDICT:
                return MARK_WORDS[mark_of(bets, place)]
        distance = bets.distance(place)
        return NONE if distance is None else grouped(distance)

    def _native(self, bets: BetColumns, place: int, column: int) -> object:
        read: tuple[Callable[[int], object], ...] = (
            lambda at: bets.ids[at] in self._bookmarks,
            bets.time,
            bets.nonces.__getitem__,
            bets.result,
            bets.difficulty,
            bets.target,
            bets.amount,
            bets.payout,
            bets.verdict,
            bets.distance,
        )
        return read[column](place)

    def _tip(self, bets: BetColumns, place: int, column: int) -> str | None:
        if column == BetColumn.TIME:
            return f"{bets.time(place):%Y-%m-%d %H:%M:%S}"
        if column == BetColumn.VERDICT:
            return MARK_TIPS[mark_of(bets, place)]
        return None
