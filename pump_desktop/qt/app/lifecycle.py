"""How the program ends when the system asks, and when its window has been painted."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QMetaObject,
    QObject,
    QSocketNotifier,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtWidgets import QWidget

from pump_desktop.system.signals import hear_stop_signals

PATIENCE_MS = 1_000


@contextmanager
def quit_on_signals(app: QCoreApplication) -> Iterator[None]:
    """End the program in order when a signal asks for it, also before its event loop has begun.

    Python runs signal handlers between its own instructions, and the event loop has none; the wake-up
    socket brings the loop back to Python.
    """
    reader, writer = socket.socketpair()
    for end in (reader, writer):
        end.setblocking(False)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda: reader.recv(64))
    old_fd = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    try:
        # Queued: a loop that has not begun yet does not hear quit() itself.
        with hear_stop_signals(
            lambda: QMetaObject.invokeMethod(app, "quit", Qt.ConnectionType.QueuedConnection)
        ):
            yield
    finally:
        signal.set_wakeup_fd(old_fd)
        notifier.setEnabled(False)
        reader.close()
        writer.close()


class FirstPaint(QObject):
    """Says once that a widget has been painted; one that is not shown counts as painted after a second."""

    painted = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        # A window that starts minimised is not painted, and has work to do all the same.
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self.painted)
        self._patience.start()
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the paint."""
        if event.type() is QEvent.Type.Paint and self._patience.isActive():
            watched.removeEventFilter(self)
            # The paint itself comes after this event; the timer fires when it is done.
            self._patience.start(0)
        return False
