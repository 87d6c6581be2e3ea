"""The one line at the window's foot: what the listener does at the left, the running job at the right."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QProgressBar, QPushButton, QSizePolicy, QStyle, QWidget

from pump_desktop.qt.look.fonts import Type, ui_font
from pump_desktop.qt.look.theme import Size, Space, Token, current_theme
from pump_desktop.qt.text.foreign import plain_tip, plain_words
from pump_desktop.ui.kit.buttons import IconButton
from pump_desktop.ui.kit.layout import hbox, stretch

State = Literal["good", "warn", "bad", "off"]

_DOT: dict[State, Token] = {"good": "good", "warn": "warn", "bad": "bad", "off": "text.muted"}


class StateDot(QWidget):
    """A dot in the colour of a state; the words beside it say the same."""

    def __init__(self, state: State = "off", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: State = state
        self.setFixedSize(8, 8)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_state(self, state: State) -> None:
        """Change the state; ``off`` is a ring."""
        self._state = state
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a disc, or a ring while off."""
        color = current_theme().color(_DOT[self._state])
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(color)
        painter.setBrush(Qt.BrushStyle.NoBrush if self._state == "off" else color)
        painter.drawEllipse(self.rect().adjusted(1, 1, -1, -1))


class _LineButton(QPushButton):
    """A clickable part of the line; its words elide."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._full = ""
        self._name = name
        self.setProperty("kind", "status")
        self.setFont(ui_font(Type.HINT, figures=True))
        self.setFlat(True)

    def set_words(self, text: str) -> None:
        """Change the words."""
        self._full = text
        self.setAccessibleName(f"{self._name}: {text}")
        self.updateGeometry()
        self._fit()

    def sizeHint(self) -> QSize:
        """Ask for all words."""
        # One more: the advance is rounded, and words that are half a pixel wider would end in an ellipsis.
        words = self.fontMetrics().horizontalAdvance(self._full) + 1
        return QSize(self._frame() + words, Size.STATUS - 1)

    def minimumSizeHint(self) -> QSize:
        """Allow a few letters."""
        return QSize(self._frame() + 40, Size.STATUS - 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Elide to the new width."""
        super().resizeEvent(event)
        self._fit()

    def _frame(self) -> int:
        return 2 * Space.M + 2

    def _fit(self) -> None:
        room = self.width() - self._frame()
        words = QFontMetrics(self.font()).elidedText(self._full, Qt.TextElideMode.ElideRight, room)
        self.setText(plain_words(words))
        self.setToolTip(plain_tip(self._full if words != self._full else ""))


class _ListenerButton(_LineButton):
    """The listener's part, with room for its dot."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Listener", parent)
        self.setProperty("dotted", True)
        self.dot = StateDot(parent=self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _frame(self) -> int:
        return 25 + Space.M + 4

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the dot level with the words."""
        super().resizeEvent(event)
        here = QRect(QPoint(Space.M, (self.height() - self.dot.height()) // 2), self.dot.size())
        self.dot.move(QStyle.visualRect(self.layoutDirection(), self.rect(), here).topLeft())


class StatusLine(QFrame):
    """Listener left, job right, both clickable; ``cancel_clicked`` is the job's cross."""

    listener_clicked = Signal()
    job_clicked = Signal()
    cancel_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "status")
        self.setFixedHeight(Size.STATUS)
        self._listener = _ListenerButton(self)
        self._listener.clicked.connect(self.listener_clicked)
        self._job = _LineButton("Running job", self)
        self._job.clicked.connect(self.job_clicked)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(120)
        self._bar.setRange(0, 1000)
        self._bar.setAccessibleName("Progress")
        self._cancel = IconButton("close", "Cancel the job", parent=self)
        self._cancel.clicked.connect(self.cancel_clicked)
        self._row = hbox(
            stretch(self._listener),
            self._job,
            self._bar,
            self._cancel,
            into=self,
            margins=(0, 0, Space.S, 0),
            spacing=Space.S,
        )
        self.set_listener("off", "Not listening")
        self.clear_job()

    @property
    def busy(self) -> bool:
        """Tell whether a job is shown."""
        return not self._job.isHidden()

    @Slot(str, str)
    def set_listener(self, state: State, text: str) -> None:
        """Say what the listener does."""
        self._listener.dot.set_state(state)
        self._listener.set_words(text)
        self._row.activate()

    def set_job(self, text: str, fraction: float | None, *, cancellable: bool = True) -> None:
        """Show a job; a fraction of None means that its length is not known."""
        self._job.set_words(text)
        # A bar that runs to and fro says nothing the words do not say, so an unknown length has none.
        self._bar.setVisible(fraction is not None)
        if fraction is not None:
            self._bar.setValue(round(1000 * fraction))
        self._job.show()
        self._cancel.setVisible(cancellable)
        # At once: until the event loop came round, one figure more would be an ellipsis in the old width.
        self._row.activate()

    def clear_job(self) -> None:
        """Show no job."""
        for part in (self._job, self._bar, self._cancel):
            part.hide()
