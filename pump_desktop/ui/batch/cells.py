"""Cells of the queue that say more than a text: a state with its sign and bar, a remark with its sign."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from pump_desktop.domain.batch import CheckedPair, PairState, QueuedPair
from pump_desktop.qt.look.icons import Meaning, paint_icon
from pump_desktop.qt.look.theme import Space, Token, current_theme
from pump_desktop.qt.tables.queue import share_done
from pump_desktop.qt.tables.rows import NATIVE_ROLE

Index = QModelIndex | QPersistentModelIndex
Sign = tuple[Meaning, Token]

_ICON = 16
_BAR = 3
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_SIGNS: dict[PairState, Sign] = {
    PairState.WAITING: ("time", "text.muted"),
    PairState.RUNNING: ("play", "accent"),
    PairState.DONE: ("good", "good"),
    PairState.FAILED: ("error", "bad"),
    PairState.CANCELLED: ("cancel", "text.muted"),
}


class _SignDelegate(QStyledItemDelegate):
    """Paints a sign before the words of a cell."""

    def sign(self, row: object) -> Sign | None:
        """Give the sign of a row, or None for words alone."""
        raise NotImplementedError

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the ground as in every cell, then sign and words."""
        own = QStyleOptionViewItem(option)
        self.initStyleOption(own, index)
        words, own.text = own.text, ""
        own.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, own, painter, own.widget)
        theme = current_theme()
        chosen = bool(own.state & QStyle.StateFlag.State_Selected)
        inside = own.rect.adjusted(Space.S + 2, -1, -Space.S, -1)
        row = index.data(NATIVE_ROLE)
        sign = self.sign(row)
        painter.save()
        # The sign stands before its words; mirrored words would leave it alone.
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        ink: Token = "selection.text" if chosen else "text.primary"
        if sign is not None:
            meaning, colour = sign
            side = QRectF(inside.left(), inside.center().y() + 1 - _ICON / 2, _ICON, _ICON)
            paint_icon(painter, side, meaning, theme.color("selection.text" if chosen else colour))
            inside.setLeft(inside.left() + _ICON + 6)
            if not chosen and colour == "text.muted":
                ink = colour
        painter.setFont(own.font)
        painter.setPen(theme.color(ink))
        fitting = QFontMetrics(own.font).elidedText(words, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, _LEFT, fitting)
        self.paint_more(painter, own.rect, row)
        painter.restore()

    def paint_more(self, painter: QPainter, rect: QRect, row: object) -> None:
        """Paint what a subclass adds."""


class StateDelegate(_SignDelegate):
    """The state of a queued pair; the one under way has a bar along its foot."""

    def sign(self, row: object) -> Sign | None:
        """Give the sign of the state."""
        return _SIGNS[row.state] if isinstance(row, QueuedPair) else None

    def paint_more(self, painter: QPainter, rect: QRect, row: object) -> None:
        """Paint how far the scan is."""
        if not isinstance(row, QueuedPair) or row.state is not PairState.RUNNING:
            return
        theme = current_theme()
        trough = QRect(
            rect.left() + Space.S + 2, rect.bottom() - _BAR - 1, rect.width() - 2 * Space.S - 2, _BAR
        )
        painter.fillRect(trough, theme.color("line"))
        trough.setWidth(round(trough.width() * share_done(row)))
        painter.fillRect(trough, theme.color("accent"))


class RemarkDelegate(_SignDelegate):
    """What is to be said about a line of a list."""

    def sign(self, row: object) -> Sign | None:
        """Give the sign of the remark."""
        if not isinstance(row, CheckedPair):
            return None
        if row.problem:
            return "error", "bad"
        if row.warning:
            return "warn", "warn"
        return ("duplicate", "text.muted") if row.repeats is not None else None
