"""Measures speed against the machine's limits and against the goals; ``make bench`` runs it."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pump_desktop import __version__
from pump_desktop.engine import ENGINE_VERSION
from pump_desktop.engine.scan import worker_count
from tools.bench_figures import Figure, table
from tools.bench_kernels import bench_kernels
from tools.bench_processes import ROOT, bench_processes


@contextmanager
def throw_away_folders() -> Iterator[None]:
    """Keep data, settings and compiled kernels of the bench in a folder that goes with it."""
    for name in [name for name in os.environ if name.startswith("PUMP_")]:
        del os.environ[name]
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="pump-bench-") as folder:
        os.environ["PUMP_DATA_DIR"] = str(Path(folder, "data"))
        # numba reads it when it is imported, which is when the first kernel is asked for.
        os.environ["NUMBA_CACHE_DIR"] = str(Path(folder, "kernels"))
        yield


def bench_window(*, quick: bool) -> list[Figure]:
    """Give what the window's thread sees, measured in a process that holds nothing else."""
    told = subprocess.run(
        [sys.executable, "-m", "tools.bench_window", *(["--quick"] if quick else [])],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=300,
    )
    return [Figure(**fields) for fields in json.loads(told.stdout)]


def main() -> int:
    """Measure everything, print it, and give 0: a figure that falls short is told, not punished."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, and no long scan")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    with throw_away_folders():
        say("Measuring the kernels ...")
        kernels = bench_kernels(quick=options.quick)
        say("Measuring new processes ...")
        processes = list(bench_processes(quick=options.quick))
        say("Measuring the window's thread ...")
        window = bench_window(quick=options.quick)
    figures = [*kernels.figures(), *processes, *window]
    where = (
        f"Pump Desktop {__version__} ({ENGINE_VERSION}), Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}, {worker_count()} CPUs, "
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    )
    if options.json:
        told = {"where": where, "figures": [figure.as_json() for figure in figures], "limit": kernels.limit()}
        print(json.dumps(told, indent=2))
    else:
        print(f"{where}\n\n{table(figures)}\n\n{kernels.limit()}")
    return 0


def say(line: str) -> None:
    """Tell on stderr what goes on."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
