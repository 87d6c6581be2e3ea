"""What still runs when a program ends, and the way out when something does."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Collection
from contextlib import suppress
from threading import Thread
from typing import NoReturn

# Each part has been waited for by then: this is for pools, which end by themselves once they are told.
PATIENCE_S = 1.0


def still_running(before: Collection[Thread]) -> list[str]:
    """Return the names of the threads that began after ``before`` was taken and do not end.

    They are waited for, PATIENCE_S for all together.
    """
    deadline = time.monotonic() + PATIENCE_S
    left = []
    for thread in threading.enumerate():
        if thread in before or thread is threading.current_thread():
            continue
        # It stands for a thread that Python did not start and cannot wait for: whoever started it ends it.
        if isinstance(thread, threading._DummyThread):  # noqa: SLF001 - there is no public name for it
            continue
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            left.append(thread.name)
    return sorted(left)


def leave(code: int) -> NoReturn:
    """End the process at once, with its log and its words written, whatever still runs in it.

    Python's own way out waits for some threads and pulls others down in the middle of foreign code, where
    they may end the process with a signal.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        # A windowed build has no streams, and the terminal of these may be closed.
        if stream is not None:
            with suppress(OSError):
                stream.flush()
    os._exit(code)
