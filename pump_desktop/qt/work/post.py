"""The way from any thread to the window's: functions that are called there, in the order they were sent.

A thread may emit no signal of an object that somebody may delete meanwhile: Qt then works with what is gone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from PySide6.QtCore import QObject, Qt, Signal, Slot


class Post(QObject):
    """Calls functions in the window's thread; ``send()`` is for any thread.

    There is one for the process, and it is never deleted: a thread that does not end may send at any time.
    """

    _sent = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._sent.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def send(self, call: Callable[[], None]) -> None:
        """Call a function when control is back in the event loop."""
        self._sent.emit(call)

    @Slot(object)
    def _deliver(self, call: Callable[[], None]) -> None:
        call()


@cache
def post() -> Post:
    """Return the one post; the first caller must be the window's thread."""
    return Post()
