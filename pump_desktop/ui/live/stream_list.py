"""The list of live streams: searched, followed, chosen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeySequence, QPainter, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from pump_desktop.qt.look.fonts import Type, ui_font
from pump_desktop.qt.look.icons import paint_icon
from pump_desktop.qt.look.theme import Space, Token, current_theme
from pump_desktop.qt.tables.rows import NATIVE_ROLE
from pump_desktop.qt.tables.streams import (
    ACTIVITY_ROLE,
    ACTIVITY_WORDS,
    DETAIL_ROLE,
    SEEN_ROLE,
    Activity,
    StreamsModel,
)
from pump_desktop.qt.text.numbers import counted, grouped
from pump_desktop.ui.kit.layout import aligned, pages, vbox
from pump_desktop.ui.kit.text import Label

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


_LEAST_WIDTH = 236


class StreamList(QFrame):
    """``chosen`` carries the id a person picked; ``follow_changed`` whether the latest stream is followed.

    ``delete_asked`` carries the StreamRow of the list's Delete key.
    """

    chosen = Signal(object)
    follow_changed = Signal(bool)
    delete_asked = Signal(object)

    def __init__(self, model: StreamsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "card")
        self.setMaximumWidth(300)
        self._model = model
        self._quiet = False
        self._open: UUID | None = None
        self._search = QLineEdit()
        self._search.setPlaceholderText("Search streams")
        self._search.setAccessibleName("Search streams")
        self._search.setClearButtonEnabled(True)
        self._follow = QCheckBox("Follow the latest stream")
        self._follow.setChecked(True)
        self._view = QListView()
        self._view.setAccessibleName("Streams")
        self._view.setModel(model)
        self._view.setItemDelegate(StreamDelegate(self._view))
        self._view.setUniformItemSizes(True)
        self._view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._view.setMouseTracking(True)
        # The stack hands the keyboard to the page it shows, and a sentence has no use for it.
        self._nothing = QWidget()
        self._nothing.setFocusProxy(self._search)
        sentence = Label("No stream matches.", ink="muted")
        vbox(
            aligned(sentence, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop),
            into=self._nothing,
            margins=(0, Space.XL, 0, 0),
        )
        self._count = Label("", size=Type.HINT, ink="muted", figures=True)
        self._stack = pages(self._view, self._nothing)
        self._lay_out()
        self._search.textChanged.connect(self._search_edited)
        self._follow.toggled.connect(self.follow_changed)
        self._view.selectionModel().currentChanged.connect(self._current_changed)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self._view)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._delete)

    @property
    def follows(self) -> bool:
        """Whether the latest stream opens by itself."""
        return self._follow.isChecked()

    def set_follows(self, follows: bool) -> None:
        """Follow the latest stream, or stay."""
        self._follow.setChecked(follows)

    def minimumSizeHint(self) -> QSize:
        """Keep room for a stream's line, and for the words above the list."""
        least = super().minimumSizeHint()
        return QSize(max(_LEAST_WIDTH, least.width()), least.height())

    def search(self, text: str) -> None:
        """Show the streams that hold a text."""
        self._search.setText(text)

    def focus_rows(self) -> None:
        """Put the keyboard on the rows."""
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def focus_search(self) -> None:
        """Put the keyboard on the search field."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def select(self, stream_id: UUID | None) -> None:
        """Mark the open stream, without a signal; it stays marked when a search hides it for a while."""
        self._open = stream_id
        place = None if stream_id is None else self._model.row_of(stream_id)
        with self.quietly():
            if place is None:
                self._view.selectionModel().clear()
            else:
                index = self._model.index(place)
                flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
                self._view.selectionModel().setCurrentIndex(index, flags)
                self._view.scrollTo(index)

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """Let the rows change without anybody having chosen."""
        before, self._quiet = self._quiet, True
        try:
            yield
        finally:
            self._quiet = before

    def show_state(self) -> None:
        """Say how many streams there are and match."""
        shown, total = self._model.rowCount(), self._model.total
        self._stack.setCurrentWidget(self._view if shown or not total else self._nothing)
        streams = counted(total, "stream")
        self._count.setText(streams if shown == total else f"{grouped(shown)} of {streams}")

    def _lay_out(self) -> None:
        # One pixel at the sides keeps the rows inside the frame; the corners are round.
        column = vbox(into=self, margins=(1, Space.M, 1, Space.S), spacing=Space.S)
        for part in (self._search, self._follow):
            inset = vbox(part, margins=(Space.M, 0, Space.M, 0))
            column.addLayout(inset)
        column.addWidget(self._stack, 1)
        foot = vbox(self._count, margins=(Space.M, 0, Space.M, 0))
        column.addLayout(foot)

    @Slot(str)
    def _search_edited(self, text: str) -> None:
        with self.quietly():
            self._model.search(text)
        self.select(self._open)
        self.show_state()

    @Slot(QModelIndex, QModelIndex)
    def _current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        if not self._quiet and current.isValid():
            self.chosen.emit(self._model.stream_at(current.row()).id)

    @Slot()
    def _delete(self) -> None:
        index = self._view.currentIndex()
        if index.isValid():
            self.delete_asked.emit(self._model.stream_at(index.row()))
