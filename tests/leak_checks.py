"""What a test may not leave behind: threads, windows, timers, warnings in the log.

Each check is a pair: a snapshot before the test, and the names of what is new and still there after it.
Qt is looked at only where it is loaded already, so these checks never import it.
"""

from __future__ import annotations

import gc
import logging
import sys
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING
from weakref import WeakSet

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

JOIN_SECONDS = 2.0

# tqdm keeps one daemon thread for the whole process once a progress bar was shown.
_PROCESS_THREADS = {"TMonitor"}
# Qt makes one label for all tool tips and keeps it.
_PROCESS_WIDGETS = {"QTipLabel"}


def left_threads(before: set[threading.Thread], seconds: float = JOIN_SECONDS) -> list[str]:
    """Give the new threads that are still alive after ``seconds`` together."""
    deadline = time.monotonic() + seconds
    left = []
    for thread in set(threading.enumerate()) - before:
        if type(thread).__name__ in _PROCESS_THREADS:
            continue
        # A dummy stands for a thread that Python did not start, such as a QThread, and cannot be joined:
        # Python 3.11 keeps it after its end. Running QThreads are found by left_qthreads().
        if isinstance(thread, threading._DummyThread):
            continue
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            left.append(f"thread {thread.name} is still alive")
    return sorted(left)


class QtThings:
    """The Qt threads, timers and windows that were there before a test."""

    def __init__(self) -> None:
        # Weak: the snapshot itself must keep nothing alive.
        self._before: WeakSet[QObject] = WeakSet(_running())
        self._windows_before: WeakSet[QObject] = WeakSet(_windows())

    def left(self) -> list[str]:
        """Give what is new and still runs, ticks or stands on the screen."""
        if not self._left():
            return []
        # Only now, because it takes 50 ms and more: let deleteLater() and reference cycles have their way.
        from PySide6.QtCore import QCoreApplication, QEvent  # noqa: PLC0415 - loaded already, see above

        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        return self._left()

    def _left(self) -> list[str]:
        objects = [found for found in _running() if found not in self._before]
        windows = [found for found in _windows() if found not in self._windows_before]
        return sorted(_describe(found) for found in objects + windows)


def qt_is_up() -> bool:
    """Tell whether somebody else has loaded Qt and made its application object."""
    core = sys.modules.get("PySide6.QtCore")
    return core is not None and core.QCoreApplication.instance() is not None


def _running() -> Iterator[QObject]:
    """Yield the QThreads that run and the QTimers that tick, as far as Python holds them."""
    from PySide6.QtCore import QThread, QTimer  # noqa: PLC0415 - loaded already, see above
    from shiboken6 import getAllValidWrappers  # noqa: PLC0415 - as above

    # Takes 0.1 ms where a walk over all objects of Python takes 10 ms, before and after every test of Qt.
    for found in getAllValidWrappers():
        if isinstance(found, QTimer):
            if found.isActive():
                yield found
        elif isinstance(found, QThread) and found.isRunning() and found is not QThread.currentThread():
            yield found


def _windows() -> Iterator[QObject]:
    """Yield the top-level widgets that belong to nobody."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or not isinstance(widgets.QApplication.instance(), widgets.QApplication):
        return
    for window in widgets.QApplication.topLevelWidgets():
        # A combo box's list is a window too, but dies with its box.
        if window.parent() is None and type(window).__name__ not in _PROCESS_WIDGETS:
            yield window


def _describe(found: QObject) -> str:
    name = f" {found.objectName()}" if found.objectName() else ""
    states = {"isRunning": "running", "isActive": "ticking", "isVisible": "visible"}
    state = next((word for ask, word in states.items() if getattr(found, ask, bool)()), "alive")
    return f"{type(found).__module__}.{type(found).__qualname__}{name} is still {state}"


class WarningTrap(logging.Handler):
    """Collects what is logged at WARNING and above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record as one line."""
        self.lines.append(f"{record.levelname} logged by {record.name}: {record.getMessage()}")
