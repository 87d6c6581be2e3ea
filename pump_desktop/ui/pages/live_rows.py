"""How a stream stands in the list: its client seed and activity above, hash, bets and age below."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from pump_desktop.qt.look.fonts import Type, ui_font
from pump_desktop.qt.look.icons import paint_icon
from pump_desktop.qt.look.theme import Space, Token, current_theme
from pump_desktop.qt.tables.rows import NATIVE_ROLE
from pump_desktop.qt.tables.streams import ACTIVITY_ROLE, ACTIVITY_WORDS, DETAIL_ROLE, SEEN_ROLE, Activity

HEIGHT = 56
_DOT = 7
_MARK = 14
_INK: dict[Activity, Token] = {
    Activity.LIVE: "good",
    Activity.RECENT: "text.secondary",
    Activity.IDLE: "text.muted",
}
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class StreamDelegate(QStyledItemDelegate):
    """Paints a stream in two lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Give all rows one height."""
        return QSize(120, HEIGHT)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint ground, words and the dot of its activity."""
        theme = current_theme()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        rect = option.rect
        painter.save()
        # Words are painted at fixed places: mirrored ones would run into each other.
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        if chosen or hovered:
            painter.fillRect(rect, theme.color("selection" if chosen else "surface.hover"))
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if chosen:
            painter.fillRect(rect.x(), rect.y(), 3, rect.height() - 1, theme.color("accent"))
        inner = rect.adjusted(Space.M, Space.S, -Space.M, -Space.S)
        upper = QRect(inner.left(), inner.top(), inner.width(), inner.height() // 2)
        lower = QRect(inner.left(), upper.bottom() + 1, inner.width(), inner.height() // 2)
        title = theme.color("selection.text" if chosen else "text.primary")
        under = theme.color("selection.text", 0.85) if chosen else theme.color("text.secondary")
        activity = Activity(index.data(ACTIVITY_ROLE))
        taken = self._paint_activity(painter, upper, activity, under if chosen else None)
        if index.data(NATIVE_ROLE).notes:
            taken += _MARK + Space.S
            left = upper.right() + 1 - taken + Space.S
            mark = QRect(left, upper.center().y() - _MARK // 2 + 1, _MARK, _MARK)
            paint_icon(painter, mark, "notes", under)
        _words(painter, upper.adjusted(0, 0, -taken, 0), str(index.data()), title, _seed_font())
        seen = str(index.data(SEEN_ROLE))
        small = ui_font(Type.HINT, figures=True)
        room = QFontMetrics(small).horizontalAdvance(seen) + Space.S
        painter.setFont(small)
        painter.setPen(under)
        painter.drawText(lower, _RIGHT, seen)
        detail = str(index.data(DETAIL_ROLE))
        if QFontMetrics(small).horizontalAdvance(detail) > lower.width() - room:
            # A part of a shortened hash tells nobody anything; the tool tip has all of it.
            detail = detail.partition(" · ")[0]
        _words(painter, lower.adjusted(0, 0, -room, 0), detail, under, small)
        painter.restore()

    def _paint_activity(self, painter: QPainter, line: QRect, activity: Activity, ink: QColor | None) -> int:
        """Paint dot and word at the right end, and give the width they take."""
        theme = current_theme()
        color = theme.color(_INK[activity])
        font = ui_font(Type.HINT, QFont.Weight.Medium)
        word = ACTIVITY_WORDS[activity]
        wide = QFontMetrics(font).horizontalAdvance(word)
        painter.setFont(font)
        painter.setPen(ink or color)
        painter.drawText(line, _RIGHT, word)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(color)
        # Live is a full dot; the others are rings, for eyes that tell no colours apart.
        painter.setBrush(color if activity is Activity.LIVE else Qt.BrushStyle.NoBrush)
        centre = QPointF(line.right() - wide - Space.S, line.center().y() + 1)
        painter.drawEllipse(centre, _DOT / 2, _DOT / 2)
        painter.restore()
        return wide + Space.S + _DOT + Space.S


def _seed_font() -> QFont:
    return ui_font(weight=QFont.Weight.DemiBold)


def _words(painter: QPainter, rect: QRect, text: str, ink: QColor, font: QFont) -> None:
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(
        rect, _LEFT, QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    )
