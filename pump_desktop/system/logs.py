"""Logs a person can read and pass on: one line per record, UTC, owner-only, never a seed.

logs = open_logs(paths, settings.log_level)   # handlers on
...
logs.close()                                  # handlers off, levels as they were
"""

from __future__ import annotations

import logging
import sys
from collections import deque
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Self

from pump_desktop.domain.seeds import visible
from pump_desktop.system.files import append_private
from pump_desktop.system.log_flood import FloodFilter
from pump_desktop.system.paths import AppPaths
from pump_desktop.system.redaction import redact

LOG_FILE = "pump-desktop.log"
_FILES = 5
_FILE_BYTES = 1_000_000
_TAIL_LINES = 50

# A line of a message or of a traceback; a path alone may have 64 KiB.
_LONGEST = 4_000


class LineFormatter(logging.Formatter):
    """One line per record without control characters; a traceback keeps its lines, indented."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's name
        """Give the record's time as ISO 8601 in UTC with milliseconds."""
        del datefmt
        moment = datetime.fromtimestamp(record.created, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def format(self, record: logging.LogRecord) -> str:
        """Give the whole record as text, redacted before it is escaped."""
        record.message = record.getMessage()
        record.asctime = self.formatTime(record)
        # exc_text is another formatter's cache of the traceback and stays as it is.
        below = [self.formatException(record.exc_info)] if record.exc_info else []
        if record.stack_info:
            below.append(self.formatStack(record.stack_info))
        flood: str = getattr(record, "flood", "")
        lines = [_line(redact(self.formatMessage(record))) + flood]
        # Two spaces: no line of an exception's text can pass for a record of its own.
        lines += [f"  {_line(line)}" for text in below for line in redact(text).split("\n")]
        return "\n".join(lines)


def _line(text: str) -> str:
    return visible(text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …")


class _PrivateFile(RotatingFileHandler):
    """Five files of 1 MB for the owner alone, opened with the first record."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=_FILE_BYTES, backupCount=_FILES - 1, encoding="utf-8", delay=True)
        self._told = False

    def _open(self) -> TextIOWrapper:
        return append_private(Path(self.baseFilename))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Say once that the log cannot be written and go on: no log is worth a stopped program."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
        elif not self._told and sys.stderr is not None:
            self._told = True
            sentence = f"The log {self.baseFilename} cannot be written: {error.strerror or error}."
            sys.stderr.write(visible(sentence) + "\n")


class _Tail(logging.Handler):
    """The last lines, for a crash report."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[str] = deque(maxlen=_TAIL_LINES)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record's lines."""
        self._lines.extend(self.format(record).split("\n"))

    def lines(self) -> tuple[str, ...]:
        """Give what is kept; the lock is the one emit() is called under."""
        self.acquire()
        try:
            return tuple(self._lines)
        finally:
            self.release()


class Logs:
    """Open logs: what they hold at the end, and the way to close them."""

    def __init__(self, handlers: tuple[logging.Handler, ...], tail: _Tail, level: str) -> None:
        self._tail = tail
        self._handlers = (*handlers, tail)
        root, own = logging.getLogger(), logging.getLogger("pump_desktop")
        self._levels: tuple[tuple[logging.Logger, int], ...] = ((root, root.level), (own, own.level))
        set_log_level(level)
        formatter = LineFormatter()
        for handler in self._handlers:
            handler.setFormatter(formatter)
            handler.addFilter(FloodFilter())
            root.addHandler(handler)

    def last_lines(self) -> tuple[str, ...]:
        """Give the last 50 lines, redacted with what is known by now."""
        return tuple(redact(line) for line in self._tail.lines())

    def close(self) -> None:
        """Take the handlers off, close their files and put the levels back; a second call does nothing."""
        root = logging.getLogger()
        for handler in self._handlers:
            root.removeHandler(handler)
            handler.close()
        for logger, level in self._levels:
            logger.setLevel(level)
        self._handlers, self._levels = (), ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def set_log_level(level: str) -> None:
    """Log records of ``level`` and above from now on."""
    own = logging.getLogger("pump_desktop")
    own.setLevel(level)
    # Other people's DEBUG and INFO hold SQL parameters and request lines: only their warnings pass.
    logging.getLogger().setLevel(max(logging.WARNING, own.level))


def open_logs(paths: AppPaths, level: str = "INFO", *, to_stderr: bool = False) -> Logs:
    """Send records of ``level`` and above to a rotating file, the crash report's tail and, if asked, stderr.

    A folder that cannot be written costs the log file and one sentence on stderr, never the program.
    """
    handlers: list[logging.Handler] = [_PrivateFile(paths.logs / LOG_FILE)]
    # A windowed build has no stderr.
    if to_stderr and sys.stderr is not None:
        handlers.append(logging.StreamHandler(sys.stderr))
    return Logs(tuple(handlers), _Tail(), level)
