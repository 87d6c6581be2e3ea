"""Garbage of Python's collected in the window's thread alone.

Python collects in whichever thread happens to allocate: the listener's, the writer's, one that scans. What Qt
owns a part of must die in the window's thread. Collected elsewhere, a shown window stops both threads for
ever, and a timer that ticks stays with Qt when its object is gone.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer

# What a busy listener or an import leaves in this time is collected in a millisecond or two.
TURN_MS = 100


@contextmanager
def collect_in_this_thread() -> Iterator[None]:
    """Collect by a timer of this thread's event loop, and nowhere else; once per process at a time."""
    timer = QTimer()
    timer.setInterval(TURN_MS)
    timer.timeout.connect(collect_when_due)
    gc.disable()
    timer.start()
    try:
        yield
    finally:
        timer.stop()
        # What the last turn has left is collected here, before any thread may.
        gc.collect()
        gc.enable()


def collect_when_due() -> None:
    """Collect the oldest generation whose threshold is passed, with those below it, as Python itself does."""
    counts, limits = gc.get_count(), gc.get_threshold()
    for generation in (2, 1, 0):
        if counts[generation] > limits[generation]:
            gc.collect(generation)
            return
