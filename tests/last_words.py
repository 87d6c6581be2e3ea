"""Qt's last sentence before it ends a test process, told past the capture that dies with the process.

pytest-qt keeps what Qt says for the report of the test, and a test in which the process dies has none.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtCore import QMessageLogContext, QtMsgType


@contextmanager
def last_words_told(descriptor: int) -> Iterator[None]:
    """Write to ``descriptor`` what Qt says before it ends the process; all else goes where it went before."""
    # pytest-qt loads it with its start; without pytest-qt there is nothing to hear.
    core: Any = sys.modules.get("PySide6.QtCore")
    if core is None:
        yield
        return

    def take(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if kind is core.QtMsgType.QtFatalMsg:
            os.write(descriptor, f"\nQt ends this process: {text}\n".encode())
        if before is not None:
            before(kind, context, text)
        elif kind is not core.QtMsgType.QtDebugMsg and sys.stderr is not None:
            sys.stderr.write(f"{text}\n")

    before = core.qInstallMessageHandler(take)
    try:
        yield
    finally:
        now = core.qInstallMessageHandler(before)
        if now is not take:
            # pytest-qt, which takes its own off when a test's call is over.
            core.qInstallMessageHandler(now)
