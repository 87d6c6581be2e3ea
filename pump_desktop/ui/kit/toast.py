"""Short notices at the window's lower right: what went well, and what can be undone."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QEvent, QObject, QPropertyAnimation, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QEnterEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QGraphicsOpacityEffect, QWidget

from pump_desktop.qt.look.theme import Size, Space, motion_ms
from pump_desktop.ui.kit.banner import TONE_ICON, Tone
from pump_desktop.ui.kit.buttons import Button, IconButton
from pump_desktop.ui.kit.layout import hbox, stretch, vbox
from pump_desktop.ui.kit.style import announce
from pump_desktop.ui.kit.text import Glyph, Label

MOST_AT_ONCE = 3
_WIDTH = 360


class Toast(QFrame):
    """One notice; ``acted`` is its action, ``closed`` comes last, whatever ended it."""

    acted = Signal()
    closed = Signal()

    def __init__(self, text: str, tone: Tone, action: str, seconds: float, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("ground", "toast")
        self.setAccessibleName(text)
        self.setFixedWidth(_WIDTH)
        self._act = Button(action, "quiet")
        self._act.clicked.connect(self._acted)
        self._close = IconButton("close", "Dismiss")
        self._close.clicked.connect(self.close_now)
        hbox(
            Glyph(*TONE_ICON[tone], 18),
            stretch(Label(text, wrap=True)),
            self._act,
            self._close,
            into=self,
            margins=(Space.M, Space.S, Space.S, Space.S),
            spacing=Space.S,
        )
        # Only now: shown before it has a parent, it would be a window of its own for a moment.
        self._act.setVisible(bool(action))
        # As high as one with an action, its frame included.
        self.setMinimumHeight(Size.CONTROL + 2 * Space.S + 2)
        self._text = text
        self._left_ms = round(seconds * 1000)
        self._ended = False
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.timeout.connect(self.close_now)
        self._fade: QPropertyAnimation | None = None

    @property
    def text(self) -> str:
        """The sentence."""
        return self._text

    def appear(self) -> None:
        """Show the toast and start its time."""
        self.show()
        if duration := motion_ms():
            effect = QGraphicsOpacityEffect(self)
            effect.setOpacity(0.0)
            self.setGraphicsEffect(effect)
            self._fade = QPropertyAnimation(effect, b"opacity", self)
            self._fade.setDuration(duration)
            self._fade.setStartValue(0.0)
            self._fade.setEndValue(1.0)
            self._fade.finished.connect(self._solid)
            self._fade.start()
        announce(self, self._text)
        self.resume()

    def hold(self) -> None:
        """Stop the clock, keeping what is left."""
        if self._clock.isActive():
            self._left_ms = max(1000, self._clock.remainingTime())
            self._clock.stop()

    def resume(self) -> None:
        """Let the clock run on; a time of zero stays until it is closed."""
        if self._left_ms > 0 and not self._clock.isActive() and not self._ended:
            self._clock.start(self._left_ms)

    def take_focus(self) -> None:
        """Put the keyboard on the action, or on the cross."""
        target = self._act if not self._act.isHidden() else self._close
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_now()
            return
        super().keyPressEvent(event)

    @Slot()
    def close_now(self) -> None:
        """End the toast; a second call does nothing."""
        if self._ended:
            return
        self._ended = True
        self._clock.stop()
        if self._fade is not None:
            self._fade.stop()
        self.hide()
        self.closed.emit()

    @Slot()
    def _acted(self) -> None:
        self.acted.emit()
        self.close_now()

    @Slot()
    def _solid(self) -> None:
        # The effect would make every later repaint go through a pixmap.
        self.setGraphicsEffect(None)  # type: ignore[arg-type]  # None takes it away; the stub does not know
        self._fade = None


class ToastArea(QWidget):
    """Stacks up to three toasts over ``host``, keeps more waiting, and holds them while looked at."""

    def __init__(self, host: QWidget, foot: int = 0) -> None:
        super().__init__(host)
        self._host = host
        self._foot = foot
        self._shown: list[Toast] = []
        self._waiting: deque[Toast] = deque()
        self._before: QWidget | None = None
        self._column = vbox(into=self, spacing=Space.S)
        self.setAccessibleName("Notices")
        self.hide()
        host.installEventFilter(self)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)

    @property
    def texts(self) -> tuple[str, ...]:
        """The sentences shown now, oldest first."""
        return tuple(toast.text for toast in self._shown)

    def say(self, text: str, *, tone: Tone = "good", action: str = "", seconds: float = 6.0) -> Toast:
        """Show a toast, or queue it behind three others; connect to its ``acted`` and ``closed``."""
        toast = Toast(text, tone, action, seconds, self)
        toast.hide()
        toast.closed.connect(self._one_closed)
        self._waiting.append(toast)
        self._fill()
        return toast

    def clear(self) -> None:
        """Close all toasts, those that wait included."""
        while self._waiting:
            toast = self._waiting.popleft()
            toast.close_now()
            toast.deleteLater()
        for toast in tuple(self._shown):
            toast.close_now()

    def focus_newest(self) -> bool:
        """Put the keyboard on the newest toast; tell whether there is one."""
        if not self._shown:
            return False
        self._before = self.window().focusWidget()
        self._shown[-1].take_focus()
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner when the host changes its size."""
        if event.type() is QEvent.Type.Resize and watched is self._host:
            self._place()
        return False

    def enterEvent(self, event: QEnterEvent) -> None:
        """Hold while the pointer is here."""
        self._hold(True)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Run on when it leaves, unless the keyboard is here."""
        self._hold(self._has_focus())
        super().leaveEvent(event)

    def _has_focus(self) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def _hold(self, held: bool) -> None:
        for toast in self._shown:
            if held:
                toast.hold()
            else:
                toast.resume()

    def _fill(self) -> None:
        while self._waiting and len(self._shown) < MOST_AT_ONCE:
            toast = self._waiting.popleft()
            self._shown.append(toast)
            self._column.addWidget(toast)
            toast.appear()
            # In its corner first: shown at the origin it might catch the pointer there and hold for ever.
            self._place()
            self.show()
            if self.underMouse() or self._has_focus():
                toast.hold()
        self._place()

    def _place(self) -> None:
        if not self._shown:
            self.hide()
            return
        self._column.activate()
        height = self._column.heightForWidth(_WIDTH) if self._column.hasHeightForWidth() else -1
        size = self._column.sizeHint()
        self.resize(_WIDTH, height if height > 0 else size.height())
        self.move(
            self._host.width() - self.width() - Space.L,
            self._host.height() - self.height() - Space.L - self._foot,
        )
        self.raise_()

    @Slot(QWidget, QWidget)
    def _focus_moved(self, _old: QWidget | None, _new: QWidget | None) -> None:
        self._hold(self._has_focus() or self.underMouse())

    @Slot()
    def _one_closed(self) -> None:
        toast = self.sender()
        if isinstance(toast, Toast) and toast in self._waiting:
            # Closed by whoever said it before its turn came; shown now, it would stay for ever.
            self._waiting.remove(toast)
            toast.deleteLater()
        if not isinstance(toast, Toast) or toast not in self._shown:
            return
        self._shown.remove(toast)
        self._column.removeWidget(toast)
        toast.deleteLater()
        self._fill()
        if self._before is not None and not self._shown:
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
            self._before = None
