"""The table of a stream's bets: it follows where the newest come in, and holds still everywhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPointF, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from pump_desktop.qt.look.icons import Meaning, paint_icon
from pump_desktop.qt.look.theme import Space, Theme, Token, current_theme, row_height
from pump_desktop.qt.tables.bets import MARK_WORDS, BetColumn, BetMark, BetsModel
from pump_desktop.ui.kit.table import BigTable, Column

# A screen of 23 rows takes 8 ms this way, 12 ms through a delegate and more than 20 ms as styled cells; no
# other Python runs meanwhile, so what is saved here is the listener's.


# As far from its edge as the header's words from theirs.
INSET = Space.M
_DOT = 9
# Dot, gap and 3,203,384.80x, the highest there is, with the inset at its right.
_LONGEST = 128
_ICON = 16
# No letter is wider: only what might not fit is measured.
_WIDEST = 12

_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_WORDS = frozenset({BetColumn.TIME, BetColumn.DIFFICULTY, BetColumn.VERDICT})
_SIGN: dict[BetMark, tuple[Meaning, Token]] = {
    BetMark.MATCH: ("good", "good"),
    BetMark.TWICE: ("warn", "warn"),
    BetMark.OFF_TABLE: ("warn", "warn"),
    BetMark.MISMATCH: ("error", "bad"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a shown column stands: its left edge and its width."""

    column: int
    left: int
    width: int


class RowPainter:
    """Paints rows of bets: words left, figures right, a dot for the tier, an icon for the verdict."""

    def __init__(self, painter: QPainter, theme: Theme, bets: BetsModel, places: Sequence[Place]) -> None:
        self._painter = painter
        self._theme = theme
        self._bets = bets
        self._places = places
        self._metrics = QFontMetrics(painter.font())
        self._high = row_height()
        self._inks = {True: theme.color("selection.text"), False: theme.color("text.primary")}
        self._selection = theme.color("selection")
        self._wrong = theme.color("bad.soft")
        self._told = theme.color("warn.soft")
        self._signs = {mark: (meaning, theme.color(token)) for mark, (meaning, token) in _SIGN.items()}

    def paint(self, row: int, top: int, width: int, *, chosen: bool) -> None:
        """Paint one row across the whole width."""
        painter, mark = self._painter, self._bets.mark_at(row)
        if chosen:
            painter.fillRect(0, top, width, self._high, self._selection)
        elif mark is BetMark.MISMATCH:
            painter.fillRect(0, top, width, self._high, self._wrong)
        elif self._bets.is_highlighted(row):
            painter.fillRect(0, top, width, self._high, self._told)
        painter.setPen(self._inks[chosen])
        verdict: Place | None = None
        for place, text in zip(
            self._places, self._bets.texts_at(row, [place.column for place in self._places]), strict=True
        ):
            if place.column == BetColumn.STAR:
                if text:
                    self._star(place, top, chosen=chosen)
                continue
            if place.column == BetColumn.VERDICT and mark is not BetMark.NONE:
                verdict = place
                continue
            self._words(text, place.left + INSET, top, place.width - 2 * INSET, place.column)
            if place.column == BetColumn.MULTIPLIER:
                self._tier(row, place, top)
        if verdict is not None:
            self._verdict(mark, verdict, top)

    def _words(self, text: str, left: int, top: int, width: int, column: int) -> None:
        if len(text) * _WIDEST > width:
            text = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        flags = _LEFT if column in _WORDS else _RIGHT
        self._painter.drawText(QRect(left, top, width, self._high), flags, text)

    def _star(self, place: Place, top: int, *, chosen: bool) -> None:
        left = place.left + (place.width - _ICON) / 2
        rect = QRectF(left, top + (self._high - _ICON) / 2, _ICON, _ICON)
        ink = self._inks[True] if chosen else self._theme.color("accent")
        paint_icon(self._painter, rect, "bookmark", ink)

    def _tier(self, row: int, place: Place, top: int) -> None:
        painter = self._painter
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.tier(self._bets.tier_at(row)))
        # In a wide column the dots stand where the longest figures end, not at the far edge.
        left = place.left + max(INSET, place.width - _LONGEST)
        painter.drawEllipse(QPointF(left + _DOT / 2, top + self._high / 2), _DOT / 2, _DOT / 2)
        painter.restore()

    def _verdict(self, mark: BetMark, place: Place, top: int) -> None:
        meaning, color = self._signs[mark]
        left = place.left + INSET
        paint_icon(self._painter, QRectF(left, top + (self._high - _ICON) / 2, _ICON, _ICON), meaning, color)
        self._painter.setPen(color)
        beside = _ICON + 6
        self._words(MARK_WORDS[mark], left + beside, top, place.width - INSET - beside, place.column)


_COLUMNS = (
    Column(36, sortable=False),
    Column(86, sortable=False),
    Column(98, numeric=True, sortable=False),
    Column(118, numeric=True, sortable=False),
    Column(88, sortable=False),
    Column(104, numeric=True, sortable=False),
    Column(124, numeric=True, sortable=False),
    Column(112, numeric=True, sortable=False),
    Column(104, sortable=False),
    Column(76, numeric=True, sortable=False),
)
# What goes first where there is no room for all; most streams have one difficulty and one target.
_GIVES_WAY = (BetColumn.DIFFICULTY, BetColumn.TARGET, BetColumn.AMOUNT)


class BetsTable(BigTable):
    """Bets in either order; ``top_changed`` tells whether the newest row is in view."""

    top_changed = Signal(bool)

    def __init__(self, model: BetsModel, parent: QWidget | None = None) -> None:
        super().__init__("Bets", _COLUMNS, parent)
        self.setObjectName("kept.bets")
        self._bets = model
        self._at_top = True
        self.setModel(model)
        self.set_columns(_COLUMNS)
        # Connected after setModel(), so that the view has taken the rows in when it is asked to hold still.
        model.rowsInserted.connect(self._rows_came)
        model.modelReset.connect(self._start)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    @property
    def at_top(self) -> bool:
        """Whether the newest row is in view."""
        return self._at_top

    @Slot()
    def follow(self) -> None:
        """Go to the newest row that is loaded, and stay with it."""
        if self._bets.newest_first:
            self.scrollToTop()
        else:
            self.scrollToBottom()
        self._scrolled(self.verticalScrollBar().value())

    def step(self, by: int) -> None:
        """Make the next row or the one before the current one."""
        count = self._bets.rowCount()
        if count:
            row = self.currentIndex().row()
            self._make_current(min(max(row + by, 0), count - 1) if row >= 0 else max(self.rowAt(0), 0))

    def go_to(self, bet_id: int) -> bool:
        """Make a bet's row the current one, in the middle of the view; tell whether it is loaded."""
        row = self._bets.row_of(bet_id)
        if row is None:
            return False
        self.executeDelayedItemsLayout()
        self.scrollTo(self._bets.index(row, BetColumn.NONCE), BigTable.ScrollHint.PositionAtCenter)
        self._make_current(row)
        self._scrolled(self.verticalScrollBar().value())
        return True

    def _make_current(self, row: int) -> None:
        flags = QItemSelectionModel.SelectionFlag
        index = self._bets.index(row, BetColumn.NONCE)
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what there is no room for, until a person has chosen the columns."""
        super().resizeEvent(event)
        if not self.columns_chosen:
            self._fit_columns()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows that the event asks for, and nothing as Qt would paint it: see live_cells."""
        clip, view = event.rect(), self.viewport()
        first, last = self.rowAt(clip.top()), self.rowAt(clip.bottom())
        if first < 0:
            return
        last = last if last >= 0 else self._bets.rowCount() - 1
        painter = QPainter(view)
        painter.setFont(self.font())
        # Columns change sides with the window; inside a cell dot, icon and figure keep their places.
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        rows = RowPainter(painter, current_theme(), self._bets, self._places())
        chosen = self.selected_rows()
        top, high = self.rowViewportPosition(first), row_height()
        for row in range(first, last + 1):
            picked = any(start <= row <= end for start, end in chosen)
            rows.paint(row, top + (row - first) * high, view.width(), chosen=picked)
        painter.end()
        self.paint_lines()

    def _places(self) -> list[Place]:
        return [
            Place(column, self.columnViewportPosition(column), self.columnWidth(column))
            for column in BetColumn
            if not self.isColumnHidden(column)
        ]

    def _fit_columns(self) -> None:
        room = self.viewport().width() - sum(column.width for column in _COLUMNS)
        hidden = []
        for column in _GIVES_WAY:
            if room >= 0:
                break
            hidden.append(int(column))
            room += _COLUMNS[column].width
        self.set_hidden_columns(hidden)

    @Slot()
    def _start(self) -> None:
        if self._bets.newest_first:
            self.follow()
        else:
            self.scrollToTop()
            self._scrolled(self.verticalScrollBar().value())

    @Slot(QModelIndex, int, int)
    def _rows_came(self, _parent: QModelIndex, first: int, last: int) -> None:
        if first > 0:
            if self._at_top and not self._bets.newest_first and not self._bets.joining:
                self.scrollToBottom()
            self._scrolled(self.verticalScrollBar().value())
            return
        bar = self.verticalScrollBar()
        # Whoever stands at the newest row moves with the news; rows that were asked for move nobody.
        if self._at_top and not self._bets.joining:
            return
        # The scroll bar counts rows, so the same value would show other bets. Its new range is worked out
        # with a delay; without it the new value would be cut.
        self.executeDelayedItemsLayout()
        self.updateGeometries()
        bar.setValue(bar.value() + last - first + 1)

    @Slot(int)
    def _scrolled(self, value: int) -> None:
        bar, bets = self.verticalScrollBar(), self._bets
        if value == 0 and bets.above:
            bets.want_top()
        end = value == 0 if bets.newest_first else value >= bar.maximum()
        at_top = end and not bets.ahead
        if at_top != self._at_top:
            self._at_top = at_top
            self.top_changed.emit(at_top)
