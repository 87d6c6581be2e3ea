"""How long the window's thread is held by a change of the theme: ``python -m tools.theme_change``.

The real program in a throw-away folder, every page visited once; then the theme is changed on each of them.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSize

from pump_desktop.app import make_application
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.runs import Run
from pump_desktop.program import Program
from pump_desktop.qt.look.theme import Mode
from pump_desktop.services.sample import sample_request
from pump_desktop.system.clock import utc_now
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.live_samples import sample_bets
from tools.bench_lag import Watch
from tools.shots import end, sample, settle, wait_for

PAGES = ("scan", "runs", "run", "live", "verify", "compare", "settings")
TABS = ("Distribution", "Hits", "Gaps", "Density", "Fairness")
SETTLED_MS = 700


def visit_all(program: Program) -> Run:
    """Fill the program and show every page once."""
    window = program.window
    backend = program._backend.opened()
    if backend is None:
        raise RuntimeError("the store is not open")
    runs = [
        backend.runs.create(sample(count, Difficulty.EXPERT, (34.68, 400.02))).run
        for count in (60_000, 40_000)
    ]
    backend.live.ingest(sample_bets(5_400, 400, until=utc_now())).result()
    window.fill_sample()
    for page in ("runs", "live", "compare", "settings"):
        window.open_section(page)
        settle()
    seeds = sample_request()
    window.open_section("verify")
    window.pages.verify.show_bet(seeds.server_seed, seeds.client_seed, 5663, Difficulty.EXPERT)
    settle()
    window.pages.compare.show_runs(tuple(run.id for run in runs))
    settle()
    window.open_run(runs[0])
    settle()
    for tab in TABS:
        window.run_page.open_tab(tab)
        settle()
    return runs[0]


def change(program: Program, page: str, run: Run | None, times: int) -> tuple[float, float]:
    """Give the median and the longest time, in ms, that a change held the thread, its painting included."""
    if run is not None and page == "run":
        program.window.open_run(run)
    else:
        program.window.open_section(page)
    settle(SETTLED_MS)
    watch, held = Watch(), []
    appearance = program.appearance
    for _ in range(times):
        watch.start()
        appearance.set_mode(Mode.LIGHT if appearance.mode is Mode.DARK else Mode.DARK)
        settle(SETTLED_MS)
        watch.stop()
        held.append(watch.worst_lag * 1000)
    watch.deleteLater()
    return median(held), max(held)


def main() -> int:
    """Print how long a change holds the thread on each page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=6, help="changes on each page (6)")
    parser.add_argument("--profile", action="store_true", help="also print where the time goes")
    parser.add_argument("--fresh", action="store_true", help="without visiting the pages first")
    options = parser.parse_args()
    app = make_application(sys.argv[:1])
    with tempfile.TemporaryDirectory(prefix="pump-theme-") as folder:
        settings = Settings.model_validate({"theme": "dark", "data_dir": Path(folder), "ingest_port": 0})
        program = Program(app, settings, resolve_paths(Path(folder)))
        program.window.resize(QSize(1280, 800))
        program.show()
        wait_for(program.ready)
        settle(900)
        run = None if options.fresh else visit_all(program)
        print(f"{len(app.allWidgets())} widgets")
        for page in ("scan",) if options.fresh else PAGES:
            middle, worst = change(program, page, run, options.times)
            print(f"{page:<10}{middle:>8.0f} ms, at most {worst:.0f} ms")
        if options.profile:
            profile = cProfile.Profile()
            began = perf_counter()
            profile.runcall(program.appearance.set_mode, Mode.SYSTEM)
            profile.runcall(program.appearance.set_mode, Mode.LIGHT)
            profile.runcall(program.appearance.set_mode, Mode.DARK)
            profile.runcall(settle, SETTLED_MS)
            print(f"{perf_counter() - began:.3f} s")
            pstats.Stats(profile).sort_stats("tottime").print_stats(25)
        end(program)
    return 0


if __name__ == "__main__":
    sys.exit(main())
