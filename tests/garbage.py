"""Garbage of tests that use Qt, collected in the main thread as ``qt/app/collector.py`` does it.

A listener's thread that collects what another test has left crashes in a test that has nothing to do with it.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


class Garbage:
    """What is left of the tests of one process."""

    def __init__(self) -> None:
        self._of_qt = False

    @contextmanager
    def kept(self, *, uses_qt: bool) -> Iterator[None]:
        """Let no thread collect in a test that uses Qt, nor in any other test what such tests have left."""
        if not uses_qt:
            if self._of_qt:
                gc.collect()
                self._of_qt = False
            yield
            return
        self._of_qt = True
        gc.disable()
        try:
            yield
        finally:
            # What came with the test is young; pytest still holds some of it, which the next test collects.
            gc.collect(1)
            gc.enable()
