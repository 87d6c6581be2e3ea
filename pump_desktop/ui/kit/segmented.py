"""A row of segments of which one is chosen, each with a main and a small sub text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QFontMetrics, QHelpEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QToolTip, QWidget

from pump_desktop.qt.look.fonts import Type, ui_font
from pump_desktop.qt.look.theme import Radius, Size, Space, current_theme
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.ui.kit.layout import hbox
from pump_desktop.ui.kit.style import paint_box

# Heights in pixels: the trough's rim, the main line, each small line, and the air above and below them.
_TROUGH, _MAIN, _SUB, _AIR = 2, 18, 16, 5


@dataclass(frozen=True, slots=True)
class Segment:
    """One choice: its value, its words, and optional small lines below."""

    value: str
    text: str
    sub: str = ""


class SegmentButton(QAbstractButton):
    """One segment; the row decides which is checked."""

    def __init__(self, segment: Segment, lines: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.segment = segment
        self.setText(segment.text)
        self.setCheckable(True)
        self.setAccessibleName(segment.text)
        self.setAccessibleDescription(segment.sub)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(Size.CONTROL - 2 * _TROUGH if not lines else _MAIN + _SUB * lines + 2 * _AIR)

    def set_sub(self, sub: str) -> None:
        """Change the small lines; as many as before."""
        self.segment = Segment(self.segment.value, self.segment.text, sub)
        self.setAccessibleDescription(sub)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Fit both lines with room at their sides."""
        main = QFontMetrics(ui_font(weight=QFont.Weight.DemiBold)).horizontalAdvance(self.text())
        small = QFontMetrics(ui_font(Type.HINT, figures=True))
        sub = max(small.horizontalAdvance(line) for line in self.segment.sub.split("\n"))
        return QSize(max(main, sub) + 2 * Space.M, self.height())

    def minimumSizeHint(self) -> QSize:
        """Allow the main text to be the measure when room is short."""
        main = QFontMetrics(ui_font(weight=QFont.Weight.DemiBold)).horizontalAdvance(self.text())
        return QSize(main + 2 * Space.S, self.height())

    @property
    def elided(self) -> bool:
        """Tell whether some of the main text is hidden."""
        main = QFontMetrics(ui_font(weight=QFont.Weight.DemiBold)).horizontalAdvance(self.text())
        return main > self.width() - 2 * Space.XS

    def event(self, event: QEvent) -> bool:
        """Show the whole text as tool tip while it is cut."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip and self.elided:
            QToolTip.showText(event.globalPos(), plain_tip(self.text()), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, ring and the one or two lines."""
        theme = current_theme()
        painter = QPainter(self)
        rect = self.rect()
        enabled, checked = self.isEnabled(), self.isChecked()
        if checked:
            paint_box(
                painter,
                rect,
                Radius.CONTROL,
                fill=theme.color("accent.soft"),
                border=theme.color("accent" if enabled else "text.disabled"),
            )
        elif self.underMouse() and enabled:
            paint_box(painter, rect, Radius.CONTROL, fill=theme.color("surface.hover"))
        if self.hasFocus():
            paint_box(painter, rect, Radius.CONTROL, border=theme.color("focus"), width=2)
        main = ui_font(weight=QFont.Weight.DemiBold if checked else QFont.Weight.Medium, figures=True)
        painter.setFont(main)
        ink = theme.color("text.primary" if checked else "text.secondary")
        painter.setPen(ink if enabled else theme.color("text.disabled"))
        inner = rect.adjusted(Space.XS, 0, -Space.XS, 0)
        if not self.segment.sub:
            painter.drawText(inner, int(Qt.AlignmentFlag.AlignCenter), self._fit(main, inner))
            return
        top = QRect(inner.left(), rect.top() + _AIR, inner.width(), _MAIN)
        painter.drawText(top, int(Qt.AlignmentFlag.AlignCenter), self._fit(main, inner))
        small = ui_font(Type.HINT, figures=True)
        painter.setFont(small)
        painter.setPen(theme.color("text.muted" if enabled else "text.disabled"))
        for number, line in enumerate(self.segment.sub.split("\n")):
            below = QRect(inner.left(), top.bottom() + 1 + number * _SUB, inner.width(), _SUB)
            words = QFontMetrics(small).elidedText(line, Qt.TextElideMode.ElideRight, inner.width())
            painter.drawText(below, int(Qt.AlignmentFlag.AlignCenter), words)

    def _fit(self, font: QFont, inner: QRect) -> str:
        return QFontMetrics(font).elidedText(self.text(), Qt.TextElideMode.ElideRight, inner.width())


class Segmented(QFrame):
    """A row of segments; arrows move the choice, ``changed`` carries the new value."""

    changed = Signal(str)

    def __init__(
        self,
        segments: Sequence[Segment],
        value: str | None = None,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        row = hbox(into=self, margins=_TROUGH, spacing=2)
        lines = max((len(segment.sub.split("\n")) for segment in segments if segment.sub), default=0)
        self._buttons = [SegmentButton(segment, lines, self) for segment in segments]
        for button in self._buttons:
            button.clicked.connect(self._chosen)
            button.installEventFilter(self)
            row.addWidget(button, 1)
        self._value: str | None = None
        self._least = 0
        self._show(value)

    @property
    def value(self) -> str | None:
        """The chosen value; None while none fits."""
        return self._value

    @property
    def values(self) -> tuple[str, ...]:
        """All values, left to right."""
        return tuple(button.segment.value for button in self._buttons)

    def set_value(self, value: str | None) -> None:
        """Choose a value, or none; ``changed`` follows when it differs and is not None."""
        if value is not None and value not in self.values:
            raise ValueError(f"no segment has the value {value!r}")
        if value != self._value:
            self._show(value)
            if value is not None:
                self.changed.emit(value)

    def set_sub(self, value: str, sub: str) -> None:
        """Change the small line of one segment."""
        self._buttons[self.values.index(value)].set_sub(sub)

    def set_least_width(self, width: int) -> None:
        """Take this width where the words fit into it, what they need where not, and never more."""
        self._least = width
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Give what the segments need, or the least width."""
        return super().sizeHint().expandedTo(QSize(self._least, 0))

    def minimumSizeHint(self) -> QSize:
        """Keep the least width, or what the words need."""
        return super().minimumSizeHint().expandedTo(QSize(self._least, 0))

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Move the choice with the arrows, Home and End."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and watched in self._buttons:
            here = self._buttons.index(watched)
            last = len(self._buttons) - 1
            moves = {
                Qt.Key.Key_Left: max(0, here - 1),
                Qt.Key.Key_Up: max(0, here - 1),
                Qt.Key.Key_Right: min(last, here + 1),
                Qt.Key.Key_Down: min(last, here + 1),
                Qt.Key.Key_Home: 0,
                Qt.Key.Key_End: last,
            }
            if (there := moves.get(Qt.Key(event.key()))) is not None:
                self.set_value(self._buttons[there].segment.value)
                self._buttons[there].setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the trough the segments lie in."""
        theme = current_theme()
        painter = QPainter(self)
        paint_box(
            painter,
            self.rect(),
            Radius.CONTROL + 2,
            fill=theme.color("surface.raised"),
            border=theme.color("line"),
        )

    @Slot()
    def _chosen(self) -> None:
        button = self.sender()
        if isinstance(button, SegmentButton):
            # A click on the chosen segment unchecks it in Qt's eyes; here it stays chosen.
            button.setChecked(True)
            self.set_value(button.segment.value)

    def _show(self, value: str | None) -> None:
        self._value = value
        for index, button in enumerate(self._buttons):
            chosen = button.segment.value == value
            button.setChecked(chosen)
            # One tab stop for the row: the chosen segment, or the first while none is.
            stop = chosen or (value is None and index == 0)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if stop else Qt.FocusPolicy.ClickFocus)
