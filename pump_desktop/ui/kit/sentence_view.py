"""A list of sentences that wrap: icon at the left, a small line below, hairlines between."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from pump_desktop.qt.look.fonts import Type, ui_font
from pump_desktop.qt.look.icons import paint_icon
from pump_desktop.qt.look.theme import Space, current_theme
from pump_desktop.qt.tables.rows import NATIVE_ROLE
from pump_desktop.qt.tables.sentences import Sentence

_ICON = 16
_WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
_TALL = 100_000
_MEASURED = 1_000


class _SentenceDelegate(QStyledItemDelegate):
    """Paints a Sentence as wide as the view."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view
        # A row that comes lays all others out again; words are measured once, for each width.
        self._heights: dict[tuple[Sentence, int], int] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Make room for the lines the words need at the view's width."""
        sentence: Sentence = index.data(NATIVE_ROLE)
        width = self._view.viewport().width()
        height = self._heights.get((sentence, width))
        if height is None:
            if len(self._heights) >= _MEASURED:
                self._heights.clear()
            height = self._heights[sentence, width] = _height(sentence, width)
        return QSize(width, height)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint ground, icon and words."""
        theme = current_theme()
        sentence: Sentence = index.data(NATIVE_ROLE)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        rect = option.rect
        painter.save()
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.color("selection" if chosen else "surface.hover"))
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inner = rect.adjusted(Space.S, Space.S, -Space.S, -Space.S)
        sign = QRect(inner.left(), inner.top() + 1, _ICON, _ICON)
        paint_icon(painter, sign, sentence.meaning, theme.color("selection.text" if chosen else sentence.ink))
        words = inner.adjusted(_ICON + Space.S, 0, 0, 0)
        painter.setFont(ui_font(figures=True))
        painter.setPen(theme.color("selection.text" if chosen else "text.primary"))
        used = painter.drawText(words, _WRAP, sentence.text)
        painter.setFont(ui_font(Type.HINT, figures=True))
        painter.setPen(theme.color("selection.text", 0.85) if chosen else theme.color("text.secondary"))
        painter.drawText(words.adjusted(0, used.height() + 2, 0, 0), _WRAP, sentence.small)
        if option.state & QStyle.StateFlag.State_HasFocus and self._view.hasFocus():
            painter.setPen(theme.color("focus"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.restore()


class SentenceView(QListView):
    """Rows of a model of Sentences; ``opened`` carries the row that was clicked, or chosen with Return."""

    opened = Signal(int)

    def __init__(self, name: str, model: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setItemDelegate(_SentenceDelegate(self))
        self.setModel(model)
        # Heights hang on the width.
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.clicked.connect(self._clicked)

    @property
    def content_height(self) -> int:
        """How high the view would be with all its rows."""
        rows = range(self.model().rowCount())
        heights = (self.sizeHintForIndex(self.model().index(row, 0)).height() for row in rows)
        return sum(heights) + 2 * self.frameWidth()

    def keyboardSearch(self, search: str) -> None:
        """Leave letters to the keys of the page."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open on Return, and let every other key walk."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        self.opened.emit(index.row())


def _height(sentence: Sentence, width: int) -> int:
    room = QRect(0, 0, max(width - 2 * Space.S - _ICON - Space.S, 40), _TALL)
    height = _metrics(Type.BODY).boundingRect(room, _WRAP, sentence.text).height()
    if sentence.small:
        height += 2 + _metrics(Type.HINT).boundingRect(room, _WRAP, sentence.small).height()
    return height + 2 * Space.S + 1


def _metrics(size: Type) -> QFontMetrics:
    return QFontMetrics(ui_font(size, figures=True))
