"""How far a scan is, told at most 20 times a second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pump_desktop.services.intake import Intake

LEAST_INTERVAL_S = 0.05


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """A moment of a scan: ``counts`` holds the outcomes so far per k, ``rate`` is in nonces per second.

    While the kernel is compiled (once per machine, a second or two) ``preparing`` is true and nothing is
    counted yet.
    """

    done: int
    total: int
    rate: float
    seconds_left: float | None
    counts: tuple[int, ...]
    preparing: bool = False


class ProgressReport:
    """Turns counts into ScanProgress values and leaves out those that come too soon after the last."""

    def __init__(self, total: int, tell: Callable[[ScanProgress], None], timer: Callable[[], float]) -> None:
        self._total = total
        self._tell = tell
        self._timer = timer
        self._started = timer()
        self._known = 0
        self._told = float("-inf")

    def preparing(self) -> None:
        """Tell that the kernel is being compiled."""
        self._tell(ScanProgress(0, self._total, 0.0, None, (), preparing=True))

    def start(self, known: int = 0) -> None:
        """Count time from here: compiling does not belong to the rate, and neither does what is known."""
        self._started = self._timer()
        self._known = known

    def counted(self, taken: Intake) -> None:
        """Tell how far the scan is, unless the last word was less than 50 ms ago and this is not the end."""
        now, done = self._timer(), taken.done
        if now - self._told < LEAST_INTERVAL_S and done < self._total:
            return
        self._told = now
        elapsed = max(now - self._started, 1e-9)
        rate = max(done - self._known, 1) / elapsed
        self._tell(ScanProgress(done, self._total, rate, (self._total - done) / rate, taken.counts))
