"""How late the window's event loop is, and how much memory the process holds, while something else works."""

from __future__ import annotations

from time import perf_counter

import psutil  # type: ignore[import-untyped]  # ships none
from PySide6.QtCore import QObject, Qt, QTimer, Slot

TICK_MS = 5
MEMORY_MS = 20


class Watch(QObject):
    """Ticks every 5 ms in the window's thread and keeps the latest tick; looks at the memory besides."""

    def __init__(self) -> None:
        super().__init__()
        self._ticks = QTimer(self)
        self._ticks.setTimerType(Qt.TimerType.PreciseTimer)
        self._ticks.setInterval(TICK_MS)
        self._ticks.timeout.connect(self._on_tick)
        self._looks = QTimer(self)
        self._looks.setInterval(MEMORY_MS)
        self._looks.timeout.connect(self._on_look)
        self._process = psutil.Process()
        self._last = self._counts_from = 0.0
        self.worst_lag = 0.0
        self.peak_bytes = 0

    def start(self, leave_out_seconds: float = 0.0) -> None:
        """Start anew; lags of the first seconds do not count."""
        self.worst_lag, self.peak_bytes = 0.0, 0
        self._last = perf_counter()
        self._counts_from = self._last + leave_out_seconds
        self._ticks.start()
        self._looks.start()

    def stop(self) -> None:
        """Count the lag up to now and stop."""
        self._on_tick()
        self._on_look()
        self._ticks.stop()
        self._looks.stop()

    @Slot()
    def _on_tick(self) -> None:
        now = perf_counter()
        if now >= self._counts_from:
            self.worst_lag = max(self.worst_lag, now - self._last - TICK_MS / 1000)
        self._last = now

    @Slot()
    def _on_look(self) -> None:
        self.peak_bytes = max(self.peak_bytes, self._process.memory_info().rss)
