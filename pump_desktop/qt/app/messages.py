"""What Qt says: lines of the log, and so of a crash report; a sentence before it ends the process is kept."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}

_log = logging.getLogger(__name__)


@contextmanager
def log_qt_messages(last_words: Callable[[str], None]) -> Iterator[None]:
    """Log what Qt says; ``last_words`` gets the sentence after which Qt ends the process.

    Whoever took the messages before still gets them; without anybody, warnings go to stderr as ever.
    """
    before: Callable[[QtMsgType, QMessageLogContext, str], object] | None = None

    def take(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        level = _LEVELS[kind]
        _log.log(level, "Qt says (%s): %s", context.category or "default", text)
        if kind is QtMsgType.QtFatalMsg:
            last_words(f"Qt ends the program: {text}")
        if before is not None:
            before(kind, context, text)
        elif level >= logging.WARNING and sys.stderr is not None:
            sys.stderr.write(f"{text}\n")

    before = qInstallMessageHandler(take)
    try:
        yield
    finally:
        now = qInstallMessageHandler(before)
        if now is not take:
            # Somebody has put theirs on top.
            qInstallMessageHandler(now)
