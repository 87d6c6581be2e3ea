"""A program of its own: what the window's thread sees of scans and tables; prints figures as JSON."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from statistics import median
from time import perf_counter

# Before anybody imports Qt.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from pump_desktop.domain.requests import ScanRequest
from pump_desktop.qt.look.theme import Appearance
from pump_desktop.qt.work.jobs import JobRunner
from pump_desktop.qt.work.scans import Scans
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.services.runs.collector import ScanProgress
from pump_desktop.services.runs.runs import Replay
from pump_desktop.services.sample import sample_request
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from pump_desktop.ui.charts.distribution_chart import DistributionChart
from tools.bench_figures import Figure
from tools.bench_lag import Watch
from tools.bench_live import bench_live
from tools.bench_tables import bench_tables
from tools.bench_workspace import bench_workspace

SHORT = 1_000_000
LONG = 100_000_000
REST_MS = 2_000
LEFT_OUT_SECONDS = 1.0
MB = 1e6

CLICK_SECONDS = 0.4
LAG_MS = 50.0
PEAK_MB = 600.0
CANCEL_MS = 100.0
# A long scan is "as fast per nonce as a short one" when the two differ by no more than this machine does.
AS_FAST = 0.95


class Bench(QObject):
    """Runs scans through the same objects as the window, one after another."""

    def __init__(self, backend: Backend) -> None:
        super().__init__()
        self._backend = backend
        self._loop = QEventLoop(self)
        self._runner = JobRunner("engine")
        future: Future[Backend] = Future()
        future.set_result(backend)
        self._scans = Scans(self._runner, future, self)
        self._replay: Replay | None = None
        self._cancel_at_first_count = False
        self._cancelled_at = 0.0
        self._scans.progress.connect(self._on_progress)
        self._scans.finished.connect(self._on_finished)
        self._scans.failed.connect(self._on_failed)
        self._scans.cancelled.connect(self._loop.quit)
        self.watch = Watch()
        self._chart = DistributionChart()
        self._chart.resize(1100, 420)

    def close(self) -> None:
        """End the thread."""
        self._runner.stop()
        self._chart.deleteLater()

    def click(self, count: int) -> tuple[float, Replay]:
        """Give the seconds from the click to the stored run with its chart drawn, and the run."""
        sample = sample_request()
        seeds = (sample.server_seed, sample.client_seed)
        began = perf_counter()
        self._scans.start(ScanRequest(*seeds, 1, count, sample.difficulty, sample.targets))
        self._loop.exec()
        if self._replay is None:
            raise SystemExit("The scan did not finish.")
        self._chart.set_distribution(self._backend.runs.distribution(self._replay.run))
        # Paints now, on a screen or without one.
        self._chart.grab()
        seconds, replay, self._replay = perf_counter() - began, self._replay, None
        return seconds, replay

    def cancel_seconds(self) -> float:
        """Give the time from the click on Cancel to the last word of a long scan."""
        self._cancel_at_first_count = True
        sample = sample_request()
        seeds = (sample.server_seed, sample.client_seed)
        self._scans.start(ScanRequest(*seeds, 1, LONG, sample.difficulty, sample.targets))
        self._loop.exec()
        return perf_counter() - self._cancelled_at

    def rest(self) -> float:
        """Give the worst lag of an event loop with nothing to do: what the machine alone costs."""
        self.watch.start()
        QTimer.singleShot(REST_MS, self._loop.quit)
        self._loop.exec()
        self.watch.stop()
        return self.watch.worst_lag

    @Slot(object)
    def _on_progress(self, progress: ScanProgress) -> None:
        if self._cancel_at_first_count and progress.done:
            self._cancel_at_first_count = False
            self._cancelled_at = perf_counter()
            self._scans.cancel()

    @Slot(object)
    def _on_finished(self, replay: Replay) -> None:
        self._replay = replay
        self._loop.quit()

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        print(error, file=sys.stderr)
        self._loop.quit()


def _rate(replay: Replay) -> float:
    return replay.run.count / max(replay.run.duration_ms, 1) * 1000


def _short(bench: Bench, repetitions: int) -> tuple[Figure, float]:
    bench.click(SHORT)
    clicks = [bench.click(SHORT) for _ in range(repetitions)]
    rate = median(_rate(replay) for _, replay in clicks)
    figure = Figure(
        "1 M expert, click to stored run with chart",
        median(seconds for seconds, _ in clicks),
        "s",
        CLICK_SECONDS,
        more=f"warm; the scan alone at {rate / 1e6:.1f} M/s",
    )
    return figure, rate


def _long(bench: Bench, short_rate: float) -> Iterator[Figure]:
    before = bench.watch.peak_bytes
    bench.watch.start(LEFT_OUT_SECONDS)
    seconds, replay = bench.click(LONG)
    bench.watch.stop()
    rate = _rate(replay)
    yield Figure("100 M expert, click to stored run with chart", seconds, "s", more=f"{rate / 1e6:.1f} M/s")
    yield Figure(
        "100 M expert, rate against 1 M", rate / short_rate, "x", AS_FAST, more_is_better=True,
        more="scan alone in both",
    )  # fmt: skip
    yield Figure(
        "100 M expert, worst delay of the event loop",
        bench.watch.worst_lag * 1000,
        "ms",
        LAG_MS,
        more="without the first second",
    )
    peak = bench.watch.peak_bytes
    yield Figure(
        "100 M expert, peak memory", peak / MB, "MB", PEAK_MB, more=f"{before / MB:,.0f} MB before it"
    )


def measure(backend: Backend, *, quick: bool) -> Iterator[Figure]:
    """Yield what the window's thread sees of scans."""
    bench = Bench(backend)
    try:
        short, short_rate = _short(bench, 5 if quick else 11)
        yield short
        cancels = [bench.cancel_seconds() for _ in range(3 if quick else 9)]
        yield Figure(
            "cancel of a scan, click to last word", median(cancels) * 1000, "ms", CANCEL_MS,
            more=f"worst {max(cancels) * 1000:.0f} ms",
        )  # fmt: skip
        yield Figure(
            "event loop at rest, worst delay in 2 s", bench.rest() * 1000, "ms", more="for comparison"
        )
        if not quick:
            yield from _long(bench, short_rate)
    finally:
        bench.close()


def main() -> int:
    """Print all figures as JSON."""
    quick = "--quick" in sys.argv
    app = QApplication(sys.argv)
    appearance = Appearance(app)
    with tempfile.TemporaryDirectory() as folder:
        backend = open_backend(Settings(), resolve_paths(Path(folder)))
        figures = [*measure(backend, quick=quick), *bench_tables(quick=quick), *bench_live(quick=quick)]
        backend.close()
        figures += bench_workspace(appearance, quick=quick)
    del appearance
    fields = ("name", "measured", "unit", "goal", "more_is_better", "more")
    print(json.dumps([{field: getattr(figure, field) for field in fields} for figure in figures]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
