"""What a person waits for when a process is new: the first scan, a command, the first paint, imports."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import time

from pump_desktop.services.sample import sample_request
from tools.bench_figures import Figure, median_seconds

ROOT = Path(__file__).resolve().parents[1]
FIRST_SCAN_SECONDS = 3.0
FIRST_PAINT_SECONDS = 1.2
IDLE_MB = 300.0
PROBE_VARIABLE = "PUMP_STARTUP_PROBE"

_PROBE_TIMEOUT_SECONDS = 20.0
_IMPORTS = ("pump_desktop.cli.main", "pump_desktop.services.backend", "pump_desktop.ui.kit.table")


def _python(*arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=100,
    )
    return done.stdout


def _first_scan(cache: Path) -> float:
    return float(_python("-m", "tools.bench_first_scan", NUMBA_CACHE_DIR=str(cache)))


def _scans(repetitions: int, folder: Path) -> Iterator[Figure]:
    cold = [_first_scan(folder / f"cold-{number}") for number in range(repetitions)]
    yield Figure(
        "first scan ever, 1 M expert, compile included",
        median(cold),
        "s",
        FIRST_SCAN_SECONDS,
        more="new process, no compiled kernel on disk; from the call to the stored run",
    )
    warm = [_first_scan(folder / "cold-0") for _ in range(repetitions)]
    yield Figure("first scan of a process, 1 M expert", median(warm), "s", more="kernel from the disk cache")


def _command(repetitions: int, folder: Path) -> Figure:
    sample = sample_request()
    arguments = (
        "-m", "pump_desktop", "--data-dir", str(folder / "command"), "scan",
        "--server-seed", sample.server_seed, "--client-seed", sample.client_seed,
        "--end", "1000000", "--difficulty", "expert", "--target", "400.02",
    )  # fmt: skip

    def run() -> None:
        _python(*arguments, NUMBA_CACHE_DIR=str(folder / "cold-0"))

    return Figure(
        "pump-desktop scan, 1 M expert, whole process",
        median_seconds(run, repetitions),
        "s",
        more="kernel from the disk cache",
    )


def _first_paint_seconds(data: Path) -> float | str:
    """Give the seconds the window told, or why it told none."""
    try:
        told = _probed(data)
    except subprocess.TimeoutExpired:
        return f"the window does not honour {PROBE_VARIABLE} (no answer in {_PROBE_TIMEOUT_SECONDS:.0f} s)"
    found = re.search(r"^first-paint ([0-9.]+)", told.stdout, re.MULTILINE)
    if found:
        return float(found[1])
    last = (told.stderr.strip().splitlines() or [""])[-1]
    return f"the window ended with {told.returncode} and no first-paint line: {last}"


def _probed(data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pump_desktop", "--data-dir", str(data)],
        cwd=ROOT,
        env=os.environ | {PROBE_VARIABLE: repr(time())},
        capture_output=True,
        text=True,
        check=False,
        timeout=_PROBE_TIMEOUT_SECONDS,
    )


def _first_paint(repetitions: int, folder: Path) -> Figure:
    name = "first paint of the window, warm start"
    # The first start makes the database and warms the disk; it is not counted.
    answers = [_first_paint_seconds(folder / "window")]
    if isinstance(answers[0], float):
        answers += [_first_paint_seconds(folder / "window") for _ in range(repetitions)]
    refused = [answer for answer in answers if isinstance(answer, str)]
    if refused:
        return Figure(name, None, "s", FIRST_PAINT_SECONDS, more=refused[0])
    taken = [answer for answer in answers[1:] if isinstance(answer, float)]
    return Figure(name, median(taken), "s", FIRST_PAINT_SECONDS, more="from the start of the process")


def _idle() -> Figure:
    held = json.loads(_python("-m", "tools.bench_idle"))
    return Figure(
        "memory of the idle window, listener running",
        held["rss"],
        "MB",
        IDLE_MB,
        more=f"resident; {held['uss']:.0f} MB of it its own, the rest shared or from files",
    )


def _imports(repetitions: int) -> Iterator[Figure]:
    bare = median_seconds(lambda: _python("-c", ""), repetitions)
    for module in _IMPORTS:
        seconds = median_seconds(lambda module=module: _python("-c", f"import {module}"), repetitions)  # type: ignore[misc]  # mypy cannot infer a lambda's default
        yield Figure(f"import {module}", seconds - bare, "s", more=f"beside {bare:.3f} s of Python itself")


def bench_processes(*, quick: bool) -> Iterator[Figure]:
    """Yield what a new process costs."""
    repetitions = 2 if quick else 5
    with tempfile.TemporaryDirectory() as folder:
        yield from _scans(repetitions, Path(folder))
        yield _command(repetitions, Path(folder))
        yield _first_paint(repetitions, Path(folder))
        yield _idle()
        yield from _imports(repetitions)
