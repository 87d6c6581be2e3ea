"""How fast the page of a long run answers: its tabs, a change of filter, and what is written from it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from PySide6.QtCore import QEventLoop, QTimer

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import Match, Run
from pump_desktop.qt.look.theme import Appearance
from pump_desktop.qt.work.jobs import JobRunner
from pump_desktop.qt.work.query import Asker
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.services.report.report import fairness_report
from pump_desktop.services.runs.export import Export, export_csv, write_text
from pump_desktop.services.sample import sample_request
from pump_desktop.stats.hits import HitFilter
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from pump_desktop.ui.run.page import RunPage
from tools.bench_figures import Figure, median_seconds

LONG = 10_000_000
CSV = 1_000_000
TAB_MS = 250.0
FILTER_MS = 100.0
CSV_SECONDS = 1.5
REPORT_SECONDS = 2.0
TABS = ("Distribution", "Hits", "Gaps", "Density", "Fairness")
FILTERS = ((400.02, Match.EXACT), (73.21, Match.AT_LEAST), (1.63, Match.EXACT), (1.00, Match.AT_LEAST))


def stored(backend: Backend, count: int) -> Run:
    """Scan and store the first nonces of the sample seed pair."""
    seeds = sample_request()
    request = ScanRequest(
        seeds.server_seed, seeds.client_seed, 1, count, Difficulty.EXPERT, (400.02, 1066.73)
    )
    return backend.runs.create(request).run


class Bench:
    """The page of one run, asked and painted as in the window."""

    def __init__(self, backend: Backend, appearance: Appearance, run: Run) -> None:
        self._runner = JobRunner("queries")
        future: Future[Backend] = Future()
        future.set_result(backend)
        self._asker = Asker(self._runner, future)
        self._page = RunPage(self._asker, appearance)
        self._page.resize(1200, 780)
        self._run = run
        self._page.show()

    def close(self) -> None:
        """End the thread."""
        self._runner.stop()
        self._page.deleteLater()

    def answered(self, act: Callable[[], object]) -> float:
        """Give the seconds until what ``act`` asks for is answered and painted."""
        began = perf_counter()
        act()
        loop = QEventLoop()
        timer = QTimer(loop)
        timer.timeout.connect(lambda: None if self._runner.busy else loop.quit())
        timer.start(1)
        loop.exec()
        timer.stop()
        self._page.grab()
        return perf_counter() - began

    def tab(self, name: str) -> float:
        """Give the seconds a tab takes when it is opened first."""
        self._page.show_run(self._run)
        self.answered(lambda: self._page.open_tab("Distribution"))
        return self.answered(lambda: self._page.open_tab(name))

    def run_opened(self) -> float:
        """Give the seconds from a click on the run to its painted distribution."""
        return self.answered(lambda: self._page.show_run(self._run))


def bench_workspace(appearance: Appearance, *, quick: bool) -> Iterator[Figure]:
    """Yield what a person waits for on the page of a run that was stored at another time."""
    with tempfile.TemporaryDirectory() as folder:
        paths = resolve_paths(Path(folder))
        with closing(open_backend(Settings(), paths)) as backend:
            run = stored(backend, LONG)
        with closing(open_backend(Settings(), paths)) as backend:
            yield from _page(backend, appearance, run)
            yield from _filters(backend, run, quick=quick)
            yield from _written(backend, run, quick=quick)


def _page(backend: Backend, appearance: Appearance, run: Run) -> Iterator[Figure]:
    bench = Bench(backend, appearance, run)
    try:
        yield Figure(
            f"run of {LONG:,}, opened with its chart", bench.run_opened() * 1000, "ms", TAB_MS, more="once"
        )
        cold = bench.tab("Hits")
        yield Figure("its first tab, outcomes unpacked from the file", cold * 1000, "ms", TAB_MS, more="once")
        for name in TABS[1:]:
            taken = bench.tab(name)
            yield Figure(f"tab {name} of it", taken * 1000, "ms", TAB_MS)
    finally:
        bench.close()


def _filters(backend: Backend, run: Run, *, quick: bool) -> Iterator[Figure]:
    for target, match in FILTERS:
        wanted = HitFilter((target,), match)
        seconds = median_seconds(lambda wanted=wanted: backend.runs.hits(run, wanted), 3 if quick else 7)  # type: ignore[misc]  # mypy cannot infer a lambda's default
        hits = len(backend.runs.hits(run, wanted))
        yield Figure(
            f"filter {target:.2f} {match.value.replace('_', ' ')} in it", seconds * 1000, "ms", FILTER_MS,
            more=f"{hits:,} hits",
        )  # fmt: skip


def _written(backend: Backend, run: Run, *, quick: bool) -> Iterator[Figure]:
    short = stored(backend, CSV)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "out")
        csv = [
            median_seconds(lambda: write_text(file, export_csv(backend.runs, short, Export.FULL)), 1)
            for _ in range(2 if quick else 5)
        ]
        yield Figure(f"full.csv of {CSV:,} nonces", median(csv), "s", CSV_SECONDS, more="in pieces of 1.5 MB")
        now = datetime.now(UTC)
        report = median_seconds(
            lambda: write_text(file, fairness_report(backend.runs, run, with_seeds=False, now=now)), 2
        )
        size = file.stat().st_size
        yield Figure(
            f"fairness report of {LONG:,} nonces", report, "s", REPORT_SECONDS, more=f"{size / 1000:,.0f} kB"
        )
