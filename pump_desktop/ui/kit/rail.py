"""The navigation rail: icon over word, folded to icons in a narrow window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QWidget

from pump_desktop.qt.look.fonts import Type, ui_font
from pump_desktop.qt.look.icons import Meaning, paint_icon
from pump_desktop.qt.look.theme import Radius, Space, current_theme
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.ui.kit.layout import vbox
from pump_desktop.ui.kit.style import paint_box

FOLD_BELOW = 1100
WIDE, NARROW = 84, 56


@dataclass(frozen=True, slots=True)
class RailEntry:
    """One destination: its key, icon and word; ``foot`` puts it at the lower end."""

    key: str
    meaning: Meaning
    word: str
    foot: bool = False


class RailButton(QAbstractButton):
    """One destination; an accent bar and the accent's ink mark the page that is open."""

    def __init__(self, entry: RailEntry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry = entry
        self._folded = False
        self._dot = False
        self.setText(entry.word)
        self.setAccessibleName(entry.word)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.set_folded(False)

    def set_folded(self, folded: bool) -> None:
        """Show the icon alone, with the word as tool tip, or both."""
        self._folded = folded
        self.setToolTip(plain_tip(self.entry.word if folded else ""))
        self.setFixedSize(self.sizeHint())
        self.update()

    def set_dot(self, dot: bool) -> None:
        """Mark that something new is there."""
        self._dot = dot
        self.setAccessibleDescription("something new" if dot else "")
        self.update()

    def sizeHint(self) -> QSize:
        """Give the one size of the state it is in."""
        return QSize(NARROW, 48) if self._folded else QSize(WIDE, 60)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, bar, icon, word, dot and ring."""
        theme = current_theme()
        painter = QPainter(self)
        here = self.isChecked()
        box = self.rect().adjusted(6, 2, -6, -2)
        if here:
            paint_box(painter, box, Radius.CONTROL, fill=theme.color("accent.soft"))
        elif self.underMouse():
            paint_box(painter, box, Radius.CONTROL, fill=theme.color("surface.hover"))
        if self.hasFocus():
            paint_box(painter, box, Radius.CONTROL, border=theme.color("focus"), width=2)
        if here:
            bar = QRect(0, box.top() + 8, 3, box.height() - 16)
            paint_box(painter, bar, 1.5, fill=theme.color("accent"))
        side = 22
        top = (self.height() - side) // 2 if self._folded else box.top() + 8
        spot = QRect((self.width() - side) // 2, top, side, side)
        paint_icon(painter, spot, self.entry.meaning, theme.color("accent" if here else "text.secondary"))
        if self._dot:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent"))
            painter.drawEllipse(spot.right() - 1, spot.top() - 3, 8, 8)
        if not self._folded:
            weight = QFont.Weight.DemiBold if here else QFont.Weight.Medium
            painter.setFont(ui_font(Type.HINT, weight))
            painter.setPen(theme.color("text.primary" if here else "text.secondary"))
            word = QRect(0, spot.bottom() + 4, self.width(), 16)
            painter.drawText(word, int(Qt.AlignmentFlag.AlignCenter), self.entry.word)


class Rail(QFrame):
    """The column of destinations; ``chosen`` carries the key of the one asked for."""

    chosen = Signal(str)

    def __init__(self, entries: Sequence[RailEntry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "rail")
        self.setAccessibleName("Pages")
        self._column = vbox(into=self, margins=(0, Space.S, 0, Space.S), spacing=2)
        heads = [entry for entry in entries if not entry.foot]
        feet = [entry for entry in entries if entry.foot]
        self._buttons = [RailButton(entry, self) for entry in (*heads, *feet)]
        for index, button in enumerate(self._buttons):
            if index == len(heads):
                self._column.addStretch(1)
            self._column.addWidget(button)
            button.clicked.connect(self._clicked)
            button.installEventFilter(self)
        if not feet:
            self._column.addStretch(1)
        self._folded = False
        self._current = ""
        self.setFixedWidth(WIDE + 1)
        self.set_current(self._buttons[0].entry.key)

    @property
    def current(self) -> str:
        """The key of the open page."""
        return self._current

    @property
    def folded(self) -> bool:
        """Tell whether only icons are shown."""
        return self._folded

    def set_current(self, key: str) -> None:
        """Mark the open page, without a signal."""
        self._current = key
        for button in self._buttons:
            here = button.entry.key == key
            button.setChecked(here)
            # One tab stop for the rail: the open page.
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if here else Qt.FocusPolicy.ClickFocus)

    def button(self, key: str) -> RailButton:
        """Give the button of a key."""
        return next(button for button in self._buttons if button.entry.key == key)

    def fit_window(self, width: int) -> None:
        """Fold below 1,100 pixels of window width; the window calls this from its resizeEvent."""
        self.set_folded(width < FOLD_BELOW)

    def set_folded(self, folded: bool) -> None:
        """Show icons alone, or icons over words."""
        if folded == self._folded:
            return
        self._folded = folded
        for button in self._buttons:
            button.set_folded(folded)
        self.setFixedWidth((NARROW if folded else WIDE) + 1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk with the arrows, Home and End; Space and Enter open."""
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        if not isinstance(watched, RailButton):
            return False
        here, last = self._buttons.index(watched), len(self._buttons) - 1
        key = Qt.Key(event.key())
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            watched.click()
            return True
        moves = {
            Qt.Key.Key_Up: max(0, here - 1),
            Qt.Key.Key_Down: min(last, here + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if (there := moves.get(key)) is None:
            return False
        self._buttons[there].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    @Slot()
    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, RailButton):
            # The check follows the page that is open, not the click: a page may refuse to be left.
            self.set_current(self._current)
            self.chosen.emit(button.entry.key)
