"""Chips: short choices with a muted sub text, toggled, removed, and walked through by keyboard."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QCursor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from pump_desktop.qt.look.fonts import Type, ui_font
from pump_desktop.qt.look.icons import paint_icon
from pump_desktop.qt.look.theme import Radius, Size, Space, current_theme
from pump_desktop.ui.kit.flow import FlowLayout
from pump_desktop.ui.kit.style import paint_box

_ICON = 14


@dataclass(frozen=True, slots=True)
class ChipItem:
    """What a chip stands for: its key, its words, the muted words after them, and whether it can go."""

    key: str
    text: str
    sub: str = ""
    removable: bool = False


class Chip(QAbstractButton):
    """One toggle; Space toggles it, Delete or its cross asks for its removal."""

    remove_asked = Signal(str)

    def __init__(self, item: ChipItem, checked: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._item = item
        self.setCheckable(True)
        self.setChecked(checked)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self._describe()

    @property
    def item(self) -> ChipItem:
        """What the chip stands for."""
        return self._item

    def set_sub(self, sub: str) -> None:
        """Change the muted words."""
        self._item = ChipItem(self._item.key, self._item.text, sub, self._item.removable)
        self._describe()

    def _describe(self) -> None:
        self.setText(self._item.text)
        self.setAccessibleName(self._item.text)
        self.setAccessibleDescription(self._item.sub)
        self.setToolTip("Delete removes it" if self._item.removable else "")
        self.updateGeometry()
        self.update()

    def _fonts(self) -> tuple[QFont, QFont]:
        return ui_font(weight=QFont.Weight.Medium, figures=True), ui_font(Type.HINT, figures=True)

    def sizeHint(self) -> QSize:
        """Fit mark, words and cross."""
        main, small = self._fonts()
        width = Space.S + _ICON + 6 + QFontMetrics(main).horizontalAdvance(self._item.text)
        if self._item.sub:
            width += Space.S + QFontMetrics(small).horizontalAdvance(self._item.sub)
        return QSize(width + (Size.HIT if self._item.removable else Space.M), Size.CONTROL)

    def minimumSizeHint(self) -> QSize:
        """Never less than all of it."""
        return self.sizeHint()

    def cross_rect(self) -> QRect:
        """Give where the cross takes a click; empty when the chip stays."""
        if not self._item.removable:
            return QRect()
        return QRect(self.width() - Size.HIT, 0, Size.HIT, self.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask for removal on the cross, toggle elsewhere."""
        if self.cross_rect().contains(event.position().toPoint()):
            event.accept()
            self.remove_asked.emit(self._item.key)
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Repaint so that the cross lights under the pointer."""
        self.update()
        super().mouseMoveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, mark, words, sub text, cross and ring."""
        theme = current_theme()
        painter = QPainter(self)
        on, enabled, hover = self.isChecked(), self.isEnabled(), self.underMouse() and self.isEnabled()
        ground = theme.color("accent.soft" if on else "surface.hover" if hover else "surface.raised")
        edge = theme.color("accent" if on and enabled else "text.muted" if hover else "line.strong")
        paint_box(painter, self.rect(), Radius.CONTROL, fill=ground, border=edge)
        if self.hasFocus():
            paint_box(painter, self.rect(), Radius.CONTROL, border=theme.color("focus"), width=2)
        mark = QRect(Space.S, (self.height() - _ICON) // 2, _ICON, _ICON)
        mark_ink = theme.color("accent" if on and enabled else "text.muted" if enabled else "text.disabled")
        paint_icon(painter, mark, "check" if on else "add", mark_ink)
        main, small = self._fonts()
        left = mark.right() + 7
        width = QFontMetrics(main).horizontalAdvance(self._item.text)
        # Both texts share the main text's baseline, so the smaller one does not float.
        baseline = (self.height() + QFontMetrics(main).capHeight()) // 2
        painter.setFont(main)
        painter.setPen(theme.color("text.primary" if enabled else "text.disabled"))
        painter.drawText(left, baseline, self._item.text)
        if self._item.sub:
            painter.setFont(small)
            painter.setPen(theme.color("text.muted" if enabled else "text.disabled"))
            painter.drawText(left + width + Space.S, baseline, self._item.sub)
        if self._item.removable:
            area = self.cross_rect()
            lit = area.contains(self.mapFromGlobal(QCursor.pos())) and hover
            cross = QRect(area.center().x() - 5, area.center().y() - 5, 12, 12)
            paint_icon(
                painter,
                cross,
                "close",
                theme.color("bad" if lit else "text.muted" if enabled else "text.disabled"),
            )


class ChipBox(QWidget):
    """Rows of chips; ``changed`` carries the checked keys, ``removed`` the key of a chip that went."""

    changed = Signal(object)
    removed = Signal(str)

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._flow = FlowLayout(self)
        self._chips: list[Chip] = []
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys, in order."""
        return tuple(chip.item.key for chip in self._chips)

    @property
    def checked(self) -> tuple[str, ...]:
        """The checked keys, in order."""
        return tuple(chip.item.key for chip in self._chips if chip.isChecked())

    def chip(self, key: str) -> Chip:
        """Give the chip of a key."""
        return self._chips[self.keys.index(key)]

    def add(self, item: ChipItem, *, checked: bool = False, index: int | None = None) -> Chip:
        """Add a chip at the end or at ``index``; a key already there keeps its chip and takes the check."""
        if item.key in self.keys:
            chip = self.chip(item.key)
            self.set_checked({*self.checked, item.key} if checked else set(self.checked))
            return chip
        chip = self._make(item, checked)
        self._chips.insert(len(self._chips) if index is None else index, chip)
        self._lay_out()
        if checked:
            self.changed.emit(self.checked)
        return chip

    @Slot(str)
    def remove(self, key: str) -> None:
        """Take a chip away; its neighbour gets the focus it had."""
        if key not in self.keys:
            return
        index = self.keys.index(key)
        chip = self._chips.pop(index)
        if chip.hasFocus() and self._chips:
            self._focus(min(index, len(self._chips) - 1))
        was_checked = chip.isChecked()
        chip.hide()
        chip.deleteLater()
        self._lay_out()
        self.removed.emit(key)
        if was_checked:
            self.changed.emit(self.checked)

    def set_items(self, items: list[ChipItem], checked: set[str] | frozenset[str] = frozenset()) -> None:
        """Show exactly these chips, without a signal."""
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._chips = [self._make(item, item.key in checked) for item in items]
        self._lay_out()

    def set_checked(self, keys: set[str] | frozenset[str]) -> None:
        """Check exactly these keys; ``changed`` follows when that differs."""
        before = self.checked
        for chip in self._chips:
            chip.setChecked(chip.item.key in keys)
        if self.checked != before:
            self.changed.emit(self.checked)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for the height of all rows; a layout above would otherwise cut the last one."""
        super().resizeEvent(event)
        self.setMinimumHeight(self._flow.heightForWidth(self.width()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk with the arrows, Home and End; remove with Delete or Backspace."""
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        if not isinstance(watched, Chip) or watched not in self._chips:
            return False
        here = self._chips.index(watched)
        key = Qt.Key(event.key())
        if key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and watched.item.removable:
            self.remove(watched.item.key)
            return True
        there = self._step(here, key)
        if there is None:
            return False
        self._focus(there)
        return True

    def _make(self, item: ChipItem, checked: bool) -> Chip:
        chip = Chip(item, checked, self)
        chip.clicked.connect(self._toggled)
        chip.remove_asked.connect(self.remove)
        chip.installEventFilter(self)
        return chip

    def _step(self, here: int, key: Qt.Key) -> int | None:
        last = len(self._chips) - 1
        flat = {
            Qt.Key.Key_Left: max(0, here - 1),
            Qt.Key.Key_Right: min(last, here + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if key in flat:
            return flat[key]
        if key not in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            return None
        start = self._chips[here].geometry()
        rows = sorted({chip.y() for chip in self._chips})
        row = rows.index(start.y()) + (1 if key is Qt.Key.Key_Down else -1)
        if not 0 <= row < len(rows):
            return here
        inside = [index for index, chip in enumerate(self._chips) if chip.y() == rows[row]]
        return min(
            inside, key=lambda index: abs(self._chips[index].geometry().center().x() - start.center().x())
        )

    def _focus(self, index: int) -> None:
        # One tab stop for the box: the chip that was visited last.
        for position, chip in enumerate(self._chips):
            stop = position == index
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus if stop else Qt.FocusPolicy.ClickFocus)
        self._chips[index].setFocus(Qt.FocusReason.TabFocusReason)

    @Slot()
    def _toggled(self) -> None:
        self.changed.emit(self.checked)

    def _lay_out(self) -> None:
        while self._flow.takeAt(0) is not None:
            pass
        stop = next(
            (i for i, c in enumerate(self._chips) if c.focusPolicy() is Qt.FocusPolicy.StrongFocus), 0
        )
        for index, chip in enumerate(self._chips):
            self._flow.addWidget(chip)
            chip.show()
            focus = Qt.FocusPolicy.StrongFocus if index == stop else Qt.FocusPolicy.ClickFocus
            chip.setFocusPolicy(focus)
        self.setMinimumHeight(self._flow.heightForWidth(self.width()))
