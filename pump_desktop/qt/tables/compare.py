"""Comparisons as rows: a result a row with every side's figures, the sides themselves, and their tests."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QObject, Qt

from pump_desktop.qt.tables.rows import NATIVE_ROLE, ROOT, Index
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.qt.text.numbers import (
    count_text,
    decimal_text,
    grouped,
    multiplier_text,
    odds_text,
    p_value_text,
    percent_text,
)

if TYPE_CHECKING:
    from pump_desktop.services.compare.compare import ComparedSide, Comparison
    from pump_desktop.stats.compare import Homogeneity
    from pump_desktop.stats.distribution import DistributionRow


_NONE = "–"


class Figure(IntEnum):
    """What stands of a side in the table of results; each side has all of them, one after another."""

    COUNT = 0
    SHARE = 1
    RATIO = 2


_FIRST_SIDE = 2
_SIDE_TITLES = ("", "Name", "Difficulty", "Nonces", "Highest", "Median", "Mean", "Against the odds")
_TEST_TITLES = ("Sides", "Chi-square", "Degrees", "p", "Holm’s p", "What it says")
_FIGURES = {Figure.COUNT: "count", Figure.SHARE: "share", Figure.RATIO: "ratio"}


def figure_column(side: int, figure: Figure) -> int:
    """Give the column of one figure of a side."""
    return _FIRST_SIDE + side * len(Figure) + figure


class _Rows(QAbstractTableModel):
    """Rows of texts with native values beside them."""

    def __init__(self, titles: Sequence[str] = (), parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._titles = titles
        self._cells: Sequence[Sequence[tuple[str, object]]] = ()

    def _set(self, titles: Sequence[str], cells: Sequence[Sequence[tuple[str, object]]]) -> None:
        if tuple(titles) == tuple(self._titles) and cells and len(cells) == len(self._cells):
            # Only figures moved on: selection and place stay.
            self._cells = cells
            self.dataChanged.emit(self.index(0, 0), self.index(len(cells) - 1, len(titles) - 1))
            return
        self.beginResetModel()
        self._titles, self._cells = titles, cells
        self.endResetModel()

    def rowCount(self, parent: Index = ROOT) -> int:
        """Give the number of rows."""
        return 0 if parent.isValid() else len(self._cells)

    def columnCount(self, parent: Index = ROOT) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Give a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        """Give a cell as text, also as tool tip, or natively under ``NATIVE_ROLE``."""
        if not index.isValid():
            return None
        text, native = self._cells[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(text)
        return native if role == NATIVE_ROLE else None


class CompareModel(_Rows):
    """A row a table entry, and the nonces of all sides below them; an entry a side lacks is a dash."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__((), parent)

    def set_comparison(self, comparison: Comparison) -> None:
        """Show other sides."""
        sides = comparison.sides
        titles = ["Multiplier", "Odds"]
        titles += [f"{side.label} {words}" for side in sides for words in _FIGURES.values()]
        by_entry = [{row.multiplier: row for row in side.distribution.rows} for side in sides]
        cells = []
        for entry in sorted({entry for rows in by_entry for entry in rows}):
            found = [rows.get(entry) for rows in by_entry]
            cells.append([(multiplier_text(entry), entry), _odds(found)])
            for side, row in zip(sides, found, strict=True):
                cells[-1] += _figures(side, row)
        if cells:
            cells.append([("All nonces", None), ("", None)])
            for side in sides:
                count = side.source.count
                share = (_NONE, None) if side.reason else (percent_text(1.0), 1.0)
                cells[-1] += [(grouped(count), count), share, ("", None)]
        self._set(titles, cells)


class SidesModel(_Rows):
    """A row a side: what it is, and its figures as a whole."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_SIDE_TITLES, parent)

    def set_comparison(self, comparison: Comparison) -> None:
        """Show other sides."""
        self._set(_SIDE_TITLES, [_side(side) for side in comparison.sides])


class TestsModel(_Rows):
    """A row a test: of all sides together first, then of each pair."""

    # Its name begins as a test's does; it holds none.
    __test__ = False

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_TEST_TITLES, parent)

    def set_comparison(self, comparison: Comparison) -> None:
        """Show other tests."""
        tests = (comparison.together, *comparison.pairs)
        self._set(_TEST_TITLES, [_test(test) for test in tests])


def _odds(rows: Sequence[DistributionRow | None]) -> tuple[str, object]:
    chances = {row.probability for row in rows if row is not None}
    # One multiplier can stand in two tables, at the same payout and so at nearly the same odds.
    if len(chances) != 1:
        return "differ", None
    (chance,) = chances
    return odds_text(chance), chance


def _figures(side: ComparedSide, row: DistributionRow | None) -> list[tuple[str, object]]:
    if row is None:
        return [(_NONE, None)] * len(Figure)
    if side.reason:
        return [(grouped(row.observed), row.observed), (_NONE, None), (_NONE, None)]
    share = row.observed / side.source.count
    decimals = 3 if row.expected >= 1000 else 2
    # Three figures of what is expected, so that shares of one row line up.
    fixed = max(0, 2 - math.floor(math.log10(100 * row.probability)))
    return [
        (grouped(row.observed), row.observed),
        (percent_text(share, decimals=fixed if row.observed else 0), share),
        (decimal_text(row.ratio, decimals), row.ratio),
    ]


def _side(side: ComparedSide) -> list[tuple[str, object]]:
    source, summary = side.source, side.summary
    test = None if side.reason else side.distribution.chi_square
    highest = None if summary is None else summary.max_multiplier
    # The middle of what a script chose to send says nothing.
    whole = None if side.reason else summary
    return [
        (side.label, side.label),
        (side.name, source),
        (source.difficulty.label, source.difficulty),
        (grouped(source.count), source.count),
        _multiplier(highest),
        _multiplier(None if whole is None else whole.median_multiplier),
        _multiplier(None if whole is None else whole.mean_multiplier),
        ("no test" if test is None else p_value_text(test.p_value), test and test.p_value),
    ]


def _multiplier(value: float | None) -> tuple[str, object]:
    return (_NONE if value is None else multiplier_text(value), value)


def _test(test: Homogeneity) -> list[tuple[str, object]]:
    sides = " ".join(test.labels)
    if test.p_value is None or test.statistic is None:
        dash: tuple[str, object] = (_NONE, None)
        return [(sides, test.labels), dash, dash, dash, dash, (test.reason, test.reason)]
    adjusted = _NONE if test.adjusted is None else p_value_text(test.adjusted)
    return [
        (sides, test.labels),
        (count_text(test.statistic), test.statistic),
        (grouped(test.degrees), test.degrees),
        (p_value_text(test.p_value), test.p_value),
        (adjusted, test.adjusted),
        (test.reading, test.reading),
    ]
