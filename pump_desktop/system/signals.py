"""The signals by which a person, a closing terminal or the system asks a program to end."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# SIGHUP: the terminal or the connection is gone. SIGBREAK: Windows closes the console, or Ctrl-Break.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


def stop_signals() -> tuple[signal.Signals, ...]:
    """Return those of this system, without a SIGHUP that the program was told to ignore, as by ``nohup``."""
    known = [signal.Signals[name] for name in _NAMES if name in signal.Signals.__members__]
    return tuple(one for one in known if one.name != "SIGHUP" or signal.getsignal(one) is not signal.SIG_IGN)


@contextmanager
def hear_stop_signals(ask: Callable[[], object]) -> Iterator[None]:
    """Call ``ask`` whenever the program is asked to end; only in the main thread."""
    before = {one: signal.signal(one, lambda *_: ask()) for one in stop_signals()}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
