"""How a process with a window shares the interpreter: short turns, and no long collections."""

from __future__ import annotations

import gc
import sys

_TURN_S = 0.001


def settle() -> None:
    """Leave everything that is there now out of every later collection; after what makes much that stays.

    What start-up makes (modules, the HTTP schema, later compiled kernels: some 200,000 to 500,000 objects)
    stays until the end. A full collection that walks it holds all threads for 100 to 200 ms, once in some
    20,000 bets or when a page reads a thousand rows.
    """
    gc.freeze()


def take_short_turns() -> None:
    """Let a thread that computes hand the interpreter on after 1 ms instead of 5; once per process.

    The window's thread asks for it anew at every call from Qt into Python: painting a page beside a listener
    at 200 bets/s waited 0.2 s in turns of 5 ms. The listener is as fast with either.
    """
    sys.setswitchinterval(_TURN_S)
