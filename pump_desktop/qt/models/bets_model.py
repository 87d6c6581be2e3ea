"""Bets of one stream, newest first: new ones come in above as one range, older ones below on demand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from pump_desktop.qt.models.bet_columns import BetColumns
from pump_desktop.qt.models.bet_marks import MARK_TIPS, MARK_WORDS, NONE, BetMark, mark_of
from pump_desktop.qt.models.hits_model import NATIVE_ROLE
from pump_desktop.qt.numbers import NBSP, amount_text, grouped, multiplier_text
from pump_desktop.qt.tiers import tier_of

Index = QModelIndex | QPersistentModelIndex

_ROOT = QModelIndex()
_DISPLAY, _TIP = int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.ToolTipRole)
_ROLES = frozenset({_DISPLAY, _TIP, NATIVE_ROLE})

# The same few values stand in most rows, and making their text takes longer than painting it.
_multiplier = lru_cache(4096)(multiplier_text)
_amount = lru_cache(4096)(amount_text)

# 200,000 bets take 15 MB here; what is older stays in the store.
MAX_ROWS = 200_000
# Rows over the most are taken out so many at once: one removal a turn would cost as much as its insertion.
_SLACK = 2_000


class BetColumn(IntEnum):
    """Columns of the live bets table."""

    TIME = 0
    NONCE = 1
    MULTIPLIER = 2
    DIFFICULTY = 3
    TARGET = 4
    AMOUNT = 5
    PAYOUT = 6
    VERDICT = 7
    DISTANCE = 8


_TITLES = {
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
    BetColumn.VERDICT: "What the revealed server seed says of a bet",
    BetColumn.DISTANCE: "Nonces since the bet before with the same multiplier",
}


class BetsModel(QAbstractTableModel):
    """The newest bets of a stream; ``more_wanted`` asks for those before ``oldest_id``."""

    more_wanted = Signal()

    def __init__(self, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = now
        # Two stacks, both appended to at their end: bets that came since the stream was opened, rising, and
        # bets from before, falling.
        self._newer = BetColumns()
        self._older = BetColumns()
        self._more = False
        self._asked = False

    @property
    def newest_id(self) -> int | None:
        """The id of the first row."""
        if self._newer:
            return self._newer.ids[-1]
        return self._older.ids[0] if self._older else None

    @property
    def oldest_id(self) -> int | None:
        """The id of the last row."""
        if self._older:
            return self._older.ids[-1]
        return self._newer.ids[0] if self._newer else None

    @property
    def full(self) -> bool:
        """Whether the table holds as many rows as it shows at most."""
        return self.rowCount() >= MAX_ROWS

    def start(self, falling: BetColumns, *, more: bool) -> None:
        """Start over with the newest bets, newest first; ``more`` tells that there are older ones."""
        self.beginResetModel()
        self._newer, self._older = BetColumns(), falling
        self._more, self._asked = more, False
        self.endResetModel()

    def add_newer(self, rising: BetColumns) -> None:
        """Put bets that have just come above all others, as one range."""
        if not rising:
            return
        self.beginInsertRows(_ROOT, 0, len(rising) - 1)
        self._newer.extend(rising)
        self.endInsertRows()
        self._trim()

    def add_older(self, falling: BetColumns, *, more: bool) -> None:
        """Put the bets before ``oldest_id`` below, newest first."""
        self._more, self._asked = more, False
        if not falling:
            return
        first = self.rowCount()
        self.beginInsertRows(_ROOT, first, first + len(falling) - 1)
        self._older.extend(falling)
        self.endInsertRows()

    def check_again(self, falling: BetColumns) -> bool:
        """Take over verdicts of bets, newest first; tell whether they are the ones that are shown."""
        rows = range(self.rowCount())
        first = next((row for row in rows if falling and self.bet_id_at(row) == falling.ids[0]), None)
        if first is None or first + len(falling) > len(rows):
            return not falling
        for place, bet_id in enumerate(falling.ids):
            mine, at = self._at(first + place)
            if mine.ids[at] != bet_id:
                return False
            mine.check_again(at, falling, place)
        last = self.index(first + len(falling) - 1, len(BetColumn) - 1)
        self.dataChanged.emit(self.index(first, 0), last)
        return True

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

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Give the number of loaded bets."""
        return 0 if parent.isValid() else len(self._newer) + len(self._older)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else len(BetColumn)

    def canFetchMore(self, parent: Index) -> bool:
        """Tell whether older bets may be asked for."""
        return not parent.isValid() and self._more and not self._asked and not self.full

    def fetchMore(self, parent: Index) -> None:
        """Ask for the bets before the last row."""
        if self.canFetchMore(parent):
            self._asked = True
            self.more_wanted.emit()

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
        if role == _DISPLAY:
            return self._text(bets, place, column)
        if role == NATIVE_ROLE:
            return _native(bets, place, column)
        return self._tip(bets, place, column)

    def _at(self, row: int) -> tuple[BetColumns, int]:
        fresh = len(self._newer)
        return (self._newer, fresh - 1 - row) if row < fresh else (self._older, row - fresh)

    def _trim(self) -> None:
        over = self.rowCount() - MAX_ROWS
        if over < _SLACK:
            return
        self.beginRemoveRows(_ROOT, MAX_ROWS, MAX_ROWS + over - 1)
        from_older = min(over, len(self._older))
        self._older.drop(slice(len(self._older) - from_older, None))
        self._newer.drop(slice(0, over - from_older))
        self._more = True
        self.endRemoveRows()

    def _text(self, bets: BetColumns, place: int, column: int) -> str:  # noqa: PLR0911 - one return a column
        match column:
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

    def _tip(self, bets: BetColumns, place: int, column: int) -> str | None:
        if column == BetColumn.TIME:
            return f"{bets.time(place):%Y-%m-%d %H:%M:%S}"
        if column == BetColumn.VERDICT:
            return MARK_TIPS[mark_of(bets, place)]
        return None


def time_text(moment: datetime, now: datetime) -> str:
    """Give a moment to the second when it was today, else with its day."""
    today = now.astimezone()
    if moment.date() == today.date():
        return f"{moment:%H:%M:%S}"
    day = f"{moment.day}{NBSP}{QLocale.c().monthName(moment.month, QLocale.FormatType.ShortFormat)}"
    return f"{day} {moment:%H:%M}" if moment.year == today.year else f"{day} {moment.year}"


def _native(bets: BetColumns, place: int, column: int) -> object:
    read: tuple[Callable[[int], object], ...] = (
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
