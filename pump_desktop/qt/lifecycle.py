"""How the program ends when the system asks, and how soon it was there."""

from __future__ import annotations

import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSocketNotifier, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget


@contextmanager
def quit_on_signals(app: QCoreApplication) -> Iterator[None]:
    """End the program in order on Ctrl-C and SIGTERM.

    Python runs signal handlers between its own instructions, and the event loop has none; the wake-up
    socket brings the loop back to Python.
    """
    reader, writer = socket.socketpair()
    for end in (reader, writer):
        end.setblocking(False)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda: reader.recv(64))
    before = {
        number: signal.signal(number, lambda *_: app.quit()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    old_fd = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(old_fd)
        for number, handler in before.items():
            signal.signal(number, handler)
        notifier.setEnabled(False)
        reader.close()
        writer.close()


class FirstPaint(QObject):
    """Prints the seconds from ``started`` (Unix time) to the page's first paint, for the benchmark."""

    painted = Signal()

    def __init__(self, started: float, page: QWidget) -> None:
        super().__init__(page)
        self._started = started
        page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the paint of the first page."""
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            # The paint itself comes after this event; the timer fires when it is done.
            QTimer.singleShot(0, self, self._print)
        return False

    @Slot()
    def _print(self) -> None:
        sys.stdout.write(f"first-paint {time.time() - self._started:.3f}\n")
        sys.stdout.flush()
        self.painted.emit()
