"""The end of starting up, for the garbage collector."""

from __future__ import annotations

import gc


def settle() -> None:
    """Leave everything that is there now out of every later collection; after what makes much that stays.

    What start-up makes (modules, the HTTP schema, later compiled kernels: some 200,000 to 500,000 objects)
    stays until the end. A full collection that walks it holds all threads for 100 to 200 ms, once in some
    20,000 bets or when a page reads a thousand rows.
    """
    gc.freeze()
