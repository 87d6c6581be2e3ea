"""The window of a soak: pages switched by a timer, samples taken by another."""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil  # type: ignore[import-untyped]  # ships none
from PySide6.QtCore import QEventLoop, QObject, QTimer, Slot

from pump_desktop.domain.live import StreamQuery
from pump_desktop.domain.runs import RunQuery
from tools.bench_lag import Watch
from tools.demo_window import Scene

SAMPLE_MS = 10_000
SWITCH_MS = 2_000
LOOK_MS = 200


class SoakedWindow(QObject):
    """The real window with its listener, watched; ``watch()`` runs its event loop."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._scene = Scene(folder)
        self._began = time.monotonic()
        self._lag = Watch()
        self._process = psutil.Process()
        self._samples: list[dict[str, float]] = []
        self._visits = cycle(visit for _, visit in self.visits())
        self._sampling = self._timer(SAMPLE_MS, self._sample)
        self._switching = self._timer(SWITCH_MS, self._switch)

    @property
    def url(self) -> str:
        """The listener's address."""
        return self._scene.url

    @property
    def token(self) -> str:
        """Its token."""
        return self._scene.token

    def visits(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        """Give the pages by name, each with what opens it."""
        return (
            ("scan", self._scan),
            ("runs", self._runs),
            ("run", self._run),
            ("live", self._live),
            ("stream", self._stream),
            ("verify", self._verify),
            ("compare", self._compare),
            ("settings", self._settings),
        )

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the program in order."""
        self._scene.__exit__(kind, error, trace)

    def watch(self, going_on: Callable[[], bool]) -> list[dict[str, float]]:
        """Run the window as long as something goes on; give the samples."""
        self._began = time.monotonic()
        self._lag.start()
        self._sampling.start()
        self._switching.start()
        loop = QEventLoop()

        def look() -> None:
            if not going_on():
                loop.quit()

        looking = self._timer(LOOK_MS, look)
        looking.start()
        loop.exec()
        for timer in (looking, self._sampling, self._switching):
            timer.stop()
        self._sample()
        self._lag.stop()
        return self._samples

    def stored(self) -> dict[str, int]:
        """Count what is stored."""
        rows = self._scene._backend.live.streams(StreamQuery()).items
        return {"bets": sum(row.total_bets for row in rows), "rounds": sum(row.total_rounds for row in rows)}

    def _timer(self, milliseconds: int, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(milliseconds)
        timer.timeout.connect(call)
        return timer

    @Slot()
    def _sample(self) -> None:
        self._lag.stop()
        sample = {
            "second": time.monotonic() - self._began,
            "rss_mb": self._process.memory_info().rss / 2**20,
            "files": float(self._process.num_fds() if hasattr(self._process, "num_fds") else 0),
            "threads": float(self._process.num_threads()),
            "python_threads": float(threading.active_count()),
            "objects": float(len(gc.get_objects())),
            "stall_ms": self._lag.worst_lag * 1000,
        }
        self._samples.append(sample)
        told = "  ".join(f"{name} {value:,.0f}" for name, value in sample.items())
        print(told, file=sys.stderr, flush=True)
        # From here on: that this sample itself took a moment is no stall of the program's.
        self._lag.start()

    @Slot()
    def _switch(self) -> None:
        next(self._visits)()

    def _scan(self) -> None:
        self._scene._window.open_section("scan")

    def _runs(self) -> None:
        self._scene._window.open_section("runs")

    def _run(self) -> None:
        rows = self._scene._backend.runs.list(RunQuery(limit=1)).items
        if rows:
            self._scene._window.open_run_by_id(rows[0].id)

    def _live(self) -> None:
        self._scene._window.open_section("live")

    def _stream(self) -> None:
        rows = self._scene._backend.live.streams(StreamQuery(limit=1)).items
        if rows:
            self._scene._window.open_stream(rows[0].id)

    def _verify(self) -> None:
        self._scene._window.open_section("verify")

    def _compare(self) -> None:
        self._scene._window.open_section("compare")

    def _settings(self) -> None:
        self._scene._window.open_section("settings")
