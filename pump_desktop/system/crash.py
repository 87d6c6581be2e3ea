"""The last net: an error nobody caught reaches the log and a person, never a silent exit.

with install(paths.logs, on_crash=show_dialog, last_lines=logs.last_lines, now=utc_now):
    ...
"""

from __future__ import annotations

import faulthandler
import importlib.metadata
import logging
import platform
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from pump_desktop import __version__
from pump_desktop.domain.errors import KnownError
from pump_desktop.system.files import append_private
from pump_desktop.system.redaction import redact

FAULT_FILE = "faults.log"
_PACKAGES = ("PySide6-Essentials", "pyqtgraph", "numpy", "numba", "scipy", "SQLAlchemy")
# So often the same error is told in full; from then on at the 10th, 100th, ... time.
_ALWAYS = 5
_SENTENCE = "Something went wrong that Pump Desktop did not expect. Your stored data is not affected."

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CrashReport:
    """What a person reads, and what they can copy into a report; both are free of seeds."""

    sentence: str
    details: str
    same_as: str = ""
    """What is equal for the same error from the same line, however often it comes."""
    times: int = 1
    """How often it has come."""

    @property
    def is_milestone(self) -> bool:
        """Whether this is the first, second, tenth, hundredth ... time."""
        return self.times == 2 or is_power_of_ten(self.times)


class CrashHooks:
    """The process's hooks for uncaught errors, until ``uninstall()``."""

    def __init__(
        self,
        on_crash: Callable[[CrashReport], None],
        last_lines: Callable[[], Sequence[str]],
        now: Callable[[], datetime],
        faults: IO[str] | None,
    ) -> None:
        self._on_crash = on_crash
        self._last_lines = last_lines
        self._now = now
        self._faults = faults
        self._busy = threading.local()
        self._times: Counter[str] = Counter()
        # Bound once: a method is a new object each time it is asked for, and uninstall() compares.
        self._main, self._thread, self._unraisable = self._on_main, self._on_thread, self._on_unraisable
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._main, self._thread, self._unraisable
        if faults is not None:
            faulthandler.enable(faults, all_threads=True)

    def uninstall(self) -> None:
        """Put back the hooks that were there before, except where somebody has put theirs on top."""
        before_main, before_thread, before_unraisable = self._before
        if sys.excepthook is self._main:
            sys.excepthook = before_main
        if threading.excepthook is self._thread:
            threading.excepthook = before_thread
        if sys.unraisablehook is self._unraisable:
            sys.unraisablehook = before_unraisable
        if self._faults is not None:
            faulthandler.disable()
            self._faults.close()
            self._faults = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.uninstall()

    def last_words(self, sentence: str) -> None:
        """Keep a sentence before the trace of the crash that follows it."""
        if self._faults is not None:
            self._faults.write(f"{self._now():%Y-%m-%dT%H:%M:%SZ} {redact(sentence)}\n")
            self._faults.flush()

    def _on_main(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before[0](kind, error, trace)
        else:
            self._report(error.with_traceback(trace), f"thread {threading.current_thread().name}")

    def _on_thread(self, args: threading.ExceptHookArgs) -> None:
        # SystemExit ends a thread quietly by contract; the value is missing only while Python shuts down.
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            self._report(args.exc_value, f"thread {args.thread.name if args.thread else 'unknown'}")

    def _on_unraisable(self, args: sys.UnraisableHookArgs) -> None:
        # args.object is only named here, never kept: that would bring a dying object back to life.
        if args.exc_value is not None:
            self._report(args.exc_value, f"{args.err_msg or 'ignored in'} {type(args.object).__qualname__}")

    def _report(self, error: BaseException, where: str) -> None:
        if getattr(self._busy, "on", False):
            # The callback itself failed in a way that came back here: log it, do not ring again.
            _log.critical("Another error while one was being reported (%s)", where, exc_info=error)
            return
        same_as = signature(error)
        self._times[same_as] += 1
        times = self._times[same_as]
        if times > _ALWAYS and not is_power_of_ten(times):
            # In a paint it comes 60 times a second, and the log holds 5 MB: the next line counts this one.
            return
        self._busy.on = True
        try:
            # Read before logging, so that the traceback stands in the report once.
            lines = self._last_lines()
            often = f", for the {times}th time" if times > _ALWAYS else ""
            _log.critical("Uncaught error (%s%s)", where, often, exc_info=error)
            self._on_crash(crash_report(error, where, lines, self._now(), times))
        except Exception:  # noqa: BLE001 - the last net must not tear
            _log.critical("The crash report could not be shown", exc_info=True)
        finally:
            self._busy.on = False


def install(
    logs: Path,
    on_crash: Callable[[CrashReport], None],
    last_lines: Callable[[], Sequence[str]],
    now: Callable[[], datetime],
) -> CrashHooks:
    """Catch what nobody caught, here and in threads, and let a crash of the interpreter leave a trace.

    ``on_crash`` runs in the thread that failed; a window must pass the report on to its own.
    """
    return CrashHooks(on_crash, last_lines, now, _open_fault_file(logs))


def signature(error: BaseException) -> str:
    """Give the kind of an error and the line it came from, which are the same when it comes again."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__qualname__} {place}"


def is_power_of_ten(number: int) -> bool:
    """Tell 1, 10, 100, ... from all other positive numbers."""
    return str(number).rstrip("0") == "1"


def crash_report(
    error: BaseException, where: str, lines: Sequence[str], now: datetime, times: int = 1
) -> CrashReport:
    """Give the report of ``error``: its sentence, versions, traceback and the lines logged before it."""
    details = "\n".join(
        (
            f"Pump Desktop {__version__}, {now:%Y-%m-%dT%H:%M:%SZ}, {where}",
            f"Python {platform.python_version()} on {platform.platform()} ({platform.machine()})",
            ", ".join(f"{name} {_version(name)}" for name in _PACKAGES),
            "",
            "".join(traceback.format_exception(error)).rstrip(),
            "",
            f"Last {len(lines)} log lines:",
            *lines,
        )
    )
    sentence = str(error) if isinstance(error, KnownError) else _SENTENCE
    return CrashReport(redact(sentence), redact(details), signature(error), times)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not found"


def _open_fault_file(logs: Path) -> IO[str] | None:
    """Give the file a crash of the interpreter is written to, or None when there is no use for one."""
    if faulthandler.is_enabled():
        return None  # switched on from outside, with PYTHONFAULTHANDLER or by a test run: theirs stays
    try:
        return append_private(logs / FAULT_FILE)
    except OSError as error:
        _log.warning("Crashes of the interpreter will leave no trace: %s", error)
        return None
