"""A range that does not fit into the memory there is, told as such and not as a bug."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pump_desktop.domain.errors import NotEnoughMemoryError


@contextmanager
def memory_for(nonces: int) -> Iterator[None]:
    """Raise NotEnoughMemoryError, which names the nonces, when what is done inside runs out of it."""
    short = False
    try:
        yield
    except MemoryError:
        short = True
    if short:
        # Not from the MemoryError: its traceback would hold what took the memory.
        raise NotEnoughMemoryError(nonces)
